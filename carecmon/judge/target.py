"""Which target a series has, and what it comes to in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from carecmon.judge import words
from carecmon.judge.arithmetic import finite
from carecmon.model import Better, Indicator, Period, Scale, Series, Target, TargetKind

#: Where Open SDG measures progress from when nobody says otherwise; then the next year that has a value.
DEFAULT_BASE_YEAR = 2015

Value = tuple[Period, float]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A target in numbers. ``value`` and ``baseline`` are in the indicator's unit; a state is its position.

    ``direction`` is 1 where higher is better, -1 where lower is, 0 where neither. ``text`` names the target and
    whether it is official. ``missing`` says what is needed for a verdict and is not there; ``notes`` what had to
    be chosen.
    """

    target: Target
    official: bool
    direction: int
    text: str
    year: int | None = None
    value: float | None = None
    baseline: float | None = None
    baseline_period: Period | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()


def target_for(series: Series, targets: Iterable[Target], values: Sequence[Value]) -> Target | None:
    """Return the first target in file order that is written for ``series``.

    A target with ``base_until`` is written only for series that have a value at or before that period (or state
    their baseline): for others the next match counts.
    """
    for target in targets:
        if target.chooses(series):
            until = target.base_until
            if until is None or target.baseline is not None or _until(values, until):
                return target
    return None


def resolve(indicator: Indicator, target: Target, values: Sequence[Value]) -> Resolved:
    """Return ``target`` in numbers for a series with the judged ``values``, ascending by period."""
    direction = {Better.HIGHER: 1, Better.LOWER: -1, Better.NEITHER: 0}[indicator.better]
    plain = Resolved(target, target.official, direction, "", target.year)
    found = _RESOLVERS[target.kind](indicator, plain, values)
    if not found.direction and found.value is not None and found.baseline is not None:
        found = replace(found, direction=(found.value > found.baseline) - (found.value < found.baseline))
    return replace(found, text=_text(indicator, found))


def _value(indicator: Indicator, plain: Resolved, values: Sequence[Value]) -> Resolved:
    found = _based(plain, values, _usual_base(values, plain.year))
    return replace(found, value=plain.target.value, missing="" if plain.target.value is not None else "its value")


def _usual_base(values: Sequence[Value], year: int | None) -> Value | None:
    """Return Open SDG's base where none is written, or the first value where that leaves nothing to measure."""
    since = [value for value in values if value[0].year >= DEFAULT_BASE_YEAR]
    if len(since) > 1 and (year is None or since[0][0].year < year):
        return since[0]
    return values[0] if len(values) > 1 else None


def _direction(indicator: Indicator, plain: Resolved, values: Sequence[Value]) -> Resolved:
    if plain.target.baseline is not None or plain.target.base_period is not None:
        return _based(plain, values, None)
    base = next((value for value in values if value[0].year >= DEFAULT_BASE_YEAR), None)
    if base is None:
        return replace(plain, missing=f"a value in {DEFAULT_BASE_YEAR} or later" if values else "")
    note = f"No value for {DEFAULT_BASE_YEAR}: measured from {base[0]}, the next there is."
    return replace(
        plain,
        baseline=base[1],
        baseline_period=base[0],
        notes=() if base[0].year == DEFAULT_BASE_YEAR else (note,),
    )


def _milestone(indicator: Indicator, plain: Resolved, values: Sequence[Value]) -> Resolved:
    found = _based(plain, values, values[0] if values else None)
    state = plain.target.state
    if indicator.states is None or state is None or state not in indicator.states:
        return replace(found, missing=f"a declared state (the target says {state!r})")
    return replace(found, direction=1, value=indicator.state_position(state))


