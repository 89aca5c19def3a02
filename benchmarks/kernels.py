"""Training on a CPU by oneDNN and by TensorFlow's own kernels: speed, and the system's share.

    python benchmarks/kernels.py [--quick] [--out FILE]

TensorFlow takes its own kernels by itself on x86 processors without AVX-512 VNNI or AMX; hearingai
takes oneDNN's. `AVX2 alone` is oneDNN kept from newer instructions, as on an older processor. Each
round starts a process for each, which trains the tutorial's CNN in float32. Needs Linux.
"""

import json
import os
import subprocess
import sys

import measure
import numpy as np

OURS = "oneDNN"
OLD = "oneDNN, AVX2 alone"
OWN = "TensorFlow's own kernels"
KEPT = "TensorFlow's own kernels, malloc keeps what is freed"
ENVIRONMENTS = {
    OURS: {"TF_ENABLE_ONEDNN_OPTS": "1"},
    OLD: {"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    OWN: {"TF_ENABLE_ONEDNN_OPTS": "0"},
    KEPT: {"TF_ENABLE_ONEDNN_OPTS": "0", "MALLOC_MMAP_MAX_": "0"}
    | {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_TOP_PAD_": str(2**26)},
}
BATCH = 32
TRAIN = """
import json, resource, sys, time
import numpy as np, keras, hearingai
batch, steps = map(int, sys.argv[1:])
classifier = hearingai.create_classifier("speech-commands", [str(i) for i in range(30)], seed=1)
network = classifier.network
x = np.random.default_rng(0).normal(size=(batch * steps, *network.input_shape[1:]))
y = np.eye(30, dtype="float32")[np.arange(len(x)) % 30]
network.compile(keras.optimizers.Adadelta(1.0), "categorical_crossentropy", jit_compile=False)
network.fit(x[: 2 * batch], y[: 2 * batch], batch_size=batch, verbose=0)
before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
network.fit(x, y, batch_size=batch, verbose=0)
took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
faults = (after.ru_minflt - before.ru_minflt) / len(x)
told = {"seconds": took / len(x), "processor": (user + system) / len(x)}
print(json.dumps(told | {"system": system / (user + system), "faults": faults}))
"""


def trained(environment, steps):
    """What a process that trains tells, a clip."""
    command = [sys.executable, "-c", TRAIN, str(BATCH), str(steps)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | environment
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    rounds, steps = (1, 2) if options.quick else (8, 10)
    found = {name: [] for name in ENVIRONMENTS}
    for i in range(rounds):
        for name in list(ENVIRONMENTS)[:: 1 if i % 2 else -1]:
            found[name].append(trained(ENVIRONMENTS[name], steps))

    def median(name, what):
        return float(np.median([each[what] for each in found[name]]))

    def times(name, than):
        pairs = zip(found[name], found[than], strict=True)
        return float(np.median([b["seconds"] / a["seconds"] for a, b in pairs]))

    rows = [
        {
            "kernels": name,
            "clips/s": 1 / median(name, "seconds"),
            "ratio": times(name, OWN),
            "ms of processor a clip": 1000 * median(name, "processor"),
            "share of the system": median(name, "system"),
            "page faults a clip": median(name, "faults"),
        }
        for name in found
    ]
    aims = [
        measure.aim("oneDNN against TensorFlow's own kernels, times as fast", times(OURS, OWN), 1),
        measure.aim("the same with AVX2 alone", times(OLD, OWN), 1),
        measure.aim("share of the system with oneDNN", median(OURS, "system"), at_most=0.05),
    ]
    measure.report(
        options,
        "Kernels of a CPU",
        rows,
        aims,
        f"The tutorial's CNN in float32, batches of {BATCH}, features ready; {steps} steps behind "
        f"the first two, {rounds} alternating rounds, a process each.",
    )


if __name__ == "__main__":
    main()
