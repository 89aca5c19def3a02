"""The formats: file extensions, required libraries, and the metadata document in each file.

Every file contains a JSON document, `hearingai.json`, that describes its input and its
probabilities. A SavedModel has it in its folder `assets.extra`, an ONNX file in its metadata
under the key `hearingai.json`, a LiteRT file in the zip archive at its end, with a `labels.txt`.
"""

import json
import math
import zipfile
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

from .._typing import PathLike
from ..bodies.body import Body
from ..classifier.record_checks import check_record
from ..errors import HearingAIError
from ..runtime import extras
from ..runtime.arguments import choose
from ..version import __version__
from .float_front_end import FloatFrontEnd, whole

DOCUMENT = "hearingai.json"
HEADER, NETWORK = "hearingai_model.h", "network.tflite"  # among the C sources of a classifier
VERSION = 1
INPUT, OUTPUT, EMBEDDING = "clips", "probabilities", "embedding"
ENDINGS = {"saved_model": "", "onnx": ".onnx", "litert": ".tflite"}
SMALL = {"int8": "litert", "c": "saved_model"}  # for small devices, and what is named alike
RUNTIMES = {"saved_model": "tensorflow", "onnx": "onnxruntime", "litert": "ai_edge_litert"}
RUNTIMES |= dict.fromkeys(SMALL, "ai_edge_litert")
_LONGEST = 2**24  # bytes of the document
_LARGEST = 2**28  # values of a clip
_HIGHEST_RATE = 10_000_000  # Hz
LEARNT = ("threshold", "thresholds", "stream_odds", "novelty", "gate", "classes")
_KEPT = ("recipe", "labels", "target", "sample_rate", "duration", "channels", "crop")


def format_of(path: PathLike, format: str | None = None) -> str:
    """The format of a path: by its extension, or `format`, which has to agree with it."""
    path = Path(path)
    known = {ending: name for name, ending in ENDINGS.items()}
    found = "saved_model" if path.is_dir() else known.get(path.suffix)
    if format is not None:
        choose("format", format, (*ENDINGS, *SMALL))
    if format in ("saved_model", "c") and path.suffix not in {".keras", *known} - {""}:
        return format
    if found is None or SMALL.get(format or "", format) not in (None, found):
        suits = "" if format is None else f" to suit `format`, {format}"
        raise HearingAIError(
            f"`path` must end in .onnx (ONNX) or .tflite (LiteRT), or name a folder (SavedModel, C)"
            f"{suits}. Received: {path}"
        )
    return format or found


def need(module: str) -> ModuleType:
    """Import a library that exported files need."""
    return extras.need(module, "an exported file")


def describe(
    classifier: Any,
    int8: bool = False,
    embedding_size: int | None = None,
    inside: bool = False,
    tensors: dict[str, Any] | None = None,
) -> str:
    """The metadata of a file, as text: a JSON document.

    Args:
        classifier: An `AudioClassifier`.
        int8: Whether the network's products are in 8-bit integers.
        embedding_size: Values of an embedding; `None` where the file holds none.
        inside: Whether the file holds the classifier's body.
        tensors: Of a network wholly in int8: `front_end`, `input` and `output`.
    """
    body = classifier.body
    shape = [None, *(classifier.clip_shape if inside else classifier.input_shape_of_clip)]
    heard = "embeddings, values 0...255" if classifier.hears_embeddings else "waveforms in -1...1"
    if body is not None and not inside:
        heard = f"embeddings of {body.name}"
    facts: dict[str, Any] = {"version": VERSION, "hearingai": __version__}
    facts |= {name: getattr(classifier, name) for name in _KEPT}
    facts |= {"multi_label": True} if classifier.multi_label else {}
    facts |= {
        **{name: classifier.record.get(name) for name in LEARNT},
        "fingerprint": classifier.fingerprint(),
        "configuration": classifier.configuration(),
        "int8": int8,
        "input": {"name": INPUT, "shape": shape, "type": "float32", "holds": heard},
        "output": {"name": OUTPUT, "shape": [None, len(classifier.labels)], "type": "float32"},
        "embedding": None,
        "body": None if body is None else _body_of(body, classifier.samples, inside),
    }
    if embedding_size is not None:
        held = {"name": EMBEDDING, "shape": [None, embedding_size], "type": "float32"}
        facts["embedding"] = held
    return json.dumps(facts | (tensors or {}), indent=1, ensure_ascii=False) + "\n"


def _body_of(body: Body, samples: int, inside: bool) -> dict[str, Any]:
    """What a file says of the body: where its weights are from, and if they lack, how to add it."""
    facts = body.description() | {"inside": inside}
    if inside:
        return {name: facts[name] for name in ("name", "sha256", "licence", "source", "inside")}
    before, after, starts = body.places(samples)
    return facts | {
        "window": body.window,
        "silence": [before, after],
        "starts": [int(start) for start in starts],
    }


