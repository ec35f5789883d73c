"""Corrections laid over beliefs: what is judged, beside what the sources say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isclose

from carecmon.judge.words import state
from carecmon.model import (
    Correction,
    CorrectionAction,
    Indicator,
    Observation,
    ObservationStatus,
    Period,
    Point,
    Scale,
    Series,
    SeriesBelief,
)


class CorrectionState(StrEnum):
    """What became of a correction."""

    APPLIED = "applied"
    OUT_OF_DATE = "out of date"  #: the cell has another value than the one to correct
    NO_CELL = "no cell"  #: no source that it is for says anything there


@dataclass(frozen=True, slots=True)
class CorrectionNote:
    """What became of a correction: the points it changed, as the source says them and as they are judged.

    ``message`` is one sentence for people. Where the correction is out of date, ``before`` is what is there now and
    ``after`` is the same.
    """

    correction: Correction
    state: CorrectionState
    message: str
    before: tuple[Point, ...] = ()
    after: tuple[Point, ...] = ()


def apply(
    belief: SeriesBelief, corrections: Iterable[Correction], indicator: Indicator | None = None
) -> tuple[SeriesBelief, list[CorrectionNote]]:
    """Return the belief with the corrections of its series laid over it, and a note for each of those corrections.

    ``belief`` itself stays as the sources say it. A dropped cell has no value, so that another source can stand in.
    The notes call states by their names where the ``indicator`` is given.
    """
    by_source = {source: list(points) for source, points in belief.by_source.items()}
    notes = [_lay_over(by_source, one, indicator) for one in corrections if one.series == belief.series]
    return SeriesBelief(belief.series, {source: tuple(points) for source, points in by_source.items()}), notes


def in_force(
    corrections: Iterable[Correction], series: Series, period: Period, source: str, value: float | None
) -> Correction | None:
    """Return the correction in force on what ``source`` says of one cell, None where there is none."""
    for one in corrections:
        if (one.series, one.period) == (series, period) and one.source in (None, source) and _states(value, one):
            return one
    return None


def laid_over(value: float | None, correction: Correction) -> float | None:
    """Return what is judged in place of ``value`` where ``correction`` is in force on it, None where it is dropped."""
    return _value(value, correction)


def corrected(observations: Sequence[Observation], corrections: Sequence[Correction], source: str) -> list[Observation]:
    """Return the observations of a release that corrections change, as corrected; not those that they only flag."""
    changed = []
    for observation in observations:
        for correction in corrections:
            if (
                correction.action is not CorrectionAction.FLAG
                and correction.source in (None, source)
                and (correction.series, correction.period) == (observation.series, observation.period)
                and _states(observation.value, correction)
            ):
                value = _value(observation.value, correction)
                status = observation.status if value is not None else ObservationStatus.MISSING
                changed.append(replace(observation, value=value, status=status, note=words(correction)))
                break
    return changed


def _lay_over(by_source: dict[str, list[Point]], correction: Correction, indicator: Indicator | None) -> CorrectionNote:
    before, after, there = [], [], []
    for source, points in by_source.items():
        if correction.source not in (None, source):
            continue
        for index, point in enumerate(points):
            if point.period != correction.period or not point.usable:
                continue
            there.append(point)
            if _states(point.value, correction):
                points[index] = _corrected(point, correction, words(correction, indicator))
                before.append(point)
                after.append(points[index])
    if before:
        message = f"{correction.series} {correction.period}: {words(correction, indicator)}."
        return CorrectionNote(correction, CorrectionState.APPLIED, message, tuple(before), tuple(after))
    if there:
        message = _out_of_date(correction, there, indicator)
        return CorrectionNote(correction, CorrectionState.OUT_OF_DATE, message, tuple(there), tuple(there))
    whose = correction.source or "any source"
    message = f"The correction of {correction.series} {correction.period} finds no value there from {whose}."
    return CorrectionNote(correction, CorrectionState.NO_CELL, message)


def _corrected(point: Point, correction: Correction, said: str) -> Point:
    value = _value(point.value, correction)
    status = point.status if value is not None else ObservationStatus.MISSING
    note = f"{point.note}; {said}" if point.note else said
    return replace(point, value=value, status=status, note=note)


def _value(value: float | None, correction: Correction) -> float | None:
    match correction.action:
        case CorrectionAction.DROP:
            return None
        case CorrectionAction.OVERRIDE:
            return correction.value
        case CorrectionAction.SCALE:
            return None if value is None or correction.factor is None else float(f"{value * correction.factor:.12g}")
        case CorrectionAction.FLAG:
            return value


def _states(value: float | None, correction: Correction) -> bool:
    return value is not None and isclose(value, correction.expect, rel_tol=1e-9, abs_tol=1e-12)


def words(correction: Correction, indicator: Indicator | None = None) -> str:
    """Return what a correction does, why, and who says so; states by their names where ``indicator`` has any."""
    does = {
        CorrectionAction.DROP: "is not judged",
        CorrectionAction.OVERRIDE: f"is judged as {_amount(correction.value, indicator)}",
        CorrectionAction.SCALE: f"is multiplied by {correction.factor}",
        CorrectionAction.FLAG: "is doubtful",
    }[correction.action]
    return f"the printed {_amount(correction.expect, indicator)} {does} ({correction.reason}; {correction.who})"


def _amount(value: float | None, indicator: Indicator | None) -> str:
    if value is None or indicator is None or indicator.scale is not Scale.STATE or indicator.states is None:
        return str(value)
    is_state = value.is_integer() and 0 <= value < len(indicator.states)
    return f'"{state(indicator, value)}"' if is_state else str(value)


def _out_of_date(correction: Correction, there: Sequence[Point], indicator: Indicator | None) -> str:
    def said(value: float | None) -> str:
        text = _amount(value, indicator)
        return text if text.startswith('"') else f"{value:.12g}"

    found = ", ".join(f"{said(point.value)} in {point.source}" for point in there)
    return (
        f"The correction of {correction.series} {correction.period} is out of date: it expects"
        f" {said(correction.expect)}, but there is {found}. Remove it from corrections.toml."
    )
