"""Open any data set by what its folder or file holds."""

import re
from pathlib import Path

from ..errors import HearingAIError, choose
from ..tables import check_clips, read_clips
from .audio_folder import audio_folder
from .speech_commands import speech_commands

_NOHASH = re.compile(r"^[0-9a-f]{8}_nohash_\d+\.wav$")


def _is_table(path):
    return path.is_file() and path.suffix.lower() == ".csv"


def _is_speech_commands(path):
    if not path.is_dir():
        return False
    if (path / "_background_noise_").is_dir():
        return True
    return any(_NOHASH.match(f.name) for f in path.glob("*/*_nohash_*.wav"))


KINDS = {  # asked in this order: the first that recognises the path opens it
    "csv": (_is_table, read_clips),
    "speech-commands": (_is_speech_commands, speech_commands),
    "folder": (Path.is_dir, audio_folder),
}


def load_clips(path, kind=None, words=None):
    """Open a data set: a folder in a known layout, a folder of class folders, or a CSV table.

    Args:
        path: The folder or file.
        kind: `"speech-commands"`, `"folder"` or `"csv"`; `None` recognises it by what it holds.
        words: Keep these classes only.

    Returns:
        The table of clips.

    Raises:
        HearingAIError: Nothing is there, or a word is not among the classes.

    Example:
        >>> import hearingai, os
        >>> made = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> folder = os.path.dirname(os.path.dirname(made["fname"][0]))
        >>> len(hearingai.load_clips(folder, words=["yes"]))
        20
    """
    path = Path(path)
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    if kind is None:
        kind = next((name for name, (fits, _) in KINDS.items() if fits(path)), None)
        if kind is None:
            raise HearingAIError(f"`{path}` is neither a folder of recordings nor a CSV table")
    clips = KINDS[choose("kind", kind, tuple(KINDS))][1](path)
    if words is None:
        return clips
    missing = sorted(set(words) - set(clips["class"]))
    if missing:
        known = ", ".join(sorted(set(clips["class"])))
        raise HearingAIError(f"no clips of: {', '.join(missing)}. `{path}` has: {known}")
    return check_clips(clips[clips["class"].isin(words)])
