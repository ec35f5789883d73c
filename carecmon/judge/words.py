"""Numbers, names and sentences for people, in English; other languages are made when messages are rendered."""

from __future__ import annotations

from collections.abc import Iterable
from math import isclose

from carecmon.model import Better, Indicator, Scale, Series

#: Codes that say "not split by this": naming them tells nobody anything.
_WHOLE = ("all", "overall")
#: What differs by less than so many decimals more than are usually printed is not told apart.
_MORE = 5


def number(value: float, precision: int) -> str:
    """Return ``value`` as tables print it: 82,000 or 20.1."""
    text = f"{value:,.{precision}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text


def as_written(value: float) -> str:
    """Return ``value`` with the decimals it was written with: 7,800 or 0.45."""
    whole, _, decimals = f"{value:,.10f}".rstrip("0").partition(".")
    return f"{whole}.{decimals}" if decimals else whole


def amount(indicator: Indicator, value: float, decimals: int = 0) -> str:
    """Return a value of ``indicator`` with its unit, or the name of its state.

    It has as many of the ``decimals`` as say something, and no fewer than are usually printed.
    """
    if indicator.scale is Scale.STATE and indicator.states is not None:
        return state(indicator, value)
    return f"{finer(indicator, value, decimals)} {indicator.unit}".strip()


def finer(indicator: Indicator, value: float, decimals: int) -> str:
    """Return a number with as many of the ``decimals`` as say something, and no fewer than are usually printed."""
    exact = round(value, decimals)
    usual = indicator.precision
    return number(value, next((p for p in range(usual, decimals) if round(value, p) == exact), max(usual, decimals)))


def telling(indicator: Indicator, value: float, others: Iterable[float | None]) -> int:
    """Return with how many decimals ``value`` reads otherwise than those of ``others`` that differ from it."""
    usual = indicator.precision
    apart = [other for other in others if other is not None and not isclose(other, value, rel_tol=1e-6)]
    return next(
        (p for p in range(usual, usual + _MORE) if all(number(other, p) != number(value, p) for other in apart)), usual
    )


def change(indicator: Indicator, value: float) -> str:
    """Return a difference of two values of ``indicator``: +1,250.0, or -1 step between two states."""
    if indicator.scale is Scale.STATE:
        return f"{value:+.0f} step{'s' if abs(value) != 1 else ''}"
    return f"{value:+,.{indicator.precision}f}"


def level(indicator: Indicator, value: float) -> str:
    """Return a threshold of ``indicator`` as it was written, or the name of the state it is."""
    is_state = indicator.scale is Scale.STATE and float(value).is_integer()
    return state(indicator, value) if is_state else as_written(value)


def state(indicator: Indicator, position: float) -> str:
    """Return the name of the state at ``position`` as it stands inside a sentence."""
    count = len(indicator.states or ())
    name = indicator.state_name(min(max(position, 0.0), count - 1.0))
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def name_of(indicator: Indicator, series: Series) -> str:
    """Return the title of ``indicator`` and what ``series`` is about: "Speed with delay (Corridor 3, road)"."""
    names = []
    for dimension, code in series.labels:
        declared = indicator.dimension(dimension)
        if code not in _WHOLE:
            names.append(declared.codes[code].name.en if declared and code in declared.codes else code)
    return f"{indicator.title.en} ({', '.join(names)})" if names else indicator.title.en


def kind(official: bool | None) -> str:
    """Return the word that keeps official and working targets apart."""
    return "official" if official else "working"


def towards(better: Better) -> str:
    """Return the word for the direction of progress."""
    return better.value if better is not Better.NEITHER else "neither direction"
