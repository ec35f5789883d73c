"""Words, numbers and times in the reader's language. Babel is imported when a message is rendered, not before."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from carecmon.model import Period
from carecmon.tell.announcement import Naming, Words

if TYPE_CHECKING:
    from babel import Locale

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "carecmon"
#: Language -> the locale whose numbers and dates it uses.
_LOCALES = {"en": "en_GB", "ru": "ru_RU", "zh": "zh_Hans_CN"}


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for the catalogues, where it is translated later."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message that counts something for the catalogues."""
    return one, many


#: Words that come from declarations rather than from us: units and sectors and pillars as the shipped plugins use them.
UNITS = (
    N_("% of LCT imports"),
    N_("% of exports"),
    N_("% of imports"),
    N_("% of output"),
    N_("% of people"),
    N_("GWh"),
    N_("MW"),
    N_("USD"),
    N_("USD billion"),
    N_("USD million"),
    N_("USD per 500 km per 20 t"),
    N_("deaths per 100,000 people"),
    N_("h"),
    N_("index, 2010 = 100"),
    N_("km"),
    N_("km/h"),
)
#: Units that are counted: what they are called depends on the number.
COUNTED = {
    "companies": NN_("%(n)s company", "%(n)s companies"),
    "countries": NN_("%(n)s country", "%(n)s countries"),
    "country pairs": NN_("%(n)s country pair", "%(n)s country pairs"),
    "days": NN_("%(n)s day", "%(n)s days"),
    "deaths": NN_("%(n)s death", "%(n)s deaths"),
    "partners": NN_("%(n)s partner", "%(n)s partners"),
    "projects": NN_("%(n)s project", "%(n)s projects"),
    "samples": NN_("%(n)s sample", "%(n)s samples"),
    "substations": NN_("%(n)s substation", "%(n)s substations"),
}
#: Units that say nothing behind a number.
_UNSAID = ("count", "level", "rank", "state", "score (1-5)", "score (1-7)")
SECTORS = {
    "transport": N_("Transport"),
    "energy": N_("Energy"),
    "trade": N_("Trade"),
    "program": N_("CAREC Program"),
    "": N_("Sources"),
}
PILLARS = (
    N_("Aviation"),
    N_("Better Energy Security through Regional Interconnections"),
    N_("Cross-Border Transport and Logistics Facilitation"),
    N_("Energy Work Plan"),
    N_("Enhancing Sustainability by Greening the Regional Energy System"),
    N_("Investment"),
    N_("Investments and Projects"),
    N_("Members and Outputs"),
    N_("Prices"),
    N_("Railways"),
    N_("Road Safety"),
    N_("Roads and Road Asset Management"),
    N_("Scaled-Up Investments through Market-Oriented Reforms"),
    N_("Trade in Goods"),
    N_("Trade in Low Carbon Technology"),
)


@cache
def _translations(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)


@cache
def locale(language: str) -> Locale:
    """Return the locale whose numbers and dates a language uses."""
    from babel import Locale

    return Locale.parse(_LOCALES.get(language, "en_GB"))


