"""The steps of a network in int8, as the C code takes them, and where values lie in its memory."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import HearingAIError
from .formats import need

_RELU, _RELU6 = 1, 3  # LiteRT's numbers of activations
_SAME = 0
_SUM_SHIFT = 20  # bits that both inputs of a sum are shifted by


@dataclass
class Step:
    """One operation.

    Attributes:
        kind: `"CONVOLUTION"`, `"AVERAGE"`, `"MEAN"` or `"ADD"`.
        inputs: The tensors it takes.
        output: The tensor it makes.
        values: Its other fields in C, by name.
        scales: Factors that its sums are multiplied by, float64.
    """

    kind: str
    inputs: list[int]
    output: int
    values: dict[str, int]
    scales: np.ndarray = field(default_factory=lambda: np.zeros(0))


class Network:
    """A LiteRT network in int8, read for the C code.

    Args:
        model: The LiteRT file, bytes.

    Attributes:
        steps: Its steps.
        places: Where each tensor begins in the arena, bytes; the image at 0.
        arena: Bytes of the arena.

    Raises:
        HearingAIError: An operation is none that the C code knows.
    """

    def __init__(self, model: bytes) -> None:
        self._schema = need("ai_edge_litert.schema_py_generated")
        self._model = model
        parts = self._schema.ModelT.InitFromObj(self._schema.Model.GetRootAs(model))
        self._graph, self._buffers = parts.subgraphs[0], parts.buffers
        codes = [max(c.builtinCode, c.deprecatedBuiltinCode) for c in parts.operatorCodes]
        self._kinds = [codes[operator.opcodeIndex] for operator in self._graph.operators]
        self._padded: dict[int, tuple[int, list[list[int]]]] = {}
        self.steps = self._steps()
        self.places, self.arena = self._placed()

    def _steps(self) -> list[Step]:
        names = {n: name for name, n in vars(self._schema.BuiltinOperator).items()}
        readers = {
            "CONV_2D": self._convolution,
            "FULLY_CONNECTED": self._dense,
            "AVERAGE_POOL_2D": self._average,
            "MEAN": self._mean,
            "ADD": self._add,
        }
        steps = []
        for code, operator in zip(self._kinds, self._graph.operators, strict=True):
            name = names[code]
            if name == "PAD":  # by zero points, which add nothing to a convolution's sums
                source, output = int(operator.inputs[0]), int(operator.outputs[0])
                self._padded[output] = source, self._constant(operator.inputs[1], "<i4").tolist()
            elif name in readers:
                steps.append(readers[name](operator))
            else:
                raise _unknown(name)
        if any(i in self._padded for step in steps for i in step.inputs):
            raise _unknown("PAD before anything but a convolution")
        return steps

    def _convolution(self, operator: Any) -> Step:
        options, source = operator.builtinOptions, int(operator.inputs[0])
        if (options.dilationWFactor, options.dilationHFactor) != (1, 1):
            raise _unknown("CONV_2D with dilation")
        before, source = self._padding_before(source)
        tall, wide = self._shape(operator.inputs[1])[1:3]
        step = self._weighted(operator, source, tall, wide, options)
        step.values |= self._padding(step, options, before)
        return step

    def _dense(self, operator: Any) -> Step:
        return self._weighted(operator, int(operator.inputs[0]), 1, 1, operator.builtinOptions)

    def _weighted(self, operator: Any, source: int, tall: int, wide: int, options: Any) -> Step:
        step = self._step("CONVOLUTION", operator, [source], options.fusedActivationFunction)
        step.values |= {"tall": tall, "wide": wide} | _strides(options)
        weights = int(operator.inputs[1])
        bias = int(operator.inputs[2]) if len(operator.inputs) > 2 else -1
        step.values["weights"] = self._place_of(weights)
        step.values["bias"] = -1 if bias < 0 else self._place_of(bias)
        scales = self._scales(source)[0] * self._scales(weights) / self._scales(step.output)[0]
        step.scales = np.broadcast_to(scales, (step.values["out_depth"],))
        return step

    def _average(self, operator: Any) -> Step:
        options, source = operator.builtinOptions, int(operator.inputs[0])
        step = self._step("AVERAGE", operator, [source], options.fusedActivationFunction)
        step.values |= {"tall": options.filterHeight, "wide": options.filterWidth}
        step.values |= _strides(options)
        step.values |= self._padding(step, options, (0, 0))
        return step

    def _mean(self, operator: Any) -> Step:
        source = int(operator.inputs[0])
        if sorted(self._constant(operator.inputs[1], "<i4").tolist()) != [1, 2]:
            raise _unknown("MEAN along other axes than those of the image")
        step = self._step("MEAN", operator, [source])
        n = step.values["height"] * step.values["width"]
        step.scales = self._scales(source) / self._scales(step.output) / n
        return step

    def _add(self, operator: Any) -> Step:
        first, second = (int(i) for i in operator.inputs)
        if self._shape(first) != self._shape(second):
            raise _unknown("ADD of different shapes")
        activation = operator.builtinOptions.fusedActivationFunction
        step = self._step("ADD", operator, [first, second], activation)
        step.values["other_zero"] = self._zero(second)
        both = np.concatenate([self._scales(first), self._scales(second)])
        widest = 2 * both.max()
        after = widest / (2**_SUM_SHIFT * self._scales(step.output))
        step.scales = np.concatenate([both / widest, after])
        return step

    def _step(self, kind: str, operator: Any, inputs: list[int], activation: int = 0) -> Step:
        output = int(operator.outputs[0])
        shape, made = (_image(self._shape(i)) for i in (inputs[0], output))
        zero, scale = self._zero(output), self._scales(output)[0]
        if activation not in (0, _RELU, _RELU6):
            raise _unknown(f"activation number {activation}")
        values = dict(zip(("height", "width", "depth"), shape, strict=True))
        values |= dict(zip(("out_height", "out_width", "out_depth"), made, strict=True))
        values |= {"zero": self._zero(inputs[0]), "output_zero": zero}
        values["low"] = max(-128, zero) if activation else -128
        values["high"] = 127
        if activation == _RELU6:
            values["high"] = min(127, zero + round(6 / scale))
        return Step(kind, inputs, output, values)

    def _padding_before(self, tensor: int) -> tuple[tuple[int, int], int]:
        """What an operation of its own pads a convolution's input by, and what it pads."""
        if tensor not in self._padded:
            return (0, 0), tensor
        source, sides = self._padded[tensor]
        if sides[0] != [0, 0] or sides[3] != [0, 0]:
            raise _unknown("PAD of channels")
        return (sides[1][0], sides[2][0]), source

    def _padding(self, step: Step, options: Any, before: tuple[int, int]) -> dict[str, int]:
        above, left = before
        if options.padding == _SAME:
            if before != (0, 0):
                raise _unknown("PAD before a convolution that pads")
            v = step.values
            above = _same(v["height"], v["out_height"], v["tall"], v["down"])
            left = _same(v["width"], v["out_width"], v["wide"], v["right"])
        return {"above": above, "before": left}

    def _shape(self, tensor: Any) -> list[int]:
        return [int(n) for n in self._graph.tensors[tensor].shape]

    def _scales(self, tensor: Any) -> np.ndarray:
        return np.asarray(self._graph.tensors[tensor].quantization.scale, "float64")

    def _zero(self, tensor: Any) -> int:
        return int(self._graph.tensors[tensor].quantization.zeroPoint[0])

    def _constant(self, tensor: Any, kind: str) -> np.ndarray:
        """A constant; padding and axes are a row per axis."""
        data = bytes(self._buffers[self._graph.tensors[tensor].buffer].data)
        return np.frombuffer(data, kind).reshape(self._shape(tensor))

    def _place_of(self, tensor: Any) -> int:
        """Where a constant begins in the file."""
        return self._model.index(bytes(self._buffers[self._graph.tensors[tensor].buffer].data))

    def _placed(self) -> tuple[dict[int, int], int]:
        """The places of tensors, the largest first, each at the lowest that is free in its time."""
        image = int(self._graph.inputs[0])
        times = {image: [0, 0]}
        for i, step in enumerate(self.steps):
            times[step.output] = [i, i]
            for tensor in step.inputs:
                times[tensor][1] = i
        times[int(self._graph.outputs[0])][1] = len(self.steps)
        sizes = {tensor: math.prod(self._shape(tensor)) for tensor in times}
        places: dict[int, int] = {}
        for tensor in sorted(times, key=lambda t: (t != image, -sizes[t], t)):
            begin, end = times[tensor]
            taken = sorted(
                (places[t], places[t] + sizes[t])
                for t in places
                if times[t][0] <= end and begin <= times[t][1]
            )
            place = 0
            for start, stop in taken:
                if place + sizes[tensor] <= start:
                    break
                place = max(place, stop)
            places[tensor] = place
        return places, max(places[t] + sizes[t] for t in places)


