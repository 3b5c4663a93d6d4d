"""The Dagster UI of this machine, and what stands between it and the web pages that its user visits."""
