"""World Bank Data360: one request an indicator, which brings all economies and every statistic that there is of them.

It has no key that says what changed, so a page is asked for conditionally where the server gave a validator; an answer
with the rows of the last one makes no release.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeGuard

from carecmon.model import (
    Answer,
    Ask,
    Cell,
    Client,
    Covered,
    Fault,
    NotModified,
    Observation,
    ObservationStatus,
    Period,
    Reply,
    Series,
    SourceError,
)
from carecmon.model.payload import Number, json_of
from carecmon.sources.worldbank_pages import NOTHING

API = "https://data360api.worldbank.org/data360"
PER_PAGE = 1000
MAX_ROWS = 10_000
FIRST, LAST = Period.parse("1960"), Period.parse("2100")
#: Where a row stands for the whole: the dimension is not used, or everything is together.
WHOLE = ("", "_Z", "_T")
#: Which statistic of shipments a row is: LPI 2.0 has mean, median and a spread of each economy and year.
STATISTIC = "COMP_BREAKDOWN_1"
_PARTS = ("SEX", "AGE", "URBANISATION", "COMP_BREAKDOWN_2", "COMP_BREAKDOWN_3")

_STATUSES = {
    "A": ObservationStatus.NORMAL,
    "E": ObservationStatus.ESTIMATED,
    "F": ObservationStatus.ESTIMATED,
    "P": ObservationStatus.PROVISIONAL,
}
_UNSCALED = ("", "0")


@dataclass(frozen=True, slots=True)
class Feed:
    """One indicator of a Data360 database, what it feeds, which economies are wanted, by ISO3, and which statistic.

    Rows of other economies, and of other statistics of these, are passed over.
    """

    database: str
    code: str
    indicator: str
    areas: tuple[str, ...]
    statistic: str


class Data360:
    """What a source of this API declares: ``fetch`` and ``parse`` over its ``feeds``."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._feeds = {(feed.database, feed.code): feed for feed in feeds}

    @property
    def requests(self) -> int:
        """How many requests a fetch of everything costs, one page each."""
        return len(self._feeds)

    def fetch(self, client: Client, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
        """Yield an answer for each indicator that has other rows than before, and NotModified for each other one.

        State: for each indicator the validators of its answer and the digest of its rows.
        """
        known = {key: entry for key, entry in state.items() if isinstance(entry, Mapping)}
        for done, feed in enumerate(self._feeds.values()):
            client.progress(done, len(self._feeds), feed.code)
            key = f"{feed.database} {feed.code}"
            last = known.get(key, {})
            replies = _ask(client, feed, last)
            if replies[0].not_modified:
                yield NotModified(replies[0].url)
                continue
            found = self._observations([reply.body for reply in replies], replies[0].url)
            rows = _digest(found)
            # Of several pages each has a validator of its own, and none that speaks for all.
            etag, modified = (replies[0].etag, replies[0].last_modified) if len(replies) == 1 else (None, None)
            known[key] = {"etag": etag, "last_modified": modified, "rows": rows}
            if rows == last.get("rows"):
                yield NotModified(replies[0].url, dict(known))
            else:
                yield _answer(feed, replies, known, None if found else NOTHING)

    def parse(self, answer: Answer) -> Iterator[Observation]:
        """Yield what the pages of one indicator state of the economies wanted, by economy and period."""
        bodies = list(answer.body.values()) if isinstance(answer.body, Mapping) else [answer.body]
        yield from self._observations(bodies, answer.url or "Data360")

    def _observations(self, bodies: Sequence[bytes], where: str) -> list[Observation]:
        pages = [_read(body, where) for body in bodies]
        rows = [row for _, page in pages for row in page]
        if {count for count, _ in pages} != {len(rows)}:
            raise SourceError(f"{where}: {len(rows)} rows came of {[c for c, _ in pages]}", kind=Fault.TRUNCATED)
        wanted = [(number, row) for number, row in enumerate(rows, 1) if self._is_wanted(row, number, where)]
        if rows and not wanted:
            there = ", ".join(sorted({_text(row, STATISTIC) or "none" for row in rows})[:8])
            raise _garbled(where, f"of {len(rows)} rows none is wanted; {STATISTIC} is {there}")
        found = [self._observation(row, number, where) for number, row in wanted]
        return sorted((one for one in found if one), key=lambda one: (one.series, one.period))

    def _is_wanted(self, row: Mapping[str, Any], number: int, where: str) -> bool:
        about = _text(row, "DATABASE_ID"), _text(row, "INDICATOR")
        feed = self._feeds.get(about)
        if feed is None:
            raise _garbled(where, f"row {number} is about {' '.join(about)!r}, not asked for")
        whole = all(_text(row, part) in WHOLE for part in _PARTS)
        return whole and _text(row, "REF_AREA") in feed.areas and _text(row, STATISTIC) in (*WHOLE, feed.statistic)

    def _observation(self, row: Mapping[str, Any], number: int, where: str) -> Observation | None:
        feed = self._feeds[_text(row, "DATABASE_ID"), _text(row, "INDICATOR")]
        area, written, mark = _text(row, "REF_AREA"), row.get("OBS_VALUE"), _text(row, "OBS_STATUS") or "A"
        if _text(row, "UNIT_MULT") not in _UNSCALED:
            raise _garbled(where, f"row {number} is multiplied by 10 to the power of {_text(row, 'UNIT_MULT')!r}")
        if written is None or written == "":
            return None
        try:
            value, period = _finite(written), Period.parse(_text(row, "TIME_PERIOD"))
        except ValueError as exc:
            raise _garbled(where, f"row {number}: {exc}") from exc
        notes = [f"unit as published: {unit}"] if (unit := _text(row, "UNIT_MEASURE")) else []
        if mark != "A":
            notes.append({"F": "forecast of the source"}.get(mark, f"OBS_STATUS {mark}"))
        return Observation(
            Series.of(feed.indicator, area=area),
            period,
            value,
            Cell(f"{feed.database} {feed.code}", _text(row, STATISTIC) or f"row {number}", area, period.text, written),
            _STATUSES.get(mark, ObservationStatus.NORMAL),
            "; ".join(notes) or None,
        )


def _ask(client: Client, feed: Feed, last: Mapping[str, Any]) -> list[Reply]:
    """Return the pages of one indicator, or one reply that says that nothing changed."""
    replies: list[Reply] = []
    got, count = 0, 1
    while got < count:
        params: dict[str, str | int] = {
            "DATABASE_ID": feed.database, "INDICATOR": feed.code, "skip": got, "top": PER_PAGE,
        }  # fmt: skip
        etag, modified = (None, None) if got else (last.get("etag"), last.get("last_modified"))
        reply = client.get(Ask(f"{client.base}/data", params, etag=etag, last_modified=modified))
        replies.append(reply)
        if reply.not_modified:
            break
        count, rows = _read(reply.body, reply.url)
        if got + len(rows) < count and not rows:
            raise SourceError(f"{reply.url}: an empty page, {got} of {count} rows came", kind=Fault.TRUNCATED)
        if count >= MAX_ROWS:
            raise SourceError(f"{reply.url}: {count} rows, as many as it gives at all", kind=Fault.TRUNCATED)
        got += len(rows)
    return replies


def _read(body: bytes, where: str) -> tuple[int, list[Mapping[str, Any]]]:
    content = json_of(body, where, verbatim=True)
    count, rows = (content.get("count"), content.get("value")) if isinstance(content, dict) else (None, None)
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) and _is_count(count):
        return int(count), rows
    raise _garbled(where, "it is not a count and a list of rows")


def _is_count(written: Any) -> TypeGuard[Number]:
    return isinstance(written, Number) and written.isdigit() and len(written) < 10


def _answer(feed: Feed, replies: Sequence[Reply], known: Mapping[str, Any], note: str | None) -> Answer:
    return Answer(
        {f"{feed.code}.{number}.json": reply.body for number, reply in enumerate(replies, 1)},
        replies[0].url,
        covers=tuple(Covered(feed.indicator, FIRST, LAST, {"area": area}) for area in feed.areas),
        note=note,
        state=dict(known),
    )


def _digest(rows: Iterable[Observation]) -> str:
    content = [[str(row.series), str(row.period), row.cell.raw, int(row.status), row.note] for row in rows]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _finite(written: Any) -> float:
    if not isinstance(written, str):
        raise ValueError(f"OBS_VALUE is {written!r}, not a number")
    value = float(written)
    if not isfinite(value) or "_" in written:
        raise ValueError(f"{written!r} is not a number that can be kept")
    return value


def _text(row: Mapping[str, Any], key: str) -> str:
    """Return the text or number under ``key``, as written; blank where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _garbled(where: str, found: str) -> SourceError:
    return SourceError(f"{where}: not an answer of Data360 as documented: {found}", kind=Fault.GARBLED)
