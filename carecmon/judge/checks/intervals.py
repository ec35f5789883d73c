"""A printed number as the interval that it can stand for, and arithmetic on such intervals.

A number stands for everything that rounds to it: its value plus or minus half a unit of its last printed place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, isclose, isfinite

from carecmon.model import NOT_RECORDED, Qualifier

#: How much wider a number is that a document calls approximate, and a deflator.
WIDER = 10.0

_NUMBER = re.compile(r"(?P<sign>[-+\u2212\u2013]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)")
_FILLER = r"(?:\s*(?:usd|us\$|\$|eur|€|an?|the|total|value|of|by))*\s*[(\[]?[-+\u2212]?$"
_WORDS = {
    Qualifier.ABOUT: re.compile(
        r"(?:\b(?:about|roughly|approximately|approx\.?|around|nearly|almost|circa|some)|~|≈|约|大约|около|примерно)"
        + _FILLER,
        re.IGNORECASE,
    ),
    Qualifier.MORE_THAN: re.compile(
        r"(?:\b(?:more than|over|above|at least|exceed(?:ed|ing|s)?)|超过|более|>|≥)" + _FILLER, re.IGNORECASE
    ),
    Qualifier.LESS_THAN: re.compile(
        r"(?:\b(?:less than|under|below|up to|at most)|不到|少于|менее|<|≤)" + _FILLER, re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """All values between ``low`` and ``high``, both included. Either may be infinite."""

    low: float
    high: float

    @staticmethod
    def exact(value: float) -> Interval:
        """Return the interval that holds ``value`` alone."""
        return Interval(value, value)

    @property
    def middle(self) -> float:
        """The value in the middle; the finite end where the other one is infinite."""
        if not isfinite(self.low):
            return self.high
        return (self.low + self.high) / 2 if isfinite(self.high) else self.low

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        """Return every quotient; everything where ``other`` contains zero."""
        if other.low <= 0 <= other.high:
            return Interval(-inf, inf)
        return self * Interval(_inverse(other.high), _inverse(other.low))

    def scaled(self, factor: float) -> Interval:
        """Return the interval with every value multiplied by ``factor``."""
        return self * Interval.exact(factor)

    def widened(self, times: float) -> Interval:
        """Return the interval ``times`` as wide around the same middle; a half-open one as it is."""
        if not (isfinite(self.low) and isfinite(self.high)):
            return self
        half = (self.high - self.low) / 2 * times
        return Interval(self.middle - half, self.middle + half)

    def contains(self, value: float) -> bool:
        """Say whether ``value`` is in it, rounding errors of binary arithmetic aside."""
        return self.low <= value <= self.high or _near(value, self.low) or _near(value, self.high)

    def meets(self, other: Interval) -> bool:
        """Say whether the two share a value, the ends included."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low <= high or _near(low, high)

    def agrees(self, other: Interval) -> bool:
        """Say whether both can be the same number printed twice.

        Unlike ``meets``, sharing nothing but an end is not enough: 161 and 162 share 161.5, but whoever prints
        161.5 without decimals prints one of them.
        """
        if self.low == self.high or other.low == other.high:
            return self.meets(other)
        overlap = min(self.high, other.high) - max(self.low, other.low)
        return overlap > 1e-6 * min(self.high - self.low, other.high - other.low, 1e300)

    def meet(self, other: Interval) -> Interval | None:
        """Return what both share, or None."""
        if not self.meets(other):
            return None
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(min(low, high), max(low, high))

    def __str__(self) -> str:
        return f"[{self.low:g}, {self.high:g}]"


def printed(
    value: float,
    raw: str = NOT_RECORDED,
    precision: int | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
    *,
    whole: bool = False,
) -> Interval:
    """Return the interval that a printed number stands for, in the unit of ``value``.

    ``raw`` is the text of the cell, from which the last printed place, the scale ("billion") and words like "about"
    are read; where it does not hold the number, ``precision`` (decimals) counts, and without it ``value`` as Python
    writes it. ``whole`` numbers (ranks, levels) are exact.
    """
    token = None if raw == NOT_RECORDED else _token(value, raw)
    if token is not None and qualifier is Qualifier.EXACT:
        qualifier = _qualifier(raw[: token.start()])
    if qualifier is Qualifier.MORE_THAN:
        return Interval(value, inf)
    if qualifier is Qualifier.LESS_THAN:
        return Interval(-inf, value)
    if whole:
        return Interval.exact(value)
    half = _half(value, token, precision)
    if qualifier is Qualifier.ABOUT:
        half = max(half * WIDER, _half_of_last_digit(value))
    return Interval(value - half, value + half)


def printed_unit(value: float, raw: str | None, precision: int | None) -> float:
    """Return one unit of the last place that a number is printed to, in the unit of ``value``; see ``printed``."""
    return 2 * _half(value, _token(value, raw) if raw and raw != NOT_RECORDED else None, precision)


def _half(value: float, token: re.Match[str] | None, precision: int | None) -> float:
    if token is None:
        if precision is None:
            precision = 0 if value == int(value) else _decimals(f"{value:.12g}")
        return 0.5 * 10.0**-precision
    number = float(token["digits"].replace(",", ""))
    return 0.5 * 10.0 ** -_decimals(token["digits"]) * (abs(value) / number if number else 1)


def _half_of_last_digit(value: float) -> float:
    """Half a unit of the last digit that is not zero: "roughly 900" says nothing about tens."""
    unit = 1.0
    while value and value % (unit * 10) == 0:
        unit *= 10
    return unit / 2 if value == int(value) else 0.0


def _decimals(digits: str) -> int:
    return len(digits.partition(".")[2])


def _token(value: float, raw: str) -> re.Match[str] | None:
    """Return the number in ``raw`` that was read as ``value``: the same one, else one scaled by a power of ten."""
    scaled: re.Match[str] | None = None
    for match in _NUMBER.finditer(raw):
        number = float(match["digits"].replace(",", ""))
        if isclose(number, abs(value), rel_tol=1e-9):
            return match
        if scaled is None and number and value and _power_of_ten(abs(value) / number):
            scaled = match
    return scaled


def _power_of_ten(ratio: float) -> bool:
    return any(isclose(ratio, 10.0**power, rel_tol=1e-9) for power in (2, 3, 6, 9, 12, -2, -3, -6, -9, -12))


def _qualifier(before: str) -> Qualifier:
    tail = before[-40:]
    return next((meant for meant, words in _WORDS.items() if words.search(tail)), Qualifier.EXACT)


def _near(a: float, b: float) -> bool:
    return isclose(a, b, rel_tol=1e-12, abs_tol=1e-9)


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _inverse(value: float) -> float:
    return 0.0 if not isfinite(value) else 1 / value
