"""Gates: they let the wanted sound through and attenuate the rest."""
