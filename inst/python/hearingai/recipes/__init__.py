"""The named, complete systems: corpus, front end, network and training, one file each."""