class Language:
    """How one reader's language says words, numbers, values and times."""

    def __init__(self, code: str, time_zone: str = "UTC") -> None:
        self.code = code
        self.zone = ZoneInfo(time_zone)
        self._translations = _translations(code)

    def gettext(self, message: str) -> str:
        """Return ``message`` translated."""
        return self._translations.gettext(message) if message else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form for ``count``, translated."""
        return self._translations.ngettext(one, many, count)

    def count(self, one: str, many: str, count: int) -> str:
        """Return ``ngettext`` with the number in it, where it says ``%(n)s``."""
        return self.ngettext(one, many, count) % {"n": self.number(count, 0)}

    def words(self, words: Words) -> str:
        """Return the words in this language, else in English."""
        return words.get(self.code) or words.get("en", "")

    def number(self, value: float, precision: int, *, sign: bool = False) -> str:
        """Return a number by the locale; never a negative zero."""
        from babel.numbers import format_decimal

        rounded = round(value, precision) + 0.0
        pattern = f"#,##0{'.' + '0' * precision if precision else ''}"
        text = format_decimal(rounded, pattern, locale(self.code))
        return f"+{text}" if sign and rounded > 0 else text

    def digits(self, value: float, count: int = 4) -> str:
        """Return a number by the locale with at least so many significant digits, but no zeros at the end."""
        from math import floor, log10

        places = max(0, count - 1 - floor(log10(abs(value)))) if value else 0
        shown = f"{round(value, places):.{places}f}"
        return self.number(value, len(shown.rstrip("0").partition(".")[2]))

    def percent(self, share: float) -> str:
        """Return a share as whole percent: 0.123 is 12 %."""
        text = self.number(abs(100 * share), 0 if abs(share) >= 0.1 else 1)
        return f"{text}%" if self.code == "zh" else f"{text}\N{NO-BREAK SPACE}%"

    def unit(self, unit: str) -> str:
        """Return a unit as it stands behind a number, nothing where it says nothing."""
        return "" if unit in _UNSAID else self.gettext(unit)

    def amount(self, value: float | None, naming: Naming, *, sign: bool = False) -> str:
        """Return a value with its unit, or the name of its state; a dash for None."""
        if value is None:
            return "\N{EN DASH}"
        if naming.states and not sign:
            whole = float(value).is_integer() and 0 <= value < len(naming.states)
            return self.words(naming.states[round(value)]) if whole else self.number(value, 1)
        text = self.number(value, naming.precision, sign=sign)
        return text if naming.states else self.quantity(text, value, naming.unit)

    def quantity(self, text: str, value: float, unit: str) -> str:
        """Return the number ``text`` with its unit as this language writes both together."""
        space = "\N{NO-BREAK SPACE}"
        if unit in COUNTED:
            # What is no whole number takes the form of "two" in Russian and of "many" in English: both are that of 2.
            count = int(abs(value)) if float(value).is_integer() else 2
            return (self.ngettext(*COUNTED[unit], count) % {"n": text}).replace(" ", space, 1)
        words = self.unit(unit)
        if not words:
            return text
        if self.code == "en" and words.startswith("USD"):
            return f"USD{space}{text}{words.removeprefix('USD')}"
        return f"{text}{'' if words.startswith('%') and self.code == 'zh' else space}{words}"

    def period(self, period: Period | str) -> str:
        """Return a reference period in words: first quarter of 2023, 2007–2023."""
        from carecmon.tell.periods import said

        return said(self, Period.parse(period) if isinstance(period, str) else period)

    def series(self, naming: Naming) -> str:
        """Return the title of an indicator with what the series is about: Speed with delay (Corridor 3, road)."""
        labels = self.labels(naming)
        if not labels:
            return self.words(naming.title)
        return (
            f"{self.words(naming.title)}（{labels}）" if self.code == "zh" else f"{self.words(naming.title)} ({labels})"
        )

    def labels(self, naming: Naming) -> str:
        """Return the names of a series' codes."""
        return forms(self.code)["comma"].join(self.words(label) for label in naming.labels)

    def sector(self, sector: str) -> str:
        """Return the name of a sector."""
        return self.gettext(SECTORS[sector]) if sector in SECTORS else sector

    def day(self, at: datetime) -> str:
        """Return a day in the reader's time zone."""
        from babel.dates import format_date

        return format_date(at.astimezone(self.zone).date(), "medium", locale(self.code))

    def moment(self, at: datetime) -> str:
        """Return a moment in the reader's time zone, with UTC beside it."""
        from babel.dates import format_datetime

        local = at.astimezone(self.zone)
        clock = format_datetime(local, "HH:mm", tzinfo=self.zone, locale=locale(self.code))
        text = f"{self.day(at)}{forms(self.code)['time']}{clock}"
        hours = local.utcoffset()
        if not hours:
            return f"{text} UTC"
        there, here = at.astimezone(UTC), local
        other = f"{there:%H:%M}" if there.date() == here.date() else f"{there:%Y-%m-%d %H:%M}"
        beside = f"{_offset(hours.total_seconds())}{forms(self.code)['joint']}{other} UTC"
        return f"{text}（{beside}）" if self.code == "zh" else f"{text} ({beside})"


def _offset(seconds: float) -> str:
    minutes = round(abs(seconds) / 60)
    clock = f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes // 60}:{minutes % 60:02d}"
    return f"UTC{'+' if seconds > 0 else '-'}{clock}"


def forms(language: str) -> Mapping[str, str]:
    """Return the typographic marks that differ by language."""
    if language == "zh":
        return {"colon": "：", "is": "：", "joint": "；", "comma": "、", "list": "，", "time": " "}
    return {"colon": ":", "is": ": ", "joint": "; ", "comma": ", ", "list": ", ", "time": ", "}
