-- Generation capacity and electricity use outside data centres.
{{ statements_of('power_supply') }}
