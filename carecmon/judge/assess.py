"""Observations and a target -> the verdict on one series, and why. Pure: same input, same verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from carecmon.judge.arithmetic import difference, finite
from carecmon.judge.freshness import expectation, freshness
from carecmon.judge.methods import Method, method_for
from carecmon.judge.points import judged_points, newest_silence, of_one_length, sources_of
from carecmon.judge.subject import Subject, required_rate, unstated
from carecmon.judge.target import Resolved, resolve, target_for
from carecmon.model import Assessment, Indicator, Period, Series, SeriesBelief, Status, Target

#: By whether a source ever spoke of the series.
_NO_VALUE = {True: "Every value is missing or withdrawn.", False: "No source has stated a value yet."}


def assess(
    indicator: Indicator,
    belief: SeriesBelief,
    *,
    targets: Iterable[Target],
    method: str | None,
    prefer: Iterable[str],
    today: date,
    until: Period | None = None,
) -> Assessment:
    """Judge one series by what is believed about it.

    ``targets`` are in file order; ``method`` is a name or None for the one that fits the indicator's scale;
    ``prefer`` orders the sources. With ``until`` the series is judged as if later periods had not come.
    What adds up within a period is judged on periods as long as the newest one: nine months are no year.
    Raises ConfigError where ``method`` is no method.
    """
    indicator = indicator.for_series(belief.series)
    known = [point for point in judged_points(belief, prefer)[0] if until is None or point.period <= until]
    points = of_one_length(known, indicator)
    values = tuple((point.period, point.value) for point in points if point.value is not None)
    silent = newest_silence(belief, until)
    how = method_for(indicator, method)
    found = resolve(indicator, target, values) if (target := target_for(belief.series, targets, values)) else None
    ended = _ended(indicator, today)
    if not values:
        why = " ".join((*ended, _NO_VALUE[bool(belief.by_source)], *unstated(silent)))
        blank = _blank(indicator, belief.series, how, found, today, why)
        return replace(blank, status=Status.DISCONTINUED) if ended else blank
    subject = Subject(indicator, values, how, found, today, silent)
    before, verdict = subject.previous, subject.verdict()
    return replace(
        _blank(indicator, belief.series, how, found, today, subject.why(verdict, ended)),
        status=Status.DISCONTINUED if ended else verdict.status,
        freshness=freshness(indicator, values[-1][0], today),
        period=values[-1][0],
        value=values[-1][1],
        previous_period=before[0] if before else None,
        change=finite(difference(values[-1][1], before[1])) if before else None,
        expected=subject.expected(),
        progress=subject.progress(),
        elapsed=subject.elapsed(),
        required_from_now=subject.required_from_now(),
        projected=subject.projected(),
        sources=sources_of(points, prefer),
        points=values,
    )


def assess_empty(
    indicator: Indicator,
    series: Series,
    *,
    targets: Iterable[Target],
    method: str | None,
    today: date,
) -> Assessment:
    """Return the assessment of a series that no source ever stated a value of: no data, but with its target."""
    nothing = SeriesBelief(series, {})
    return assess(indicator, nothing, targets=targets, method=method, prefer=(), today=today)


def _blank(
    indicator: Indicator, series: Series, how: Method, found: Resolved | None, today: date, why: str
) -> Assessment:
    """Return what can be said of a series without a value: its target, and the pace that the target requires."""
    return Assessment(
        series=series,
        sector=indicator.sector,
        pillar=indicator.pillar,
        status=Status.NO_DATA,
        freshness=freshness(indicator, None, today),
        official=found.official if found else None,
        method=str(how),
        unit=indicator.unit,
        why=why,
        baseline=found.baseline if found else None,
        baseline_period=found.baseline_period if found else None,
        required_rate=required_rate(indicator, how, found),
        target=found.value if found else None,
        target_year=found.year if found else None,
        target_text=found.text if found else "",
        calendar=expectation(indicator, Period.parse(f"{today.year}")) is not None,
    )


def _ended(indicator: Indicator, today: date) -> tuple[str, ...]:
    """Return the sentence that says since when and why there are no successor periods, none where there may be."""
    ended = indicator.discontinued
    if ended is None or ended.since > today:
        return ()
    successor = f" Its successor is {ended.successor}." if ended.successor else ""
    return (f"Discontinued since {ended.since}: {ended.reason.rstrip('.')}.{successor}",)
