"""The model that is rendered, with the columns of its contract."""

columns = ("figure_id", "finding_id")
