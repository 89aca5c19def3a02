"""The sections of a model card: what a classifier and its training record say.

The record may be a stranger's: what it says is text here, and what is not as expected is left out.
"""

from __future__ import annotations

from typing import Any

from ..runtime.sizes import counted, size_text
from ._markdown import clips_text, number_text, plain, table

_SPLITS = {
    "split": "as the table of clips marked them",
    "validation": "they were given apart",
    "clip": "drawn at random, clip by clip",
}
_PARTS = {"train": "trained on", "validation": "validated on"}


def facts(classifier: Any, n_bytes: int | None, licence: str | None) -> str:
    """What it is, as a table."""
    labels = ", ".join(map(plain, classifier.labels))
    rows = {
        "labels": labels,
        "a clip has": _answer(classifier),
        "hears": _hears(classifier),
        "front end": _front_end(classifier.frontend),
        "body": _body(classifier.body),
        "network": f"{plain(classifier.network.name)}, {classifier.count_params():,} parameters",
        "recipe": classifier.recipe and plain(classifier.recipe),
        "file": n_bytes and size_text(n_bytes),
        "licence": licence and plain(licence),
        "fingerprint": f"`{classifier.fingerprint()}`",
    }
    return table(["", ""], [[name, told] for name, told in rows.items() if told])


def _answer(classifier: Any) -> str:
    if classifier.multi_label:
        return "any number of these labels, also none"
    if classifier.target is not None:
        return f"one of these labels; what is looked for is {plain(classifier.target)}"
    return "one of these labels"


def _hears(classifier: Any) -> str:
    if classifier.hears_embeddings:
        return f"embeddings, {' x '.join(map(str, classifier.clip_shape))}"
    channels = "one channel" if classifier.channels == 1 else f"{classifier.channels} channels"
    part = {"loudest": "the loudest stretch", "random": "a random stretch"}
    crop = part.get(classifier.crop, f"the {classifier.crop}")
    return (
        f"{classifier.duration:g} s of sound at {classifier.sample_rate:,} Hz, {channels}; "
        f"recordings of another rate are converted, and of a longer one {crop} is heard"
    )


def _front_end(frontend: Any) -> str | None:
    if frontend is None:
        return None
    layers = getattr(frontend, "layers", None) or [frontend]
    return ", then ".join(f"`{type(layer).__name__}`" for layer in layers)


def _body(body: Any) -> str | None:
    if body is None:
        return None
    return (
        f"{plain(body.name)}, which is not in the file. Licence: {plain(body.licence)}. "
        f"Source: {plain(body.source)}. SHA-256: `{body.sha256}`"
    )


def data(classifier: Any) -> str:
    """What the record says of the clips that it was trained on."""
    record = classifier.record
    told = _dict(record.get("clips"))
    parts = {name: _dict(told.get(name)) for name in _PARTS if told.get(name)}
    paragraphs = [_spoken(record), _of_generator(record), _sources(parts, record)]
    if parts:
        names = ["label", *(f"clips {_PARTS[name]}" for name in parts)]
        counts = [_dict(part.get("labels")) for part in parts.values()]
        rows = [
            [plain(label), *(number_text(of.get(label)) for of in counts)]
            for label in classifier.labels
        ]
        paragraphs.append(table(names, rows))
    elif isinstance(record.get("n_train"), int):
        paragraphs.append(f"{clips_text(record['n_train'])} to train on.")
    return "\n\n".join(filter(None, paragraphs)) or "The file does not say."


def _spoken(record: dict[str, Any]) -> str:
    spoken = _dict(record.get("spoken"))
    if not spoken:
        return ""
    by = "another synthesiser" if spoken.get("synthesizer") == "own" else "eSpeak NG"
    real = "; clips of real sound were among them" if record.get("trained_on") else ""
    return (
        f"Synthesised speech: the words were said by {by}, language `{spoken.get('language')}`, "
        f"in {spoken.get('voices')} voices{real}."
    )


def _of_generator(record: dict[str, Any]) -> str:
    made = (
        "Which clips they were is not known: a generator made them, or a teacher knew others and "
        "does not say which."
    )
    return made if record.get("from_generator") is True else ""


