-- Costs of activities (training, deployment, labour), and prices of products, subscriptions and orders.
{{ statements_of('cost') }}
