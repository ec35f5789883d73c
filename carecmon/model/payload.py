"""Bodies of answers, read strictly: what JSON and text must be before anything is believed."""

from __future__ import annotations

import json
from typing import Any

from carecmon.errors import SourceError


def json_of(body: bytes, where: str) -> Any:
    """Return ``body`` as JSON; raise SourceError naming ``where`` and what is wrong with it."""
    try:
        return json.loads(text_of(body, where), parse_constant=_refuse, object_pairs_hook=_unique)
    except ValueError as exc:
        raise SourceError(f"{where}: the answer is not JSON as it should be: {exc}", transient=True) from exc


def text_of(body: bytes, where: str, encoding: str = "utf-8-sig") -> str:
    """Return ``body`` decoded strictly; raise SourceError naming ``where``, the encoding and the place."""
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as exc:
        raise SourceError(f"{where}: the answer is not {encoding} at byte {exc.start}", transient=True) from exc
    if "�" in text:
        raise SourceError(f"{where}: the answer was decoded wrongly before it was sent (U+FFFD)", transient=False)
    return text


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