def _sources(parts: dict[str, dict[str, Any]], record: dict[str, Any]) -> str:
    """How many clips, speakers and recordings, and how they were parted."""
    sentences = []
    for name, part in parts.items():
        known = [
            counted(part[kind], kind.removesuffix("s"))
            for kind in ("speakers", "sources", "recordings")
            if isinstance(part.get(kind), int)
        ]
        of = f" of {', '.join(known)}" if known else ""
        sentences.append(f"{clips_text(part.get('n'))}{of} {_PARTS[name]}")
    text = f"{'; '.join(sentences)}. " if sentences else ""
    split = record.get("split_by")
    if "validation" in parts and isinstance(split, str):
        how = _SPLITS.get(
            split, f"split off by {plain(split)}, so that no {plain(split)} is in both"
        )
        text += f"The clips to validate on: {how}. "
    if isinstance(record.get("tuned_from"), str):
        text += f"It was made from the classifier `{plain(record['tuned_from'])}`. "
    return (text + _taught(_dict(record.get("teacher")))).strip()


def _taught(teacher: dict[str, Any]) -> str:
    if not teacher:
        return ""
    bodies = [f"{plain(k)} ({plain(v)})" for k, v in _dict(teacher.get("bodies")).items()]
    on = f", which has the body {', '.join(bodies)}" if bodies else ""
    return f"It learnt the answers of the classifier `{plain(teacher.get('fingerprint'))}`{on}."


def training(record: dict[str, Any]) -> str:
    """How it was trained, as a table."""
    history = record.get("history")
    epochs = len(history) if isinstance(history, list) else 0
    if not epochs:
        return "It was not trained."
    augment = record.get("augment")
    names = [_dict(a).get("class_name") for a in augment] if isinstance(augment, list) else []
    best = record.get("best_epoch")
    rows = {
        "seed": record.get("seed"),
        "epochs": f"{epochs}, of which the weights of epoch {best} were kept" if best else epochs,
        "clips a step": record.get("batch_size"),
        "optimizer": _dict(record.get("optimizer")).get("class_name"),
        "learning rate": record.get("schedule"),
        "augmentation": ", ".join(str(name) for name in names if name),
        "penalty": record.get("penalty"),
        "precision": record.get("precision"),
        "device": record.get("device"),
        "deterministic": {True: "yes", False: "no"}.get(record.get("deterministic")),  # type: ignore[arg-type]
        "seconds": record.get("seconds"),
        "ended early": _ends(record),
        "versions": ", ".join(f"{k} {v}" for k, v in _dict(record.get("versions")).items()),
        "clips (a hash)": record.get("data_fingerprint"),
    }
    told = [[name, plain(value)] for name, value in rows.items() if value not in (None, "")]
    return table(["", ""], told)


def _ends(record: dict[str, Any]) -> str:
    ends = {
        "interrupted": "it was interrupted",
        "collapsed": "it collapsed, and its best weights were restored",
    }
    return ", ".join(text for name, text in ends.items() if record.get(name) is True)


def decisions(classifier: Any) -> str:
    """Thresholds, calibration and novelty: how an answer becomes a decision."""
    record = classifier.record
    told = [_thresholds(record), _target(classifier), _calibration(record), _novelty(record)]
    return "\n\n".join(filter(None, told))


def _thresholds(record: dict[str, Any]) -> str:
    levels = _dict(record.get("thresholds"))
    if not levels:
        return ""
    rows = [[plain(label), number_text(level)] for label, level in levels.items()]
    return "Events, and decisions on labels, use these probability thresholds:\n\n" + table(
        ["label", "threshold"], rows
    )


def _target(classifier: Any) -> str:
    threshold = classifier.record.get("threshold")
    if classifier.target is None or not isinstance(threshold, float):
        return ""
    return (
        f"The F1 of {plain(classifier.target)} was best, on the clips that validated, at a "
        f"probability of {number_text(threshold)}."
    )


def _calibration(record: dict[str, Any]) -> str:
    found = _dict(record.get("calibration"))
    if not found:
        return "Its probabilities are not calibrated."
    by = f"Calibrated by `{plain(found.get('method'))}` on {clips_text(found.get('n'))}"
    if found.get("before") is None:
        return f"{by}, before its last training: calibrate it again."
    after = found.get("after")
    told = "" if after is None else f", and {number_text(after)} after it"
    return (
        f"{by}: the expected calibration error was {number_text(found.get('before'))} before{told}."
    )


def _novelty(record: dict[str, Any]) -> str:
    found = _dict(record.get("novelty"))
    if not found:
        return ""
    return (
        f"It tells sounds that are like none that it was taught "
        f"(`predict(unknown=True)`). Of known sounds a share of {number_text(found.get('rate'))} "
        f"may be called unknown; measured were {number_text(found.get('measured_rate'))}, on "
        f"{clips_text(found.get('n'))}."
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
