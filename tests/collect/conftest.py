"""Plugins as real files, collected by real worker processes."""

import time
from datetime import date
from pathlib import Path

import pytest

from carecmon import registry
from carecmon.collect.gather import Failed, Gathered, Limits, Request, Unchanged, gather

TODAY = date(2026, 1, 1)

#: Every plugin of these tests begins like this; NAME is replaced by its file's name, with hyphens.
HEAD = """from pathlib import Path
from carecmon import *

AREAS = CodeList("places", [Code(c, Text(c)) for c in ("AFG", "KAZ", "KGZ")])
STATES = CodeList("states", [Code(c, Text(c)) for c in ("none", "partial", "full")])
SPEED = Indicator("NAME.speed", Text("Speed"), "s", "p", "km/h", Better.HIGHER, "d", ("NAME", "NAME.second"),
                  (Dimension("area", AREAS),))
STATE = Indicator("NAME.state", Text("State"), "s", "p", "", Better.HIGHER, "d", ("NAME",), scale=Scale.STATE,
                  states=STATES, headline=({},))
FOREIGN = Indicator("NAME.foreign", Text("Foreign"), "s", "p", "", Better.HIGHER, "d", ())

def obs(value=1.0, period="2020", area="KAZ", status=ObservationStatus.NORMAL, indicator="NAME.speed", **more):
    labels = {} if indicator != "NAME.speed" else {"area": area}
    series = Series.of(indicator, labels)
    return Observation(series, Period.parse(period), value, Cell("doc", "Table 1"), status, **more)

def source(id, parse, editions=("1",), **more):
    data = Path(__file__).with_suffix(".csv")
    documents = tuple(Document(f"doc-{e}", e, (data,)) for e in editions)
    return Source(id, "P", Text("S"), "", "", "", parse, **{**dict(documents=documents, time_limit=5.0), **more})

@hookimpl
def register_indicators(): return [SPEED, STATE, FOREIGN]

@hookimpl
def register_sources():
    return globals().get("SOURCES") or [source("NAME", globals()["parse"], **globals().get("MORE", {}))]

"""


class Plugins:
    """A folder of plugins and what collecting from them gave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds = 0.0
        self.finished: list[str] = []

    def write(self, name: str, code: str, data: str = "a,b\n1,2\n") -> None:
        (self.folder / f"{name}.py").write_text(HEAD.replace("NAME", name.replace("_", "-")) + code)
        (self.folder / f"{name}.csv").write_text(data)

    def load(self) -> registry.Registry:
        loaded = registry.load([self.folder], entry_points=False)
        assert [p.reason for p in loaded.plugins if p.reason and p.origin.startswith(str(self.folder))] == []
        return loaded

    def requests(self, loaded, **more) -> list[Request]:
        own = [s for s in loaded.sources.values() if not loaded.places[loaded.owner_of_source[s.id]].first_party]
        return [Request(source, loaded.places[loaded.owner_of_source[source.id]], **more) for source in own]

    def collect(self, *, known=frozenset(), limits=None, **more) -> list[Gathered | Unchanged | Failed]:
        loaded = self.load()
        requests = self.requests(loaded, known=known)
        began = time.monotonic()
        results = list(
            gather(
                requests, indicators=loaded.indicators, today=TODAY, limits=limits or Limits(start=10.0),
                progress=self.finished.append, **more,
            )
        )  # fmt: skip
        self.seconds = time.monotonic() - began
        return results

    def draft(self, **more):
        """Collect, and return the one draft that comes."""
        (result,) = self.collect(**more)
        assert isinstance(result, Gathered), result
        return result.draft

    def failure(self, **more) -> Failed:
        """Collect, and return the one failure that comes."""
        (result,) = self.collect(**more)
        assert isinstance(result, Failed), result
        return result


@pytest.fixture
def plugins(tmp_path):
    return Plugins(tmp_path)


@pytest.fixture(scope="module")
def shared_plugins(tmp_path_factory):
    return Plugins(tmp_path_factory.mktemp("plugins"))
