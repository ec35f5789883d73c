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
    "required_rate",
    "required_from_now",
    "projected_2030",
    "target",
    "target_year",
    "sources",
    "why",
)


def write_verdicts(form: str, assessments: Iterable[Assessment], indicators: Mapping[str, Indicator]) -> None:
    """Print assessments as a JSON list, or as CSV (with the sources separated by blanks)."""
    from carecmon.report import assessment_object

    objects = [assessment_object(a, indicators.get(a.series.indicator)) for a in assessments]
    if form == "csv":
        for one in objects:
            one["sources"] = " ".join(one["sources"])
    write_objects(form, objects, COLUMNS)
