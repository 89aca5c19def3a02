"""Corpora: each function returns the table of clips of one kind of folder."""

from .audio_folder import audio_folder
from .detect import load_clips
from .speech_commands import background_noise, speech_commands
from .spoken_words import spoken_words

__all__ = ["audio_folder", "background_noise", "load_clips", "speech_commands", "spoken_words"]
