"""A classifier behind HTTP, for other programs: predictions and events of what they upload."""
