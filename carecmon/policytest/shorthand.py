"""The shorthand for values, as promtool has it: ``20 20.5+0.5x7 _ missing withdrawn``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from carecmon.model import ObservationStatus, Period

#: More would be a mistake in the count.
_MOST = 10_000
_STEPS = re.compile(r"(?P<first>[-+]?[\d.]+(?:e[-+]?\d+)?)(?P<step>[-+][\d.]+(?:e[-+]?\d+)?)x(?P<times>\d+)", re.I)
_SAME = re.compile(r"(?P<first>[-+]?[\d.]+(?:e[-+]?\d+)?)x(?P<times>\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """What a vintage says of one period."""

    value: float | None
    status: ObservationStatus = ObservationStatus.NORMAL


_WORDS = {
    "_": None,
    "missing": Said(None, ObservationStatus.MISSING),
    "withdrawn": Said(None, ObservationStatus.WITHDRAWN),
}


def values(text: str) -> list[Said | None]:
    """Return what ``text`` says, one entry a period, None where it says nothing; raise ValueError where it is wrong."""
    found: list[Said | None] = []
    for word in text.split():
        found += _values(word)
        if len(found) > _MOST:
            raise ValueError(f"{word!r} makes more than {_MOST:,} values")
    if not found:
        raise ValueError("there are no values; write such as 20 20.5+0.5x7 _ missing withdrawn")
    return found


def _values(word: str) -> Iterator[Said | None]:
    if word in _WORDS:
        yield _WORDS[word]
        return
    steps, same = _STEPS.fullmatch(word), _SAME.fullmatch(word)
    try:
        if steps or same:
            match = steps or same
            assert match is not None
            first, step = float(match["first"]), float(steps["step"]) if steps else 0.0
            # Counted in whole steps: adding them up would lose the printed decimals.
            yield from (Said(round(first + number * step, 10)) for number in range(min(int(match["times"]), _MOST) + 1))
        else:
            yield Said(float(word))
    except ValueError:
        raise ValueError(
            f"{word!r} is no value; write a number, 20+0.5x3 (20 20.5 21 21.5), 20x3 (20 four times), _ (says"
            " nothing), missing or withdrawn"
        ) from None


def periods(first: Period) -> Iterator[Period]:
    """Yield ``first`` and the periods of the same length after it."""
    period = first
    while True:
        yield period
        period = _next(period)


def _next(period: Period) -> Period:
    start = period.end + timedelta(days=1)
    text = str(period)
    if "/" in text:
        raise ValueError(f"from: {text} is an interval, after which none follows by itself; write one value a vintage")
    if "Q" in text:
        return Period.parse(f"{start.year}-Q{start.month // 3 + 1}")
    if "S" in text:
        return Period.parse(f"{start.year}-S{start.month // 6 + 1}")
    return Period.parse({4: f"{start:%Y}", 7: f"{start:%Y-%m}"}.get(len(text), start.isoformat()))
