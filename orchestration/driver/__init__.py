"""One driver for assets, command line and tests: what runs when, what is stale, what an interrupt or a kill leaves."""
