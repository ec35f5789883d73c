"""Conflicts: different sources that say different things about one cell, beyond what they print exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from carecmon.judge.checks.intervals import Interval, printed
from carecmon.judge.checks.release import finding_id
from carecmon.judge.checks.sheet import say
from carecmon.judge.checks.wording import label
from carecmon.model import Cell, Check, Finding, Indicator, Period, Point, Scale, Series, SeriesBelief

#: Says in which cell a believed value is printed, None where that is not recorded.
CellOf = Callable[[Series, Point], Cell | None]


def _not_recorded(_: Series, __: Point) -> Cell | None:
    return None


def check_conflicts(
    indicator: Indicator,
    belief: SeriesBelief,
    prefer: Sequence[str] = (),
    cell_of: CellOf = _not_recorded,
    corrected: SeriesBelief | None = None,
) -> list[Finding]:
    """Return one finding for each value that differs from the preferred source's beyond printed precision.

    ``prefer`` orders the sources, best first; it defaults to the indicator's own order, unlisted sources come last
    by name. ``corrected`` is the belief with corrections laid over it: a conflict that is gone there is mended.
    """
    severity = next((check for check in indicator.checks if check.kind == "conflict"), Check("conflict")).severity
    found = _differences(indicator, belief, prefer, cell_of)
    left = {} if corrected is None else _differences(indicator, corrected, prefer, cell_of)
    findings = []
    for key, (point, best) in found.items():
        cells = tuple(cell_of(belief.series, each) or Cell(each.source) for each in (point, best))
        finding = _finding(indicator, belief.series, point, best, cells)
        mended = "correction" if corrected is not None and key not in left else None
        findings.append(replace(finding, severity=severity, mended_by=mended))
    return findings


def _differences(
    indicator: Indicator, belief: SeriesBelief, prefer: Sequence[str], cell_of: CellOf
) -> dict[tuple[Period, str], tuple[Point, Point]]:
    order = [*(prefer or indicator.sources), *sorted(belief.by_source)]
    best: dict[Period, Point] = {}
    found: dict[tuple[Period, str], tuple[Point, Point]] = {}
    for source in dict.fromkeys(order):
        for point in belief.by_source.get(source, ()):
            if not point.usable:
                continue
            first = best.setdefault(point.period, point)
            own, other = (_interval(indicator, each, cell_of(belief.series, each)) for each in (point, first))
            if first is not point and not own.agrees(other) and not _near(indicator, point, first):
                found[point.period, source] = (point, first)
    return dict(sorted(found.items()))


def _near(indicator: Indicator, point: Point, best: Point) -> bool:
    """Say whether a source that is declared to be rough differs no more than is declared."""
    options = next((check.options for check in indicator.checks if check.kind == "conflict"), {})
    percent = max(float(options.get(each.source, 0)) for each in (point, best))
    assert point.value is not None and best.value is not None
    return percent > 0 and abs(point.value - best.value) <= percent / 100 * abs(best.value) + 1e-9


def _interval(indicator: Indicator, point: Point, cell: Cell | None) -> Interval:
    assert point.value is not None
    whole = indicator.scale in (Scale.ORDINAL, Scale.STATE)
    if cell is None:
        return printed(point.value, precision=indicator.precision, whole=whole)
    return printed(point.value, cell.raw, indicator.precision, whole=whole)


def _finding(indicator: Indicator, series: Series, point: Point, best: Point, cells: tuple[Cell, ...]) -> Finding:
    says, other = (_say(indicator, each, cell) for each, cell in zip((point, best), cells, strict=True))
    # The same whichever of the two is preferred.
    sources, places = sorted((point.source, best.source)), sorted(str(cell) for cell in cells)
    return Finding(
        finding_id("conflict", " ".join(sources), "", series, point.period, places),
        "conflict",
        Check("conflict").severity,
        point.source,
        series,
        point.period,
        cells,
        f"{says} in {point.source}",
        f"{other} in {best.source}",
        f"{label(indicator, series)}: {point.source} says {says} for {point.period}, {best.source} says {other}.",
    )


def _say(indicator: Indicator, point: Point, cell: Cell) -> str:
    assert point.value is not None
    if indicator.states is not None:
        return indicator.state_name(point.value)
    return say(point.value, indicator.unit, _interval(indicator, point, cell))
