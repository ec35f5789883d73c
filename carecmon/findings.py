"""What contradicts itself: every release as printed, and sources against each other. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from carecmon.config import Settings
from carecmon.judge.checks import check_conflicts, check_release, mend
from carecmon.judge.corrections import apply, corrected
from carecmon.model import (
    Cell,
    Claim,
    Correction,
    Finding,
    Indicator,
    Observation,
    Order,
    Point,
    Release,
    Series,
)
from carecmon.registry import Registry
from carecmon.store import Store


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


def find(
    settings: Settings, registry: Registry, store: Store, corrections: Sequence[Correction] = ()
) -> tuple[list[Finding], list[str]]:
    """Return the findings on all believed releases and on what is believed, and what went wrong while checking.

    A document is checked in each of its editions, a live feed in its newest answer. What a correction mends is marked.
    """
    printed = {source: _printed(store, registry, source) for source in registry.sources}
    elsewhere = _Elsewhere(printed)
    findings: list[Finding] = []
    errors: list[str] = []
    for source, editions in printed.items():
        for position, one in enumerate(editions):
            try:
                later = [(edition.words, edition.observations) for edition in editions[position + 1 :]]
                later.append(("correction", corrected(one.observations, corrections, source)))
                findings += _of_release(registry, one, later, elsewhere)
            except (ArithmeticError, ValueError) as exc:
                errors.append(f"the checks of {source} {one.release.edition} failed: {exc}")
    cells = _Cells(printed)
    for belief in store.beliefs():
        indicator = registry.indicators.get(belief.series.indicator)
        if indicator is not None and len(belief.by_source) > 1:
            overlaid, _ = apply(belief, corrections)
            findings += check_conflicts(indicator, belief, _prefer(settings, indicator), cells.of, overlaid)
    return findings, errors


def _printed(store: Store, registry: Registry, source: str) -> list[Printed]:
    believed = [release for release in store.releases(source) if release.believed]
    if registry.sources[source].order is Order.OBSERVED:
        believed = believed[-1:]
    return [
        Printed(release, list(store.statement(release.id)), [claim for claim, _ in store.claims(release.id)])
        for release in believed
    ]


def _of_release(
    registry: Registry, one: Printed, later: list[tuple[str, list[Observation]]], elsewhere: _Elsewhere
) -> list[Finding]:
    source, indicators = registry.sources[one.release.source], registry.indicators
    known = elsewhere.but(one.release.id)
    found = check_release(one.release, source, one.observations, one.claims, indicators, known)
    return mend(found, one.release, source, one.observations, one.claims, indicators, later) if found else []


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
