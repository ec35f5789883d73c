"""States: is the state reached, and until its day, does it move there at all?

Reached is achieved, whenever it was. Below the best state since the baseline is reversing. Past the last day of
the target's year anything else is stagnant. Before that day: no step since the baseline is stagnant; a step is on
track where the share of the steps is at least 0.95 of the share of the time, else slow. A state stays until another
is stated: the time goes on to the newest period that a source spoke of, even if only to say that it has no state.
"""

from __future__ import annotations

from carecmon.judge.arithmetic import tidy
from carecmon.judge.methods.case import Case, Method, Verdict, too_little, unable
from carecmon.judge.methods.course import Steps
from carecmon.judge.methods.linear import by_direction
from carecmon.model import Status


def judge(case: Case) -> Verdict:
    """Judge ``case``, whose values are positions in the declared list of states: higher is better."""
    if case.target is not None and case.meets(case.target):
        return Verdict(Status.ACHIEVED, "The state to reach is reached.")
    if any(case.value < reached for reached in (case.best, case.base) if reached is not None):
        return Verdict(Status.REVERSING, "It moved back from a state it had reached before.")
    if case.target is not None and case.overdue:
        return Verdict(Status.STAGNANT, "The target's year is over and the state to reach is not reached.")
    lacking = too_little(case)
    if lacking or case.base is None or case.base_time is None:
        return lacking or unable("There is no baseline to measure progress from.")
    if case.target is None or case.target_time is None:
        return by_direction(case, case.base)
    if case.value <= case.base:
        return Verdict(Status.STAGNANT, "It made no step since the baseline.")
    steps = (case.value - case.base) / (case.target - case.base)
    until = case.time if case.asked is None else max(case.time, case.asked)
    elapsed = min(1.0, (until - case.base_time) / (case.target_time - case.base_time))
    ratio = tidy(steps / elapsed)
    spoken = f", to {until:.0f}, the last year that is spoken of" if until > case.time else ""
    return Verdict(
        Status.ON_TRACK if ratio >= 0.95 else Status.SLOW,
        f"It made {100 * steps:.0f} % of the steps in {100 * elapsed:.0f} % of the time{spoken}: ratio {ratio:.2f}.",
        ratio,
    )


MILESTONE = Method("milestone", "1", Steps(), judge)
