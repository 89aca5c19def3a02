"""What a survey found: detection histories, activity by the hour, the density of calls."""
