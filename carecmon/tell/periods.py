"""Reference periods in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carecmon.model import Period
from carecmon.tell.language import N_, locale

if TYPE_CHECKING:
    from carecmon.tell.language import Language

_HALVES = (N_("first half of %(year)s"), N_("second half of %(year)s"))
_QUARTERS = (
    N_("first quarter of %(year)s"),
    N_("second quarter of %(year)s"),
    N_("third quarter of %(year)s"),
    N_("fourth quarter of %(year)s"),
)


def said(language: Language, period: Period) -> str:
    """Return ``period`` as people of a language write it; a year stays the number that it is in English."""
    from babel.dates import format_date, format_interval, format_skeleton

    where, year = locale(language.code), {"year": period.start.year}
    part = period.text[5:6]
    if "/" in period.text:
        if len(period.text) == len("2007/2023"):
            ends = {"first": period.start.year, "last": period.end.year}
            return language.gettext("%(first)s–%(last)s") % ends
        return str(format_interval(period.start, period.end, "yMMM", locale=where))
    if part == "S":
        return language.gettext(_HALVES[period.end.month // 6 - 1]) % year
    if part == "Q":
        return language.gettext(_QUARTERS[period.end.month // 3 - 1]) % year
    if period.span == 1:
        return str(format_skeleton("yMMMM", period.start, locale=where))
    if period.span == 12:
        return language.gettext("%(year)s") % year
    return format_date(period.end, "medium", where)
