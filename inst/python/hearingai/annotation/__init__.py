"""Long recordings and live sound, classified window by window."""
