"""An R process that runs what it is given: R and TensorFlow start once for many tests."""

import subprocess
import tempfile
from pathlib import Path

# Each line of standard input names a file of code; a line that begins with DONE says how it ended.
DONE = "\x04"
LOOP = """
options(warn = 1)
library(hearingai)
home <- getwd()
paths <- file("stdin", "r")
while (length(path <- readLines(paths, 1))) {
  fault <- tryCatch(
    {
      source(path, local = new.env(), print.eval = TRUE, encoding = "UTF-8")
      ""
    },
    error = function(e) paste("Error:", conditionMessage(e))
  )
  setwd(home)
  cat("\\n\\004", encodeString(fault), "\\n", sep = "")
}
"""


class RProcess:
    """Runs code after code, each in variables of its own; begins anew where it has ended."""

    def __init__(self, program, environment):
        self.command = [program, "-e", LOOP]
        self.options = {"env": environment, "text": True}
        self.process = None

    def run(self, code):
        """What the code printed; it must end well."""
        if self.process is None or self.process.poll() is not None:
            self._start()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "code.R")
            path.write_text(code + "\n", encoding="utf-8")
            try:
                printed, fault = self._tell(path)
            except BaseException:  # it may be at work still
                self.close()
                raise
        assert not fault, fault
        return printed.strip()

    def _start(self):
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (until it is closed)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.said}
        self.process = subprocess.Popen(self.command, **pipes, **self.options)

    def _tell(self, path):
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            if line.startswith(DONE):
                return "".join(printed), line[len(DONE) :].strip()
            printed.append(line)
        self.said.seek(0)
        raise AssertionError(f"R ended: {self.said.read()}")

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.said.close()
            self.process = None
