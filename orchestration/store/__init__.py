"""Files that outlive a run: the build file, the published file and its copies, object storage."""
