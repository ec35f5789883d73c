"""Differences and growth rates, rounded as they are compared, and never NaN."""

from __future__ import annotations

from math import expm1, floor, isfinite, log, log10

#: Two printed values whose difference is a hair below one printed unit do differ: 0.3 - 0.2 is 0.09999...
_HAIR = 1e-9


def tidy(number: float) -> float:
    """Return ``number`` rounded to 12 significant digits, as derived values are before they are compared."""
    return float(f"{number:.12g}") + 0.0  # turns -0.0 into 0.0


def finite(number: float | None) -> float | None:
    """Return ``number`` tidied, or None where it is missing or too large to be one."""
    return tidy(number) if number is not None and isfinite(number) else None


def difference(new: float, old: float) -> float:
    """Return ``new - old`` without the digits that the subtraction made up: 20.1 - 18.9 is 1.2."""
    scale = max(abs(new), abs(old))
    return round(new - old, 11 - floor(log10(scale))) if scale else 0.0


def moved(new: float, old: float, unit: float) -> float:
    """Return ``new - old``, or 0.0 where it is smaller than ``unit``, the smallest difference that is printed."""
    step = difference(new, old)
    return 0.0 if abs(step) < unit * (1 - _HAIR) else step


def growth(first: float, last: float, years: float) -> float | None:
    """Return the compound growth a year as a fraction, None where there is none.

    There is none from zero, between opposite signs, in no time, or where the result is too large for a number.
    """
    if first == 0 or years <= 0:
        return None
    if last == 0:
        return -1.0
    ratio = last / first
    if ratio <= 0 or not isfinite(ratio):
        return None
    try:
        return expm1(log(ratio) / years)
    except OverflowError:
        return None
