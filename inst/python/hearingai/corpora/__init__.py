"""Work on many recordings: runs that are folders, in shards, by workers."""
