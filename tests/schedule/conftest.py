"""A folder with a plugin or two, ticks by a clock of its own, and the real daemon as a process."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from carecmon.schedule.journal import Journal
from carecmon.schedule.reading import Reading
from carecmon.schedule.ticker import Ticker
from carecmon.store import Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

PLUGIN = """
import os, sys, threading, time
from pathlib import Path
from carecmon import Answer, Better, Cell, Indicator, Observation, Order, Period, Series, Source, Text, hookimpl
FEED = Path(__file__).parent.parent / "{id}.feed"
ASKED = Path(__file__).parent.parent / "{id}.asked"
def fetch(client, state):
    with ASKED.open("a") as log:
        log.write("asked\\n")
    {fetch}
    yield Answer(FEED.read_bytes(), "https://example.org/{id}")
def parse(answer):
    {parse}
    for line in answer.body.decode().split():
        year, value = line.split("=")
        yield Observation(Series("{id}"), Period.parse(year), float(value), Cell("feed"))
@hookimpl
def register_sources():
    return [Source("{id}-feed", "Example Institute", Text("Feed"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, fetch=fetch, order=Order.OBSERVED, api="https://example.org",
                   requests=1, time_limit={limit}, memory_limit=256)]
@hookimpl
def register_indicators():
    return [Indicator("{id}", Text("Test {id}"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("{id}-feed",))]
{more}
"""


@dataclass
class Post:
    """A folder that a scheduler looks after. ``at`` is what its clock says."""

    folder: Path
    at: datetime = NOON
    lines: list = field(default_factory=list)
    ticker: Ticker | None = None
    log: Path = field(init=False)

    def __post_init__(self):
        (self.folder / "plugins").mkdir()
        self.log = self.folder / "log"

    @property
    def config(self):
        return self.folder / "indicators.toml"

    @property
    def database(self):
        return self.folder / "db" / "carecmon.db"

    def plugin(self, id="speed", *, fetch="pass", parse="pass", more="", limit=5, schedule=None, extra="", again=False):
        text = PLUGIN.format(id=id, fetch=fetch, parse=parse, more=more, limit=limit)
        (self.folder / "plugins" / f"{id}.py").write_text(text, "utf-8")
        self.feed(id, "2020=1 2021=2")
        if again:
            return
        said = f'schedule = "{schedule}"\n' if schedule else ""
        self.lines.append(f'[indicators."{id}"]\n[sources."{id}-feed"]\n{said}{extra}')
        self.write()

    def feed(self, id, text):
        (self.folder / f"{id}.feed").write_text(text)

    def write(self, top="", text=None):
        body = "\n".join(self.lines) if text is None else text
        self.config.write_text(f'plugin_dirs = ["plugins"]\n{top}\n{body}\n', "utf-8")

    def asked(self, id="speed"):
        path = self.folder / f"{id}.asked"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def tick(self, **later):
        """Let time pass and tick, in this process."""
        self.at += timedelta(**later)
        self.prepare()
        return self.ticker.tick()

    def prepare(self):
        """Be ready to tick."""
        if self.ticker is None:
            journal = Journal(stream=self.log.open("a"))
            self.ticker = Ticker(Reading.of(self.config), journal, lambda: self.at)
            journal.hide(self.ticker.settings)

    def runs(self):
        with Store.open_readonly(self.database) as store:
            return store._connection.first("select count(*) from run")[0]

    def start(self, *words, **environment):
        """Start ``carecmon run``, as a process."""
        return subprocess.Popen(
            [sys.executable, "-m", "carecmon", "run", "--every", "0.2", *words],
            cwd=self.folder, env={**os.environ, **environment}, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def run(self, *words, **environment):
        return subprocess.run(
            [sys.executable, "-m", "carecmon", *words], cwd=self.folder, env={**os.environ, **environment},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip


@pytest.fixture
def post(tmp_path):
    place = Post(tmp_path)
    yield place
    if place.ticker is not None:
        place.ticker.journal.close()
        place.ticker.journal._handler.stream.close()


@pytest.fixture
def until():
    """Wait for something to be so."""

    def wait(true, within=20.0, what="it never came to be"):
        end = time.monotonic() + within
        while not (found := true()):
            assert time.monotonic() < end, what
            time.sleep(0.05)
        return found

    return wait


@pytest.fixture
def daemon(post):
    """Start daemons; whatever is left of them at the end is killed."""
    started = []

    def start(*words, **environment):
        started.append(post.start(*words, **environment))
        return started[-1]

    yield start
    for one in started:
        if one.poll() is None:
            one.send_signal(signal.SIGKILL)
        one.communicate(timeout=10)


@pytest.fixture
def get():
    """Ask a page: status and text."""

    def ask(url, method="GET", **headers):
        asked = urllib.request.Request(url, method=method, headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=5) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as reply:
            with reply:
                return reply.code, reply.read().decode()
        except OSError as error:
            return 0, str(error)

    return ask
