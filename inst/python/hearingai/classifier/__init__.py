"""The classifier: front end, network and labels, in one model and one file."""
