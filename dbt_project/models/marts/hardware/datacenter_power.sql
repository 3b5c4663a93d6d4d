-- Power, electricity, number, racks and efficiency of data centres.
{{ statements_of('datacenter_power') }}
