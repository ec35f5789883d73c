"""The first half of a run: ask the sources, store what they give. The only place where collecting meets the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from carecmon.collect.gather import gather
from carecmon.collect.request import LONGEST_QUOTA, Address, Collected, Failed, Fetching, Gathered, Request, Unchanged
from carecmon.config import Settings
from carecmon.holding import held_back
from carecmon.model import Recorded, Source, SourceOutcome, SourceReport
from carecmon.registry import Registry
from carecmon.store import Store, fault

#: Called with how many sources are finished, of how many, and which one it was or how far it is.
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Tally:
    """What came of one source so far; ``stated`` counts the observations and claims it gave.

    ``state`` is for its next fetch; before ``retry_after`` it is not asked.
    """

    recorded: list[Recorded] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stated: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)
    retry_after: datetime | None = None


@dataclass(slots=True)
class _HowFar:
    """Tells whoever waits how many sources are finished, and how far a long fetch is."""

    progress: Progress | None
    total: int
    done: int = 0

    def finished(self, source: str) -> None:
        self.done += 1
        self._tell(source)

    def still_at(self, it: Fetching) -> None:
        self._tell(f"{it.source}: {it.what}, {it.done} of {it.total}")

    def _tell(self, what: str) -> None:
        if self.progress is not None:
            self.progress(self.done, self.total, what)


@dataclass(slots=True)
class Intake:
    """What asking the sources gave; ``warnings`` are for people."""

    sources: list[SourceReport]
    warnings: list[str]


def sources_of(settings: Settings, registry: Registry, only: Collection[str] = ()) -> list[Source]:
    """Return the enabled sources that feed the watched indicators (those in ``only``, where it names any), sorted."""
    return [source for source in _feeding(settings, registry, only) if settings.enabled(source)]


def _feeding(settings: Settings, registry: Registry, only: Collection[str]) -> list[Source]:
    feeding: set[str] = set()
    for name in only or settings.watched:
        if name in registry.indicators:
            feeding.update(registry.indicators[name].sources, settings.watch[name].prefer)
    return [source for id, source in registry.sources.items() if id in feeding]


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
    due: Collection[str] | None = None,
) -> Intake:
    """Ask every source (those in ``due``, unless it is None), and record each complete answer in its own transaction.

    1. Look up what is stored of each source already.
    2. Gather, without any lock held; record each answer as it comes.
    3. Note for each source what asking it gave.
    """
    began = monotonic()
    asked = sources_of(settings, registry, only)
    chosen = [source for source in asked if due is None or source.id in due]
    tallies = {source.id: _Tally() for source in chosen if not (offline and source.live)}
    how_far = _HowFar(progress, len(tallies))
    answers = gather(
        [_request(settings, registry, store, source, now) for source in chosen if source.id in tallies],
        indicators=registry.indicators,
        today=now.date(),
        offline=offline,
        in_process=in_process,
        skip_unknown=registry.incomplete,
        progress=how_far.finished,
    )
    for answer in answers:
        if isinstance(answer, Fetching):
            how_far.still_at(answer)
        else:
            answer = _weighed(settings, registry, store, answer)
            _take(store, run, now, answer, tallies[answer.source], monotonic() - began)
    _note(store, run, now, tallies)
    idle = SourceOutcome.OFFLINE if offline or due is None else SourceOutcome.NOT_DUE
    reports = [_report(store, registry, source, tallies.get(source.id), idle) for source in asked]
    warnings = [warning for tally in tallies.values() for warning in tally.warnings]
    warnings.extend(_nothing_in_it(source, tally) for source, tally in tallies.items() if _is_empty(tally))
    return Intake([*reports, *_not_asked(settings, registry)], warnings)


def _weighed(settings: Settings, registry: Registry, store: Store, answer: Collected) -> Collected:
    """Return the answer; one of a live source that states what cannot be is to be held back."""
    if isinstance(answer, Gathered) and registry.sources[answer.source].live:
        return replace(answer, draft=held_back(answer, settings, registry, store))
    return answer


def _take(store: Store, run: int, now: datetime, answer: Collected, tally: _Tally, passed: float) -> None:
    if isinstance(answer, Gathered):
        tally.warnings.extend(answer.warnings)
        tally.stated += answer.stated
        try:
            with store.writing():
                recorded = store.record(answer.draft, _observed(store, now, passed), run)
        except (TypeError, ValueError, LookupError) as exc:  # one answer that cannot be stored costs only itself
            tally.errors.append(f"{answer.draft.edition or answer.source} cannot be stored: {exc!r}")
            return
        fault("release")
        if answer.draft.state:
            tally.state = {}  # what is stored now is newer
        if recorded.release is not None:
            tally.recorded.append(recorded)
    elif isinstance(answer, Unchanged):
        tally.state = answer.state or tally.state
    elif isinstance(answer, Failed):
        tally.errors.append(f"{answer.error} ({answer.remedy})" if answer.remedy else answer.error)
        if answer.retry_after is not None:
            tally.retry_after = now + timedelta(seconds=passed + answer.retry_after)


def _is_empty(tally: _Tally) -> bool:
    return bool(tally.recorded) and not tally.stated and not tally.errors


def _nothing_in_it(source: str, tally: _Tally) -> str:
    answers = "its answer" if len(tally.recorded) == 1 else f"its {len(tally.recorded)} answers"
    return (
        f"source {source}: not one observation was found in {answers}; where that is not empty, its reader does not"
        " understand it"
    )


def _observed(store: Store, now: datetime, passed: float) -> datetime:
    """Return when an answer was observed: in this run, but not before a run that has finished since it began."""
    last = store.last_run(finished=True)
    overtaken = last is not None and last.finished is not None and last.finished >= now
    return now + timedelta(seconds=passed) if overtaken else now


def _request(settings: Settings, registry: Registry, store: Store, source: Source, now: datetime) -> Request:
    known = store.known(source.id)
    asked = settings.source(source.id)
    preferring = (name for name in settings.watched if source.id in settings.watch[name].prefer)
    wait = (known.backoff_until - now).total_seconds() if known.backoff_until else 0.0
    return Request(
        source,
        registry.places[registry.owner_of_source[source.id]],
        frozenset(known.digests),
        known.state,
        (asked.key_env,) if asked.key_env else (),
        frozenset(preferring),
        Address(asked.base_url or "", asked.key_env or "", asked.allow_private_hosts, asked.rate),
        # A clock that was wrong must not keep us away for ever.
        wait if wait <= LONGEST_QUOTA else 0.0,
    )


def _note(store: Store, run: int, now: datetime, tallies: dict[str, _Tally]) -> None:
    with store.writing():
        for source, tally in tallies.items():
            error = "; ".join(tally.errors) or None
            store.note_fetch(source, run, now, _outcome(tally), error, tally.state or None, tally.retry_after)


def _outcome(tally: _Tally) -> SourceOutcome:
    if tally.errors:
        return SourceOutcome.FAILED
    return SourceOutcome.RECORDED if tally.recorded else SourceOutcome.UNCHANGED


def _report(
    store: Store, registry: Registry, source: Source, tally: _Tally | None, idle: SourceOutcome
) -> SourceReport:
    newest = store.known(source.id).newest
    recorded = tally.recorded if tally else []
    believed = [one for one in recorded if not one.quarantine]
    return SourceReport(
        source.id,
        registry.owner_of_source[source.id],
        _outcome(tally) if tally else idle,
        tuple(one.release for one in recorded if one.release is not None),
        "; ".join(tally.errors) if tally else "",
        newest.observed if newest else None,
        sum(one.added for one in believed),
        sum(one.revised for one in believed),
        sum(one.withdrawn for one in believed),
    )


def _not_asked(settings: Settings, registry: Registry) -> Iterable[SourceReport]:
    for id, source in registry.sources.items():
        if not settings.enabled(source):
            waits = settings.source(id).enabled is None
            outcome = SourceOutcome.WAITING if waits else SourceOutcome.DISABLED
            yield SourceReport(id, registry.owner_of_source[id], outcome)


def waiting(settings: Settings, registry: Registry, only: Collection[str] = ()) -> list[Source]:
    """Return the sources that would be asked, were somebody to enable them: their first fetch costs much."""
    feeding = _feeding(settings, registry, only)
    return [one for one in feeding if settings.source(one.id).enabled is None and not settings.enabled(one)]


def wait_words(settings: Settings, sources: Sequence[Source]) -> str:
    """Return what to tell people about sources that wait, and how to have done with it either way."""
    costs = ", ".join(f"{one.id} ({one.requests} requests for the first fetch)" for one in sources)
    blocks = " and ".join(f'[sources."{one.id}"]' for one in sources)
    return (
        f"waiting to be enabled: {costs}; write enabled = true under {blocks} in {settings.path.name},"
        " or enabled = false to do without for good"
    )
