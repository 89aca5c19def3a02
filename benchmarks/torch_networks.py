"""The networks of the recipes in PyTorch, layer by layer from Keras's: for `networks.py`."""

import math
from contextlib import nullcontext

import torch
from torch import nn
from torch.nn import functional

OPTIMIZERS = {"Adam": torch.optim.Adam, "AdamW": torch.optim.AdamW, "Adamax": torch.optim.Adamax}
OPTIMIZERS |= {"Adadelta": torch.optim.Adadelta}


class Same(nn.Module):
    """Padding as Keras's "same" has it, which depends on the size of the image."""

    def __init__(self, size, strides):
        super().__init__()
        self.size, self.strides = size, strides

    def forward(self, x):
        sides = []
        for n, size, stride in zip(
            x.shape[:1:-1], self.size[::-1], self.strides[::-1], strict=True
        ):
            total = max((-(-n // stride) - 1) * stride + size - n, 0)
            sides += [total // 2, total - total // 2]
        return functional.pad(x, sides)


class AveragePool(nn.Module):
    """Means of what lies in the image, as Keras's with "same" padding."""

    def __init__(self, layer):
        super().__init__()
        self.size, self.strides = layer.pool_size, layer.strides
        self.ceil = layer.padding == "same"

    def forward(self, x):
        return functional.avg_pool2d(
            x, self.size, self.strides, ceil_mode=self.ceil, count_include_pad=False
        )


class Flat(nn.Module):
    """All values of an image, or their means over its places."""

    def __init__(self, mean):
        super().__init__()
        self.mean = mean

    def forward(self, x):
        return x.mean((2, 3)) if self.mean else x.flatten(1)


class Whole(nn.Module):
    """Each image to zero mean and unit variance."""

    def __init__(self, epsilon):
        super().__init__()
        self.epsilon = epsilon

    def forward(self, x):
        return functional.layer_norm(x, x.shape[1:], eps=self.epsilon)


def translated(layer):
    """A layer of Keras as a module; an error where it is none of those that occur."""
    kind, channels = type(layer).__name__, layer.input.shape[-1]
    if kind == "Conv2D":
        sizes = layer.filters, layer.kernel_size, layer.strides
        made = nn.Conv2d(channels, *sizes, groups=layer.groups, bias=layer.use_bias)
        same = [Same(layer.kernel_size, layer.strides)] if layer.padding == "same" else []
        return nn.Sequential(*same, made, *activation(layer))
    if kind == "Dense":
        return nn.Sequential(nn.Linear(channels, layer.units), *activation(layer))
    if kind == "BatchNormalization":
        return nn.BatchNorm2d(channels, layer.epsilon, 1 - layer.momentum)
    if kind == "LayerNormalization" and list(layer.axis) == [1, 2, 3]:
        return Whole(layer.epsilon)
    if kind == "ZeroPadding2D":
        (top, bottom), (left, right) = layer.padding
        return nn.ZeroPad2d((left, right, top, bottom))
    if kind == "MaxPooling2D" and layer.padding == "valid":
        return nn.MaxPool2d(layer.pool_size, layer.strides)
    if kind == "AveragePooling2D":
        return AveragePool(layer)
    if kind in ("Flatten", "GlobalAveragePooling2D"):
        return Flat(kind != "Flatten")
    if kind == "Dropout":
        return nn.Dropout(layer.rate)
    if kind in ("ReLU", "Softmax"):
        return nn.ReLU() if kind == "ReLU" else nn.Identity()  # the loss takes logits
    raise NotImplementedError(f"{kind} is not translated")


def activation(layer):
    """The module of a layer's activation, in a list; none for a softmax, as the loss has it."""
    name = layer.activation.__name__
    if name not in ("linear", "relu", "softmax"):
        raise NotImplementedError(f"the activation {name} is not translated")
    return [nn.ReLU()] if name == "relu" else []


class Network(nn.Module):
    """The layers of a functional Keras model, in their order."""

    def __init__(self, network):
        super().__init__()
        self.steps, modules = [], []
        for operation in network.operations:
            if type(operation).__name__ == "InputLayer":
                self.entry = id(operation.output)
                continue
            inputs = operation.input
            several = isinstance(inputs, list)  # what is added
            modules.append(nn.Identity() if several else translated(operation))
            sources = [id(x) for x in (inputs if several else [inputs])]
            self.steps.append((sources, id(operation.output)))
        self.parts, self.exit = nn.ModuleList(modules), id(network.outputs[0])

    def forward(self, x):
        found = {self.entry: x}
        for (sources, to), part in zip(self.steps, self.parts, strict=True):
            inputs = [found[source] for source in sources]
            found[to] = part(inputs[0] if len(inputs) == 1 else sum(inputs[1:], inputs[0]))
        return found[self.exit]


def trainer(network, optimizer, images, truth, batch, kind):
    """A function that trains a translated network once through the images."""
    model = Network(network).to(memory_format=torch.channels_last).train()
    known = sum(math.prod(weight.shape) for weight in network.trainable_weights)
    assert sum(p.numel() for p in model.parameters()) == known, "another number of weights"
    run = torch.compile(model) if kind == "torch.compile" else model
    stepper = OPTIMIZERS[optimizer](model.parameters())
    images = torch.from_numpy(images).permute(0, 3, 1, 2)  # channels last, as they lie
    classes = torch.from_numpy(truth.argmax(1))
    low = kind == "bfloat16"

    def train():
        for first in range(0, len(images), batch):
            stepper.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16) if low else nullcontext():
                answers = run(images[first : first + batch])
            loss = functional.cross_entropy(answers.float(), classes[first : first + batch])
            loss.backward()
            stepper.step()

    return train
