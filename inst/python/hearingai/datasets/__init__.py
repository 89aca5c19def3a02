"""Data sets: each function returns the table of clips of one kind of folder."""

from .audio_folder import audio_folder
from .audioset import audioset_embeddings
from .embeddings import is_embedding_table, read_embeddings
from .esc50 import esc50
from .fsdd import fsdd
from .opening import load_clips
from .speech_commands import background_noise, speech_commands
from .spoken_words import spoken_words
from .turkey import turkey
from .urbansound8k import urbansound8k

__all__ = [
    "audio_folder",
    "audioset_embeddings",
    "background_noise",
    "esc50",
    "fsdd",
    "is_embedding_table",
    "load_clips",
    "read_embeddings",
    "speech_commands",
    "spoken_words",
    "turkey",
    "urbansound8k",
]
