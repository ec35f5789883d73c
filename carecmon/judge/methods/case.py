"""What a method is told about one series, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from carecmon.judge.arithmetic import moved
from carecmon.model import Status

#: Reference periods begin at fractions of a year that do not add up exactly.
_ALMOST_A_YEAR = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Case:
    """One series as methods see it. Values are in the indicator's unit, times in years (``Period.time``).

    ``direction`` is 1 where higher is better, -1 where lower is. ``limit`` is the natural limit in that direction.
    ``unit`` is the smallest difference that is printed: less is no change. ``best`` is the best value since the
    baseline. ``overdue`` says that the last day of the target's year is over. ``length`` is that of the newest
    period in years; ``asked`` is the newest time that a source spoke of, with or without a value.
    """

    direction: int
    value: float
    time: float
    base: float | None = None
    base_time: float | None = None
    target: float | None = None
    target_time: float | None = None
    limit: float | None = None
    unit: float = 0.0
    best: float | None = None
    overdue: bool = False
    length: float = 1.0
    asked: float | None = None

    @property
    def over(self) -> bool:
        """Whether the newest period reaches the end of the target's year."""
        return self.target_time is not None and self.time + self.length >= self.target_time + _ALMOST_A_YEAR

    def meets(self, target: float) -> bool:
        """Say whether the latest value is at ``target`` or better."""
        return self.direction * self.value >= self.direction * target

    def gain(self, base: float) -> float:
        """Return how much better than ``base`` the latest value is, 0.0 within the printed precision."""
        return self.direction * moved(self.value, base, self.unit)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the sentence for people that says how it came about. ``ratio`` is actual to required progress."""

    status: Status
    why: str
    ratio: float | None = None


class Course(Protocol):
    """How a method thinks that values move between two points in time."""

    def at(self, first: tuple[float, float], last: tuple[float, float], time: float) -> float | None:
        """Return the value at ``time`` on the course through ``first`` and ``last``, each (value, time)."""

    def rate(self, first: float, last: float, years: float) -> float | None:
        """Return the movement from ``first`` to ``last`` in percent a year."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way to come to a verdict. ``str`` gives name and version, as they are recorded with each verdict."""

    name: str
    version: str
    course: Course
    rule: Callable[[Case], Verdict]

    def judge(self, case: Case) -> Verdict:
        """Return what the rule says of ``case``; what is not there in its year was missed: it is slow at best."""
        verdict = self.rule(case)
        if case.target is None or not case.over or verdict.status not in (Status.ON_TRACK, Status.NOT_ENOUGH_DATA):
            return verdict
        missed = f"{verdict.why} The target's year is reached and the target is not met."
        slow = Status.SLOW if verdict.status is Status.ON_TRACK else verdict.status
        return replace(verdict, status=slow, why=missed)

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


def unable(why: str) -> Verdict:
    """Return the verdict where there is not enough to judge by."""
    return Verdict(Status.NOT_ENOUGH_DATA, why)


def too_little(case: Case) -> Verdict | None:
    """Return the verdict of every method where two points a year apart are not given, None where they are."""
    if case.base is None or case.base_time is None:
        return unable("There is no baseline to measure progress from.")
    if case.time == case.base_time:
        return unable("There is no value after the baseline.")
    if case.time - case.base_time < _ALMOST_A_YEAR:
        return unable("The latest value is less than a year after the baseline.")
    if case.target is None:
        return None
    if case.target_time is None:
        return unable("The target has no year, so no pace is required.")
    if case.target_time <= case.base_time:
        return unable("The target year is not after the baseline, so no pace is required.")
    return None


def kept(case: Case, base: float) -> Verdict:
    """Return the verdict where the baseline met the target already: to stay there was all that was asked."""
    if case.gain(base) < 0:
        return Verdict(Status.REVERSING, "The baseline met the target already, and the value moved away from it.")
    return Verdict(Status.ACHIEVED, "The baseline met the target already, and the value is not worse.")


def by_thresholds(value: float, on_track: float, slow: float, stagnant: float) -> Status:
    """Return the status of ``value``, where each threshold belongs to the better side."""
    if value >= on_track:
        return Status.ON_TRACK
    if value >= slow:
        return Status.SLOW
    return Status.STAGNANT if value >= stagnant else Status.REVERSING


def paced(pace: float) -> str:
    """Return how fast a series got better (or, below zero, worse), a fraction a year, in words."""
    if f"{abs(pace):.4f}" == "0.0000":
        return "It did not change"
    return f"It {'improved' if pace > 0 else 'worsened'} by {100 * abs(pace):.2f} % a year"
