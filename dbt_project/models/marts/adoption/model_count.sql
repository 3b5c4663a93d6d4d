-- Numbers of AI models and registered services.
{{ statements_of('model_count') }}
