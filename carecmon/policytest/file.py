"""A file of rule tests, read and checked. Every mistake in it is a ConfigError that names the place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from carecmon.config import Settings
from carecmon.config import load as load_settings
from carecmon.config import read as read_settings
from carecmon.errors import ConfigError
from carecmon.model import AlertState, Cause, Indicator, Period, Series, Severity
from carecmon.policytest import indicators
from carecmon.policytest.fields import Table, at_end_of, at_start_of
from carecmon.policytest.shorthand import Said, periods, values

_ACTIVE = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING, AlertState.RESOLVED)


@dataclass(frozen=True, slots=True)
class Vintage:
    """What a source begins to say at the start of a day about one series."""

    on: datetime
    source: str
    series: Series
    cells: Mapping[Period, Said]


@dataclass(frozen=True, slots=True)
class Failing:
    """When a source gives no complete answer."""

    source: str
    since: datetime
    until: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Expected:
    """One alert as it should be. What is None may be anything."""

    rule: str
    subject: str
    state: AlertState
    cause: Cause | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """All alerts that should be active, or have resolved in this run, when carecmon runs at ``at``."""

    at: datetime
    alerts: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test: vintages come, sources fail, carecmon runs, and alerts are as expected."""

    name: str
    vintages: tuple[Vintage, ...]
    failing: tuple[Failing, ...]
    moments: tuple[Moment, ...]
    every: timedelta | None


@dataclass(frozen=True, slots=True)
class Tests:
    """A whole file: the policy under test, the indicators that it declares itself, the scenarios."""

    settings: Settings
    indicators: Mapping[str, Indicator]
    scenarios: tuple[Scenario, ...]


def load(path: Path) -> Tests:
    """Return the tests in the file at ``path``; raise ConfigError saying what is wrong, and where."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} is not TOML: {exc}") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc
    top = Table(raw, str(path), ("policy", "rules", "targets", "indicators", "tests"))
    settings = _settings(top, path)
    declared = {name: indicators.read(name, one) for name, one in top.named("indicators").items()}
    scenarios = tuple(_scenario(one, settings) for one in top.tables("tests"))
    if not scenarios:
        raise ConfigError(f"{path} has no [[tests]]; docs/rules.md shows one")
    return Tests(settings, declared, scenarios)


def _settings(top: Table, path: Path) -> Settings:
    named = top.text("policy", "")
    if named and (top.has("rules") or top.has("targets")):
        raise ConfigError(f"{path}: policy names a file, so [[rules]] and [[targets]] stand there; leave one out")
    if named:
        return load_settings(path.parent / named)
    settings = read_settings({key: top.raw[key] for key in ("rules", "targets") if top.has(key)}, path)
    if not settings.rules:
        raise ConfigError(f'{path} tests no rules; write policy = "indicators.toml", or [[rules]]')
    return settings


def _scenario(table: Table, settings: Settings) -> Scenario:
    table.only("name", "vintages", "failing", "at", "every")
    moments = tuple(sorted((_moment(one, settings) for one in table.tables("at")), key=lambda one: one.at))
    if not moments:
        raise ConfigError(f"{table.where} expects nothing; write [[tests.at]] with on = a day and alerts = [...]")
    vintages = tuple(sorted((_vintage(one) for one in table.tables("vintages")), key=lambda one: one.on))
    failing = tuple(_failing(one) for one in table.tables("failing"))
    return Scenario(table.text("name"), vintages, failing, moments, table.duration("every"))


def _vintage(table: Table) -> Vintage:
    table.only("on", "source", "series", "from", "values")
    said, first = table.read("values", values), table.read("from", Period.parse)
    cells = {
        period: one
        for period, one in zip(table.guard(lambda: _first(periods(first), len(said))), said, strict=True)
        if one is not None
    }
    return Vintage(
        table.moment("on", at_start_of), table.text("source", "source"), table.read("series", Series.parse), cells
    )


def _first(following: Iterable[Period], count: int) -> list[Period]:
    return [period for period, _ in zip(following, range(count), strict=False)]


def _failing(table: Table) -> Failing:
    table.only("source", "from", "until", "error")
    return Failing(
        table.text("source"),
        table.moment("from", at_start_of),
        table.moment("until", at_end_of, date.max),
        table.text("error", "it does not answer"),
    )


def _moment(table: Table, settings: Settings) -> Moment:
    table.only("on", "alerts")
    rules = [rule.id for rule in settings.rules]
    return Moment(
        table.moment("on", at_end_of), tuple(_expected(one, rules) for one in table.tables("alerts", required=True))
    )


def _expected(table: Table, rules: list[str]) -> Expected:
    table.only("rule", "series", "source", "state", "cause", "severity")
    rule = table.text("rule")
    if rule not in rules:
        raise ConfigError(f"{table.where}.rule: there is no rule {rule!r}; there are {', '.join(rules)}")
    if table.has("series") == table.has("source"):
        raise ConfigError(f"{table.where}: an alert is about a series or a source; write one of them")
    subject = table.text("source") if table.has("source") else str(table.read("series", Series.parse))
    state = table.one_of("state", AlertState, AlertState.FIRING)
    if state not in _ACTIVE:
        raise ConfigError(f"{table.where}.state: what is {state} is not expected; leave the alert out")
    return Expected(rule, subject, state, table.one_of("cause", Cause), table.one_of("severity", Severity))
