"""Reference periods: when a number is about, apart from when it was published or observed.

Written ``2023``, ``2023-S1`` (half year), ``2023-Q2``, ``2023-05``, ``2024-06-30``, and as an interval of years
or months: ``2017/2018``, ``2024-01/2024-09`` (both ends included).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

_EPOCH = date(1900, 1, 1)
_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?", re.A
)
_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
#: Codes of the kinds inside a key; an interval is coded by its length in months, which is always below these.
_CODES = {"year": 4000, "half": 4001, "quarter": 4002, "month": 4003, "day": 4004}
_KINDS = {code: kind for kind, code in _CODES.items()}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The time that a value is about: `2023`, `2023-Q2`, `2023-05`, `2017/2018`, `2024-06-30`.

    Ordered by its end, longer periods first where two end together.
    ``key`` is an integer with that order, and identifies the period: the store keeps nothing else of it.
    """

    key: int
    text: str = field(compare=False)
    start: date = field(compare=False)
    end: date = field(compare=False)

    @staticmethod
    def parse(text: str) -> Period:
        """Return the period written ``text``; raise ValueError saying what would be a period."""
        return _parse(text)

    @staticmethod
    def from_key(key: int) -> Period:
        """Return the period whose ``key`` this is."""
        return _from_key(key)

    @property
    def year(self) -> int:
        """The calendar year; the first one of an interval, as Open SDG reads "2015-16"."""
        return self.start.year

    @property
    def time(self) -> float:
        """Where the period begins, in years: 2023-Q2 is 2023.25."""
        start = self.start
        into = (start.day - 1) / monthrange(start.year, start.month)[1] if start.day > 1 else 0.0
        return start.year + (start.month - 1 + into) / 12

    @property
    def as_of(self) -> float:
        """When a level stated for the period is true: a year before its end, so that for a year it is ``time``."""
        end = self.end
        return end.year - 1 + (end.month - 1 + end.day / monthrange(end.year, end.month)[1]) / 12

    @property
    def span(self) -> int:
        """The length in months, 0 for a day. What adds up in one period is compared only with one as long."""
        code = self.key & 0xFFF
        return _MONTHS.get(_KINDS[code], 0) if code in _KINDS else code

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=4096)
def _parse(text: str) -> Period:
    first, slash, last = text.partition("/")
    start, end, kind = _span(first, text)
    if slash:
        start_of_last, end, last_kind = _span(last, text)
        if kind != last_kind or kind not in ("year", "month") or start_of_last <= start:
            raise ValueError(f"{text!r} is not a period: an interval joins two years or two months, the earlier first")
        return _interval(start, end)
    return Period(_key(end, _CODES[kind]), text, start, end)


def _span(text: str, whole: str) -> tuple[date, date, str]:
    match = _FORM.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        parts = {name: int(value) for name, value in match.groupdict().items() if value}
        if "day" in parts:
            day = date(parts["year"], parts["month"], parts["day"])
            return day, day, "day"
        kind = next((k for k in ("half", "quarter", "month") if k in parts), "year")
        months = _MONTHS[kind]
        start = date(parts["year"], 1 + (parts.get(kind, 1) - 1 if kind != "year" else 0) * months, 1)
        if start < _EPOCH:
            raise ValueError
        return start, _end_of(start, months), kind
    except ValueError:
        raise ValueError(
            f"{whole!r} is not a period; periods look like 2023, 2023-Q2, 2023-05, 2024-06-30, 2017/2018"
            " or 2024-01/2024-09, from 1900 on"
        ) from None


def _interval(start: date, end: date) -> Period:
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    whole_years = start.month == 1 and end.month == 12
    if whole_years and months == 12:
        return _parse(f"{start:%Y}")
    form = "%Y" if whole_years else "%Y-%m"
    return Period(_key(end, months), f"{start.strftime(form)}/{end.strftime(form)}", start, end)


def _key(end: date, code: int) -> int:
    return ((end - _EPOCH).days << 12) | code


@lru_cache(maxsize=4096)
def _from_key(key: int) -> Period:
    end = _EPOCH + timedelta(days=key >> 12)
    kind = _KINDS.get(key & 0xFFF)
    if kind is None:
        return _interval(_start_of(end, key & 0xFFF), end)
    if kind == "day":
        return _parse(end.isoformat())
    if kind == "year":
        return _parse(f"{end:%Y}")
    if kind == "half":
        return _parse(f"{end:%Y}-S{end.month // 6}")
    return _parse(f"{end:%Y}-Q{end.month // 3}" if kind == "quarter" else f"{end:%Y-%m}")


def _end_of(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months - 1
    year, month = divmod(index, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _start_of(end: date, months: int) -> date:
    year, month = divmod(end.year * 12 + end.month - 1 - months + 1, 12)
    return date(year, month + 1, 1)
