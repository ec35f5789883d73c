"""Verdicts, values and names in the words and symbols that people read. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from carecmon.model import (
    Assessment,
    Better,
    Cadence,
    CodeList,
    Freshness,
    Indicator,
    Period,
    Scale,
    Series,
    Severity,
    Status,
)


class Mark(NamedTuple):
    """How a verdict looks: a symbol, its stand-in in ASCII, words, and a style for rich."""

    symbol: str
    ascii: str
    words: str
    style: str


MARKS = {
    Status.ACHIEVED: Mark("✔", "+", "achieved", "bold green"),
    Status.ON_TRACK: Mark("●", "*", "on track", "green"),
    Status.SLOW: Mark("◐", "~", "slow", "yellow"),
    Status.STAGNANT: Mark("○", "=", "stagnant", "dark_orange"),
    Status.REVERSING: Mark("▼", "!", "reversing", "bold red"),
    Status.NO_TARGET: Mark("·", ".", "no target", "dim"),
    Status.NOT_ENOUGH_DATA: Mark("…", "?", "not enough data", "dim"),
    Status.NO_DATA: Mark("–", "-", "no data", "dim"),
    Status.DISCONTINUED: Mark("–", "-", "discontinued", "dim"),
}

SEVERITY_STYLES = {Severity.INFO: "cyan", Severity.WARNING: "yellow", Severity.CRITICAL: "bold red"}

#: Longer units stand behind the title instead of behind every value.
_SHORT_UNIT = 6
#: Codes that say "not split by this".
_WHOLE = ("all", "overall", "as-published")
_UNSAID = ("count", "number")
_PERCENT = ("%", "percent", "per cent")
#: A unit such as "score (1-5)": a word, and what it runs between.
_RANGED = re.compile(r"(?P<word>\w+) \((?P<range>[^()]+)\)")
_MONTHS = {Cadence.ANNUAL: 12, Cadence.QUARTERLY: 3, Cadence.MONTHLY: 1, Cadence.IRREGULAR: 0}


def status_words(status: Status, unicode: bool = True) -> str:
    """Return a verdict as symbol and words: neither needs the other, and neither needs colour."""
    mark = MARKS[status]
    return f"{mark.symbol if unicode else mark.ascii} {mark.words}"


def status_style(a: Assessment) -> str:
    """Return the style of a verdict; what rests on data that should have been renewed is grey."""
    return "dim" if a.freshness in (Freshness.LATE, Freshness.MISSING) else MARKS[a.status].style


def number(value: float, precision: int) -> str:
    """Return a number with thousands separators and ``precision`` decimals, never a negative zero."""
    text = f"{value:,.{precision}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def value_text(value: float | None, indicator: Indicator, language: str = "en", *, unit: bool = True) -> str:
    """Return a value with its unit where that is short, a state by its name, and nothing for None."""
    if value is None:
        return ""
    if indicator.scale is Scale.STATE and indicator.states is not None:
        is_state = float(value).is_integer() and 0 <= value < len(indicator.states)
        return indicator.state_name(value, language) if is_state else f"{value:.1f}"
    text = number(value, indicator.precision)
    return f"{text} {short_unit(indicator)}".rstrip() if unit else text


def bare_text(value: float | None, indicator: Indicator, language: str = "en") -> str:
    """Return a value beside one that already shows the unit: only a percent sign is repeated."""
    return value_text(value, indicator, language, unit=short_unit(indicator) == "%")


def short_unit(indicator: Indicator) -> str:
    """Return the unit where it is short enough to stand behind each value."""
    unit = indicator.unit
    if indicator.scale is Scale.STATE or _in_title(indicator):
        return ""
    if unit.lower().startswith(_PERCENT):
        return "%"
    return unit if len(unit) <= _SHORT_UNIT else ""


def long_unit(indicator: Indicator) -> str:
    """Return the unit where it says more than what stands behind each value, for the title."""
    if indicator.scale is Scale.STATE or _in_title(indicator) or indicator.unit.lower() in _PERCENT:
        return ""
    ranged = _RANGED.fullmatch(indicator.unit)
    if ranged and ranged["word"].casefold() in _title_words(indicator):
        return ranged["range"]
    return indicator.unit if short_unit(indicator) != indicator.unit else ""


def _in_title(indicator: Indicator) -> bool:
    """Say whether the unit is no news to who has read the title: "Countries with ...", in countries."""
    return indicator.unit in _UNSAID or indicator.unit.casefold() in _title_words(indicator)


def _title_words(indicator: Indicator) -> list[str]:
    return re.findall(r"\w+", indicator.title.en.casefold())


def change_text(a: Assessment, indicator: Indicator) -> str:
    """Return the change since the previous period; one below the printed precision is none."""
    if a.change is None:
        return ""
    if indicator.scale is Scale.STATE:
        return count(round(a.change), "step", sign=True) if a.change else "0"
    text = number(a.change, indicator.precision)
    if not text.strip("-0.,"):
        return "0"
    text = text if a.change < 0 else f"+{text}"
    return f"{text} pp" if short_unit(indicator) == "%" else text


def since_text(a: Assessment, indicator: Indicator) -> str:
    """Return `` since 2017`` where the value before is not that of the period before; empty where it is."""
    if a.change is None or a.period is None or a.previous_period is None:
        return ""
    between = _months(a.previous_period.end.year, a.previous_period.end.month, a.period)
    usual = max(_months(a.period.start.year, a.period.start.month, a.period) + 1, _MONTHS[indicator.cadence])
    return f" since {period_text(a.previous_period)}" if between > usual else ""


def _months(year: int, month: int, period: Period) -> int:
    return (period.end.year - year) * 12 + period.end.month - month


def change_style(a: Assessment, indicator: Indicator) -> str:
    """Return green for better, red for worse, nothing where neither is."""
    if not a.change or indicator.better is Better.NEITHER or change_text(a, indicator) == "0":
        return ""
    return "green" if (a.change > 0) is (indicator.better is Better.HIGHER) else "red"


def mark(a: Assessment, *periods: Period | None) -> str:
    """Return ``*`` where a correction is in force on the values of ``periods`` that a verdict rests on."""
    corrected = {period for period, _ in a.corrections}
    return "*" if any(period in corrected for period in periods) else ""


def contradicted(a: Assessment) -> str:
    """Return ``!`` where an open finding touches the value."""
    return "!" if a.findings else ""


def target_text(a: Assessment, indicator: Indicator, language: str = "en") -> str:
    """Return the target with its year, or its direction in words where it has no number."""
    if a.target is None:
        return indicator.better.value if a.official is not None and indicator.better is not Better.NEITHER else ""
    return f"{bare_text(a.target, indicator, language)}{f' in {a.target_year}' if a.target_year else ''}"


def authority(a: Assessment) -> str:
    """Say whose target it is. The word is always printed: nobody shall mistake our path for a commitment."""
    return "" if a.official is None else "OFFICIAL" if a.official else "working"


def authority_style(a: Assessment) -> str:
    """Return the style of a target, and of the word that says whose it is."""
    return "bold" if a.official else "dim italic"


def names(series: Series, indicator: Indicator, language: str = "en", leave: Collection[str] = ()) -> str:
    """Return the labels of a series by their names: ``Kazakhstan, Road``.

    Those that split nothing are left out, and so are the dimensions in ``leave``.
    """
    said = []
    for name, code in series.labels:
        if name in leave or code in _WHOLE or (name, code) == ("partner", "WLD"):
            continue
        dimension = indicator.dimension(name)
        called = dimension.codes[code].name.say(language) if dimension and code in dimension.codes else code
        said.append(f"{_towards(indicator)} {called}" if name == "partner" else called)
    return ", ".join(said)


def _towards(indicator: Indicator) -> str:
    """Return the word that tells a partner from an area."""
    about = f"{indicator.id} {indicator.title.en}".casefold()
    if "export" in about:
        return "to"
    return "from" if "import" in about or "investment" in about else "with"


def title(
    series: Series, indicator: Indicator, language: str = "en", *, unit: bool = False, leave: Collection[str] = ()
) -> str:
    """Return the title of the indicator and the labels of the series, by name; with ``unit`` a long unit too."""
    labels, long = names(series, indicator, language, leave), long_unit(indicator) if unit else ""
    title = f"{indicator.title.say(language)} ({labels})" if labels else indicator.title.say(language)
    return f"{title}, {long}" if long else title


def indicator_title(indicator: Indicator, language: str = "en") -> str:
    """Return the title of an indicator, with its unit where that is long."""
    return title(Series(indicator.id), indicator, language, unit=True)


def place(series: Series, indicator: Indicator) -> tuple[int, ...]:
    """Return a sort key: series in the order in which their code lists are written."""
    places = []
    for name, code in series.labels:
        dimension = indicator.dimension(name)
        positions = _positions(dimension.codes) if dimension else {}
        places.append(positions.get(code, len(positions)))
    return tuple(places)


@lru_cache(maxsize=256)
def _positions(codes: CodeList) -> dict[str, int]:
    return {one.code: position for position, one in enumerate(codes)}


def period_text(period: Period | None) -> str:
    """Return a reference period; months of one year by their year once, ``2024-01/09``."""
    text = str(period or "")
    first, _, last = text.partition("/")
    return f"{first}/{last[5:]}" if len(last) > 4 and first[:5] == last[:5] else text


def count(number_of: int, noun: str, *, sign: bool = False) -> str:
    """Return ``1 alert``, ``2 alerts``, with ``sign`` ``+2 steps``."""
    plural = noun if abs(number_of) == 1 else f"{noun}s" if not noun.endswith("y") else f"{noun[:-1]}ies"
    return f"{number_of:{'+' if sign else ''},} {plural}"
