"""Ties of the registered sources, found in their texts: `ai-figures ties`.

Belongs here: the audit's engines over a source text with its reviewed figures, the file `ties_found.csv`, the count of
hand-written relations that come back. Does not belong here: the engines (`audit`), the loading of the file (`loading`).
"""
