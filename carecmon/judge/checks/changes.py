"""What a document says about a change or a growth, against the figures that stand beside it."""

from __future__ import annotations

from collections.abc import Iterator

from carecmon.judge.checks.intervals import Interval
from carecmon.judge.checks.sheet import Figure, Sheet, finest, observed, say
from carecmon.judge.checks.wording import name
from carecmon.model import Check, Claim, ClaimKind, Contradiction, Observation, Period, Series


def printed_change(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A printed change is the difference of the two printed values.

    Where it is not, and fits the pair of periods before, the message says so. ``stand-in`` lists labels (separated
    by ``;``) that may differ in the series from which the value before is taken; by default all except ``area``.
    """
    for claim in sheet.claimed(ClaimKind.CHANGE, check, scope):
        figure = sheet.figure(claim)
        if figure is None or claim.base_period is None:
            continue
        now, then = sheet.level(claim.series, claim.period), sheet.level(claim.series, claim.base_period)
        if now is None or then is None:
            yield from _without_operand(sheet, check, claim, figure, then)
            continue
        if figure.interval.meets(now.interval - then.interval):
            continue
        difference = now.value - then.value
        like = finest(now.interval, then.interval)
        expected = _signed(difference, figure.unit, like)
        sign = ", the other way" if difference * figure.value < 0 else ""
        yield Contradiction(
            claim.series,
            claim.period,
            (claim.cell, now.cell, then.cell),
            _printed(figure),
            f"{expected} ({now} in {claim.period} less {then} in {claim.base_period})",
            f"{name(sheet, claim.series)}: the printed change to {claim.period} is"
            f" {_printed(figure)}, but the printed values went from {then} in {claim.base_period}"
            f" to {now}: {expected}{sign}." + _belongs_before(sheet, check, claim, figure, then),
        )


def _without_operand(
    sheet: Sheet, check: Check, claim: Claim, figure: Figure, then: Figure | None
) -> Iterator[Contradiction]:
    """A change from or to a value of which the document says that there is none."""
    assert claim.base_period is not None
    blank = {period: sheet.missing(claim.series, period) for period in (claim.period, claim.base_period)}
    cells = [cell for cell in blank.values() if cell is not None]
    if not cells:
        return
    periods = " and ".join(str(period) for period, cell in blank.items() if cell is not None)
    yield Contradiction(
        claim.series,
        claim.period,
        (claim.cell, *cells, *([then.cell] if then else [])),
        _printed(figure),
        f"no change, because there is no value for {periods}",
        f"{name(sheet, claim.series)}: a change of {_printed(figure)} from {claim.base_period} to"
        f" {claim.period} is printed, but the document prints that there is no value for {periods}."
        + (_belongs_before(sheet, check, claim, figure, then) if then else ""),
    )


def _belongs_before(sheet: Sheet, check: Check, claim: Claim, figure: Figure, then: Figure) -> str:
    """Say that a printed change is that of the pair of periods before, where printed figures show it."""
    assert claim.base_period is not None
    for series, standing_in in _candidates(sheet, check, claim.series):
        known = [
            (where, observation, observed(observation, sheet.indicators.get(series.indicator)))
            for where, observation in _known(sheet, series)
            if observation.period < claim.base_period
        ]
        last: Period | None = max((observation.period for _, observation, _ in known), default=None)
        for where, observation, interval in known:
            if observation.period == last and figure.interval.meets(then.interval - interval):
                before = say(observation.value or 0.0, then.unit)
                return (
                    f" The printed change belongs to the previous pair of periods, {last} to {claim.base_period}:"
                    f" {then} less {before} ({where}{standing_in})."
                )
    return ""


def _known(sheet: Sheet, series: Series) -> Iterator[tuple[str, Observation]]:
    for (owner, _), observations in sheet.observations.items():
        if owner == series:
            yield from (("the same document", each) for each in observations if each.value is not None)
    yield from ((where, each) for where, each in sheet.elsewhere(series) if each.value is not None)


def _candidates(sheet: Sheet, check: Check, series: Series) -> Iterator[tuple[Series, str]]:
    """Yield the series itself, then those that differ in one label that may differ, each with words about it."""
    yield series, ""
    indicator = sheet.indicators.get(series.indicator)
    for dimension in indicator.dimensions if indicator else ():
        allowed = check.options.get("stand-in", "*").split(";")
        if dimension.name != "area" and ("*" in allowed or dimension.name in allowed):
            for code in dimension.codes:
                other = Series.of(series.indicator, {**dict(series.labels), dimension.name: code.code})
                if other != series:
                    yield other, f", {dimension.name} {code.code}"


def printed_growth(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """A printed growth is the growth between the two printed values, where the document prints both."""
    for claim in sheet.claimed(ClaimKind.GROWTH, check, scope):
        figure = sheet.figure(claim)
        if figure is None or claim.base_period is None:
            continue
        now, then = sheet.level(claim.series, claim.period), sheet.level(claim.series, claim.base_period)
        if now is None or then is None or then.value == 0:
            continue
        growth = percent(now.interval / then.interval)
        if figure.interval.meets(growth):
            continue
        expected = _signed((now.value / then.value - 1) * 100, "%", growth)
        yield Contradiction(
            claim.series,
            claim.period,
            (claim.cell, now.cell, then.cell),
            _printed(figure),
            f"{expected} (from {then} in {claim.base_period} to {now} in {claim.period})",
            f"{name(sheet, claim.series)}: the printed growth to {claim.period} is {_printed(figure)},"
            f" but from {then} in {claim.base_period} to {now} it is {expected}.",
        )


def percent(ratio: Interval) -> Interval:
    """Return the growth in percent that a ratio of two values means."""
    return (ratio - Interval.exact(1)).scaled(100)


def _signed(value: float, unit: str, like: Interval | None = None) -> str:
    return say(value, unit, like, sign="+")


def _printed(figure: Figure) -> str:
    return _signed(figure.value, figure.unit, figure.interval)
