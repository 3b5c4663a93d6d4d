"""Recompute what a document says about its own figures: `ai-figures audit`.

Belongs here: finding which figures of one document are tied to each other, judging the ties, naming the likely slip.
Does not belong here: reading of documents and figures (`extraction`), comparisons of the warehouse (dbt).
"""
