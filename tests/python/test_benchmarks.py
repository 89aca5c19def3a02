"""The pages of benchmarks say what was measured, and name scripts that exist."""

import argparse
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RESULTS = BENCHMARKS / "results"
SHARED = {
    "measure",
    "operations",
    "overlapping",
    "run",
    "systems",
    "torch_networks",
    "tutorial",
    "word_detector",
}  # that answer no question of the page


@pytest.fixture
def script(monkeypatch):
    """A function that imports a script by its name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_the_pages_are_made_of_the_results(script):
    run, systems = script("run"), script("systems")
    assert run.page(run.read(RESULTS)) == (BENCHMARKS / "README.md").read_text()
    assert systems.page() == (BENCHMARKS / "systems.md").read_text()


def test_no_result_is_of_a_quick_run(script):
    found = script("run").read(RESULTS)
    assert len(found) >= 15
    assert [name for name, result in found.items() if result["quick"]] == []


def test_every_script_is_on_the_page_and_has_a_place_for_its_result(script):
    run = script("run")
    scripts = {path.stem for path in BENCHMARKS.glob("*.py")} - SHARED
    assert scripts == {*run.NAMES, *run.ALONE}
    head = (BENCHMARKS / "README.head.md").read_text()
    assert re.findall(r"^\| `(\w+)\.py` \|", head, re.MULTILINE) == [*run.NAMES, *run.ALONE]


def test_scripts_say_how_they_are_run():
    for path in BENCHMARKS.glob("*.py"):
        if path.stem not in SHARED - {"systems", "run"}:
            assert f"python benchmarks/{path.name}" in path.read_text().split('"""')[1]


def test_a_table_of_experiments_has_its_results():
    text = (BENCHMARKS / "systems.py").read_text()
    names = re.findall(r'^    "([\w-]+)": ', text, re.MULTILINE)
    assert len(names) >= 16
    assert [name for name in names if not (RESULTS / f"{name}.json").is_file()] == []


@pytest.mark.slow
def test_a_benchmark_writes_its_result(tmp_path):
    out = tmp_path / "start.json"
    command = [sys.executable, BENCHMARKS / "start.py", "--quick", "--out", out]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(out.read_text())
    assert found["quick"] and found["machine"]["cores"] >= 1
    commands = [row["command"] for row in found["rows"]]
    assert {"`python -c pass`", "`import hearingai`", "`hearingai info ten-words`"} <= set(commands)
    assert all(row["seconds"] > 0 for row in found["rows"])


def test_the_machine_is_told_by_what_decides_its_speed(script, monkeypatch):
    measure = script("measure")
    read = Path.read_text

    def flags(text):
        def stand_in(path, **options):
            return text if str(path) == "/proc/cpuinfo" else read(path, **options)

        return stand_in

    monkeypatch.setattr(Path, "read_text", flags("flags : fpu avx2 avx512f amx_tile amx_bf16"))
    assert measure.machine()["vectors"] == ["AMX", "AVX-512", "AVX2"]
    monkeypatch.setattr(Path, "read_text", flags("flags : avx2 avx512_bf16 avx512f"))
    assert measure.machine()["vectors"] == ["AVX-512 BF16", "AVX-512", "AVX2"]


def test_a_section_says_where_it_was_measured_elsewhere(script):
    run = script("run")
    machine = {"cores": 2, "vectors": ["AVX2"], "system": "Debian", "python": "3.11", "keras": "3"}
    result = {"title": "A", "note": "So.", "rows": [{"clips": 1}], "aims": [], "machine": machine}
    other = result | {"title": "B", "machine": machine | {"cores": 8, "vectors": [], "keras": "4"}}
    page = run.page({"one": result, "two": other, "three": result | {"machine": None}})
    assert "Measured on 2 cores (AVX2), Debian, Python 3.11, keras 3.\n" in page
    assert page.count("Here: ") == 1
    assert "So. Here: 8 cores (no wide vectors), keras 4.\n" in page


def test_times_are_taken_in_turn(script):
    measure = script("measure")
    order = []
    contestants = {
        "a": (2, lambda: order.append("a") or 4.0),
        "b": (1, lambda: order.append("b") or 6.0),
    }
    seconds = measure.alternate(contestants, rounds=2)
    assert "".join(order) == "baabba"
    assert seconds == {"a": [2.0, 2.0], "b": [6.0, 6.0]}
    assert measure.ratio(seconds, "a", "b") == 3.0
    assert measure.fastest(seconds, ["a", "b"]) == "a"


