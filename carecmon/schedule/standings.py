"""What the plan is made from: the schedule of each source, and what the store knows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from carecmon.config import Settings
from carecmon.intake import sources_of
from carecmon.judge import policy as policies
from carecmon.judge.freshness import expectation
from carecmon.model import Period, Source
from carecmon.registry import Registry
from carecmon.schedule.plan import FROM_CALENDAR, USUALLY, Standing, stale
from carecmon.store import Run, Store
from carecmon.verdicts import policy_of


def standings(settings: Settings, registry: Registry, store: Store | None) -> list[Standing]:
    """Return how each enabled source stands; without a store none was ever asked."""
    sources = sources_of(settings, registry)
    schedules = {source.id: settings.source(source.id).schedule or USUALLY for source in sources}
    newest = _newest(store) if store is not None and FROM_CALENDAR in schedules.values() else {}
    found = []
    for source in sources:
        written = settings.source(source.id)
        known = store.known(source.id) if store is not None else None
        standing = Standing(
            source.id, schedules[source.id], written.time_zone or settings.time_zone, jitter=written.jitter
        )
        if known is not None:
            standing = Standing(
                source.id,
                standing.schedule,
                standing.zone,
                known.last_try,
                known.last_ok,
                known.failures,
                known.backoff_until,
                _expected(settings, registry, source, newest),
                standing.jitter,
            )
        found.append(standing)
    return found


def why_judge(settings: Settings, registry: Registry, store: Store, now: datetime) -> str:
    """Return why to judge again though no source is due, empty where nothing asks for it.

    The calendar alone makes series late and alerts old, so that everything is judged at least once a local day; and
    more often where somebody is to be reminded within a day.
    """
    last = store.last_run()
    if last is None or stale(last.started, last.finished, now, settings.time_zone, _reminders(settings)):
        return "a new day" if last else "the first run"
    done = store.last_run(finished=True)
    if done is None or done.id != last.id:
        return ""  # somebody else is at it, or crashed a moment ago
    if done.policy_json != policies.to_json(policy_of(settings, registry)):
        return "other targets, rules or plugins"
    return "a release or a decision of somebody" if _changed_since(store, done) else ""


def _changed_since(store: Store, done: Run) -> bool:
    releases = store.releases()
    if max((release.id for release in releases), default=None) != done.last_release:
        return True
    end = done.finished
    return any(at and end and at > end for release in releases for at in (release.accepted, release.rejected))


def _reminders(settings: Settings) -> list[float]:
    return [person.remind_after for person in settings.people.values() if person.remind_after]


def _newest(store: Store) -> dict[tuple[str, str], Period]:
    """Return the newest period that each source states of each indicator."""
    newest: dict[tuple[str, str], Period] = {}
    for series, point in store.newest():
        mark = (point.source, series.indicator)
        if mark not in newest or point.period.key > newest[mark].key:
            newest[mark] = point.period
    return newest


def _expected(
    settings: Settings, registry: Registry, source: Source, newest: Mapping[tuple[str, str], Period]
) -> date | None:
    """Return the first day on which something new of ``source`` is usual, None where no calendar says."""
    days: list[date] = []
    for name in _fed_by(source, settings, registry):
        indicator = registry.indicators[name]
        expected = expectation(indicator, newest.get((source.id, name)))
        if expected is not None and indicator.discontinued is None:
            days.append(expected.due)
    return min(days, default=None)


def _fed_by(source: Source, settings: Settings, registry: Registry) -> Iterable[str]:
    for name in settings.watched:
        indicator = registry.indicators.get(name)
        if indicator is not None and source.id in (*indicator.sources, *settings.watch[name].prefer):
            yield name
