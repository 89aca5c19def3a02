"""A gate that learnt words against a plain gate: levels before and after, on real mixtures.

    python benchmarks/gate.py DATA [--gate FILE] [--examples FOLDER] [--quick] [--out FILE]

DATA is the folder of `speech_commands` and `esc10`. Wanted are ten words, unwanted the sounds of
ESC-10 and the background recordings of Speech Commands. Both gates learn from the same recordings:
words of two thirds of the speakers, ESC-10's folds 1 to 3, four of the six backgrounds. They are
measured on mixtures of the others. The plain gate's key is the level (RMS of 20 ms, every 10 ms);
hysteresis, hold, release, look-ahead and gain curve are those of the other, and its threshold, hold
and release are chosen in the same way on the same mixtures. Against an engineer who sets it anew
for each mixture stands a third: the plain gate tuned for each ratio.
"""

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from measure import RATE, TEN_WORDS, aim, arguments, report

import hearingai
from hearingai.events.windows import Grid
from hearingai.gates._curve import gain_curve
from hearingai.gates._learning import Judged, judge, learn_rules
from hearingai.gates._mixtures import mixtures, side_of
from hearingai.gates._settings import gate_settings
from hearingai.gates.levels import level_table

SEED, CARE = 1, 4.0
RATIOS = (0, 5, 10, 20)
TRAIN_FOLDS = ("1", "2", "3")
TEST_NOISES = ("dude_miaowing", "running_tap")
LEVEL_HOP, LEVEL_SAMPLES = Fraction(1, 100), 320
PARTS = ("wanted", "unwanted")
LEVELS = tuple(10 ** (decibel / 20) for decibel in range(-60, 0, 2))


