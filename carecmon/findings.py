"""What contradicts itself: every release as printed, and sources against each other. Nothing is written here."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from carecmon.config import Settings
from carecmon.judge.checks import CellOf, check_conflicts, check_release
from carecmon.judge.corrections import CorrectionNote, CorrectionState, apply, corrected
from carecmon.judge.policy import to_json
from carecmon.model import (
    AsOf,
    Cell,
    Claim,
    Correction,
    Finding,
    Indicator,
    Observation,
    Order,
    Point,
    Policy,
    Release,
    Series,
    SeriesBelief,
    Source,
)
from carecmon.registry import Registry
from carecmon.registry.examining import Examining
from carecmon.store import KeptFinding, Run, Store


@dataclass(frozen=True, slots=True)
class Printed:
    """One release as printed."""

    release: Release
    observations: list[Observation]
    claims: list[Claim]

    @property
    def words(self) -> str:
        """How people call it."""
        return f"{self.release.source} {self.release.edition}".strip()


@dataclass(frozen=True, slots=True)
class Found:
    """What contradicts itself, what went wrong while checking, and where what is believed is printed.

    ``checked`` are the sources all of whose checks could be run, ``known`` the indicators that are installed: only of
    these a finding that is not found is gone. ``failed`` is what went wrong, by source.
    """

    findings: list[Finding]
    checked: frozenset[str]
    known: frozenset[str]
    failed: Mapping[str, str]
    cell: CellOf

    def standing(self, kept: Iterable[KeptFinding]) -> list[Finding]:
        """Return the findings that stand now, given what is stored of all there ever were: oldest first."""
        found = {one.id: one for one in self.findings}
        standing = []
        for one in kept:
            there = found.pop(one.finding.id, None)
            if there is not None:
                standing.append(replace(there, acknowledged=one.finding.acknowledged))
            elif one.gone is None and not self._gone(one.finding):
                standing.append(one.finding)
        return [*standing, *sorted(found.values(), key=lambda one: one.id)]

    def _gone(self, finding: Finding) -> bool:
        """Say whether a finding that was not found has been looked for."""
        known = finding.series is None or finding.series.indicator in self.known
        return known and finding.source in self.checked


def find(
    settings: Settings,
    registry: Registry,
    store: Store,
    corrections: Sequence[Correction] = (),
    *,
    as_of: AsOf | None = None,
    in_process: bool = False,
) -> Found:
    """Check all believed releases, and what is believed of several sources; with ``as_of`` those believed then.

    A document is checked in each of its editions, a live feed in its newest answer. What a correction mends is marked.
    Checks that are a plugin's own run in a worker process, unless ``in_process``.
    """
    printed = {source: _printed(store, registry, source, as_of) for source in registry.sources}
    elsewhere = _Elsewhere(printed)
    findings: list[Finding] = []
    failed: dict[str, str] = {}
    with Examining(registry, in_process) as examining:
        sources, indicators = examining.sources(), examining.indicators()
        for source, editions in printed.items():
            for position, one in enumerate(editions):
                later = [(edition.words, edition.observations) for edition in editions[position + 1 :]]
                later.append(("correction", corrected(one.observations, corrections, source)))
                try:
                    with contextlib.redirect_stdout(sys.stderr):  # checks may be a plugin's own
                        findings += _of_release(sources[source], indicators, one, later, elsewhere)
                except Exception as exc:
                    words = str(exc) if isinstance(exc, ValueError) else f"{type(exc).__name__}: {exc}"
                    failed[source] = f"the checks of {one.words} failed: {words}"
    cells = _Cells(printed)
    for belief in store.beliefs(as_of=as_of):
        indicator = registry.indicators.get(belief.series.indicator)
        if indicator is not None and len(belief.by_source) > 1:
            overlaid, _ = apply(belief, corrections, indicator)
            findings += check_conflicts(indicator, belief, _prefer(settings, indicator), cells.of, overlaid)
    checked = frozenset(registry.sources) - failed.keys()
    return Found(findings, checked, frozenset(registry.indicators), failed, cells.of)


def find_as_of(
    settings: Settings,
    registry: Registry,
    store: Store,
    corrections: Sequence[Correction],
    as_of: AsOf,
    *,
    in_process: bool = False,
) -> Found:
    """Search what was believed as of a day, by the checks, corrections and acknowledgements of today."""
    found = find(settings, registry, store, corrections, as_of=as_of, in_process=in_process)
    said = {kept.finding.id: kept.finding.acknowledged for kept in store.findings(gone=True)}
    once = {one.id: replace(one, acknowledged=said.get(one.id)) for one in found.findings}
    return replace(found, findings=sorted(once.values(), key=lambda one: one.id))


@dataclass(slots=True)
class Search:
    """A search made while others could write. ``by`` says what it was made with, ``repeat`` that it may be too old."""

    found: Found
    by: str
    seen: tuple[object, ...]
    again: Callable[[], Found]
    store: Store
    repeat: bool = False

    @property
    def mark(self) -> str:
        """What the next run has to have in common with this one to use what was found; blank where it has to search."""
        return "" if self.repeat or self.found.failed else self.by

    def renew(self) -> None:
        """Search again where a release came, or was decided on, in between."""
        seen = _standing_releases(self.store)
        if seen != self.seen:
            self.found = _NOTHING  # a large store has no room for two
            self.found, self.seen = self.again(), seen


_NOTHING = Found([], frozenset(), frozenset(), {}, lambda series, point: None)


def search(
    settings: Settings, registry: Registry, store: Store, policy: Policy, last: Run | None, *, in_process: bool = False
) -> Search:
    """Search without holding any lock: foreign code may be among the checks.

    Where nothing has changed since the ``last`` run that would change a finding, what is stored is what is found.
    """
    text = json.dumps([sorted(registry.versions.items()), to_json(replace(policy, rules=(), targets=()))])
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    seen = _standing_releases(store)
    again = partial(find, settings, registry, store, policy.corrections, in_process=in_process)
    if last is not None and last.summary.get("searched") == mark and nothing_new(store, last):
        return Search(stored(registry, store), mark, seen, again, store)
    return Search(again(), mark, seen, again, store)


def _standing_releases(store: Store) -> tuple[object, ...]:
    return tuple((release.id, release.accepted, release.rejected) for release in store.releases())


def nothing_new(store: Store, last: Run) -> bool:
    """Say whether no release was recorded, accepted or rejected since the run ``last`` finished."""
    if last.finished is None:
        return False
    releases = store.releases()
    decided = (at for release in releases for at in (release.accepted, release.rejected))
    newest = max((release.id for release in releases), default=None)
    return newest == last.last_release and not any(at is not None and at > last.finished for at in decided)


def stored(registry: Registry, store: Store) -> Found:
    """Return what the last run found, for when nothing has changed since: no release, plugin, correction or order."""
    standing = [kept.finding for kept in store.findings()]
    return Found(
        standing, frozenset(), frozenset(), {}, _LazyCells(store, registry, {one.source for one in standing}).of
    )


def idle(
    corrections: Iterable[Correction],
    watched: Mapping[str, Indicator],
    beliefs: Mapping[Series, SeriesBelief],
    store: Store,
) -> list[str]:
    """Return what to tell people about corrections of watched series that do nothing: out of date, or without a cell.

    One whose source has never been read waits for it, and says nothing.
    """
    known = {release.source for release in store.releases() if release.believed}
    notes: list[CorrectionNote] = []
    for one in corrections:
        if one.series.indicator in watched and (one.source in known if one.source else known):
            belief = beliefs.get(one.series, SeriesBelief(one.series, {}))
            notes += apply(belief, [one], watched[one.series.indicator])[1]
    return [note.message for note in notes if note.state is not CorrectionState.APPLIED]


def _printed(store: Store, registry: Registry, source: str, as_of: AsOf | None = None) -> list[Printed]:
    believed = [release for release in store.releases(source, as_of) if release.believed]
    if registry.sources[source].order is Order.OBSERVED:
        believed = believed[-1:]
    return [
        Printed(release, list(store.statement(release.id)), [claim for claim, _ in store.claims(release.id)])
        for release in believed
    ]


def _of_release(
    source: Source,
    indicators: Mapping[str, Indicator],
    one: Printed,
    later: list[tuple[str, list[Observation]]],
    elsewhere: _Elsewhere,
) -> list[Finding]:
    known = elsewhere.but(one.release.id)
    return check_release(one.release, source, one.observations, one.claims, indicators, known, later)


def _prefer(settings: Settings, indicator: Indicator) -> tuple[str, ...]:
    watch = settings.watch.get(indicator.id)
    return (watch.prefer if watch else ()) or indicator.sources


class _Elsewhere:
    """What all releases print, by series: asked to explain where a printed number comes from."""

    def __init__(self, printed: Mapping[str, list[Printed]]) -> None:
        self._by_series: dict[Series, list[tuple[int, str, Observation]]] = {}
        for one in (one for editions in printed.values() for one in editions):
            for observation in one.observations:
                self._by_series.setdefault(observation.series, []).append((one.release.id, one.words, observation))

    def but(self, release: int) -> _But:
        return _But(self._by_series, release)


@dataclass(frozen=True, slots=True)
class _But:
    by_series: Mapping[Series, list[tuple[int, str, Observation]]]
    release: int

    def __call__(self, series: Series) -> Iterator[tuple[str, Observation]]:
        return ((words, seen) for id, words, seen in self.by_series.get(series, ()) if id != self.release)


class _Cells:
    """The cell of what a source is believed to say."""

    def __init__(self, printed: Mapping[str, list[Printed]]) -> None:
        self._cells = {
            (one.release.source, observation.series, observation.period): observation.cell
            for editions in printed.values()
            for one in editions
            for observation in one.observations
        }

    def of(self, series: Series, point: Point) -> Cell | None:
        return self._cells.get((point.source, series, point.period))


class _LazyCells:
    """The same, read only for the sources that have findings, and only when somebody asks."""

    def __init__(self, store: Store, registry: Registry, sources: Collection[str]) -> None:
        self._store, self._registry, self._sources = store, registry, sources
        self._read: dict[str, _Cells] = {}

    def of(self, series: Series, point: Point) -> Cell | None:
        source = point.source
        if source not in self._sources or source not in self._registry.sources:
            return None
        if source not in self._read:
            self._read[source] = _Cells({source: _printed(self._store, self._registry, source)})
        return self._read[source].of(series, point)
