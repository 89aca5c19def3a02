"""Speak words with eSpeak NG: a script that `espeak.py` runs in a new process.

eSpeak carries state from one word to the next, so only a new process that speaks the same words in
the same order gives the same sound again. It may also crash its process.

It uses the protocol of `runtime/processes.py`. The task is a JSON object: `library` (the shared
library), `data` (the folder of its voices, or null for its own), `seed` and `jobs`, a list of
`[voice, text, speed, pitch, range, seconds]`. The answer, `{"version": ..., "sample_rate": ...}`,
is followed by the sound of each job: its length in bytes (4 bytes, little-endian), and the samples
(16 bit, mono). A task with `voices` gets in the answer `voices`, a list of `[language, name]`; one
with `texts` and a `voice` the `phonemes` of each text.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from typing import Any

SYNCHRONOUS, NO_EXIT = 2, 0x8000
SPEED, VOLUME, PITCH, RANGE = 1, 2, 3, 4
UTF8, PHONEMES = 1, 0x100  # the text may have phonemes in double square brackets
BETWEEN = ord("_") << 8  # phonemes
QUIET = 30  # of 100; some voices clip at more
FASTEST = 400  # words a minute

Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Voice(ctypes.Structure):
    """eSpeak NG's description of a voice."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),  # a byte of priority, then the name of the language
        ("identifier", ctypes.c_char_p),
        ("kind", ctypes.c_ubyte * 4),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class Speaker:
    """One loaded eSpeak NG."""

    def __init__(self, library: str, data: str | None, seed: int) -> None:
        self._lib = ctypes.CDLL(library)
        self._lib.espeak_Info.restype = ctypes.c_char_p
        size, unsigned = ctypes.c_size_t, ctypes.c_uint
        self._lib.espeak_Synth.argtypes = [
            *(ctypes.c_char_p, size, unsigned, ctypes.c_int, unsigned, unsigned),
            *(ctypes.c_void_p, ctypes.c_void_p),
        ]
        folder = None if data is None else os.fsencode(data)
        self.sample_rate = self._lib.espeak_Initialize(SYNCHRONOUS, 0, folder, NO_EXIT)
        if self.sample_rate <= 0:
            sys.exit(f"eSpeak NG finds no voices at {data or 'its default folder'}")
        if hasattr(self._lib, "espeak_ng_SetRandSeed"):  # otherwise 1.52 is seeded by the clock
            self._lib.espeak_ng_SetRandSeed(ctypes.c_long(seed % 2**31))
        self.version = self._lib.espeak_Info(None).decode().split()[0]
        self._pieces: list[bytes] = []
        self._voice: str | None = None
        self._callback = Callback(self._collect)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: Any, count: int, _: Any) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, 2 * count))
        return 0

    def load(self, voice: str) -> None:
        """Choose a voice; a missing accent falls back to the plain language."""
        if voice != self._voice:
            accent, _, variant = voice.partition("+")
            language = accent.partition("-")[0]
            for name in (voice, f"{language}+{variant}" if variant else language, language):
                if self._lib.espeak_SetVoiceByName(name.encode()) == 0:
                    break
            else:
                sys.exit(f"eSpeak NG has no voice of the language {language}")
            self._voice = voice

    def voices(self) -> list[tuple[str, str]]:
        """Language and name of each voice."""
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        found: list[tuple[str, str]] = []
        for entry in self._lib.espeak_ListVoices(None):
            if not entry:
                return found
            voice = entry.contents
            found.append((ctypes.string_at(voice.languages + 1).decode(), voice.name.decode()))
        return found

    def phonemes(self, text: str) -> str:
        """How the voice says a text."""
        self._lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        # Only speech switches phonemes in brackets on, for all that follows.
        self._lib.espeak_Synth(b" \0", 2, 0, 0, 0, UTF8 | PHONEMES, None, None)
        left = ctypes.c_char_p(text.encode())
        said = []
        while left.value:
            part = self._lib.espeak_TextToPhonemes(ctypes.byref(left), UTF8 | PHONEMES, BETWEEN)
            said.append(part.decode())
        return " ".join(said)

    def say(self, word: str, speed: int, pitch: int, spread: int, seconds: float) -> bytes:
        """Speak a text, faster than `speed` words a minute where it would exceed `seconds`."""
        while True:
            for key, value in ((SPEED, speed), (VOLUME, QUIET), (PITCH, pitch), (RANGE, spread)):
                self._lib.espeak_SetParameter(key, value, 0)
            self._pieces.clear()
            text = word.encode() + b"\0"
            if self._lib.espeak_Synth(text, len(text), 0, 0, 0, UTF8 | PHONEMES, None, None):
                sys.exit(f"eSpeak NG cannot say {word!r}")
            sound = b"".join(self._pieces)
            excess = len(sound) / 2 / self.sample_rate / seconds
            if excess <= 1 or speed >= FASTEST:
                return sound
            speed = min(FASTEST, int(speed * max(excess, 1.05)) + 1)


def main() -> None:
    """Run the task on standard input."""
    task = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the library's output must not mix with the sounds
    speaker = Speaker(task["library"], task["data"], task["seed"])
    about: dict[str, Any] = {"version": speaker.version, "sample_rate": speaker.sample_rate}
    if task.get("voices"):
        about["voices"] = speaker.voices()
    if "texts" in task:
        speaker.load(task["voice"])
        about["phonemes"] = [speaker.phonemes(text) for text in task["texts"]]
    out.write(json.dumps({"answer": about}).encode() + b"\n")
    for voice, *job in task["jobs"]:
        speaker.load(voice)
        sound = speaker.say(*job)
        out.write(struct.pack("<I", len(sound)) + sound)
    out.close()


if __name__ == "__main__":
    main()
