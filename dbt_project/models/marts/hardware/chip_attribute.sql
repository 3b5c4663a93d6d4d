-- Attributes of chips and devices, one row a statement (chip_spec shows the same as one row a chip).
{{ statements_of('chip_attribute') }}
