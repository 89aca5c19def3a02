"""What a face in another language needs: tables as plain columns, warnings as text."""

import importlib
import warnings

import numpy as np
import pandas as pd

from ..errors import HearingAIError, HearingAIWarning

_PACKAGE = __name__.split(".")[0]
_INT32 = 2**31  # beyond it, R has only floating point


def find(name):
    """Find a function of the package by its name, with dots for submodules."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(f"{_PACKAGE}.{module}".rstrip(".")), attribute)


def call(function, *args, **kwargs):
    """Call a function and keep its warnings.

    Returns:
        A dict with `value`, tables in it as columns, and `warnings`, a list of texts.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HearingAIWarning)
        value = function(*args, **kwargs)
    texts = [str(w.message) for w in caught if issubclass(w.category, HearingAIWarning)]
    return {"value": plain(value), "warnings": texts}


def plain(value):
    """Turn tables into `{"columns": ..., "n": rows}`, through lists and dicts.

    Whole numbers beyond R's become floating-point ones.
    """
    if isinstance(value, pd.DataFrame):
        return {"columns": {str(c): _column(value[c]) for c in value}, "n": len(value)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, int) and abs(value) >= _INT32:
        return float(value)
    return value


def _column(series):
    """Numbers as an array; anything else as a list, `None` where a value is missing."""
    if series.dtype.kind in "iu" and not series.isna().any():
        fits = series.between(-_INT32 + 1, _INT32 - 1).all()
        return series.to_numpy("int32" if fits else "float64")
    if series.dtype.kind in "iuf":
        return series.to_numpy("float64", na_value=float("nan"))
    known = series.dropna()
    logical = len(known) and known.map(lambda v: isinstance(v, bool)).all()
    convert = bool if logical else str
    return [None if pd.isna(v) else convert(v) for v in series]


def table(columns):
    """Build a table from a dict of lists, `None` where a value is missing."""
    return pd.DataFrame({name: pd.Series(values) for name, values in columns.items()})


def columns(values):
    """Build a table from a dict of arrays and lists."""
    return pd.DataFrame(dict(values))


def apply(layer, values):
    """Call a Keras layer on an array; returns an array."""
    return _array(layer(values.astype("float32")))


def adapt(layer, images):
    """Let a layer that scales learn from an array of images."""
    layer.adapt(images.astype("float32"))


class FrontEnd:
    """The front end of a recipe, made of layers: from the sample rate to new layers of the kind.

    Args:
        layers: Front-end layers, applied in their order.
    """

    def __init__(self, layers):
        self.layers = [(type(layer), layer.get_config()) for layer in layers]

    def __call__(self, sample_rate):
        """Build the layers anew."""
        import keras

        for kind, config in self.layers:
            if config.get("sample_rate", sample_rate) != sample_rate:
                raise HearingAIError(
                    f"`frontend` has a {kind.__name__} for sound at {config['sample_rate']} Hz, "
                    f"and the recipe's clips are at {sample_rate} Hz"
                )
        layers = [kind.from_config(config) for kind, config in self.layers]
        return layers[0] if len(layers) == 1 else keras.Sequential(layers, name="front_end")

    def get_config(self):
        """What tells one front end from another."""
        return {
            f"{i}-{kind.__name__}": {k: v for k, v in config.items() if k != "name"}
            for i, (kind, config) in enumerate(self.layers)
        }


def change(layer, x, labels=None, training=True, seed=None):
    """Call an augmentation on an array; returns an array, or a dict of `x` and `labels`.

    Args:
        layer: An `Augmentation`.
        x: The batch.
        labels: Its labels, for augmentations that mix.
        training: Whether to change anything.
        seed: Where to start the layer's random numbers; `None` goes on with them.
    """
    if seed is not None:
        words = np.random.SeedSequence(seed).generate_state(2)
        layer.seed_generator.state.assign(words.astype("int64") % 2**31)
    x = x.astype("float32")
    if labels is None:
        return _array(layer(x, training=training))
    mixed = layer((x, labels.astype("float32")), training=training)
    return dict(zip(("x", "labels"), map(_array, mixed), strict=True))


def _array(tensor):
    from keras import ops

    return ops.convert_to_numpy(tensor)


def evaluate(classifier, clips, **options):
    """Evaluate a classifier; returns the result as a dict, tables in it as columns."""
    from ..inference.evaluating import evaluate

    return plain(vars(evaluate(classifier, clips, **options)))


