"""Training each network on ready features: hearingai, Keras on its backends, and PyTorch.

    python benchmarks/networks.py [--python EXECUTABLE] [--quick] [--out FILE]

Keras decides on its backend as it starts: each contestant is a process of its own, and they take
turns. Those whose library is missing are left out, and the reason is told. `--python` is that of an
environment with PyTorch, where this one has none.

The limit is the network's arithmetic, three times that of an answer, at the rate at which this
machine multiplies two large matrices in our precision. Where our time goes is told by operation.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import measure
import numpy as np
import operations

import hearingai
from hearingai.runtime.precision import computing_in, precision_of

OURS = "hearingai"
CONTESTANTS = {  # the backend of Keras that the process starts with, and what it then trains
    OURS: "tensorflow",
    "Keras on TensorFlow": "tensorflow",
    "Keras on JAX": "jax",
    "Keras on PyTorch": "torch",
    "PyTorch": "torch",
    "PyTorch, bfloat16": "torch",
    "PyTorch, torch.compile": "torch",
}
STEPS = {"words": 12, "sounds": 24, "speech-commands": 4, "hearing-ai": 2}
STEPS |= {"sound-classification": 48}
PATIENCE = 240  # seconds that a contestant may take to answer; torch.compile may need hours
MOST = 64  # clips a batch: so many of them say as much as 256
CLASSES = 10


def untrained(recipe):
    """A classifier of a recipe."""
    return hearingai.create_classifier(recipe, [str(i) for i in range(CLASSES)])


def prepared(contestant, recipe, steps):
    """A function that trains the network of a recipe for some steps, in this process."""
    import keras

    recipe = hearingai.get_recipe(recipe)
    batch = min(recipe.batch_size, MOST)
    network = untrained(recipe).network
    images = np.random.default_rng(0).normal(size=(batch * steps, *network.input_shape[1:]))
    images = images.astype("float32")
    truth = np.eye(CLASSES, dtype="float32")[np.arange(len(images)) % CLASSES]
    if contestant.startswith("PyTorch"):
        import torch_networks

        kind = contestant.partition(", ")[2]
        return torch_networks.trainer(network, recipe.optimizer, images, truth, batch, kind)
    optimizer = keras.optimizers.get(recipe.optimizer)
    compiled = {"jit_compile": False} if contestant == OURS else {}
    network.compile(optimizer, "categorical_crossentropy", **compiled)

    def train():
        network.fit(images, truth, batch_size=batch, shuffle=False, verbose=0)

    if contestant != OURS:
        return train

    def ours():
        from hearingai.training._normalising import normalising_at_once

        precision = precision_of("auto", "auto")
        with computing_in(precision, network), normalising_at_once(network, "auto"):
            train()

    return ours


def work(contestant):
    """Answer `[recipe, steps, what]` a line by the seconds a clip, or the shares of operations."""
    kept, train = None, None
    for line in sys.stdin:
        *asked, what = json.loads(line)
        if asked != kept:
            train = None  # its memory is free before the next takes its own
            kept, train = asked, prepared(contestant, *asked)
            train()  # compiles
        print(json.dumps(TOLD[what](train, *asked)), flush=True)


def seconds_a_clip(train, recipe, steps):
    """Seconds a clip of the steps that `train` makes."""
    batch = min(hearingai.get_recipe(recipe).batch_size, MOST)
    began = time.perf_counter()
    train()
    return (time.perf_counter() - began) / (batch * steps)


TOLD = {"seconds": seconds_a_clip, "shares": lambda train, *_: operations.shares(train)}


class Contestant:
    """A process that trains when it is asked to; `error` says why it cannot."""

    def __init__(self, name, python):
        torch = CONTESTANTS[name] == "torch"
        environment = os.environ | {"KERAS_BACKEND": CONTESTANTS[name]}
        self.error = None
        self.process = subprocess.Popen(
            [python if torch else sys.executable, __file__, "--work", name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, recipe, steps, what="seconds"):
        """Seconds a clip, or the `shares` of operations; `None` where it cannot."""
        if self.error is not None:
            return None
        waiting = threading.Timer(PATIENCE, self.process.kill)
        waiting.start()
        began = time.perf_counter()
        try:
            self.process.stdin.write(json.dumps([recipe, steps, what]) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        waiting.cancel()
        if not answer:
            lines = self.process.communicate()[1].strip().splitlines()
            self.error = lines[-1] if lines else f"ended with {self.process.returncode}"
            if time.perf_counter() - began >= PATIENCE:
                self.error = f"no answer on `{recipe}` in {PATIENCE} s"
            return None
        return json.loads(answer)

    def close(self):
        """End the process."""
        if self.process.poll() is None:
            self.process.communicate()


def compared(contestants, recipe, steps, rounds):
    """A row a contestant, and how many times as fast ours is as the fastest other."""
    seconds, peaks, precision = {}, [], precision_of("auto")
    for i in range(rounds):
        peaks.append(operations.peak(precision))
        for name, contestant in list(contestants.items())[:: 1 if i % 2 else -1]:
            found = contestant(recipe, steps)
            if found is not None:
                seconds.setdefault(name, []).append(found)
    seconds = {name: seconds[name] for name in CONTESTANTS if len(seconds.get(name, [])) == rounds}
    others = [name for name in seconds if name != OURS]
    if OURS not in seconds or not others:
        return [], None
    best = measure.fastest(seconds, others)
    rows = [{"recipe": recipe} | row for row in measure.rates(seconds, best)]
    limit = operations.limit(untrained(recipe).network, peaks)
    for row in rows:
        row["share of the arithmetic's limit"] = row["clips/s"] / limit
    rows[0] |= contestants[OURS](recipe, steps, "shares")
    what = f"training the network of `{recipe}`, against {best}"
    return rows, measure.aim(what, measure.ratio(seconds, OURS, best), at_least=1)


def main():
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2])
        return
    parser = measure.arguments(__doc__, data="none")
    parser.add_argument("--python", default=sys.executable, help="a Python that has PyTorch")
    options = parser.parse_args()
    contestants = {name: Contestant(name, options.python) for name in CONTESTANTS}
    rows, aims = [], []
    recipes, rounds = ({"words": 1}, 1) if options.quick else (STEPS, 8)
    for recipe, steps in recipes.items():
        found, reached = compared(contestants, recipe, steps, rounds)
        rows += found
        aims += [] if reached is None else [reached]
    for contestant in contestants.values():
        contestant.close()
    missing = [f"{n}: {c.error}" for n, c in contestants.items() if c.error is not None]
    note = (
        f"The networks alone, on images that lie ready, in batches of the recipe, at most {MOST}, "
        f"by the optimizer of the recipe. hearingai trains as `fit` does here, by TensorFlow; "
        f"PyTorch trains the same layers, channels last. The limit is three times the arithmetic "
        f"of an answer, at the rate of one large product of matrices here in our precision; behind "
        f"it are our operations by what they take of the time of all."
    )
    if missing:
        note += f" Left out: {'; '.join(missing)}."
    measure.report(options, "Training the networks", rows, aims, note)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
