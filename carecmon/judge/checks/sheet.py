"""One release as printed: its figures by series and period, each as the interval that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import ceil, inf, log10

from carecmon.judge.checks.intervals import Interval, printed
from carecmon.model import (
    Cell,
    Check,
    Claim,
    ClaimKind,
    Indicator,
    Observation,
    ObservationStatus,
    Period,
    Qualifier,
    Release,
    Scale,
    Series,
    Source,
)

#: What other releases, of any source, print about a series; asked only to explain a contradiction.
Elsewhere = Callable[[Series], Iterable[tuple[str, Observation]]]

#: Claims whose number is a percentage whatever the unit of their series is.
PERCENT = {ClaimKind.GROWTH, ClaimKind.REAL_GROWTH, ClaimKind.DEFLATOR, ClaimKind.SHARE}


def nothing_else(_: Series) -> Iterable[tuple[str, Observation]]:
    """Know of no other release."""
    return ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number: what it is about, the interval that it stands for, its unit, and the cell it stands in.

    ``state`` is the name of the state whose position it is, blank for a number.
    """

    series: Series
    period: Period
    value: float
    interval: Interval
    unit: str
    cell: Cell
    state: str = ""

    def __str__(self) -> str:
        if self.state:
            return self.state
        words = {inf: "more than ", self.value: "less than "}.get(self.interval.high, "")
        words = words if self.interval.low != self.interval.high else ""
        return words + say(self.value, self.unit, self.interval)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One release as printed, before corrections."""

    release: Release
    source: Source
    observations: Mapping[tuple[Series, Period], Sequence[Observation]]
    claims: Sequence[Claim]
    indicators: Mapping[str, Indicator]
    elsewhere: Elsewhere = nothing_else
    levels: Mapping[tuple[Series, Period], Claim] = field(default_factory=dict)

    @staticmethod
    def of(
        release: Release,
        source: Source,
        observations: Iterable[Observation],
        claims: Sequence[Claim],
        indicators: Mapping[str, Indicator],
        elsewhere: Elsewhere = nothing_else,
    ) -> Sheet:
        """Return the sheet of a release."""
        by_cell: dict[tuple[Series, Period], list[Observation]] = {}
        for observation in observations:
            by_cell.setdefault((observation.series, observation.period), []).append(observation)
        levels = {
            (claim.series, claim.period): claim
            for claim in reversed(claims)
            if claim.kind in (ClaimKind.TOTAL, ClaimKind.RESTATEMENT)
        }
        return Sheet(release, source, by_cell, claims, indicators, elsewhere, levels)

    def unit(self, series: Series) -> str:
        """Return the unit of a series, blank where its indicator is not known."""
        indicator = self.indicators.get(series.indicator)
        return indicator.unit if indicator else ""

    def figure(self, printed_: Observation | Claim) -> Figure | None:
        """Return the number of an observation or a claim, or None where it has none."""
        if printed_.value is None:
            return None
        indicator = self.indicators.get(printed_.series.indicator)
        series, period, value, cell = printed_.series, printed_.period, printed_.value, printed_.cell
        if isinstance(printed_, Observation) or (printed_.kind is ClaimKind.RESTATEMENT and _steps(indicator)):
            state = indicator.state_name(value) if indicator and indicator.scale is Scale.STATE else ""
            return Figure(series, period, value, _interval(value, cell, indicator), self.unit(series), cell, state)
        percent = printed_.kind in PERCENT
        precision = None if percent or indicator is None else indicator.precision
        interval = printed(value, cell.raw, precision, printed_.qualifier)
        return Figure(series, period, value, interval, "%" if percent else self.unit(series), cell)

    def level(self, series: Series, period: Period) -> Figure | None:
        """Return the value of a series in a period as the document states it, or None where it does not."""
        for observation in self.observations.get((series, period), ()):
            if observation.value is not None:
                return self.figure(observation)
        claim = self.levels.get((series, period))
        return self.figure(claim) if claim else None

    def missing(self, series: Series, period: Period) -> Cell | None:
        """Return the cell in which the document says that it has no value, or None where there is none."""
        stated = self.observations.get((series, period), ())
        blank = [observation for observation in stated if observation.status is ObservationStatus.MISSING]
        return blank[0].cell if blank and len(blank) == len(stated) else None

    def stated(self, check: Check, scope: str | None) -> Iterator[Observation]:
        """Yield the observations that a check is about, in the order of the document."""
        for (series, _), observations in self.observations.items():
            if self.chosen(series, check, scope):
                yield from observations

    def claimed(self, kind: ClaimKind, check: Check, scope: str | None) -> Iterator[Claim]:
        """Yield the claims of one kind that a check is about, in the order of the document."""
        for claim in self.claims:
            if claim.kind is kind and self.chosen(claim.series, check, scope):
                yield claim

    @staticmethod
    def chosen(series: Series, check: Check, scope: str | None) -> bool:
        """Say whether a check declared for ``scope`` (an indicator's id, or None: a source) is about ``series``."""
        pattern = check.options.get("indicator")
        return fnmatchcase(series.indicator, pattern) if pattern else scope in (None, series.indicator)


def observed(observation: Observation, indicator: Indicator | None) -> Interval:
    """Return the interval that the value of an observation stands for; it must have one."""
    assert observation.value is not None
    return _interval(observation.value, observation.cell, indicator)


def _interval(value: float, cell: Cell, indicator: Indicator | None) -> Interval:
    precision = indicator.precision if indicator else None
    return printed(value, cell.raw, precision, Qualifier.EXACT, whole=_steps(indicator))


def _steps(indicator: Indicator | None) -> bool:
    """Say whether the values of an indicator are whole steps, which nobody rounds."""
    return indicator is not None and indicator.scale in (Scale.ORDINAL, Scale.STATE)


#: With more places than this nobody prints a number: it was printed in a smaller unit, and its zeros say nothing.
_PRINTED = 3
#: What is computed is rounded to so many significant digits.
_DIGITS = 12


def say(value: float, unit: str, like: Interval | None = None, *, sign: str = "") -> str:
    """Write a number with its unit, with no more places than ``like`` is exact to; scores and ranks have no unit."""
    size, word = 1.0, ""
    if not any(large in unit for large in ("thousand", "million", "billion")):
        size, word = next((step for step in ((1e9, " billion"), (1e6, " million")) if abs(value) >= step[0]), (1.0, ""))
    width = (like.high - like.low) / size if like is not None else 0.0
    places = max(0, ceil(-log10(width) - 1e-9)) if 0 < width < inf else 10
    text = f"{value / size:{sign},.{min(places, 10)}f}"
    if places > _PRINTED:
        before = sum(character.isdigit() for character in text.partition(".")[0].lstrip("-+0"))
        text = f"{value / size:{sign},.{min(places, 10, max(0, _DIGITS - before))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    currency, _, rest = unit.partition(" ")
    if currency in ("score", "rank", "level"):
        return text
    if currency in ("USD", "EUR"):
        return f"{currency} {text}{word} {rest}".rstrip()
    return f"{text}{word}{'' if unit.startswith('%') else ' '}{unit}".rstrip()


def finest(*intervals: Interval) -> Interval:
    """Return the narrowest of some intervals: with its places no digit of a difference or a sum is lost."""
    return min(intervals, key=lambda interval: interval.high - interval.low)
