-- Parameters, context, training data, speed and benchmark scores of models.
{{ statements_of('model_spec') }}
