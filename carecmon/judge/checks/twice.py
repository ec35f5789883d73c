"""The same fact printed more than once in one document."""

from __future__ import annotations

from collections.abc import Iterator

from carecmon.judge.checks.sheet import Figure, Sheet
from carecmon.judge.checks.wording import name
from carecmon.model import Check, Claim, ClaimKind, Contradiction, Period, Series, Severity

_Key = tuple[Series, Period, ClaimKind, Period | None, Series | None]


def differing(sheet: Sheet, scope: str | None, check: Check) -> Iterator[Contradiction]:
    """Yield every number that differs from the first one printed for the same fact.

    A difference of one unit in the last printed place is information: it may be no more than rounding.
    """
    for (series, period, *_), figures in _facts(sheet, scope, check).items():
        first = figures[0]
        for figure in figures[1:]:
            if figure.interval.agrees(first.interval):
                continue
            close = figure.interval.meets(first.interval)
            yield Contradiction(
                series,
                period,
                (figure.cell, first.cell),
                str(figure),
                f"{first}, printed elsewhere in the document ({first.cell})",
                f"{name(sheet, series)}: the document prints {figure} for {period}, and {first} elsewhere"
                f"{'; the difference may be rounding' if close else ''}.",
                severity=Severity.INFO if close else None,
            )


def _facts(sheet: Sheet, scope: str | None, check: Check) -> dict[_Key, list[Figure]]:
    """Return all figures of a fact in the order: observations, then claims. A restatement repeats an observation."""
    facts: dict[_Key, list[Figure]] = {}
    claimed = {(claim.series, claim.period) for claim in sheet.claims}
    for observation in sheet.stated(check, scope):
        cell = (observation.series, observation.period)
        if (cell in claimed or len(sheet.observations[cell]) > 1) and (figure := sheet.figure(observation)):
            key: _Key = (observation.series, observation.period, ClaimKind.RESTATEMENT, None, None)
            facts.setdefault(key, []).append(figure)
    for claim in sheet.claims:
        if sheet.chosen(claim.series, check, scope) and (figure := sheet.figure(claim)):
            level = claim.kind in (ClaimKind.RESTATEMENT, ClaimKind.TOTAL)
            kind = ClaimKind.RESTATEMENT if level else claim.kind
            key = (claim.series, claim.period, kind, None if level else claim.base_period, None if level else claim.of)
            facts.setdefault(key, []).append(figure)
    return facts


def elsewhen(sheet: Sheet, claim: Claim) -> Iterator[Contradiction]:
    """Yield a restatement that is printed for another period than the fact it repeats."""
    figure, level = sheet.figure(claim), sheet.level(claim.series, claim.period)
    yield Contradiction(
        claim.series,
        claim.period,
        (claim.cell, *([level.cell] if level and level.cell != claim.cell else [])),
        f"{figure or claim.cell.raw} for {claim.printed_period}",
        f"{level or figure or claim.cell.raw} for {claim.period}",
        f"{name(sheet, claim.series)}: the document prints {figure or claim.cell.raw} for {claim.printed_period}, and"
        f" for {claim.period} elsewhere.",
    )