def _relative(indicator: Indicator, plain: Resolved, values: Sequence[Value]) -> Resolved:
    target = plain.target
    if target.rate is not None:
        return _rate(indicator, plain, values, target.rate)
    base = dict(values).get(target.base_period) if target.base_period else None
    base = target.baseline if target.baseline is not None else base
    found = replace(plain, baseline=base, baseline_period=target.base_period)
    if indicator.scale is Scale.STATE or target.change is None:
        return replace(found, missing="a change of an amount")
    if base is None:
        return replace(found, missing=f"the value of the base period {target.base_period or '(not written)'}")
    direction = found.direction or (target.change > 0) - (target.change < 0)
    return replace(found, direction=direction, value=finite(base * (1 + target.change)))


def _rate(indicator: Indicator, plain: Resolved, values: Sequence[Value], rate: float) -> Resolved:
    target = plain.target
    base: Value | None = None
    if target.baseline is not None and (period := target.base_period or target.base_until):
        base = (period, target.baseline)
    elif target.base_until is not None:
        base = _until(values, target.base_until)
    elif target.base_period is not None:
        base = next((value for value in values if value[0] == target.base_period), None)
    elif values:
        base = values[0]
    if base is None or target.year is None or not plain.direction:
        lacking = "the value of the base period" if base is None else "a year" if target.year is None else "a direction"
        return replace(plain, missing=lacking)
    sign = -1 if base[1] < 0 else 1
    try:
        goal = base[1] * (1 + plain.direction * sign * rate) ** (target.year - base[0].year)
    except (OverflowError, ZeroDivisionError):
        return replace(plain, missing="a number that can be reached", baseline=base[1], baseline_period=base[0])
    return replace(plain, baseline=base[1], baseline_period=base[0], value=finite(within(indicator, goal)))


_RESOLVERS = {
    TargetKind.VALUE: _value,
    TargetKind.RELATIVE: _relative,
    TargetKind.MILESTONE: _milestone,
    TargetKind.DIRECTION: _direction,
}


def _based(plain: Resolved, values: Sequence[Value], default: Value | None) -> Resolved:
    """Return ``plain`` with its baseline: written, or believed at the base period or the next one, or ``default``."""
    target, period = plain.target, plain.target.base_period
    if target.baseline is not None:
        return replace(plain, baseline=target.baseline, baseline_period=period)
    if period is None:
        return replace(plain, baseline=default[1], baseline_period=default[0]) if default else plain
    base = next((value for value in values if value[0] >= period), None)
    if base is None:
        return replace(plain, baseline_period=period)
    note = f"No value for {period}: measured from {base[0]}, the next there is."
    return replace(plain, baseline=base[1], baseline_period=base[0], notes=() if base[0] == period else (note,))


def _until(values: Sequence[Value], until: Period) -> Value | None:
    return next((value for value in reversed(values) if value[0].end <= until.end), None)


def within(indicator: Indicator, value: float) -> float:
    """Return ``value`` or the bound of ``indicator`` that it lies beyond."""
    low, high = indicator.bounds
    value = value if low is None else max(low, value)
    return value if high is None else min(high, value)


def _text(indicator: Indicator, found: Resolved) -> str:
    target, by = found.target, f" by {found.year}" if found.year is not None else ""
    kind = words.kind(found.official)
    if target.kind is TargetKind.DIRECTION:
        return f"{words.towards(indicator.better)} ({kind} direction)"
    if found.value is not None:
        return f"{_goal(indicator, target, found.value)}{by} ({kind})"
    if target.kind is TargetKind.MILESTONE:
        return f"{target.state}{by} ({kind})"
    on = f" on {target.base_period}" if target.base_period else ""
    share = target.change if target.change is not None else target.rate
    return (
        f"{100 * share:+g} %{' a year' if target.change is None else ''}{on}{by} ({kind})" if share else f"? ({kind})"
    )


def _goal(indicator: Indicator, target: Target, value: float) -> str:
    if indicator.scale is Scale.STATE and indicator.states is not None:
        return words.state(indicator, value)
    return words.as_written(value) if target.kind is TargetKind.VALUE else words.number(value, indicator.precision)