def recordings(data, n_words):
    """`(wanted, unwanted)` to learn from, and others to measure on."""
    words = hearingai.speech_commands(data / "speech_commands", words=TEN_WORDS)
    speakers = np.random.default_rng(SEED).permutation(np.unique(words["speaker"]))
    known = words["speaker"].isin(speakers[: 2 * len(speakers) // 3])
    sounds = hearingai.audio_folder(data / "esc10")
    fold = sounds["fname"].map(lambda name: Path(name).name[0])
    noises = hearingai.background_noise(data / "speech_commands")
    held = noises["fname"].map(lambda name: Path(name).stem in TEST_NOISES)

    def unwanted(of_sounds, of_noises):
        parts = sounds.assign(source=sounds["fname"])[of_sounds], noises[of_noises]
        table = pd.concat([part[["fname"]] for part in parts], ignore_index=True)
        return table.assign(source=table["fname"])

    learn = words[known].groupby("class").head(n_words // len(TEN_WORDS))
    heard = fold.isin(TRAIN_FOLDS)
    return (learn, unwanted(heard, ~held)), (words[~known], unwanted(~heard, held))


def level_keys(sound):
    """The plain gate's key: the RMS of 20 ms around each 10 ms."""
    step = round(LEVEL_HOP * RATE)
    power = np.concatenate([[0], np.cumsum(np.square(sound, dtype="float64"))])
    middle = np.arange(0, len(sound), step)
    first = np.maximum(middle - LEVEL_SAMPLES // 2, 0)
    last = np.minimum(middle + LEVEL_SAMPLES // 2, len(sound))
    return np.sqrt((power[last] - power[first]) / LEVEL_SAMPLES)


def plain_settings(settings):
    """The settings that the plain gate does not choose."""
    grid = Grid(RATE, LEVEL_SAMPLES, LEVEL_HOP)
    rules = replace(settings.rules, lead=LEVEL_HOP + Fraction(1, 100))
    return replace(settings, grid=grid, rules=rules)


def chosen(learnt, settings):
    """The rules that were chosen."""
    names = ("threshold", "low", "hold", "release")
    return replace(settings.rules, **{name: learnt[name] for name in names})


def measured(name, ratio, made, keys, rules, hop):
    """A row: what became of the parts of mixtures of one ratio."""
    powers = [np.concatenate([np.square(getattr(m, p)) for m in made]) for p in PARTS]
    gains = [
        gain_curve(key, rules, RATE, hop, len(m.wanted)) for key, m in zip(keys, made, strict=True)
    ]
    active = np.concatenate([m.active for m in made])
    change = level_table(np.concatenate(gains), *powers, active).set_index("part")["change_db"]
    lost, leaked = judge(keys, [Judged(m, RATE) for m in made], rules, hop)
    return {
        "gate": name,
        "ratio (dB)": ratio,
        "wanted (dB)": float(change["wanted"]),
        "unwanted in pauses (dB)": float(change["unwanted in pauses"]),
        "unwanted (dB)": float(change["unwanted"]),
        "gain of ratio (dB)": float(change["ratio"]),
        "wanted lost (%)": 100 * lost,
        "loss": CARE * lost + leaked,
    }


def hop_seconds(classifier, n=200):
    """Processor seconds of one hop of live sound, and the hop."""
    machine = hearingai.Gate(classifier, RATE)
    size = round(machine.settings["hop"] * RATE)
    sound = np.random.default_rng(1).normal(0, 0.1, (n + 50, size)).astype("float32")
    for block in sound[:50]:
        machine.feed(block)
    started = time.process_time()
    for block in sound[50:]:
        machine.feed(block)
    return (time.process_time() - started) / n, machine.settings["hop"]


def examples(folder, classifier, plain, made):
    """Write a mixture before and after both gates, and the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for mixture in made:
        name = f"{mixture.snr_db:g}dB"
        gated = hearingai.gate(classifier, mixture.sound)
        rules, hop = plain[mixture.snr_db]
        other = gain_curve(level_keys(mixture.sound), rules, RATE, hop, len(mixture.sound))
        sounds = {"mixture": mixture.sound, "wanted": mixture.wanted, "gated": gated.sound}
        for kind, sound in (sounds | {"plain": mixture.sound * other}).items():
            hearingai.write_audio(sound.astype("float32"), folder / f"{name}-{kind}.wav", RATE)
        hearingai.plot_gate(gated, title=f"words in noise, {name}").savefig(folder / f"{name}.png")


def mixed(sides, n, seed):
    """`n` mixtures of each ratio."""
    sides = [side_of(*side) for side in zip(PARTS, sides, strict=True)]
    rng = np.random.default_rng(seed)
    return list(mixtures(*sides, RATE, 12.0, n * len(RATIOS), RATIOS, rng))


def learnt_gate(sides, options):
    """The classifier that opens the gate: learnt from both sides, or what `--gate` keeps."""
    if options.gate and options.gate.exists():
        return hearingai.load_classifier(options.gate)
    small = {"n_mixtures": 20, "epochs": 2} if options.quick else {}
    classifier = hearingai.train_gate(*sides, snr_db=RATIOS, seed=SEED, care=CARE, **small)
    if options.gate:
        hearingai.save_classifier(classifier, options.gate)
    return classifier


def plain_rules(tune, settings):
    """The rules of the plain gate: by `None` those for all ratios, by a ratio those for it."""
    plain, tuned = plain_settings(settings), {}
    for ratio in (None, *RATIOS):
        chose = [m for m in tune if ratio in (None, m.snr_db)]
        keys = [level_keys(m.sound) for m in chose]
        tuned[ratio] = chosen(learn_rules(keys, chose, RATE, plain, CARE, False, LEVELS), plain)
    return tuned


def compared(classifier, settings, tuned, made):
    """A row a ratio and gate."""
    rows = []
    for ratio in RATIOS:
        of_it = [m for m in made if m.snr_db == ratio]
        keys = [hearingai.gate(classifier, m.sound).track["probability"] for m in of_it]
        levels = [level_keys(m.sound) for m in of_it]
        rows.append(measured("learnt", ratio, of_it, keys, settings.rules, settings.grid.hop))
        rows.append(measured("plain", ratio, of_it, levels, tuned[None], LEVEL_HOP))
        rows.append(measured("plain, set anew", ratio, of_it, levels, tuned[ratio], LEVEL_HOP))
    return rows


def aims_of(rows, cost, hop):
    """The losses beside those of the plain gates, and what a hop costs."""
    mean = pd.DataFrame(rows).groupby("gate")["loss"].mean()
    what = "loss beside the plain gate's of the same recordings, mean over the ratios"
    aims = [aim(what, mean["learnt"] / mean["plain"], at_most=1.0)]
    for ratio in RATIOS:
        loss = {row["gate"]: row["loss"] for row in rows if row["ratio (dB)"] == ratio}
        what = f"loss beside the plain gate's that is set anew, {ratio} dB"
        aims.append(aim(what, loss["learnt"] / loss["plain, set anew"], at_most=1.0))
    return [*aims, aim("processor time of a hop as a share of it", cost / hop, at_most=0.2)]


def note_of(learnt):
    """What the gate learnt, and what the loss is."""
    numbers = {name: value for name, value in learnt.items() if isinstance(value, (int, float))}
    told = ", ".join(f"{name} {value:.3g}" for name, value in numbers.items())
    return (
        f"Learnt: {told}. The loss is {CARE:g} times the share of the wanted energy that is lost "
        f"plus the share of the unwanted in pauses that leaks."
    )


def main():
    """Learn, measure, report."""
    parser = arguments(__doc__, data="required")
    parser.add_argument("--examples", type=Path, help="folder for wav files and pictures")
    parser.add_argument("--gate", type=Path, help="a .keras file: saved there, or used if there")
    options = parser.parse_args()
    learn, test = recordings(options.data, 40 if options.quick else 1000)
    classifier = learnt_gate(learn, options)
    settings = gate_settings(classifier)
    n = 1 if options.quick else 8
    tuned = plain_rules(mixed(learn, n, SEED + 1), settings)
    made = mixed(test, n, SEED + 2)
    rows = compared(classifier, settings, tuned, made)
    aims = aims_of(rows, *hop_seconds(classifier))
    note = note_of(classifier.record["gate"])
    report(options, "A gate that learnt, against a plain one", rows, aims, note)
    if options.examples:
        first = [next(m for m in made if m.snr_db == ratio) for ratio in (5, 10)]
        named = {ratio: (tuned[ratio], LEVEL_HOP) for ratio in RATIOS}
        examples(options.examples, classifier, named, first)


if __name__ == "__main__":
    main()
