"""A small document to contradict, and the documents that carecmon ships, parsed by the plugins' own readers."""

import importlib
import pkgutil
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from carecmon.judge.checks import check_release
from carecmon.model import (
    Answer,
    Better,
    Cell,
    Check,
    Claim,
    ClaimKind,
    Code,
    CodeList,
    Dimension,
    Indicator,
    Observation,
    ObservationStatus,
    Period,
    Published,
    Release,
    Scale,
    Series,
    Source,
    Text,
)

AREA = Dimension("area", CodeList("areas", [Code(code, Text(code)) for code in ("AAA", "BBB", "CCC")]))
THEME = Dimension(
    "theme",
    CodeList("themes", [Code("t1", Text("First theme"), ("Theme 1",)), Code("t2", Text("Second theme"), ("Theme 2",))]),
)


class Paper:
    """Writes one document, figure by figure, and checks it."""

    def __init__(self):
        self.observations, self.claims, self.elsewhere = [], [], []
        self.indicators, self.checks = {}, ()

    def indicator(self, id, *checks, unit="h", **more):
        dimensions = more.pop("dimensions", (AREA,))
        self.indicators[id] = Indicator(
            id, Text(id), "transport", "Roads", unit, Better.LOWER, "", dimensions=dimensions, checks=checks, **more
        )

    def cell(self, raw):
        return Cell("paper", f"line {len(self.observations) + len(self.claims)}", raw=raw)

    def prints(self, series, period, raw, value=None, cell=None):
        status = ObservationStatus.MISSING if raw == "-" else ObservationStatus.NORMAL
        number = None if raw == "-" else float(raw.replace(",", "")) if value is None else value
        cell = cell or self.cell(raw)
        self.observations.append(Observation(Series.parse(series), Period.parse(period), number, cell, status))
        return self

    def claims_that(self, kind, series, period, raw, value, base=None, **more):
        base_period = Period.parse(base) if base else None
        kind = ClaimKind(kind)
        self.claims.append(
            Claim(kind, Series.parse(series), Period.parse(period), value, self.cell(raw), base_period, **more)
        )
        return self

    def release(self):
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        return Release(1, "paper", "1", Published.parse(None), moment, "", "", moment)

    def source(self):
        return Source("paper", "", Text("Paper"), "", "", "", lambda answer: (), checks=self.checks)

    def findings(self, kind=None):
        found = check_release(
            self.release(),
            self.source(),
            self.observations,
            self.claims,
            self.indicators,
            lambda series: [("another paper", o) for o in self.elsewhere if o.series == series],
        )
        return [finding for finding in found if kind in (None, finding.check)]


@pytest.fixture(scope="session")
def paper():
    """Return a maker of empty papers with a few indicators."""

    def make(*checks):
        paper = Paper()
        paper.checks = checks
        paper.indicator("time")
        paper.indicator("slow", Check("ordered", {"at_most": "fast"}), unit="km/h")
        paper.indicator("fast", unit="km/h")
        paper.indicator("score", unit="score (1-5)", precision=2)
        paper.indicator(
            "rank", Check("rank-follows-score", {"score": "score"}), unit="rank", scale=Scale.ORDINAL, precision=0
        )
        paper.indicator("money", unit="USD billion")
        paper.indicator("trade", unit="USD billion")
        paper.indicator(
            "share", Check("share-growth", {"part": "money", "whole": "trade"}), unit="%", bounds=(0.0, 100.0)
        )
        paper.indicator("progress", Check("heading", {"label": "theme"}), unit="%", dimensions=(THEME,))
        return paper

    return make


class Shipped:
    """Every bundled document, with every declared indicator."""

    def __init__(self):
        import carecmon_plugins

        self.indicators, self.sources, self.releases = {}, {}, {}
        for module in pkgutil.iter_modules(carecmon_plugins.__path__, "carecmon_plugins."):
            plugin = importlib.import_module(module.name)
            for indicator in getattr(plugin, "register_indicators", list)():
                self.indicators[indicator.id] = indicator
            for source in getattr(plugin, "register_sources", list)():
                self.sources[source.id] = source
        self.printed = defaultdict(list)
        for source in self.sources.values():
            for document in source.documents:
                self._read(source, document)

    def _read(self, source, document):
        body = {path.name: path.read_bytes() for path in document.data}
        answer = Answer(body, edition=document.edition, published=document.published, document=document.id)
        rows = list(source.parse(answer))
        observations = [row for row in rows if isinstance(row, Observation)]
        claims = [row for row in rows if isinstance(row, Claim)]
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        number = len(self.releases) + 1
        release = Release(number, source.id, document.edition, document.published, moment, "", "", moment)
        self.releases[source.id, document.edition] = (release, observations, claims)
        for observation in observations:
            self.printed[observation.series].append((source.id, document.edition, observation))

    def findings(self, source, edition, kind=None):
        release, observations, claims = self.releases[source, edition]

        def elsewhere(series):
            return [(f"{s} {e}", o) for s, e, o in self.printed[series] if (s, e) != (source, edition)]

        found = check_release(release, self.sources[source], observations, claims, self.indicators, elsewhere)
        return [finding for finding in found if kind in (None, finding.check)]


@pytest.fixture(scope="session")
def shipped():
    """Return the shipped documents."""
    return Shipped()
