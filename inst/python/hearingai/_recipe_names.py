"""The names of the recipes, available without loading Keras."""

RECIPE_NAMES = (
    *("speech-commands", "speech-commands-small", "hearing-ai", "sound-classification"),
    *("embedding-gru", "embedding-attention", "audio-gate", "gate", "words", "sounds", "head"),
)
