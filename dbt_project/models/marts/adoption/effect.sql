-- Effects of AI: efficiency, cost, accuracy, labour value, GDP.
{{ statements_of('effect') }}