def training(case, seed, precision, accuracy, **more):
    found = {"case": case, "given": {}, "seed": seed, "precision": precision, "emulated": False}
    return found | {"accuracy": accuracy, "collapsed": False} | more


def test_precisions_are_compared_by_the_seeds_that_both_trained(script):
    bfloat16 = script("bfloat16")
    rows = bfloat16.rows(
        [
            training("audio-gate", 1, "float32", 0.8, emulated=True, given={"epochs": 1}),
            training("audio-gate", 1, "bfloat16", 0.7, emulated=True, given={"epochs": 1}),
            training("audio-gate", 1, "float32", 0.9),
            training("speech-commands", 1, "float32", 0.5),
            training("speech-commands", 2, "float32", 0.7),
            training("speech-commands", 3, "float32", 0.1),
            training("speech-commands", 1, "bfloat16", 0.6),
            training("speech-commands", 2, "bfloat16", 0.6, collapsed=True),
        ]
    )
    assert [(row["recipe"], row["bfloat16 is"], row["seeds"]) for row in rows] == [
        ("`speech-commands`", "computed", 2),
        ("`audio-gate`", "emulated", 1),
    ]
    words, gate = rows
    assert words["float32"] == f"0.600 ± {np.std([0.5, 0.7], ddof=1):.3f}"
    assert words["difference"] == f"+0.000 ± {np.std([0.1, -0.1], ddof=1):.3f}"
    assert words["collapsed"] == "1 of 5"
    assert (gate["difference"], gate["settings"]) == ("-0.100", "epochs 1, validation 0.2")


def test_trainings_of_other_runs_are_taken_in_once(tmp_path, script, monkeypatch):
    bfloat16 = script("bfloat16")
    mine, theirs = tmp_path / "mine.json", tmp_path / "theirs.json"
    pair = [training("embedding-gru", 1, p, 0.8) for p in ("float32", "bfloat16")]
    new = [training("embedding-gru", 2, p, 0.9) for p in ("float32", "bfloat16")]
    mine.write_text(json.dumps(bfloat16.result(pair)))
    theirs.write_text(json.dumps([training("embedding-gru", 1, "float32", 0.0), *new]))
    command = ["bfloat16.py", "--merge", str(theirs), "--out", str(mine)]
    monkeypatch.setattr(sys, "argv", command)
    bfloat16.main()
    found = json.loads(mine.read_text())
    assert found["trainings"] == pair + new
    assert [row["seeds"] for row in found["rows"]] == [2]


def test_emulated_products_are_rounded_and_set_back(script):
    import keras

    bfloat16 = script("bfloat16")
    x = np.float32([[1.001, 2.003]])
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
    exact = float(layer(x)[0, 0])
    with bfloat16.rounding():
        assert float(layer(x)[0, 0]) == 3.0  # steps of bfloat16 are 2**-7 from one to two
    assert float(layer(x)[0, 0]) == exact == pytest.approx(3.004)


def test_words_in_noise_are_told_over_seeds_and_judged_by_the_best_detector(script):
    words, options = script("words_in_noise"), argparse.Namespace(per_hour=2)

    def row(detector, seed, recall, at_two):
        told = {"detector": detector, "SNR, dB": "20", "false accepts are": words.ALL}
        return told | {"seed": seed, "recall": recall, words.at(options): at_two}

    rows = [row("deaf", seed, 0.99, 0.5) for seed in (1, 2)]
    rows += [row("fine", 1, 0.9, 0.7), row("fine", 2, 0.8, 0.9)]
    told = words.summaries(rows)
    assert [(t["detector"], t["seeds"], t["recall"]) for t in told] == [
        ("deaf", 2, "0.990 ± 0.00"),
        ("fine", 2, "0.850 ± 0.0707"),
    ]
    assert words.summaries(rows[:1])[0]["recall"] == 0.99
    (aim,) = words.aims(rows, options)
    assert aim["what"] == "found at 2 false accepts an hour at 20 dB, all"
    assert (round(aim["value"], 3), aim["at_least"]) == (0.8, 0.9)
