"""Builders for the nouns that judging reads. They last the session, because hypothesis runs a test many times."""

from datetime import UTC, datetime

import pytest

from carecmon.model import (
    Assessment,
    Better,
    Code,
    CodeList,
    Condition,
    Finding,
    Freshness,
    Indicator,
    ObservationStatus,
    Period,
    Point,
    Rule,
    Scale,
    Series,
    SeriesBelief,
    Severity,
    Status,
    Target,
    TargetKind,
    Text,
)

STATES = CodeList(
    "interconnection",
    [Code("none", Text("None")), Code("partial", Text("Partial")), Code("operational", Text("Operational"))],
)


@pytest.fixture(scope="session")
def period():
    return Period.parse


@pytest.fixture(scope="session")
def now():
    return datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def today(now):
    return now.date()


@pytest.fixture(scope="session")
def indicator():
    def declare(better=Better.HIGHER, **more):
        given = {"sources": ("first", "second"), "pillar": "tests", **more}
        return Indicator(
            given.pop("id", "test.speed"),
            Text("Speed with delay"),
            given.pop("sector", "transport"),
            given.pop("pillar"),
            given.pop("unit", "km/h"),
            better,
            "A definition.",
            **given,
        )

    return declare


@pytest.fixture(scope="session")
def states(indicator):
    return indicator(Better.HIGHER, id="test.link", unit="", scale=Scale.STATE, precision=0, states=STATES)


@pytest.fixture(scope="session")
def series():
    return Series.of("test.speed", area="CAREC")


@pytest.fixture(scope="session")
def believe(series):
    """Return a belief from ``{"2021": 18.9}``, or from such a mapping for each source."""

    def believe(values, of=series):
        by_source = values if any(isinstance(one, dict) for one in values.values()) else {"first": values}
        return SeriesBelief(
            of, {source: tuple(point(source, *cell) for cell in cells.items()) for source, cells in by_source.items()}
        )

    def point(source, text, value):
        if isinstance(value, ObservationStatus):
            return Point(Period.parse(text), None, value, source, 1)
        return Point(Period.parse(text), value, ObservationStatus.NORMAL, source, 1)

    return believe


@pytest.fixture(scope="session")
def target():
    """Return a target: by default working, a value of 30 in 2030."""

    def write(kind=TargetKind.VALUE, *, official=False, **more):
        given = {"indicator": "test.*", "rationale": "Our own path.", **more}
        if kind is TargetKind.VALUE:
            given = {"value": 30.0, **given}
        if kind is not TargetKind.DIRECTION:
            given = {"year": 2030, **given}
        for name in ("base_period", "base_until"):
            if isinstance(given.get(name), str):
                given[name] = Period.parse(given[name])
        return Target(kind, official, **given)

    return write


@pytest.fixture(scope="session")
def rule():
    def write(condition=Condition.OFF_TRACK, **more):
        given = {"id": "the-rule", "severity": Severity.WARNING, **more}
        return Rule(condition=condition, **given)

    return write


@pytest.fixture(scope="session")
def verdict(indicator, series):
    """Return an assessment as it stands by default: slow against a working target, 20.1 in 2022."""

    def write(**more):
        given = {
            "series": series,
            "sector": "transport",
            "pillar": "tests",
            "status": Status.SLOW,
            "freshness": Freshness.EXPECTED,
            "official": False,
            "method": "open_sdg/1",
            "unit": "km/h",
            "why": "Because.",
            "period": Period.parse("2022"),
            "value": 20.1,
            "previous_period": Period.parse("2021"),
            "change": 1.2,
            "expected": 22.0,
            "target": 30.0,
            "target_year": 2030,
            "target_text": "30 by 2030 (working)",
            **more,
        }
        return Assessment(**given)

    return write


@pytest.fixture(scope="session")
def finding(series):
    def write(**more):
        given = {
            "id": "f1",
            "check": "conflict",
            "severity": Severity.WARNING,
            "source": "first",
            "series": series,
            "period": None,
            "cells": (),
            "found": "11.9",
            "expected": "12.4",
            "message": "first says 11.9 where second says 12.4.",
            **more,
        }
        return Finding(**given)

    return write
