"""What the published systems achieve on public data, each number by one command.

Runs every experiment that has no result yet (hours on two cores), keeps what `--json` prints in
`benchmarks/results/NAME.json` and writes the table `benchmarks/systems.md`.

    python benchmarks/systems.py DATA [NAME ...]
    python benchmarks/systems.py --table

DATA holds `esc10`, `fsdd` and `audioset_embeddings`; `--table` runs nothing.
"""

import argparse
import json
import shlex
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"

ESC10 = "cross-validate DATA/esc10 --seed"
HEARING = "--recipe hearing-ai --epochs 30 --batch-size 16 --learning-rate 0.002"
SPEECH = "train DATA/audioset_embeddings --target Speech --seed 1 --out NAME.keras"
TUNE = "tune DATA/audioset_embeddings --target Speech --recipe audio-gate --seed 1"
EXPERIMENTS = {
    "esc10-sound": f"{ESC10} 1 --recipe sound-classification --epochs 10",
    "esc10-sound-bc": f"{ESC10} 1 --recipe sound-classification --epochs 10 "
    "--augment time_shift,between_class,spec_augment",
    "esc10-hearing": f"{ESC10} 1 {HEARING}",
    "esc10-hearing-bc": f"{ESC10} 1 {HEARING} --augment between_class",
    "esc10-sounds": f"{ESC10} 1 --recipe sounds",
    "esc10-sounds-2": f"{ESC10} 2 --recipe sounds",
    "esc10-sounds-3": f"{ESC10} 3 --recipe sounds",
    "fsdd": "cross-validate DATA/fsdd --recipe speech-commands --folds speaker --epochs 2 --seed 1",
    "gate-linear": f"{SPEECH} --recipe audio-gate --network linear_tagger",
    "gate-conv1d": f"{SPEECH} --recipe audio-gate",
    "gate-conv2d": f"{SPEECH} --recipe audio-gate --network conv2d_tagger",
    "gate-lstm": f"{SPEECH} --recipe audio-gate --network lstm_tagger",
    "gate-transformer": f"{SPEECH} --recipe audio-gate --network transformer_tagger",
    "gate-gru": f"{SPEECH} --recipe embedding-gru --validation 0.2",
    "gate-attention": f"{SPEECH} --recipe embedding-gru --network attention_gru_tagger "
    "--validation 0.2",
    "gate-best": f"{SPEECH} --recipe embedding-attention",
    "tune-linear": f"{TUNE} --network linear_tagger --try hidden=16,32,64,128 "
    "--try learning_rate=0.0001,0.001,0.01",
    "tune-conv1d": f"{TUNE} --try active_layers=2,4,6,8 --try kernel_size=2,3,8",
    "turkey": "cross-validate DATA/audioset_embeddings --target Turkey --recipe audio-gate "
    "--network linear_tagger --folds 5 --repeats 3 --epochs 10 --balanced --validation 0 --seed 1",
}


def run(name, data):
    """Run an experiment that has no result yet, and keep what it prints."""
    command = EXPERIMENTS[name].replace("DATA", str(data)).replace("NAME", str(RESULTS / name))
    result = RESULTS / f"{name}.json"
    if result.exists():
        return
    print(name, flush=True)
    words = shlex.split(f"hearingai {command} --json")
    words += ["--overwrite"] if command.startswith("train") else []
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout)
    if isinstance(found, dict):
        found.pop("model", None)  # a path of this machine
    result.write_text(json.dumps(found, indent=1) + "\n")


def told(name):
    """What a result says, in a line of a table."""
    found = json.loads((RESULTS / f"{name}.json").read_text())
    if isinstance(found, list):
        best = found[0]
        return f"{len(found)} settings; best accuracy {best['accuracy']:.3f}, {_f1(best)}"
    if "summary" in found:
        rows = {row["metric"]: row for row in found["summary"]}
        names = [n for n in ("accuracy", "f1_macro", "roc_auc", "pr_auc") if n in rows]
        if "pr_auc" in rows:
            names = ["roc_auc", "pr_auc"]
        return f"{len(found['folds'])} folds: " + ", ".join(
            f"{n} {rows[n]['mean']:.3f} ± {rows[n]['sd']:.3f}" for n in names
        )
    return f"accuracy {found['metrics']['accuracy']:.3f}, {_f1(found['metrics'])}"


def _f1(metrics):
    kinds = ("positive", "macro", "micro", "weighted")
    text = "F1 " + " · ".join(f"{k} {metrics[f'f1_{k}']:.3f}" for k in kinds)
    if "f1_positive_at_threshold" in metrics:
        text += (
            f"; at the threshold {metrics['threshold']:.2f}: accuracy "
            f"{metrics['accuracy_at_threshold']:.3f}, F1 positive "
            f"{metrics['f1_positive_at_threshold']:.3f}"
        )
    return text


def table():
    """A row an experiment that has a result."""
    lines = ["| experiment | measured | command |", "| --- | --- | --- |"]
    for name, command in EXPERIMENTS.items():
        if (RESULTS / f"{name}.json").exists():
            lines.append(f"| {name} | {told(name)} | `hearingai {command}` |")
    return "\n".join(lines) + "\n"


def tuning(name):
    """The published style of table: a row a setting, the best first."""
    found = json.loads((RESULTS / f"{name}.json").read_text())
    settings = [k for k in found[0] if k in ("hidden", "learning_rate", "active_layers")]
    settings += [k for k in found[0] if k in ("kernel_size", "dropout", "optimizer")]
    kinds = ("accuracy", "f1_positive", "f1_macro", "f1_micro", "f1_weighted", "pr_auc")
    kinds += ("f1_positive_at_threshold",)
    lines = ["| " + " | ".join([*settings, *kinds]) + " |", "|" + " --- |" * (len(settings) + 7)]
    for row in found:
        numbers = [f"{row[k]:.3f}" for k in kinds]
        lines.append("| " + " | ".join([*(str(row[s]) for s in settings), *numbers]) + " |")
    return "\n".join(lines) + "\n"


def page():
    """The head, a row an experiment, and the tables of the tunings."""
    text = (HERE / "systems.head.md").read_text() + "\n" + table()
    for name in ("tune-linear", "tune-conv1d"):
        if (RESULTS / f"{name}.json").exists():
            text += f"\n## {name}\n\n" + tuning(name)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder of the corpora")
    parser.add_argument("names", nargs="*", help=", ".join(EXPERIMENTS))
    parser.add_argument("--table", action="store_true", help="only write the page")
    options = parser.parse_args()
    if unknown := set(options.names) - set(EXPERIMENTS):
        parser.error(f"no experiment {', '.join(unknown)}; there are: {', '.join(EXPERIMENTS)}")
    if not options.table:
        if not options.data:
            parser.error("DATA must be the folder of the corpora")
        for name in options.names or EXPERIMENTS:
            run(name, options.data)
    (HERE / "systems.md").write_text(page())


if __name__ == "__main__":
    main()
