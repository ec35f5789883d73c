"""Pages of the World Bank Indicators API v2: what a good one is, and the API's own ways of saying no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carecmon.model import Fault, Problem, Reply, SourceError
from carecmon.model.payload import json_of

#: Note of an answer that is no failure, and states nothing.
NOTHING = "the source answered and has nothing"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer. Numbers in ``rows`` are as written."""

    number: int
    pages: int
    total: int
    updated: str
    rows: tuple[Mapping[str, Any], ...]


def classify(reply: Reply) -> Problem | None:
    """Tell the API's own errors: messages at status 200, and status 400 without a message, which is throttling."""
    message = _message(reply.body) if reply.status in (200, 400) else None
    if message is not None:
        return Problem(Fault.BAD_REQUEST, f"the World Bank refuses the request: {message}")
    if reply.status == 400:
        return Problem(Fault.THROTTLED, "the World Bank answers 400 without a reason, as it does under load")
    return None


def read(body: bytes, where: str) -> Page:
    """Return one page of an answer; raise SourceError naming ``where`` for anything else."""
    content = json_of(body, where, verbatim=True)
    refusal = _refusal(content)
    if refusal is not None:
        raise SourceError(f"{where}: the World Bank refuses the request: {refusal}", kind=Fault.BAD_REQUEST)
    if not (isinstance(content, list) and len(content) == 2 and isinstance(content[0], dict)):
        raise garbled(where, "it is not a heading and a list of rows")
    heading, rows = content
    number, pages, total = (_count(heading, key, where) for key in ("page", "pages", "total"))
    if rows is None and total:
        raise garbled(where, f"the heading promises {total} rows, and there are none")
    if not (rows is None or (isinstance(rows, list) and all(isinstance(row, dict) for row in rows))):
        raise garbled(where, "the second part is not a list of rows")
    updated = heading.get("lastupdated")
    return Page(number, pages, total, updated if isinstance(updated, str) else "", tuple(rows or ()))


def check_whole(pages: Sequence[Page], where: str) -> None:
    """Raise SourceError where ``pages`` are not all pages of one answer."""
    heads = {(page.total, page.pages, page.updated) for page in pages}
    if len(heads) != 1:
        raise SourceError(
            f"{where}: the pages of one answer disagree on total, pages and lastupdated: {sorted(heads)};"
            " the database was loaded in between, so ask again",
            kind=Fault.TRUNCATED,
        )
    total, count, _ = heads.pop()
    rows = sum(len(page.rows) for page in pages)
    numbers = [page.number for page in pages]
    if rows != total or (total and numbers != list(range(1, count + 1))):
        raise SourceError(
            f"{where}: {rows} rows on the pages {numbers}; {total} rows on {count} pages are promised",
            kind=Fault.TRUNCATED,
        )


def text_in(row: Mapping[str, Any], *keys: str) -> str:
    """Return the text that stands under ``keys``, one inside the other; blank where there is none."""
    value: Any = row
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def garbled(where: str, found: str) -> SourceError:
    """Return the error for an answer of another structure."""
    return SourceError(f"{where}: not an answer of the World Bank as documented: {found}", kind=Fault.GARBLED)


def _message(body: bytes) -> str | None:
    """Return the API's own error message, None where there is none."""
    if len(body) > 1 << 16 or b'"message"' not in body:
        return None
    try:
        return _refusal(json_of(body, ""))
    except SourceError:
        return None


def _refusal(content: Any) -> str | None:
    if not (isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict)):
        return None
    messages = content[0].get("message")
    if not isinstance(messages, list):
        return None
    parts = [m for m in messages if isinstance(m, dict)]
    return "; ".join(f"{m.get('key')}: {m.get('value')} (message {m.get('id')})" for m in parts) or "no reason given"


def _count(heading: Mapping[str, Any], key: str, where: str) -> int:
    written = heading.get(key)
    if not (isinstance(written, str) and written.isascii() and written.isdigit() and len(written) < 10):
        raise garbled(where, f"{key} is {written!r}, not a whole number")
    return int(written)
