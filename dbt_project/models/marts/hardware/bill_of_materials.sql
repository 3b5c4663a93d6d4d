-- Parts of devices and robots, their costs, and physical specifications.
{{ statements_of('bill_of_materials') }}
