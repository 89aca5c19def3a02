"""The names of the recipes, for those who ask before Keras is loaded."""

RECIPE_NAMES = (
    *("speech-commands", "speech-commands-small", "hearing-ai", "sound-classification"),
    *("embedding-gru", "embedding-attention", "audio-gate", "gate"),
)
