"""A folder in which carecmon runs as people run it: a process of its own, a configuration, a store."""

import compileall
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

CARECMON = [sys.executable, "-m", "carecmon"]

#: A plugin of one file: an indicator with an official-looking target and values that a test can change.
SPEED = """
from pathlib import Path
from carecmon import Better, Cell, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl
VALUES = {values}
def parse(answer):
    {before}
    for period, value in VALUES.items():
        yield Observation(Series("{id}"), Period.parse(period), value, Cell("survey"))
@hookimpl
def register_sources():
    survey = Document("survey", edition="{edition}", data=(Path(__file__),))
    return [Source("{id}-survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (survey,), time_limit={limit})]
@hookimpl
def register_indicators():
    return [Indicator("{id}", Text("Test {id}"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("{id}-survey",))]
"""


def pytest_configure(config):
    """Compile once what thousands of processes import; what tests rewrite within a second must not be kept."""
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if not hasattr(config, "workerinput"):
        for folder in ("carecmon", "plugins", "db"):
            compileall.compile_dir(Path(__file__).parents[1] / folder, quiet=2)


def pytest_xdist_auto_num_workers():
    """Half as many again as there are processors: tests wait for servers, locks and clocks a third of their time."""
    return (os.cpu_count() or 2) * 3 // 2


@dataclass
class Workspace:
    """An initialised folder; ``run`` starts carecmon there and returns the finished process."""

    folder: Path

    @property
    def config(self):
        return self.folder / "indicators.toml"

    @property
    def database(self):
        return self.folder / "db" / "carecmon.db"

    def run(self, *words, **options):
        environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
        options = {"timeout": 120, "env": environment, **options}
        return subprocess.run([*CARECMON, *words], cwd=self.folder, capture_output=True, text=True, **options)

    def start(self, *words):
        return subprocess.Popen(
            [*CARECMON, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def check(self, *words, code=0):
        done = self.run("check", "--offline", *words)
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def report(self, *words, code=0):
        return json.loads(self.check("--format", "json", *words, code=code).stdout)

    def at(self, moment, *words, code=0, **environment):
        """Run carecmon as if it were ``moment``; return the finished process."""
        trial = {"NO_COLOR": "1", "CARECMON_TESTING": "1", "CARECMON_NOW": moment}
        done = self.run(*words, env={**os.environ, **trial, **environment})
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def objects(self, *words):
        """Return what a command prints as JSON."""
        done = self.run(*words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def count(self, table):
        with sqlite3.connect(self.database) as db:
            return db.execute(f"select count(*) from {table}").fetchone()[0]

    def add(self, text):
        self.config.write_text(f"{self.config.read_text('utf-8')}\n{text}\n", "utf-8")

    def plugin(self, id="speed", values=None, *, edition="1", before="pass", limit=60, source=None):
        """Write a plugin into plugins/, and watch its indicator; written again it only changes."""
        plugins = self.folder / "my-plugins"
        known = plugins.exists() and (plugins / f"{id}.py").exists()
        plugins.mkdir(exist_ok=True)
        values = values or {"2015": 20.0, "2023": 21.0}
        text = SPEED.format(id=id, values=values, edition=edition, before=before, limit=limit)
        (plugins / f"{id}.py").write_text(source or text, "utf-8")
        if not known:
            named = 'plugin_dirs = ["my-plugins"]'
            self.config.write_text(
                re.sub(r"^plugin_dirs = .*$", named, self.config.read_text("utf-8"), count=1, flags=re.M), "utf-8"
            )
            self.add(f'[indicators."{id}"]')

    def target(self, id="speed", value=40, *, official=True):
        why = 'citation = "a test"' if official else 'rationale = "a test"'
        said = str(official).lower()
        self.add(f'[[targets]]\nindicator = "{id}"\nvalue = {value}\nyear = 2030\nbase_period = "2015"\n{why}')
        self.add(f"official = {said}")


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    done = place.run("init")
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def bare(tmp_path):
    """A folder whose settings watch nothing but what a test adds: a check takes no longer than it must."""
    place = Workspace(tmp_path)
    place.config.write_text("plugin_dirs = []\n", "utf-8")
    return place


@pytest.fixture(scope="session")
def first_check(tmp_path_factory):
    """A folder in which the shipped indicators were checked once; never used itself, only copied."""
    place = Workspace(tmp_path_factory.mktemp("first"))
    assert place.run("init").returncode == 0
    place.check()
    return place


@pytest.fixture
def settled(first_check, tmp_path):
    """A folder in which the shipped indicators were checked once, to be changed: less to do than a first check."""
    return Workspace(Path(shutil.copytree(first_check.folder, tmp_path / "settled")))


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """A folder in which the shipped indicators were checked once; tests only read it."""
    place = Workspace(tmp_path_factory.mktemp("checked"))
    assert place.run("init").returncode == 0
    place.first = place.report()
    return place


@pytest.fixture
def interrupt_when():
    """Give a function that sends Ctrl-C to a process as soon as ``ready()``, and returns its output and exit code."""

    def interrupt(process, ready, within=20.0):
        deadline = time.monotonic() + within
        while not ready():
            assert time.monotonic() < deadline and process.poll() is None, "it never got there"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=within)
        return out, err, process.returncode

    return interrupt
