"""The first half of a run: ask the sources, store what they give. The only place where collecting meets the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from carecmon.collect.gather import gather
from carecmon.collect.request import Collected, Failed, Gathered, Request
from carecmon.config import Settings
from carecmon.model import Source, SourceOutcome, SourceReport
from carecmon.registry import Registry
from carecmon.store import Store

#: Called with how many sources are finished, of how many, and which one it was.
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Tally:
    """What came of one source so far."""

    releases: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Intake:
    """What asking the sources gave; ``warnings`` are for people."""

    sources: list[SourceReport]
    warnings: list[str]


def sources_of(settings: Settings, registry: Registry, only: Collection[str] = ()) -> list[Source]:
    """Return the enabled sources that feed the watched indicators (those in ``only``, where it names any), sorted."""
    feeding: set[str] = set()
    for name in only or settings.watched:
        if name in registry.indicators:
            feeding.update(registry.indicators[name].sources, settings.watch[name].prefer)
    return [source for id, source in registry.sources.items() if id in feeding and settings.source(id).enabled]


def take_in(
    settings: Settings,
    registry: Registry,
    store: Store,
    run: int,
    *,
    now: datetime,
    offline: bool,
    in_process: bool,
    only: Collection[str],
    progress: Progress | None,
) -> Intake:
    """Ask every source that is due, and record each complete answer in a transaction of its own.

    1. Look up what is stored of each source already.
    2. Gather, without any lock held; record each answer as it comes.
    3. Note for each source what asking it gave.
    """
    asked = sources_of(settings, registry, only)
    tallies = {source.id: _Tally() for source in asked if not (offline and source.live)}
    done = 0

    def finished(source: str) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, len(tallies), source)

    answers = gather(
        [_request(settings, registry, store, source) for source in asked if source.id in tallies],
        indicators=registry.indicators,
        today=now.date(),
        offline=offline,
        in_process=in_process,
        skip_unknown=registry.incomplete,
        progress=finished,
    )
    for answer in answers:
        _take(store, run, now, answer, tallies[answer.source])
    _note(store, run, now, tallies)
    reports = [_report(store, registry, source, tallies.get(source.id)) for source in asked]
    return Intake([*reports, *_disabled(settings, registry)], [w for tally in tallies.values() for w in tally.warnings])


def _take(store: Store, run: int, now: datetime, answer: Collected, tally: _Tally) -> None:
    if isinstance(answer, Gathered):
        tally.warnings.extend(answer.warnings)
        with store.writing():
            recorded = store.record(answer.draft, now, run)
        if recorded.release is not None:
            tally.releases.append(recorded.release)
    elif isinstance(answer, Failed):
        tally.errors.append(f"{answer.error} ({answer.remedy})" if answer.remedy else answer.error)


def _request(settings: Settings, registry: Registry, store: Store, source: Source) -> Request:
    known = store.known(source.id)
    key = settings.source(source.id).key_env
    preferring = (name for name in settings.watched if source.id in settings.watch[name].prefer)
    return Request(
        source,
        registry.places[registry.owner_of_source[source.id]],
        frozenset(known.digests),
        known.state,
        (key,) if key else (),
        frozenset(preferring),
    )


def _note(store: Store, run: int, now: datetime, tallies: dict[str, _Tally]) -> None:
    with store.writing():
        for source, tally in tallies.items():
            store.note_fetch(source, run, now, _outcome(tally), "; ".join(tally.errors) or None)


def _outcome(tally: _Tally) -> SourceOutcome:
    if tally.errors:
        return SourceOutcome.FAILED
    return SourceOutcome.RECORDED if tally.releases else SourceOutcome.UNCHANGED


def _report(store: Store, registry: Registry, source: Source, tally: _Tally | None) -> SourceReport:
    newest = store.known(source.id).newest
    return SourceReport(
        source.id,
        registry.owner_of_source[source.id],
        _outcome(tally) if tally else SourceOutcome.OFFLINE,
        tuple(tally.releases) if tally else (),
        "; ".join(tally.errors) if tally else "",
        newest.observed if newest else None,
    )


def _disabled(settings: Settings, registry: Registry) -> Iterable[SourceReport]:
    for id, source in registry.sources.items():
        if not settings.source(id).enabled:
            yield SourceReport(source.id, registry.owner_of_source[id], SourceOutcome.DISABLED)
