"""A network in int8 and its front end as C sources, with no dependency but C's own library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..events.rules import USUAL_THRESHOLD
from ..tables.rest_labels import wanted
from ..version import __version__
from .c_steps import Network, fixed_point
from .float_front_end import FloatFrontEnd
from .formats import HEADER

_STATIC = Path(__file__).parent / "c"
_WIDTH = 96
_NEVER = 2.0  # a probability that none reaches
_PLACES = ("input", "other", "output")


def write_sources(model: bytes, folder: Path, facts: dict[str, Any]) -> int:
    """Write the sources into a folder.

    Args:
        model: The LiteRT file from images to logits, without metadata.
        folder: The folder.
        facts: The metadata of the file.

    Returns:
        Bytes of the arena, the memory that the network computes in.

    Raises:
        HearingAIError: The network has an operation that the C code does not know, or the front
            end a Fourier transform.
    """
    size = facts["front_end"]["fft_size"]
    if size & (size - 1):
        raise HearingAIError(
            f"`format`: the C code takes a LogMel with an `fft_size` that is a power of two. "
            f"Received: {size}"
        )
    network, samples = Network(model), round(facts["sample_rate"] * facts["duration"])
    for source in _STATIC.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    texts = {
        HEADER: _header(model, network, facts, samples),
        "hearingai_model.c": _model(model, FloatFrontEnd(facts["front_end"], samples), facts),
        "hearingai_steps.c": _steps(network),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="ascii", newline="\n")
    return network.arena


def _header(model: bytes, network: Network, facts: dict[str, Any], samples: int) -> str:
    heard, taken, given = facts["front_end"], facts["input"], facts["output"]
    normalised = heard["normalised"]
    settings = {
        "Sound: samples a second, samples of a clip.": {
            "SAMPLE_RATE": facts["sample_rate"],
            "SAMPLES": samples,
        },
        f"Frames, in samples: a {heard['window']} window, the first one's place.": {
            "WINDOW": heard["window_size"],
            "STRIDE": heard["window_stride"],
            "FFT_SIZE": heard["fft_size"],
            "FIRST_SAMPLE": heard["first_sample"],
            "FRAMES": heard["frames"],
        },
        f"Mel bands on the {heard['scale']} scale, Hz, of the spectrum to a power; what is added "
        f"before the natural logarithm.": {
            "MELS": heard["n_mels"],
            "FMIN": _float(heard["fmin"]),
            "FMAX": _float(heard["fmax"]),
            "POWER": int(heard["power"]),
            "OFFSET": _float(heard["offset"]),
        },
        "Whether images are brought to mean 0 and variance 1; added to the variance.": {
            "NORMALISED": int(normalised is not None),
            "EPSILON": _float(normalised["epsilon"] if normalised else 0.0),
        },
        "The network: value = SCALE * (int8 - ZERO).": {
            "INPUT_SCALE": _float(taken["scale"]),
            "INPUT_ZERO": f"({taken['zero_point']})",
            "OUTPUT_SCALE": _float(given["scale"]),
            "OUTPUT_ZERO": f"({given['zero_point']})",
            "OUTPUTS": given["shape"][1],
            "LABELS": len(facts["labels"]),
        },
        "Bytes of the model, and of the values that hearingai_network.c keeps at one time.": {
            "MODEL_BYTES": len(model),
            "ARENA_BYTES": network.arena,
        },
    }
    lines = [
        f"/* Written by hearingai {__version__}. {_comment(', '.join(facts['labels']))} */",
        "#ifndef HEARINGAI_MODEL_H",
        "#define HEARINGAI_MODEL_H",
    ]
    for comment, values in settings.items():
        lines += ["", f"/* {comment} */"]
        lines += [f"#define HEARINGAI_{name} {value}" for name, value in values.items()]
    lines += [
        "",
        "extern const unsigned char hearingai_model[HEARINGAI_MODEL_BYTES]; /* a LiteRT file */",
        "extern const char *const hearingai_labels[HEARINGAI_LABELS];       /* UTF-8 */",
        "/* From which probability on hearingai_detect() reports a label; above 1: never. */",
        "extern const float hearingai_thresholds[HEARINGAI_LABELS];",
        "/* How many times as likely a label is in a stream as among clips. */",
        "extern const float hearingai_stream_odds[HEARINGAI_LABELS];",
        "extern const short hearingai_label_of[HEARINGAI_OUTPUTS]; /* the label of each logit */",
        "extern const float hearingai_window[HEARINGAI_WINDOW];",
        "extern const float hearingai_cosines[HEARINGAI_FFT_SIZE / 2];",
        "extern const float hearingai_sines[HEARINGAI_FFT_SIZE / 2];",
        "extern const short hearingai_bands[HEARINGAI_MELS][2]; /* first bin, number of bins */",
        "extern const float hearingai_weights[];                /* of the bins, band by band */",
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def _model(model: bytes, front_end: FloatFrontEnd, facts: dict[str, Any]) -> str:
    angles = 2 * np.pi * np.arange(front_end.fft_size // 2) / front_end.fft_size
    bands = facts["front_end"]["bands"]
    weights = [weight for _, band in bands for weight in band]
    labels, odds = facts["labels"], facts.get("stream_odds") or {}
    least = dict.fromkeys(wanted(labels), USUAL_THRESHOLD) | (facts.get("thresholds") or {})
    tables = [
        ("const char *const hearingai_labels[]", map(text_in_c, labels)),
        ("const float hearingai_thresholds[]", [_float(least.get(n, _NEVER)) for n in labels]),
        ("const float hearingai_stream_odds[]", [_float(odds.get(n, 1.0)) for n in labels]),
        ("const short hearingai_label_of[]", facts["output"]["label_of"]),
        ("const float hearingai_window[]", map(_float, front_end.window)),
        ("const float hearingai_cosines[]", map(_float, np.cos(angles).astype("float32"))),
        ("const float hearingai_sines[]", map(_float, np.sin(angles).astype("float32"))),
        ("const short hearingai_bands[][2]", [f"{{{s}, {len(band)}}}" for s, band in bands]),
        ("const float hearingai_weights[]", map(_float, weights or [0.0])),
    ]
    aligned = "#ifdef __GNUC__\n__attribute__((aligned(16)))\n#endif\n"
    text = "/* The network, and the tables of the front end. */\n"
    text += f'#include "{HEADER}"\n\n'
    text += aligned + _table("const unsigned char hearingai_model[]", list(model))
    return text + "".join(_table(name, values) for name, values in tables)


def _steps(network: Network) -> str:
    tables, rows = "", []
    for i, step in enumerate(network.steps):
        fields = dict(zip(_PLACES, [network.places[t] for t in step.inputs], strict=False))
        fields["output"] = network.places[step.output]
        text = [f".kind = HEARINGAI_{step.kind}"]
        text += [f".{name} = {value}" for name, value in (fields | step.values).items()]
        if step.scales.size:
            points = [fixed_point(float(scale)) for scale in step.scales]
            for name, kind, place in (("multipliers", "int32_t", 0), ("shifts", "int8_t", 1)):
                tables += _table(f"static const {kind} {name}_{i}[]", [p[place] for p in points])
                text.append(f".{name} = {name}_{i}")
        rows.append("{" + _wrapped(text) + "}")
    count = f"const int hearingai_n_steps = {len(rows)};\n\n"
    steps = "const hearingai_step hearingai_steps[] = {\n" + ",\n".join(rows) + "\n};\n"
    return '/* What hearingai_network.c does. */\n#include "hearingai_steps.h"\n\n' + (
        tables + count + steps
    )


def _table(name: str, values: Iterable[Any]) -> str:
    return f"{name} = {{\n{_wrapped([str(value) for value in values])}\n}};\n\n"


def _wrapped(parts: list[str]) -> str:
    lines, line = [], ""
    for part in parts:
        if line and len(line) + len(part) + 2 > _WIDTH:
            lines.append(line)
            line = ""
        line += f"{part}, "
    return "\n".join([*lines, line]).rstrip().rstrip(",")


def _float(value: Any) -> str:
    """A number as a constant of C's type float."""
    text = str(np.float32(value))
    return text + ("f" if re.search(r"[.e]", text) else ".0f")


def text_in_c(text: str) -> str:
    """Text as a constant of C: UTF-8, every byte that is not plain as three octal digits."""
    plain = [
        chr(b) if chr(b).isalnum() and b < 128 or b in b" _-+.,:" else f"\\{b:03o}"
        for b in text.encode()
    ]
    return '"' + "".join(plain) + '"'


def _comment(text: str) -> str:
    """Text that can stand in a comment."""
    return "".join(c if c.isascii() and (c.isalnum() or c in " ,._-") else "?" for c in text)
