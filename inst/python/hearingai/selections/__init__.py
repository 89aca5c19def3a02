"""What annotations and events select of recordings: clips to learn from, clips to look at."""
