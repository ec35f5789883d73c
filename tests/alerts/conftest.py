"""A folder with one indicator of our own, whose source says what a test lets it say, and a clock that a test sets."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from carecmon import cli, config, registry, run
from carecmon.cli.session import Session
from carecmon.store import Store

START = datetime(2024, 6, 1, 12, tzinfo=UTC)

PLUGIN = """
import json
from datetime import timedelta
from pathlib import Path
from carecmon import Better, Cell, Check, Covered, Document, Indicator, Observation, Period, Series, Source, Text
from carecmon import hookimpl
from carecmon.model import Code, CodeList, Dimension, ReleaseCalendar, Scale
from carecmon.errors import SourceError
SAID = Path(__file__).with_name("said.json")
AREAS = CodeList("areas", [Code("CAREC", Text("CAREC")), Code("KAZ", Text("Kazakhstan"))])
STATES = CodeList("states", [Code(c, Text(c)) for c in ("none", "partial", "operational")])
def parse(answer):
    said = json.loads(next(iter(answer.body.values())))
    if said.get("error"):
        raise SourceError(said["error"])
    for name, cells in said["values"].items():
        for period, value in cells.items():
            yield Observation(Series.parse(name), Period.parse(period), value, Cell("survey", raw=str(value)))
@hookimpl
def register_sources():
    said = json.loads(SAID.read_text())
    covers = [Covered("speed", Period.parse(a), Period.parse(b)) for a, b in said["covers"]]
    survey = Document("survey", edition=said["edition"], data=(SAID,), covers=tuple(covers))
    return [Source("survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0", "An example",
                   parse, (survey,))]
@hookimpl
def register_indicators():
    area, bounds = Dimension("area", AREAS), (0.0, 200.0)
    calendar = ReleaseCalendar(timedelta(days=90), timedelta(days=30))
    yield Indicator("speed", Text("Speed"), "transport", "Roads", "km/h", Better.HIGHER, "A test.", ("survey",),
                    (area,), bounds=bounds, calendar=calendar, checks=(Check("bounds"),))
    yield Indicator("link", Text("Link"), "energy", "Grid", "state", Better.HIGHER, "A test.", ("survey",),
                    scale=Scale.STATE, states=STATES, precision=0)
"""

CONFIG = """
database = "db/carecmon.db"
plugin_dirs = ["plugins"]
[indicators."speed"]
[indicators."link"]
[[targets]]
indicator = "speed"
select = {area = "CAREC"}
official = true
citation = "a test"
value = 40
year = 2030
base_period = 2015
"""


class Place:
    """``says`` sets what the source publishes, ``check`` runs carecmon, at the hour that ``now`` is."""

    def __init__(self, folder):
        self.folder = folder
        self.now = START
        self.edition = 0
        self.loaded = None
        (folder / "plugins").mkdir()
        (folder / "plugins" / "survey.py").write_text(PLUGIN, "utf-8")
        self.config = folder / "indicators.toml"
        self.config.write_text(CONFIG, "utf-8")

    def rule(self, id, condition, severity="warning", **more):
        given = {"id": f'"{id}"', "condition": f'"{condition}"', "severity": f'"{severity}"', **more}
        text = "\n".join(["[[rules]]", *(f"{name.rstrip('_')} = {value}" for name, value in given.items())])
        kept = re.sub(rf'\[\[rules\]\]\nid = "{id}"\n(?:(?!\[).*\n)*', "", self.config.read_text("utf-8"))
        self.config.write_text(f"{kept}{text}\n", "utf-8")

    def says(self, speed=None, *, covers=(), error=None, **series):
        """Publish the next edition; ``speed`` is {year: value} of CAREC, others by name."""
        self.edition += 1
        values = {"speed{area=CAREC}": speed or {}, **series}
        said = {"edition": f"{self.edition:03}", "values": values, "covers": list(covers), "error": error}
        (self.folder / "plugins" / "said.json").write_text(json.dumps(said), "utf-8")

    def settings(self):
        return config.load(self.config)

    def registry(self):
        """Return what the plugins declare now; only our own ever declares something else."""
        if self.loaded is None:
            self.loaded = registry.load(self.settings().plugin_dirs, entry_points=False)
        declared = (one for some in self.loaded.manager.hook.register_sources() for one in some)
        self.loaded.sources["survey"] = next(one for one in declared if one.id == "survey")
        return self.loaded

    def check(self, days=0, **more):
        """Run carecmon ``days`` later; return {(rule, subject): alert} of what is active."""
        self.now += timedelta(days=days)
        self.report = run.check(self.settings(), self.registry(), now=self.now, in_process=True, **more)
        return {(alert.rule, alert.subject): alert for alert in self.report.alerts}

    def store(self):
        return Store.open(self.settings().database)

    def states(self, rule):
        """Return (state, cause) of every transition that ``rule`` ever made, oldest first."""
        with Store.open_readonly(self.settings().database) as store:
            past = [one.transition.alert for one in store.transitions()]
        return [(alert.state.value, alert.cause.value) for alert in past if alert.rule == rule]


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture
def typed(place, monkeypatch, capsys):
    """Type a command at the place's own time; return what it prints, and keep what it says in ``place.said``."""

    def call(*words, code=0):
        assert cli.run(["--config", str(place.config), *words]) == code
        done = capsys.readouterr()
        place.said = done.err
        return done.out

    monkeypatch.setattr(Session, "now", property(lambda _: place.now))
    return call