def understood(text: str | None, path: PathLike) -> dict[str, Any]:
    """The document as a dict; an error where there is none, or one of a later version."""
    try:
        facts = json.loads(text or "")
        whole = _is_whole(facts)
    except (TypeError, ValueError, LookupError, OverflowError, RecursionError):
        whole = False
    if not whole:
        raise HearingAIError(
            f"`{path}` does not say what its labels are, or what clips it takes: it was not "
            f"written by export(), or a part of it is missing or wrong"
        )
    if facts["version"] > VERSION:
        raise HearingAIError(
            f"`{path}` was written by hearingai {facts['hearingai']}; upgrade this one, "
            f"{__version__}"
        )
    try:
        check_record({name: facts.get(name) for name in LEARNT}, facts["labels"])
    except HearingAIError as error:
        raise HearingAIError(f"`{path}` cannot be used: {error}") from None
    return facts


def _is_whole(facts: dict[str, Any]) -> bool:
    """Whether a document says all that is asked of it, each in its kind."""
    labels, target, recipe = facts["labels"], facts["target"], facts["recipe"]
    texts = [*labels, facts["hearingai"], facts["fingerprint"], recipe or ""]
    held = facts.get("embedding")
    return (
        isinstance(labels, list)
        and len(labels) > 0
        and len(set(labels)) == len(labels)
        and all(isinstance(text, str) for text in texts)
        and (target is None or target in labels)
        and _is_count(facts["version"])
        and isinstance(facts["int8"], bool)
        and isinstance(facts.get("multi_label", False), bool)
        and _is_body(facts.get("body"))
        and facts["crop"] in ("start", "end", "loudest", "random")
        and (held is None or (len(held["shape"]) == 2 and _is_count(held["shape"][1])))
        and (_is_input(facts) if facts.get("front_end") is None else _is_small(facts))
    )


def _is_body(body: Any) -> bool:
    """Whether it is none, or says what it is; the rest is checked when it is looked for."""
    return body is None or (
        isinstance(body["inside"], bool)
        and isinstance(body["name"], str)
        and isinstance(body["licence"], str)
    )


def _is_input(facts: dict[str, Any]) -> bool:
    """Whether the shape of a clip is one of embeddings, or that of so much sound."""
    rate, duration, channels = (facts[n] for n in ("sample_rate", "duration", "channels"))
    shape, body = facts["input"]["shape"][1:], facts.get("body")
    if facts["output"]["shape"] != [None, len(facts["labels"])]:
        return False
    if len(shape) > 2 or not all(map(_is_count, [*shape, channels])):
        return False
    if math.prod(shape) > _LARGEST:
        return False
    if rate is None and duration is None:
        return len(shape) == 2
    samples = _samples(rate, duration)
    if body is not None and not body["inside"]:
        return len(shape) == 2 and channels == 1 and samples <= _LARGEST
    return shape == ([samples] if channels == 1 else [channels, samples])


def _is_small(facts: dict[str, Any]) -> bool:
    """Whether it describes a front end and a network wholly in int8 that suit each other."""
    taken, given = facts["input"], facts["output"]
    samples = _samples(facts["sample_rate"], facts["duration"])
    if samples > _LARGEST:
        return False
    front_end = FloatFrontEnd(facts["front_end"], samples)
    counted = given["label_of"]
    return (
        taken["shape"] == [1, *front_end.image_shape]
        and given["shape"] == [1, len(counted)]
        and all(whole(label, 0) < len(facts["labels"]) for label in counted)
        and all(_is_scale(tensor["scale"]) for tensor in (taken, given))
        and whole(taken["zero_point"], -128) <= 127
        and facts["channels"] == 1
        and facts.get("body") is None
        and facts.get("embedding") is None
    )


def _samples(rate: Any, duration: Any) -> int:
    """Samples of a clip, or a ValueError where there are none."""
    if not _is_count(rate) or rate > _HIGHEST_RATE or not isinstance(duration, (int, float)):
        raise ValueError("no rate and duration")
    return whole(round(rate * duration), 1)


def _is_scale(value: Any) -> bool:
    """Whether it is a number above 0 in float32 too."""
    return isinstance(value, float) and 2.0**-126 <= value < 2.0**127


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def attach(text: str, path: PathLike, format: str) -> None:
    """Put the document into the file."""
    if format == "saved_model":
        folder = Path(path) / "assets.extra"  # TensorFlow Serving's folder for additional assets
        folder.mkdir(exist_ok=True)
        (folder / DOCUMENT).write_text(text, encoding="utf-8")
    elif format == "litert":  # like LiteRT's own metadata: a zip archive after the model
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(DOCUMENT, text)
            archive.writestr("labels.txt", "\n".join(json.loads(text)["labels"]) + "\n")
    else:
        onnx = need("onnx")
        model = onnx.load(path)
        onnx.helper.set_model_props(model, {DOCUMENT: text})
        onnx.save(model, path)


def attached(path: PathLike, format: str) -> str | None:
    """The text of the document in a SavedModel or a LiteRT file; `None` where there is none."""
    try:
        if format == "saved_model":
            file = Path(path) / "assets.extra" / DOCUMENT
            large = file.stat().st_size > _LONGEST
            return None if large else file.read_text(encoding="utf-8")
        with zipfile.ZipFile(path) as archive:
            large = archive.getinfo(DOCUMENT).file_size > _LONGEST
            return None if large else archive.read(DOCUMENT).decode()
    except (OSError, KeyError, UnicodeDecodeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    except (NotImplementedError, RuntimeError):  # packed in another way, or encrypted
        return None
