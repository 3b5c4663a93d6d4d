-- Deployments, customers, scenes, policies and programmes.
{{ statements_of('deployment') }}
