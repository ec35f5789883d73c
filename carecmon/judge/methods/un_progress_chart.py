"""The UN SDG Progress Chart: the same two growth rates as Open SDG, with wider bands and a tolerance.

Source: the UN Statistics Division's method as UNDP's public data engine implements it. Without a number it asks
more than 1 % a year for on track and 0.5 % for slow; where deterioration begins then is not verified, so that any
fall beyond the printed precision counts as one.
"""

from __future__ import annotations

from carecmon.judge.arithmetic import growth, tidy
from carecmon.judge.methods.case import Case, Method, Verdict, by_thresholds, kept, paced, too_little, unable
from carecmon.judge.methods.course import Geometric
from carecmon.model import Status

_TOLERANCE = 0.9995


def judge(case: Case) -> Verdict:
    """Judge ``case``: achieved first, then a baseline that met the target, then the ratio of the growth rates."""
    if case.target is not None and met(case.value, case.target, case.direction):
        return Verdict(Status.ACHIEVED, "The latest value meets the target (within 0.05 %).")
    lacking = too_little(case)
    if lacking or case.base is None or case.base_time is None:
        return lacking or unable("There is no baseline to measure progress from.")
    if case.target is not None and met(case.base, case.target, case.direction):
        return kept(case, case.base)
    observed = 0.0 if case.gain(case.base) == 0 else growth(case.base, case.value, case.time - case.base_time)
    if observed is None or case.base == 0:
        return unable("There is no growth rate from zero or between opposite signs; linear can judge this series.")
    if case.target is None or case.target_time is None:
        return _without_target(case, case.base, observed)
    required = growth(case.base, case.target, case.target_time - case.base_time)
    if not required or case.target == 0:
        return unable("No growth rate leads from the baseline to the target; linear can judge this series.")
    ratio = tidy(observed / required)
    return Verdict(
        by_thresholds(ratio, 0.95, 0.5, -0.1),
        f"It moved by {100 * observed:+.2f} % a year where {100 * required:+.2f} % is required: ratio {ratio:.2f}"
        " (the UN Progress Chart asks 0.95 for on track, 0.50 for slow, and allows down to -0.10 for stagnant).",
        ratio,
    )


def met(value: float, target: float, direction: int) -> bool:
    """Say whether ``value`` meets ``target`` within the tolerance of 0.05 %, which only positive numbers have."""
    if direction * value >= direction * target:
        return True
    if value <= 0 or target <= 0:
        return False
    return (value / target if direction > 0 else target / value) > _TOLERANCE


def _without_target(case: Case, base: float, observed: float) -> Verdict:
    pace = tidy((-1 if base < 0 else 1) * case.direction * observed)
    status = by_thresholds(pace, 0.01, 0.005, 0)
    return Verdict(
        Status.SLOW if pace == 0.01 else status,
        f"{paced(pace)} (the UN Progress Chart without a number asks more than 1.00 % for on track, 0.50 % for slow).",
    )


UN_PROGRESS_CHART = Method("un_progress_chart", "1", Geometric(None), judge)
