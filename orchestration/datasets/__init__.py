"""Datasets: tables that somebody else keeps, told by a spec and kept as snapshots; their changes are vintages."""
