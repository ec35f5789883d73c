"""New plugins, as their authors have them, and the commands of the kit."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from carecmon.authoring.scaffold import write_plugin

CARECMON = [sys.executable, "-m", "carecmon"]


@dataclass
class Bench:
    """A folder in which somebody writes plugins."""

    folder: Path

    @property
    def plugins(self):
        return self.folder / "my-plugins"

    def run(self, *words, code=0):
        environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONUTF8": "1"}
        done = subprocess.run(
            [*CARECMON, *map(str, words)], cwd=self.folder, capture_output=True, text=True, timeout=120, env=environment
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def new(self, name, kind="document"):
        """Write a new plugin, as carecmon plugins new does."""
        write_plugin(name, self.plugins, kind)
        return self.plugins / name

    def lines(self, name, code=0):
        """Return the lines of the contract that do not hold, as (line, found, remedy)."""
        import json

        told = json.loads(self.run("plugins", "test", f"my-plugins/{name}", "--format", "json", code=code).stdout)
        return [(one["line"], one["found"], one["remedy"]) for one in told if one["passed"] is False]


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


@pytest.fixture
def change():
    """Give a function that replaces what must be there in a file."""

    def change(path, old, new):
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new), "utf-8")

    return change
