"""A series that has values, beside its method and target: what the numbers of its assessment come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from carecmon.judge import words
from carecmon.judge.arithmetic import difference, finite, moved
from carecmon.judge.methods import Case, Method, Verdict
from carecmon.judge.target import Resolved, Value, within
from carecmon.model import PROJECTED, Indicator, Point, Scale, Status, TargetKind

#: What a single day adds to its place in the year.
_DAY = 1 / 365.25


@dataclass(frozen=True, slots=True)
class Subject:
    """The judged ``values`` of a series, ascending; ``silent`` is the newest cell, later than they, without a value."""

    indicator: Indicator
    values: Sequence[Value]
    how: Method
    found: Resolved | None
    today: date
    silent: Point | None = None

    @property
    def unit(self) -> float:
        """The smallest difference that is printed."""
        return 1.0 if self.indicator.scale is Scale.STATE else float(10.0**-self.indicator.precision)

    @property
    def latest(self) -> tuple[float, float]:
        """The newest value, and its time in years."""
        return self.values[-1][1], self.indicator.time(self.values[-1][0])

    @property
    def previous(self) -> Value | None:
        """The value before the newest one, None where there is none."""
        return self.values[-2] if len(self.values) > 1 else None

    @property
    def base(self) -> tuple[float, float] | None:
        """The baseline, and its time in years."""
        found = self.found
        if found is None or found.baseline is None or found.baseline_period is None:
            return None
        return found.baseline, self.indicator.time(found.baseline_period)

    @property
    def goal(self) -> tuple[float, float] | None:
        """The target, and its time in years."""
        found = self.found
        if found is None or found.value is None or found.year is None:
            return None
        return found.value, float(found.year)

    def verdict(self) -> Verdict:
        """Return what the method says, or why it is not asked."""
        found = self.found
        if found is None:
            return Verdict(Status.NO_TARGET, "No target is written for it.")
        if found.target.kind is TargetKind.DIRECTION and not found.direction:
            return Verdict(Status.NO_TARGET, "Neither direction is declared to be better.")
        if found.missing or not found.direction:
            missing = found.missing or "the direction that is better"
            return Verdict(Status.NOT_ENOUGH_DATA, f"The target cannot be put into numbers: {missing} is missing.")
        return self.how.judge(self.case(found))

    def case(self, found: Resolved) -> Case:
        """Return the series as methods see it."""
        value, time = self.latest
        base_value, base_time = self.base or (found.baseline, None)
        low, high = self.indicator.bounds
        since = [v for period, v in self.values if base_time is None or self.indicator.time(period) >= base_time]
        reached = [v for v in (*since, base_value) if v is not None]
        return Case(
            direction=found.direction,
            value=value,
            time=time,
            base=base_value,
            base_time=base_time,
            target=found.value,
            target_time=float(found.year) if found.value is not None and found.year is not None else None,
            limit=high if found.direction > 0 else low,
            unit=self.unit,
            best=max(reached),
            overdue=found.year is not None and self.today > date(found.year, 12, 31),
            length=1.0 if self.indicator.stock is True else self.values[-1][0].span / 12 or _DAY,
            asked=self.indicator.time(self.silent.period) if self.silent else None,
        )

    def met(self) -> bool:
        """Say whether the newest value is at the target or better."""
        found = self.found
        if found is None or found.value is None:
            return False
        return found.direction * self.latest[0] >= found.direction * found.value

    def expected(self) -> float | None:
        """Return where the path from baseline to target is at the newest value's own period, flat outside it.

        A state stays until another one is stated: its path goes on until the newest period that a source spoke of.
        There is no path where the baseline met the target already.
        """
        if self.base is None or self.goal is None or (share := self.elapsed()) is None:
            return None
        start, end = self.base[1], self.goal[1]
        time = end if share == 1 else start + share * (end - start)
        return finite(self.how.course.at(self.base, self.goal, time))

    def elapsed(self) -> float | None:
        """Return which share of the time from baseline to target was over by then; None where there is no path."""
        if self.base is None or self.goal is None or self.goal[1] <= self.base[1] or not self._asked():
            return None
        states = self.indicator.scale is Scale.STATE and self.silent is not None
        now = self.indicator.time(self.silent.period) if states and self.silent else self.latest[1]
        return min(1.0, max(0.0, (now - self.base[1]) / (self.goal[1] - self.base[1])))

    def progress(self) -> float | None:
        """Return the share of the way from baseline to target; 1 where no way was left to go and none was lost."""
        found = self.found
        if found is None or found.value is None or found.baseline is None:
            return None
        way = difference(found.value, found.baseline)
        if found.direction * way <= 0:
            return 1.0 if self.met() else None
        if self.latest[0] == found.value:
            return 1.0
        return finite(difference(self.latest[0], found.baseline) / way)

    def required_from_now(self) -> float | None:
        """Return the pace from the newest value to the target in percent a year; None once it is met or over."""
        if self.goal is None or self.met():
            return None
        return finite(self.how.course.rate(self.latest[0], self.goal[0], self.goal[1] - self.latest[1]))

    def projected(self) -> float | None:
        """Return the value in ``PROJECTED`` if it goes on as it did since the baseline, within the bounds."""
        base = self.base
        if self.found is None or not self.found.direction or base is None or self.indicator.scale is Scale.STATE:
            return None
        value, time = self.latest
        if time <= base[1] or time > PROJECTED:
            return None
        still = not moved(value, base[0], self.unit)
        ahead = value if still else finite(self.how.course.at(base, (value, time), float(PROJECTED)))
        return None if ahead is None else within(self.indicator, ahead)

    def _asked(self) -> bool:
        """Say whether the target asks for more than the baseline had."""
        found = self.found
        if found is None or found.value is None or found.baseline is None:
            return False
        return found.direction * found.value > found.direction * found.baseline

    def why(self, verdict: Verdict, ended: tuple[str, ...]) -> str:
        """Return sentences with the numbers: what is measured, by which target, what follows, and on what terms."""
        judged = () if ended and self.found is None else (verdict.why, *self._grounds(verdict))
        parts = (self._measured(), *ended, *judged, *self._precision(), *unstated(self.silent), *self._terms())
        return " ".join(parts)

    def _measured(self) -> str:
        period, value = self.values[-1]
        said = f"{words.amount(self.indicator, value)} in {period}"
        found = self.found
        if found is None:
            return f"{said}."
        base = ""
        if found.baseline is not None:
            base = f"; baseline {words.amount(self.indicator, found.baseline)}"
            base += f" in {found.baseline_period}" if found.baseline_period else ""
        return f"{said}, target {found.text}{base}."

    def _precision(self) -> tuple[str, ...]:
        if self.base is None or self.latest[1] <= self.base[1] or self.latest[0] == self.base[0]:
            return ()
        if moved(self.latest[0], self.base[0], self.unit):
            return ()
        return ("Its change since the baseline is smaller than the printed precision and counts as none.",)

    def _grounds(self, verdict: Verdict) -> tuple[str, ...]:
        """Return what a reader should know of a verdict: the two points it rests on, or a turn for the better."""
        base, found = self.base, self.found
        if base is None or found is None or not verdict.status.verdict or verdict.status is Status.ACHIEVED:
            return ()
        said = []
        newest = self.values[-1][0]
        since = {period for period, _ in self.values if self.indicator.time(period) >= base[1]}
        if len(since | {found.baseline_period}) == 2:
            said.append(f"The verdict rests on two points only: {found.baseline_period} and {newest}.")
        before = self.previous if verdict.status is Status.REVERSING else None
        if before is not None and self._gain(before[1]) > 0 > self._gain(base[0]):
            said.append(f"It is worse than its baseline of {found.baseline_period}, though better than {before[0]}.")
        return tuple(said)

    def _gain(self, since: float) -> float:
        """Return how much better than ``since`` the newest value is, 0.0 within the printed precision."""
        return (self.found.direction if self.found else 0) * moved(self.latest[0], since, self.unit)

    def _terms(self) -> tuple[str, ...]:
        found = self.found
        if found is None:
            return ()
        source = found.target.citation if found.official else found.target.rationale
        name = "Official target" if found.official else "Working target, not official"
        return (*found.notes, f"{name}: {source.rstrip('.')}.") if source else found.notes


def required_rate(indicator: Indicator, how: Method, found: Resolved | None) -> float | None:
    """Return the pace from baseline to target in percent a year; None where the baseline met the target."""
    if found is None or found.value is None or found.baseline is None:
        return None
    if found.baseline_period is None or found.year is None:
        return None
    if found.direction and found.direction * found.baseline >= found.direction * found.value:
        return None
    return finite(how.course.rate(found.baseline, found.value, found.year - indicator.time(found.baseline_period)))


def unstated(silent: Point | None) -> tuple[str, ...]:
    """Return the sentence that says what a source said instead of a value, none where it said nothing."""
    if silent is None or not silent.note:
        return ()
    return (f"{silent.period} has no value: {silent.note.rstrip('.')}.",)
