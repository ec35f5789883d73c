"""Plays a scenario: the same evaluation as in a run, over vintages that are written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon import config
from carecmon.config import Settings, Watch
from carecmon.errors import ConfigError
from carecmon.judge.evaluation import Before, Evaluation
from carecmon.judge.facts import SourceFacts
from carecmon.judge.rules import Watched
from carecmon.model import Alert, AlertState, Indicator, ObservationStatus, Period, Point, Policy, Series, SeriesBelief
from carecmon.policytest.file import Expected, Failing, Moment, Scenario, Vintage
from carecmon.policytest.shorthand import Said

_ACTIVE = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an outcome differs at one moment: alerts expected and not there, alerts there and not expected."""

    at: datetime
    missing: tuple[Expected, ...]
    unexpected: tuple[Alert, ...]


def play(scenario: Scenario, settings: Settings, indicators: Mapping[str, Indicator]) -> list[Difference]:
    """Run carecmon at every moment of ``scenario``; return where the alerts are not as expected.

    1. It runs on the day of every vintage and of every expectation, and, with ``every``, in between.
    2. Each time it judges what is believed then against the alerts of the time before, as ``carecmon check`` does.
    3. Where something is expected, what is active or has just resolved is compared with it.
    """
    watched = _watched(scenario, indicators)
    policy = _policy(settings, watched)
    expected = {moment.at: moment for moment in scenario.moments}
    stored: dict[str, Alert] = {}
    before: Before | None = None
    differences = []
    for at in _moments(scenario):
        beliefs = _believed(scenario.vintages, at)
        evaluation = Evaluation(policy, at, before)
        for indicator in watched.values():
            evaluation.judge(indicator, [one for one in beliefs.values() if one.series.indicator == indicator.id])
        for facts in _sources(scenario, at, watched):
            evaluation.look(facts)
        if evaluation.failed:
            raise ConfigError(f"{scenario.name}: {'; '.join(evaluation.failed.values())}")
        stored |= {alert.fingerprint: alert for alert in evaluation.step(stored, _watch(scenario, watched)).alerts}
        before = Before(at, policy, beliefs)
        if at in expected:
            differences += _compared(expected[at], stored.values())
    return differences


def _watched(scenario: Scenario, indicators: Mapping[str, Indicator]) -> dict[str, Indicator]:
    found = {}
    for name in sorted({vintage.series.indicator for vintage in scenario.vintages}):
        if name not in indicators:
            raise ConfigError(
                f'{scenario.name}: nothing declares the indicator {name}; write [indicators."{name}"] into the file, or'
                " name one of `carecmon indicators`"
            )
        feeding = {vintage.source for vintage in scenario.vintages if vintage.series.indicator == name}
        declared = indicators[name]
        found[name] = replace(declared, sources=(*declared.sources, *sorted(feeding - set(declared.sources))))
    return found


def _policy(settings: Settings, watched: Mapping[str, Indicator]) -> Policy:
    """Return the policy of the file, with just the indicators of this scenario watched."""
    watch = {name: replace(settings.watch.get(name, Watch()), enabled=True) for name in watched}
    return config.policy(replace(settings, watch=watch), {})


def _watch(scenario: Scenario, watched: Mapping[str, Indicator]) -> Watched:
    fed: dict[str, tuple[str, ...]] = {}
    for name, indicator in watched.items():
        for source in indicator.sources:
            fed[source] = (*fed.get(source, ()), name)
    return Watched({name: one.sector for name, one in watched.items()}, fed)


def _moments(scenario: Scenario) -> list[datetime]:
    """Return when carecmon runs: at the end of the day of each vintage and expectation, and ``every`` so long."""
    from carecmon.policytest.fields import at_end_of

    days = {at_end_of(vintage.on.date()) for vintage in scenario.vintages}
    moments = {moment.at for moment in scenario.moments} | days
    last = max(moment.at for moment in scenario.moments)
    if scenario.every is not None:
        at = min(moments)
        while at < last:
            moments.add(at)
            at += scenario.every
    return sorted(at for at in moments if at <= last)


def _believed(vintages: Iterable[Vintage], at: datetime) -> dict[Series, SeriesBelief]:
    cells: dict[Series, dict[str, dict[Period, tuple[int, Said]]]] = {}
    for number, vintage in enumerate(vintages, start=1):
        if vintage.on <= at:
            by_source = cells.setdefault(vintage.series, {})
            by_source.setdefault(vintage.source, {}).update({p: (number, said) for p, said in vintage.cells.items()})
    return {
        series: SeriesBelief(
            series, {source: tuple(_points(source, said)) for source, said in sorted(by_source.items())}
        )
        for series, by_source in sorted(cells.items())
    }


def _points(source: str, cells: Mapping[Period, tuple[int, Said]]) -> Iterator[Point]:
    for period, (release, said) in sorted(cells.items()):
        status = said.status if said.value is None else ObservationStatus.NORMAL
        yield Point(period, said.value, status, source, release)


def _sources(scenario: Scenario, at: datetime, watched: Mapping[str, Indicator]) -> Iterator[SourceFacts]:
    fed = _watch(scenario, watched)
    for source, names in sorted(fed.sources.items()):
        failing = next((one for one in scenario.failing if one.source == source and _fails(one, at)), None)
        yield SourceFacts(
            source,
            failing is not None,
            failing.error if failing else "",
            indicators=tuple((name, watched[name].sector) for name in names),
        )


def _fails(failing: Failing, at: datetime) -> bool:
    return failing.since <= at <= failing.until


def _compared(moment: Moment, alerts: Iterable[Alert]) -> list[Difference]:
    seen = [
        one for one in alerts if one.state in _ACTIVE or (one.state is AlertState.RESOLVED and one.since == moment.at)
    ]
    missing = [one for one in moment.alerts if not any(_is(one, alert) for alert in seen)]
    unexpected = [alert for alert in seen if not any(_is(one, alert) for one in moment.alerts)]
    return [Difference(moment.at, tuple(missing), tuple(unexpected))] if missing or unexpected else []


def _is(expected: Expected, alert: Alert) -> bool:
    return (
        (expected.rule, expected.subject, expected.state) == (alert.rule, alert.subject, alert.state)
        and expected.cause in (None, alert.cause)
        and expected.severity in (None, alert.severity)
    )
