"""What R, Python and the shell offer, and what is wrong in code that calls it."""

import ast
import inspect
import json
import shlex
import subprocess
from functools import cache
from pathlib import Path

from typer.main import get_command

import hearingai
from hearingai.cli import app

ROOT = Path(__file__).resolve().parents[2]

# The variables of the examples, and what they are in Python.
OBJECTS = {"classifier": "AudioClassifier", "stream": "Stream"}
# What a function of R is called elsewhere, where not by its own name.
PYTHON_NAMES = {
    "adapt": "Scaling.adapt",
    "feed": "Stream.feed",
    "finish": "Stream.finish",
    "fingerprint": "AudioClassifier.fingerprint",
    "hearingai_sitrep": "info",
}
SHELL_NAMES = {
    "fit": "train",
    "model_card": "card",
    "push_to_hub": "push",
    "list_pretrained": "pretrained",
    "list_recipes": "recipes",
    "classifier_info": "info",
    "explore": "serve",
}


def read_r(code):
    """R's functions with arguments and groups, and the faults of each piece of R code."""
    done = subprocess.run(
        ["Rscript", str(Path(__file__).with_name("surface.R")), str(ROOT)],
        input=json.dumps(code),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def python_object(name):
    """What a dotted public name such as `Stream.feed` stands for, or `None`."""
    if name.partition(".")[0] not in hearingai.__all__:
        return None
    value = hearingai
    for part in name.split("."):
        value = getattr(value, part, None)
        if value is None:
            return None
    return value


def python_signature(name):
    """The arguments as one writes them, without those that only pass on to Keras."""
    parameters = inspect.signature(python_object(name)).parameters
    kept = [p for n, p in parameters.items() if n not in {"kwargs", "self"}]
    return [str(p.replace(annotation=inspect.Parameter.empty)) for p in kept]


@cache
def commands():
    """The commands of the shell by name."""
    return get_command(app).commands


def shell_signature(name):
    """The arguments and options of a command; those in brackets may be left out."""
    parts = []
    for parameter in commands()[name].params:
        if parameter.param_type_name == "argument":
            written = parameter.name.upper() + ("..." if parameter.nargs < 0 else "")
        else:
            written = parameter.opts[0]
            written += "" if parameter.is_flag else f" {parameter.name.upper()}"
        parts.append(written if parameter.required else f"[{written}]")
    return parts


def python_faults(code):
    """What is wrong in Python code that calls hearingai."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return ["is no Python code"]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [fault for call in calls for fault in _call_faults(call)]


def _call_faults(call):
    name = ast.unparse(call.func)
    root, _, rest = name.partition(".")
    if not rest:
        return [] if name in {"list"} else [f"{name}() is not of hearingai"]
    value = python_object(rest if root == "hearingai" else f"{OBJECTS.get(root)}.{rest}")
    if value is None:
        return [f"{name}() does not exist"]
    parameters = inspect.signature(value).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return []
    return [f"{name}() has no {k.arg}" for k in call.keywords if k.arg not in parameters]


def shell_faults(line):
    """What is wrong in a line of the shell that runs hearingai."""
    faults = []
    for part in line.split(" | "):
        words = shlex.split(part)
        if words[0] == "hearingai":
            faults += _command_faults(words[1:])
    return faults


def _command_faults(words):
    command = commands().get(words[0])
    if command is None:
        return [f"hearingai {words[0]} does not exist"]
    parser = command.make_parser(command.context_class(command, info_name=words[0]))
    try:
        given, left, _ = parser.parse_args(words[1:])
    except Exception as error:  # the class is of the typer that is installed
        return [f"hearingai {words[0]}: {error}"]
    missing = [p for p in command.params if p.required and not given.get(p.name)]
    faults = [f"hearingai {words[0]} needs {p.opts[0]}" for p in missing]
    return faults + [f"hearingai {words[0]} takes no {word}" for word in left]
