-- Electricity prices per kWh.
{{ statements_of('power_price') }}
