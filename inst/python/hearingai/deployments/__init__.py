"""When and where recorders stood: clock times of recordings and of the events in them."""
