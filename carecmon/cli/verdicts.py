"""Assessments as JSON or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from carecmon.cli.output import write_objects
from carecmon.model import Assessment, Indicator

COLUMNS = (
    "series",
    "indicator",
    "sector",
    "pillar",
    "status",
    "freshness",
    "calendar",
    "official",
    "method",
    "period",
    "value",
    "unit",
    "change",
    "baseline",
    "baseline_period",
    "expected",
    "progress",
    "elapsed",
    "required_rate",
    "required_from_now",
    "projected_2030",
    "target",
    "target_year",
    "sources",
    "why",
    "corrections",
    "findings",
)


def write_verdicts(form: str, assessments: Iterable[Assessment], indicators: Mapping[str, Indicator]) -> None:
    """Print assessments as a JSON list, or as CSV (with lists of ids separated by blanks)."""
    from carecmon.report import assessment_object

    objects = [assessment_object(a, indicators.get(a.series.indicator)) for a in assessments]
    if form == "csv":
        for one in objects:
            one["sources"], one["findings"] = " ".join(one["sources"]), " ".join(one["findings"])
            one["corrections"] = "; ".join(f"{said['period']}: {said['says']}" for said in one["corrections"])
    write_objects(form, objects, COLUMNS)
