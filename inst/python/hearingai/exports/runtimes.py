"""What runs exported files: TensorFlow, ONNX Runtime and LiteRT, all without Keras."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..runtime.backend import usable_cores
from .float_front_end import FloatFrontEnd
from .formats import DOCUMENT, EMBEDDING, INPUT, OUTPUT, attached, need, understood


class Runtime(Protocol):
    """What runs a file.

    Attributes:
        document: The document of the file, if it has one.
    """

    document: str | None

    def answers(self, clips: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        """Outputs for a batch of clips, from one pass."""


class _Onnx:
    def __init__(self, path: str, threads: int | None) -> None:
        runtime = need("onnxruntime")
        options = runtime.SessionOptions()
        options.log_severity_level = 3  # errors
        options.intra_op_num_threads = threads or usable_cores()
        self.session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.document = self.session.get_modelmeta().custom_metadata_map.get(DOCUMENT)

    def answers(self, clips: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        return self.session.run(outputs, {INPUT: clips})


class _LiteRT:
    def __init__(self, path: str, threads: int | None, **options: Any) -> None:
        interpreter = need("ai_edge_litert.interpreter").Interpreter
        self.document = attached(path, "litert")
        model = Path(path).read_bytes()  # LiteRT cannot open non-ASCII paths on all systems
        self.interpreter = interpreter(
            model_content=model, num_threads=threads or usable_cores(), **options
        )
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]["index"]
        places = [output["index"] for output in self.interpreter.get_output_details()]
        self.outputs = dict(zip((OUTPUT, EMBEDDING), places, strict=False))

    def answers(self, clips: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        places = [self.outputs[output] for output in outputs]
        # one clip at a time: a fixed size is allocated once
        found = [self._answers(clips[i : i + 1], places) for i in range(len(clips))]
        return [np.concatenate(parts) for parts in zip(*found, strict=True)]

    def _answers(self, clip: np.ndarray, places: list[int]) -> list[np.ndarray]:
        self.interpreter.set_tensor(self.input, clip)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(place) for place in places]


class _WholeInt8:
    """The front end in float, by NumPy, and the network in int8, by LiteRT."""

    def __init__(self, path: str, threads: int | None) -> None:
        kinds = need("ai_edge_litert.interpreter").OpResolverType
        # The reference operations round as microcontrollers do; faster ones differ by a step.
        self.network = _LiteRT(path, threads, experimental_op_resolver_type=kinds.BUILTIN_REF)
        self.document = self.network.document
        facts = understood(self.document, path)
        samples = round(facts["sample_rate"] * facts["duration"])
        self.front_end = FloatFrontEnd(facts["front_end"], samples)
        self.image, self.logits = facts["input"], facts["output"]
        self.labels = len(facts["labels"])
        interpreter = self.network.interpreter
        found = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        for told, tensor in zip((self.image, self.logits), found, strict=True):
            if tensor["dtype"] != np.int8 or tensor["shape"].tolist() != told["shape"]:
                raise ValueError("its network takes or gives other values than it says")

    def answers(self, clips: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        return [np.concatenate([self._answer(clip[None]) for clip in clips])]

    def _answer(self, clip: np.ndarray) -> np.ndarray:
        images = self.front_end.images(clip) / np.float32(self.image["scale"])
        images = np.floor(images + np.float32(0.5)) + self.image["zero_point"]
        (logits,) = self.network.answers(images.clip(-128, 127).astype("int8"), [OUTPUT])
        values = (logits - logits.max().astype("float32")) * np.float32(self.logits["scale"])
        parts = np.exp(values) / np.exp(values).sum()
        found = np.bincount(self.logits["label_of"], parts[0], self.labels)
        return found[None].astype("float32")


class _SavedModel:
    def __init__(self, path: str, threads: int | None) -> None:
        tensorflow = need("tensorflow")
        self.document = attached(path, "saved_model")
        self.model = tensorflow.saved_model.load(path)
        self.function = self.model.signatures["serving_default"]

    def answers(self, clips: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        found = self.function(**{INPUT: clips})
        return [found[output].numpy() for output in outputs]


RUNTIMES: dict[str, Any] = {"saved_model": _SavedModel, "onnx": _Onnx, "litert": _LiteRT}
RUNTIMES |= {"int8": _WholeInt8}
