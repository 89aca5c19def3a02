"""An archive of the project installs as an R package, also on systems without links."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def unpacked(folder):
    """The project as a zip file brings it to Windows: text with CRLF, links as text."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for part in ("R", "inst"):
        shutil.copytree(ROOT / part, folder / part, symlinks=True, ignore=ignored)
    for part in ("DESCRIPTION", "NAMESPACE", "LICENSE", ".Rbuildignore", ".Rinstignore"):
        shutil.copy(ROOT / part, folder)
    for path in folder.rglob("*"):
        if path.is_symlink():
            target = path.readlink()
            path.unlink()
            path.write_text(str(target))
        elif path.is_file() and b"\0" not in (data := path.read_bytes()):
            path.write_bytes(data.replace(b"\n", b"\r\n"))
    return folder


@pytest.mark.slow
def test_a_checkout_without_links_installs_and_is_called(tmp_path, rscript):
    source, library = tmp_path / "hearingai-main", tmp_path / "library"
    library.mkdir()
    unpacked(source)
    options = ["--no-docs", "--no-test-load", "--no-byte-compile", f"--library={library}"]
    command = [shutil.which("R"), "CMD", "INSTALL", *options, str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    libraries = os.pathsep.join([str(library), os.environ.get("R_LIBS", "")])
    code = (
        'cat(system.file(package = "hearingai"), list_recipes()$name[[1]],'
        ' core()$`__file__`, requirements(character(), "jax")[[1]], sep = "\\n")'
    )
    changes = {"R_LIBS": libraries, "PYTHONPATH": "", "RETICULATE_PYTHON": sys.executable}
    said = rscript(f"with(asNamespace('hearingai'), {code})", changes).splitlines()
    assert said[0] == str(library / "hearingai")
    assert said[1] == "speech-commands"
    assert Path(said[2]).is_relative_to(library)
    assert said[3].startswith("filelock>=")
