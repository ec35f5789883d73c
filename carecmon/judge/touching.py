"""Which findings make a judged value doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from carecmon.judge.checks.conflicts import CellOf
from carecmon.model import NOT_RECORDED, Assessment, Cell, Finding, Period, Point, Series, SeriesBelief

#: Checks that contradict what a document says about its values.
_OF_CLAIMS = frozenset({"printed-change", "printed-growth", "printed-share", "real-growth", "share-growth"})


class Touching:
    """Finds what makes a judged value doubtful: findings about its cell, or about its series and period.

    A wrong change or growth beside right values is no doubt about them: there, only the contradicted cell counts.
    """

    def __init__(self, findings: Iterable[Finding], cell: CellOf) -> None:
        self._cell_of = cell
        self._by_cell: dict[Cell, list[str]] = {}
        self._by_period: dict[tuple[Series, Period, str], list[str]] = {}
        for one in findings:
            if one.acknowledged is not None or one.mended_by is not None:
                continue
            of_claim = one.check in _OF_CLAIMS
            for printed in one.cells[:1] if of_claim else one.cells:
                if printed.location != NOT_RECORDED:
                    self._by_cell.setdefault(printed, []).append(one.id)
            if one.series is not None and one.period is not None and not of_claim:
                self._by_period.setdefault((one.series, one.period, one.source), []).append(one.id)

    def ids(self, series: Series, point: Point) -> tuple[str, ...]:
        """Return the ids of the open findings that touch ``point``, sorted."""
        found = set(self._by_period.get((series, point.period, point.source), ()))
        cell = self._cell_of(series, point) if self._by_cell else None
        return tuple(sorted(found.union(self._by_cell.get(cell, ()) if cell else ())))


def touched(
    verdicts: Iterable[Assessment], beliefs: Mapping[Series, SeriesBelief], touching: Touching
) -> list[Assessment]:
    """Return the verdicts with the open findings that touch their values."""
    found = []
    for one in verdicts:
        belief = beliefs.get(one.series)
        points = [point for source in one.sources for point in (belief.by_source.get(source, ()) if belief else ())]
        judged = next((point for point in points if point.period == one.period and point.usable), None)
        ids = touching.ids(one.series, judged) if judged else ()
        found.append(replace(one, findings=ids) if ids else one)
    return found
