"""Observations and a target -> the verdict on one series, and why. Pure: same input, same verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from carecmon.judge import words
from carecmon.judge.arithmetic import difference, finite, moved
from carecmon.judge.freshness import freshness
from carecmon.judge.methods import Case, Method, Verdict, method_for
from carecmon.judge.points import judged_points
from carecmon.judge.target import Resolved, Value, resolve, target_for, within
from carecmon.model import Assessment, Indicator, Period, Scale, Series, SeriesBelief, Status, Target, TargetKind


def assess(
    indicator: Indicator,
    belief: SeriesBelief,
    *,
    targets: Iterable[Target],
    method: str | None,
    prefer: Iterable[str],
    today: date,
    until: Period | None = None,
) -> Assessment:
    """Judge one series by what is believed about it.

    ``targets`` are in file order; ``method`` is a name or None for the one that fits the indicator's scale;
    ``prefer`` orders the sources. With ``until`` the series is judged as if later periods had not come.
    Raises ConfigError where ``method`` is no method.
    """
    points, sources = judged_points(belief, prefer)
    values = tuple((p.period, p.value) for p in points if p.value is not None and (until is None or p.period <= until))
    how = method_for(indicator, method)
    target = target_for(belief.series, targets, values)
    found = resolve(indicator, target, values) if target else None
    if not values:
        reason = "Every value is missing or withdrawn." if belief.by_source else "No source has stated a value yet."
        blank = _blank(indicator, belief.series, how, found, today, " ".join((*_ended(indicator, today), reason)))
        return replace(blank, status=Status.DISCONTINUED) if _ended(indicator, today) else blank
    subject = _Subject(indicator, values, how, found, today)
    before = _previous(values)
    verdict = subject.verdict()
    status = Status.DISCONTINUED if _ended(indicator, today) else verdict.status
    return replace(
        _blank(indicator, belief.series, how, found, today, subject.why(verdict)),
        status=status,
        freshness=freshness(indicator, values[-1][0], today),
        period=values[-1][0],
        value=values[-1][1],
        previous_period=before[0] if before else None,
        change=finite(difference(values[-1][1], before[1])) if before else None,
        expected=subject.expected(),
        progress=subject.progress(),
        required_from_now=subject.required_from_now(),
        projected=subject.projected(),
        sources=sources,
        points=values,
    )


def _previous(values: Sequence[Value]) -> Value | None:
    """Return the newest earlier value that the newest one can be compared with.

    An interval adds up what happens in it, so nine months are never compared with a year.
    """
    newest = values[-1][0]
    return next((one for one in reversed(values[:-1]) if one[0].span == newest.span), None)


def assess_empty(
    indicator: Indicator,
    series: Series,
    *,
    targets: Iterable[Target],
    method: str | None,
    today: date,
) -> Assessment:
    """Return the assessment of a series that no source ever stated a value of: no data, but with its target."""
    nothing = SeriesBelief(series, {})
    return assess(indicator, nothing, targets=targets, method=method, prefer=(), today=today)


def _blank(
    indicator: Indicator, series: Series, how: Method, found: Resolved | None, today: date, why: str
) -> Assessment:
    """Return what can be said of a series without a value: its target, and the pace that the target requires."""
    return Assessment(
        series=series,
        sector=indicator.sector,
        pillar=indicator.pillar,
        status=Status.NO_DATA,
        freshness=freshness(indicator, None, today),
        official=found.official if found else None,
        method=str(how),
        unit=indicator.unit,
        why=why,
        baseline=found.baseline if found else None,
        baseline_period=found.baseline_period if found else None,
        required_rate=_required_rate(how, found) if found else None,
        target=found.value if found else None,
        target_year=found.year if found else None,
        target_text=found.text if found else "",
    )


def _ended(indicator: Indicator, today: date) -> tuple[str, ...]:
    """Return the sentence that says since when and why there are no successor periods, none where there may be."""
    ended = indicator.discontinued
    if ended is None or ended.since > today:
        return ()
    successor = f" Its successor is {ended.successor}." if ended.successor else ""
    return (f"Discontinued since {ended.since}: {ended.reason.rstrip('.')}.{successor}",)


def _required_rate(how: Method, found: Resolved) -> float | None:
    if found.value is None or found.baseline is None or found.baseline_period is None or found.year is None:
        return None
    return finite(how.course.rate(found.baseline, found.value, found.year - found.baseline_period.time))


@dataclass(frozen=True, slots=True)
class _Subject:
    """A series that has values, beside its method and target: what the numbers of its assessment come from."""

    indicator: Indicator
    values: Sequence[Value]
    how: Method
    found: Resolved | None
    today: date

    @property
    def unit(self) -> float:
        """The smallest difference that is printed."""
        return 1.0 if self.indicator.scale is Scale.STATE else float(10.0**-self.indicator.precision)

    @property
    def latest(self) -> tuple[float, float]:
        """The newest value, and its time in years."""
        return self.values[-1][1], self.values[-1][0].time

    @property
    def base(self) -> tuple[float, float] | None:
        """The baseline, and its time in years."""
        found = self.found
        if found is None or found.baseline is None or found.baseline_period is None:
            return None
        return found.baseline, found.baseline_period.time

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
        since = [v for period, v in self.values if base_time is None or period.time >= base_time]
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
        )

    def met(self) -> bool:
        """Say whether the newest value is at the target or better."""
        found = self.found
        if found is None or found.value is None:
            return False
        return found.direction * self.latest[0] >= found.direction * found.value

    def expected(self) -> float | None:
        """Return where the path from baseline to target is at the newest value's own period, flat outside it."""
        if self.base is None or self.goal is None or self.goal[1] <= self.base[1]:
            return None
        time = min(max(self.latest[1], self.base[1]), self.goal[1])
        return finite(self.how.course.at(self.base, self.goal, time))

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
        """Return the value in the target year if it goes on as it did since the baseline, within the bounds."""
        found, base = self.found, self.base
        if found is None or found.year is None or base is None or self.indicator.scale is Scale.STATE:
            return None
        value, time = self.latest
        if time <= base[1] or found.year < time:
            return None
        still = not moved(value, base[0], self.unit)
        ahead = value if still else finite(self.how.course.at(base, (value, time), float(found.year)))
        return None if ahead is None else within(self.indicator, ahead)

    def why(self, verdict: Verdict) -> str:
        """Return sentences with the numbers: what is measured, by which target, what follows, and on what terms."""
        ended = _ended(self.indicator, self.today)
        judged = () if ended and self.found is None else (verdict.why,)
        return " ".join((self._measured(), *ended, *judged, *self._precision(), *self._terms()))

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

    def _terms(self) -> tuple[str, ...]:
        found = self.found
        if found is None:
            return ()
        source = found.target.citation if found.official else found.target.rationale
        name = "Official target" if found.official else "Working target, not official"
        return (*found.notes, f"{name}: {source.rstrip('.')}.") if source else found.notes
