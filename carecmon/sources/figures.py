"""Printed numbers as tables write them: signs and brackets, thousands, and which sign is the decimal one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import isclose, isfinite

#: What tables print where they have no value.
DASHES = frozenset({"-", "–", "—", "−", "..", "...", "…", "n/a", "n.a.", "na", "н/д", "нет данных", "无", "不适用"})

_BLANKS = re.compile(r"(?<=[0-9])[ \u00a0\u2009\u202f'’](?=[0-9]{3}(?![0-9]))")
_TOKEN = re.compile(r"[0-9][0-9.,]*[0-9]|[0-9]")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
#: "1,083" and "1.083": a thousand and more, or one and a little.
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")

#: Words for large numbers, as powers of ten; the longer ones of Chinese stand before those that they are made of.
_LARGE = {
    "万亿": 12, "十亿": 9, "百万": 6, "亿": 8, "万": 4, "千(?![米克瓦])": 3,
    "(?<![a-z])(?:thousand|thous|'000)": 3, "(?<![a-z])(?:million|mln|mn(?![a-z]))": 6,
    "(?<![a-z])(?:billion|bln|bn(?![a-z]))": 9, "(?<![a-z])(?:trillion|trln|tn(?![a-z]))": 12,
    "(?<![а-я])тыс": 3, "(?<![а-я])(?:млн|миллион)": 6, "(?<![а-я])(?:млрд|миллиард)": 9,
    "(?<![а-я])(?:трлн|триллион)": 12,
}  # fmt: skip
_LARGE_WORD = re.compile("|".join(f"({word})" for word in _LARGE))
_POWERS = tuple(_LARGE.values())
#: What an indicator may count in: ones, thousands, millions, billions.
_COUNTED = (0, 3, 6, 9)


def plain(text: str) -> str:
    """Return ``text`` with full-width signs narrow, one kind of minus, and blanks trimmed."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("—", "-").strip()


def is_blank(text: str) -> bool:
    """Say whether a cell holds no value: nothing, or a dash."""
    return not text.strip() or text.strip().casefold() in DASHES


@dataclass(frozen=True, slots=True)
class Style:
    """How one file writes numbers: its decimal sign, ``.`` or ``,``, and None where no number shows it."""

    decimal: str | None = None

    @staticmethod
    def of(texts: Iterable[str]) -> Style:
        """Return the style that the numbers in ``texts`` show; raise ValueError where two of them contradict."""
        shown: dict[str, str] = {}
        for text in texts:
            for token in _TOKEN.findall(_BLANKS.sub("", plain(text))):
                sign = _decimal_of(token)
                if sign:
                    shown.setdefault(sign, text.strip())
        if len(shown) > 1:
            raise ValueError(f"{shown['.']!r} is written with a decimal point and {shown[',']!r} with a decimal comma")
        return Style(next(iter(shown), None))

    def read(self, text: str) -> float:
        """Return the number written ``text``; raise ValueError where it is none, not finite, or could be two.

        ``(1.7)`` is minus 1.7. Blanks and apostrophes may separate thousands; so may the sign that is not decimal.
        """
        written = _BLANKS.sub("", plain(text))
        sign = 1.0
        if written.startswith("(") and written.endswith(")"):
            sign, written = -1.0, written[1:-1].strip()
        number = _NUMBER.fullmatch(self._without_thousands(written, text))
        if number is None or (sign < 0 and number[0][0] in "+-"):
            raise ValueError(f"{text.strip()!r} is not a number")
        value = sign * float(number[0])
        if not isfinite(value):
            raise ValueError(f"{text.strip()!r} is too large for a number")
        return value + 0.0 if value else 0.0

    def _without_thousands(self, written: str, text: str) -> str:
        decimal = self.decimal
        bare = written.lstrip("+-")
        if decimal is None and _AMBIGUOUS.fullmatch(bare):
            if "," in bare:
                raise ValueError(f"{text.strip()!r} can be read in two ways; write it without the comma")
            decimal = "."
        decimal = decimal or _decimal_of(bare) or "."
        thousands = "," if decimal == "." else "."
        if thousands in written:
            if not re.match(rf"[-+]?[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+(?![0-9{thousands}])", written):
                raise ValueError(f"{text.strip()!r} is not a number")
            written = written.replace(thousands, "")
        return written.replace(decimal, ".")


def prints(text: str, value: float) -> bool:
    """Say whether ``text``, as a document prints it, can be where ``value`` is from.

    A cell that is a number alone says it exactly. Where words stand beside the number, its sign may be one of them
    ("a decline by 31%"), and where one is a word for a large number, so may its thousands ("USD 14.4 billion", counted
    in millions). A share of "75%" may be 0.75. A text without any digit says nothing against a value.
    """
    written = plain(text).rstrip("*†‡ ")
    found = {number for form in (written, _BLANKS.sub("", written)) for number in _readings(form)}
    if not any(character.isalpha() for character in written):
        negative = written.startswith("-") or (written.startswith("(") and written.endswith(")"))
        found = {-number if negative else number for number in found}
    else:
        found, value = {abs(number) for number in found}, abs(value)
    return not found or any(isclose(value, number * factor) for number in found for factor in _factors(written))


def _factors(text: str) -> Iterator[float]:
    """Yield by what a printed number may be multiplied, as the words beside it allow."""
    yield 1.0
    if "%" in text:
        yield 0.01
    for word in _LARGE_WORD.finditer(text.casefold()):
        assert word.lastindex is not None
        yield from (10.0 ** (_POWERS[word.lastindex - 1] - power) for power in _COUNTED)


def _readings(text: str) -> Iterator[float]:
    """Yield every number that digits in ``text`` can be, with a decimal point and with a decimal comma."""
    for token in _TOKEN.findall(text):
        for style in (Style("."), Style(",")):
            with suppress(ValueError):
                yield style.read(token)


def _decimal_of(token: str) -> str | None:
    """Return the decimal sign that a number shows beyond doubt, or None."""
    signs = [sign for sign in ".," if sign in token]
    if len(signs) == 2:
        return max(signs, key=token.rfind)
    if not signs:
        return None
    (sign,) = signs
    if token.count(sign) > 1:
        grouped = _GROUPS.fullmatch(token)  # anything else is a date, a version, a list
        return None if grouped is None else "," if sign == "." else "."
    return None if _AMBIGUOUS.fullmatch(token) else sign
