"""The past of the store as steps: what was believed each time that a release came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from carecmon.config import Settings
from carecmon.errors import UsageError
from carecmon.judge.backtest import Raised, Step, backtest
from carecmon.judge.rules import OF_SOURCES
from carecmon.model import AsOf, Condition, Indicator, Release, Rule, Series, SeriesBelief
from carecmon.registry import Registry
from carecmon.store import Store
from carecmon.verdicts import policy_of

#: Conditions that come true while nothing is published: the rule is also looked at on the first of each month.
_BY_CLOCK = (Condition.LATE, Condition.MISSED)


def replay(
    settings: Settings, registry: Registry, store: Store, rule: Rule, *, now: datetime, published: bool = False
) -> list[Raised]:
    """Return what ``rule`` would have raised over everything stored, and what a later revision took back.

    Each release comes when it was observed, or, with ``published``, when it was published; one whose day is not known
    exactly comes on the last day that it can have been. Raises UsageError for rules about sources, whose failures
    no vintage holds.
    """
    if rule.condition in OF_SOURCES:
        raise UsageError(
            f'rule "{rule.id}" waits for {rule.condition}, which cannot be told from stored vintages; a backtest takes'
            " rules about values, revisions, withdrawals and lateness"
        )
    indicators = _of(settings, registry, rule)
    steps = _steps(settings, store, indicators, rule, now, published)
    return backtest(rule, steps, indicators=indicators, policy=policy_of(settings, registry))


def _of(settings: Settings, registry: Registry, rule: Rule) -> Mapping[str, Indicator]:
    anything = replace(rule, select={})
    watched = ((name, registry.indicators[name]) for name in settings.watched if name in registry.indicators)
    return {name: one for name, one in watched if anything.chooses(Series.of(name), one.sector)}


def _steps(
    settings: Settings, store: Store, indicators: Mapping[str, Indicator], rule: Rule, now: datetime, published: bool
) -> Iterator[Step]:
    feeding = {source for name, one in indicators.items() for source in (*one.sources, *settings.watch[name].prefer)}
    came: dict[datetime, list[str]] = {}
    for release in store.releases():
        if release.believed and release.source in feeding:
            at = min(_when(release, published), now)
            came.setdefault(at, []).append(f"{release.source} {release.edition}".strip())
    ticks = _months(min(came), now) if came and rule.condition in _BY_CLOCK else ()
    beliefs: dict[Series, SeriesBelief] | None = None
    for at in sorted({*came, *ticks, now}):
        if at in came or beliefs is None:
            as_of = AsOf(at.date(), published=True) if published else at
            beliefs = {one.series: one for one in store.beliefs(list(indicators), as_of, withdrawn=True)}
        yield Step(at, beliefs, ", ".join(came.get(at, ())))


def _when(release: Release, published: bool) -> datetime:
    """Return when a release came to be believed; on the axis of publication the end of its day."""
    if not published:
        return max(release.observed, release.accepted or release.observed)
    day = release.published.day or release.observed.astimezone(UTC).date()
    return AsOf(day).moment


def _months(first: datetime, last: datetime) -> Iterator[datetime]:
    day = date(first.year, first.month, 1)
    while True:
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        at = datetime.combine(day, time(), UTC)
        if at >= last:
            return
        yield at
