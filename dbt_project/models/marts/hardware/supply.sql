-- Shipments, stocks, capacity, localization and import dependence.
{{ statements_of('supply') }}
