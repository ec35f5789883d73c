"""Open SDG, after Statistics Canada: the observed growth rate against the required one.

Source: open-sdg/sdg-build, sdg/ProgressMeasure.py, and the progress methodology of the Open SDG documentation.
Two things are added where that code would fail or say nothing: a baseline that met the target already is judged
by whether it was kept (the code divides by zero where target and baseline are equal), and a change smaller than
the printed precision counts as none.
"""

from __future__ import annotations

from carecmon.judge.arithmetic import growth, tidy
from carecmon.judge.methods.case import Case, Method, Verdict, by_thresholds, kept, paced, too_little, unable
from carecmon.judge.methods.course import OPEN_SDG_ZERO, Geometric
from carecmon.model import Status

_EXPONENT = 4.44
_ZERO_NOTE = (
    " A zero was replaced by 0.001, as Open SDG does: the result depends on that constant; linear is safer here."
)


def judge(case: Case) -> Verdict:
    """Judge ``case``; the growth is measured over the whole span from the baseline to the latest value."""
    if case.target is not None and (case.meets(case.target) or case.meets(case.target or OPEN_SDG_ZERO)):
        return Verdict(Status.ACHIEVED, "The latest value meets the target.")
    lacking = too_little(case)
    if lacking or case.base is None or case.base_time is None:
        return lacking or unable("There is no baseline to measure progress from.")
    base, note = (case.base, "") if case.base else (OPEN_SDG_ZERO, _ZERO_NOTE)
    observed = 0.0 if case.gain(case.base) == 0 else growth(base, case.value, case.time - case.base_time)
    if observed is None or base * case.value < 0:
        return unable("No growth rate leads from the baseline to the value: opposite signs, or too far apart." + note)
    pace = (-1 if base < 0 else 1) * case.direction * observed
    if case.target is None or case.target_time is None:
        return _without_target(case, base, pace, note)
    target, note = (case.target, note) if case.target else (OPEN_SDG_ZERO, _ZERO_NOTE)
    if case.direction * case.base >= min(case.direction * case.target, case.direction * target):
        return kept(case, case.base)
    required = growth(base, target, case.target_time - case.base_time)
    if not required:
        return unable("No growth rate leads from the baseline to the target." + note)
    ratio = tidy(pace / abs(required))
    return Verdict(
        by_thresholds(ratio, 0.95, 0.6, 0),
        f"{paced(pace)} where {100 * abs(required):.2f} % is required: ratio {ratio:.2f}"
        f" (Open SDG asks 0.95 for on track, 0.60 for slow).{note}",
        ratio,
    )


def _without_target(case: Case, base: float, pace: float, note: str) -> Verdict:
    share = reduction(base, case.limit)
    high, medium = tidy(0.015 * share), tidy(0.005 * share)
    near = "" if share == 1 else f", lowered because the natural limit {case.limit:g} is near"
    return Verdict(
        by_thresholds(tidy(pace), high, medium, 0),
        f"{paced(pace)} (Open SDG without a number asks {100 * high:.2f} % for on track,"
        f" {100 * medium:.2f} % for slow{near}).{note}",
    )


def reduction(base: float, limit: float | None) -> float:
    """Return the factor C by which a natural limit lowers the thresholds: 1 far from it, 0 at it."""
    if limit is None:
        return 1.0
    distance, bound = abs(base), abs(limit)
    if distance >= 2 * bound:
        return 1.0
    near = distance / bound if distance <= bound else (2 * bound - distance) / bound
    return float(1 - near**_EXPONENT)


OPEN_SDG = Method("open_sdg", "1", Geometric(OPEN_SDG_ZERO), judge)
