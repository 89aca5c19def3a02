"""Gates let the wanted sound through and turn the rest down."""
