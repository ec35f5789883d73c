"""The methods that judge a series against its target, each with name and version."""

from __future__ import annotations

from carecmon.errors import ConfigError
from carecmon.judge.methods.case import Case, Course, Method, Verdict
from carecmon.judge.methods.linear import LINEAR
from carecmon.judge.methods.milestone import MILESTONE
from carecmon.judge.methods.open_sdg import OPEN_SDG
from carecmon.judge.methods.un_progress_chart import UN_PROGRESS_CHART
from carecmon.model import Indicator, Scale

#: What `method` in indicators.toml may say.
METHODS = {method.name: method for method in (OPEN_SDG, UN_PROGRESS_CHART, LINEAR)}

__all__ = ["LINEAR", "METHODS", "MILESTONE", "OPEN_SDG", "UN_PROGRESS_CHART", "Case", "Course", "Method", "Verdict"]


def method_for(indicator: Indicator, chosen: str | None) -> Method:
    """Return the method that judges ``indicator``: the chosen one, else the one that its scale allows.

    States are always judged as milestones. ConfigError where ``chosen`` is no method.
    """
    if indicator.scale is Scale.STATE:
        return MILESTONE
    if chosen is None:
        return OPEN_SDG if indicator.scale is Scale.RATIO else LINEAR
    if chosen not in METHODS:
        raise ConfigError(
            f'[indicators."{indicator.id}"] method: {chosen!r} is not a method; choose one of {", ".join(METHODS)}'
        )
    return METHODS[chosen]