def fixed_point(scale: float) -> tuple[int, int]:
    """A factor as a multiplier of 32 bits, in units of 2**-31, and a power of two."""
    fraction, exponent = math.frexp(scale)
    multiplier = int(math.floor(fraction * 2**31 + 0.5))
    if multiplier == 2**31:
        multiplier, exponent = 2**30, exponent + 1
    return (0, 0) if exponent < -31 else (multiplier, exponent)


def _strides(options: Any) -> dict[str, int]:
    return {"down": getattr(options, "strideH", 1), "right": getattr(options, "strideW", 1)}


def _image(shape: list[int]) -> list[int]:
    """Height, width and depth of a tensor; a vector is an image of a single place."""
    if len(shape) not in (2, 4) or shape[0] != 1:
        raise _unknown(f"a tensor of shape {shape}")
    return shape[1:] if len(shape) == 4 else [1, 1, shape[1]]


def _same(size: int, made: int, window: int, stride: int) -> int:
    """What "same" pads before the first value."""
    return max(0, (made - 1) * stride + window - size) // 2


def _unknown(what: str) -> HearingAIError:
    return HearingAIError(
        f"`format`: the C code knows the operations of the network small_resnet. This one has "
        f"{what}; format int8 writes it for TensorFlow Lite Micro"
    )
