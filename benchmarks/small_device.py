"""Words on small devices: a classifier in float, in int8, and as C code, on a hundred real clips.

    python benchmarks/small_device.py DATA [--out FILE]

DATA is the folder of Speech Commands. The C code is compiled by `cc`; where the Python package
tflite-micro is installed, TensorFlow Lite Micro itself runs the network too.
"""

import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from measure import RATE, TEN_WORDS, aim, arguments, report

import hearingai

FLAGS = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2")
N, CALIBRATION = 100, 200
UNKNOWN = 20  # of the clips, words that are none of the ten
MOST = 2**17  # bytes of an arena


def chosen(data):
    """Clips to calibrate on, a table; others to compare on: int16 samples and labels."""
    rng = np.random.default_rng(1)
    table = hearingai.load_clips(data)
    of_the_ten = table["class"].isin(TEN_WORDS)
    parts = [table[of_the_ten], table[~of_the_ten]]
    parts = [part.iloc[rng.permutation(len(part))] for part in parts]
    calibration = parts[0].iloc[:CALIBRATION]
    counts = {CALIBRATION: N - UNKNOWN, 0: UNKNOWN}
    samples, labels = [], []
    for part, (start, n) in zip(parts, counts.items(), strict=True):
        taken = 0
        for row in part.iloc[start:].itertuples():
            sound = hearingai.read_audio(row.fname, RATE)[0]
            if len(sound) == RATE and taken < n:
                samples.append((sound * 32768).round().astype("int16"))
                labels.append(row[part.columns.get_loc("class") + 1])
                taken += 1
            if taken == n:
                break
    return calibration, np.stack(samples), [w if w in TEN_WORDS else "unknown" for w in labels]


def run_c(folder, samples, n_values):
    """Labels and features by the compiled sources."""
    program = folder / "classify"
    sources = [str(file) for file in (folder / "c").glob("*.c")]
    subprocess.run(["cc", *FLAGS, *sources, "-lm", "-o", str(program)], check=True)

    def said(*told):
        done = subprocess.run([program, *told], input=samples.tobytes(), stdout=-1, check=True)
        return done.stdout

    labels = [line.split("\t")[1] for line in said().decode().splitlines()]
    return labels, np.frombuffer(said("features"), "int8").reshape(-1, n_values)


def run_micro(model, images):
    """Logits by TensorFlow Lite Micro, and the smallest arena that it runs in."""
    from tflite_micro.python.tflite_micro import runtime

    def opened(size):
        return runtime.Interpreter.from_bytes(model, arena_size=size)

    low, high = 0, MOST
    while high - low > 64:
        middle = (low + high) // 2
        try:
            opened(middle)
            high = middle
        except RuntimeError:
            low = middle
    micro, found = opened(high), []
    for image in images:
        micro.set_input(image[None], 0)
        micro.invoke()
        found.append(micro.get_output(0)[0])
    return np.array(found), high


def summed(logits, told, n):
    """Labels' places, by the probabilities that logits in int8 stand for."""
    parts = np.exp((logits - 127.0) * told["scale"])
    return np.array([np.bincount(told["label_of"], part, n).argmax() for part in parts])


def main():
    options = arguments(__doc__, data="required").parse_args()
    calibration, samples, truth = chosen(options.data)
    clips = samples.astype("float32") / 32768
    classifier = hearingai.pretrained("ten-words")
    labels = classifier.labels
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        done = hearingai.export(classifier, folder / "c", format="c", clips=calibration)
        opened = hearingai.load_exported(folder / "c" / "network.tflite")
        told = opened.description["input"]
        images = opened._runtime.front_end.images(clips) / np.float32(told["scale"])
        images = (np.floor(images + 0.5) + told["zero_point"]).clip(-128, 127).astype("int8")
        in_c, features = run_c(folder, samples, images[0].size)
        model = (folder / "c" / "network.tflite").read_bytes()
    float_labels = [labels[i] for i in classifier.probabilities(clips).argmax(axis=1)]
    int8 = [labels[i] for i in opened.probabilities(clips).argmax(axis=1)]
    found = {"Keras, float32": (float_labels, {"bytes": 4 * classifier.count_params()})}
    found["LiteRT, int8"] = (int8, {"bytes": done.bytes})
    found["C, int8"] = (in_c, {"bytes": done.bytes, "arena": done.arena})
    if find_spec("tflite_micro"):
        logits, arena = run_micro(model, images)
        places = summed(logits, opened.description["output"], len(labels))
        micro = [labels[i] for i in places]
        found["TFLite Micro, int8"] = (micro, {"bytes": done.bytes, "arena": arena})
    rows = [
        {
            "computed by": name,
            "accuracy": float(np.mean(np.array(said) == truth)),
            "labels of the int8 file": float(np.mean(np.array(said) == int8)),
        }
        | sizes
        for name, (said, sizes) in found.items()
    ]
    differs = np.abs(features.astype(int) - images.reshape(len(images), -1))
    same = round(N * rows[2]["labels of the int8 file"])
    lost = round(N * (rows[0]["accuracy"] - rows[1]["accuracy"]))
    aims = [
        aim("clips of 100 that C labels as the int8 file", same, at_least=N),
        aim("features in C within a step", 100 * np.mean(differs <= 1), at_least=100, unit=" %"),
        aim("features in C that are equal", 100 * np.mean(differs == 0), at_least=99.9, unit=" %"),
        aim("clips of 100 that int8 costs", lost, at_most=1),
    ]
    report(
        options,
        "Words on small devices",
        rows,
        aims,
        f"`ten-words` on {N} real clips, {UNKNOWN} of them of other words. It was trained on clips "
        f"of this corpus, so what counts is what changes. Bytes are those of the weights in float, "
        f"and of the network in int8. An arena is the memory that the network computes in: as "
        f"`export` computes it for the C code, and the smallest one that TensorFlow Lite Micro "
        f"accepts, with its own structures, on a machine of 64 bits.",
    )


if __name__ == "__main__":
    main()
