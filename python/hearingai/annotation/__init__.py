"""Long recordings and live sound, heard window by window."""
