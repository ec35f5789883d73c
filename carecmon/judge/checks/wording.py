"""Words for people in the messages of findings."""

from __future__ import annotations

from carecmon.judge.checks.sheet import Sheet
from carecmon.model import Indicator, Series


def name(sheet: Sheet, series: Series) -> str:
    """Name a series by its indicator's title and its labels: ``Speed with delay (SWD), CAREC, Road``."""
    return label(sheet.indicators.get(series.indicator), series)


def label(indicator: Indicator | None, series: Series) -> str:
    """Name a series of an indicator; as it is written where the indicator is not known."""
    if indicator is None:
        return str(series)
    words = [indicator.title.en]
    for dimension_name, code in series.labels:
        dimension = indicator.dimension(dimension_name)
        words.append(dimension.codes[code].name.en if dimension and code in dimension.codes else code)
    return ", ".join(words)
