"""Bodies of answers, read strictly: what JSON and text must be before anything is believed."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any

from carecmon.errors import Fault, SourceError

#: Text in UTF-8 that somebody took for Latin-1 or Windows-1252, and encoded again.
_TWICE = re.compile("[\u00c2\u00c3\u00d0\u00d1][\u0080-\u00bf]|\u00e2\u20ac")

#: How JSON writes one half of a character beyond the first 65,536; such halves make sense in pairs only.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class Number(str):
    """A number as it is written in JSON: a text, so that no digit is lost; ``float`` of it is finite."""

    __slots__ = ()


def json_of(body: bytes, where: str, *, verbatim: bool = False) -> Any:
    """Return ``body`` as JSON; raise SourceError naming ``where`` and what is wrong with it.

    ``verbatim`` gives every number as a ``Number``.
    """
    text = text_of(body, where)
    numbers = {"parse_float": _written, "parse_int": _written} if verbatim else {"parse_float": _finite}
    try:
        found = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique, **numbers)
        if _HALF.search(text):
            _refuse_halves(found)
        return found
    except RecursionError as exc:
        raise SourceError(f"{where}: the answer nests its brackets too deep", kind=Fault.GARBLED) from exc
    except ValueError as exc:
        raise SourceError(f"{where}: the answer is not JSON as it should be: {exc}", kind=Fault.GARBLED) from exc


def text_of(body: bytes, where: str, encoding: str = "utf-8-sig") -> str:
    """Return ``body`` decoded strictly; raise SourceError naming ``where``, the encoding and the place."""
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as exc:
        raise SourceError(f"{where}: the answer is not {encoding} at byte {exc.start}", kind=Fault.GARBLED) from exc
    if "\ufffd" in text:
        raise SourceError(
            f"{where}: the answer was decoded wrongly before it was sent (U+FFFD)", kind=Fault.GARBLED, transient=False
        )
    if not text.isascii() and (found := _TWICE.search(text)):
        raise SourceError(
            f"{where}: the answer was encoded twice before it was sent ({found[0]!a} at character {found.start()})",
            kind=Fault.GARBLED,
            transient=False,
        )
    return text


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


def _refuse_halves(found: Any) -> None:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as exc:
        raise ValueError(f"half a character ({exc.object[exc.start]!a}) stands in a text") from None


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"{text} is no number that can be kept")
    return value


def _written(text: str) -> Number:
    _finite(text)
    return Number(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