def export(classifier, path, **options):
    """Export a classifier; returns what there is as a dict."""
    from ..exports import export

    return plain(vars(export(classifier, path, **options)))


def prepare(clips, **options):
    """Decode a corpus; returns what there is as a dict, tables in it as columns."""
    from ..training.preparation import prepare

    return plain(vars(prepare(clips, **options)))


def cross_validate(recipe, clips, **options):
    """Cross-validate a recipe; returns the result as a dict, tables in it as columns."""
    from ..training.cross_validation import cross_validate

    return plain(vars(cross_validate(recipe, clips, **options)))


def detection_metrics(events, truth, **options):
    """Measure events; returns the result as a dict, tables in it as columns, rows from 1."""
    from ..evaluation import detection_metrics

    result = vars(detection_metrics(events, truth, **options))
    return plain(result | {"truth": result["truth"].assign(event=result["truth"]["event"] + 1)})


def det(names, curves, summaries):
    """The tables of `plot_det`, of results that came back as tables; a summary may be `None`."""
    from ..evaluation import DetectionMetrics
    from ..plots import plot_data as flat

    pairs = zip(curves, summaries, strict=True)
    metrics = [c if s is None else DetectionMetrics(s, None, c, None, None) for c, s in pairs]
    return flat.det(dict(zip(names, metrics, strict=True)))


def gate(classifier, sound, **options):
    """Gate a sound; returns the result as a dict, tables in it as columns, without the source."""
    from ..gates.files import gate

    result = vars(gate(classifier, sound, **options))
    return {k: v for k, v in result.items() if k != "source"}


def gated(fields):
    """What `gate` returned, from the dict that it was turned into."""
    from ..gates.files import Gated

    return Gated(**fields)


def explain(classifier, recording, **options):
    """Explain a recording; returns the result as a dict, the front end in it as bytes."""
    from ..inference.explanation import explain
    from .packing import pack

    result = vars(explain(classifier, recording, **options))
    frontend = result["frontend"]
    return result | {"frontend": None if frontend is None else pack(frontend)}


def explanation(fields):
    """What `explain` returned, from the dict that it was turned into."""
    from ..inference.explanation import Explanation
    from .packing import unpack

    arrays = ("image", "relevance", "times", "frequencies")
    made = {k: np.asarray(fields[k]) for k in arrays if fields[k] is not None}
    if fields["frontend"] is not None:
        made["frontend"] = unpack(fields["frontend"])
    return Explanation(**fields | made)


def gate_feed(machine, block=None):
    """Feed a `Gate`, or finish where there is no block; returns sound."""
    return (machine.finish() if block is None else machine.feed(block)).astype("float64")


def gate_track(machine):
    """Take the track of a `Gate`."""
    return machine.take_track()


def annotate(classifier, recordings, **options):
    """Annotate recordings; returns the result as a dict, tables in it as columns."""
    from ..annotation.annotating import annotate

    return plain(vars(annotate(classifier, recordings, **options)))


def feed(stream, chunk):
    """Feed a `Stream`; returns a table of the events that are over."""
    return _events(stream.feed(chunk))


def finish(stream):
    """Finish a `Stream` or a `Live`; returns a table of the last events."""
    return _events(stream.finish())


def active(stream):
    """The events that go on in a `Stream`, a table."""
    return _events(stream.active)


def live(classifier, source, **options):
    """Live sound, to be heard step by step."""
    from ..annotation.live import Live

    return Live(classifier, source, **options)


def _events(events):
    from ..events.tracking import event_table

    return event_table([(None, *event) for event in events]).drop(columns="fname")


def step(live):
    """Hear the next chunk of a `Live`; returns a table of the events that are over."""
    return _events(live.step())


def situation(extras):
    """What a situation report tells beyond `info`.

    Args:
        extras: A dict of the packages of every extra, lists of names.

    Returns:
        A dict of `precision` (what `"auto"` comes to here), `cache` (its folder), `cache_bytes`
        (the size of what it holds) and `missing`, a dict of the packages that each extra lacks.
    """
    from importlib import metadata

    from ..runtime.cache import cache_dir
    from ..runtime.precision import precision_of

    there = {d.metadata["Name"].lower() for d in metadata.distributions() if d.metadata["Name"]}
    cache = cache_dir()
    files = [f.lstat().st_size for f in cache.rglob("*") if f.is_file()]
    return {
        "precision": precision_of("auto"),
        "cache": str(cache),
        "cache_bytes": plain(sum(files)),
        "missing": {k: [p for p in names if p.lower() not in there] for k, names in extras.items()},
    }
