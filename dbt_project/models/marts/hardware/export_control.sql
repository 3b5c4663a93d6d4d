-- Thresholds named in export-control rules.
{{ statements_of('export_control') }}
