"""The desk: a page on this machine where a person decides about extracted figures (docs/desk.md)."""
