"""What the pages show is typed into a fresh R, line by line, as a reader would paste it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "tools" / "vignettes"  # of which `make vignettes` makes those of the package
VIGNETTES = sorted(page.stem for page in PAGES.glob("*.Rmd"))
CHUNK = re.compile(r"^```\{r([^}]*)\}\n(.*?)^```", re.DOTALL | re.MULTILINE)


def shown_code(page):
    """The code of a vignette that a reader sees run."""
    hidden = re.compile(r"eval = FALSE|include = FALSE|echo = FALSE")
    chunks = CHUNK.findall((PAGES / f"{page}.Rmd").read_text())
    return "\n".join(code for options, code in chunks if not hidden.search(options))


def readme_code():
    """The README's first five blocks of R and the last, on fewer clips, voices and epochs."""
    blocks = re.findall(r"```r\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    code = "".join([*blocks[:5], blocks[-1]]).replace("voices = 160", "voices = 10")
    return code.replace("epochs = 20", "epochs = 1").replace("n = 60", "n = 20")


@pytest.fixture
def paste(rscript, tmp_path):
    """Type code into R as it comes from the installation, in an empty folder."""

    def run(code):
        return subprocess.run(
            [shutil.which("R"), "--vanilla", "--quiet"],
            input=code,
            cwd=tmp_path,
            env=os.environ | {"RETICULATE_PYTHON": sys.executable},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.slow
def test_the_r_examples_of_the_readme_run(paste, tmp_path):
    done = paste(readme_code())
    assert done.returncode == 0, done.stdout + done.stderr
    made = {f.name for f in tmp_path.iterdir()}
    assert {
        "words.keras",
        "lights.keras",
        "minute.flac",
        "minute.txt",
        "gated.flac",
        "words.onnx",
    } <= made


@pytest.mark.parametrize("page", VIGNETTES)
def test_a_page_of_the_package_is_that_of_its_source(page):
    """What is shown there is the text and the code of the source, beside results."""
    written = (ROOT / "vignettes" / f"{page}.Rmd").read_text()
    source = (PAGES / f"{page}.Rmd").read_text()
    prose = CHUNK.sub("", source).split("---", 2)[2]
    lines = [line for line in prose.splitlines() if line and "`r " not in line]
    assert [line for line in lines if line not in written] == []
    code = [line for line in shown_code(page).splitlines() if line.strip()]
    assert [line for line in code if line not in written] == []


@pytest.mark.slow
@pytest.mark.parametrize("page", VIGNETTES)
def test_every_line_of_a_vignette_runs(paste, page):
    done = paste(shown_code(page))
    assert done.returncode == 0, done.stdout + done.stderr


def test_code_that_fails_is_noticed(paste):
    assert paste("library(hearingai)\nnonsuch()\n1").returncode != 0
