"""The share of the way gone against the share of the time gone. Works for zero, negative and interval scales.

Without a number only the direction is judged: percent a year mean nothing on an interval scale, so a change for
the better by at least one printed unit since the base is on track, less than that is stagnant, and one for the
worse is reversing. There is no slow then, because there is no pace to fall short of.
"""

from __future__ import annotations

from math import isfinite

from carecmon.judge.arithmetic import tidy
from carecmon.judge.methods.case import Case, Method, Verdict, by_thresholds, kept, too_little, unable
from carecmon.judge.methods.course import Straight
from carecmon.model import Status


def judge(case: Case) -> Verdict:
    """Judge ``case``; once the target's time has come, the whole way is required."""
    if case.target is not None and case.meets(case.target):
        return Verdict(Status.ACHIEVED, "The latest value meets the target.")
    lacking = too_little(case)
    if lacking or case.base is None or case.base_time is None:
        return lacking or unable("There is no baseline to measure progress from.")
    if case.target is None or case.target_time is None:
        return by_direction(case, case.base)
    way = case.direction * (case.target - case.base)
    if way <= 0:
        return kept(case, case.base)
    progress = case.gain(case.base) / way
    elapsed = min(1.0, (case.time - case.base_time) / (case.target_time - case.base_time))
    if not isfinite(progress):
        return unable("The numbers are too large to measure progress.")
    ratio = tidy(progress / elapsed)
    return Verdict(
        by_thresholds(ratio, 0.95, 0.6, 0),
        f"It went {tidy(100 * progress):.0f} % of the way in {100 * elapsed:.0f} % of the time: ratio {ratio:.2f}"
        " (linear asks 0.95 for on track, 0.60 for slow).",
        ratio,
    )


def by_direction(case: Case, base: float) -> Verdict:
    """Judge by the direction alone since ``base``."""
    gain = case.gain(base)
    if gain > 0:
        return Verdict(Status.ON_TRACK, "It changed for the better since the base (direction only).")
    if gain < 0:
        return Verdict(Status.REVERSING, "It changed for the worse since the base (direction only).")
    return Verdict(Status.STAGNANT, "It did not change since the base (direction only).")


LINEAR = Method("linear", "1", Straight(), judge)
