"""World Bank Data360: indicators of its databases, one economy a request.

It has no key that says what changed, so each economy is asked for, conditionally where the server gave a validator;
an answer with the rows of the last one makes no release.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

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
from carecmon.model.payload import json_of

API = "https://data360api.worldbank.org/data360"
PER_PAGE = 1000
MAX_ROWS = 10_000
FIRST, LAST = Period.parse("1960"), Period.parse("2100")

_STATUSES = {
    "A": ObservationStatus.NORMAL,
    "E": ObservationStatus.ESTIMATED,
    "F": ObservationStatus.ESTIMATED,
    "P": ObservationStatus.PROVISIONAL,
}
_UNSCALED = (None, "", "0", 0)


@dataclass(frozen=True, slots=True)
class Feed:
    """One indicator of a Data360 database, what it feeds, and the economies asked for, by ISO3."""

    database: str
    code: str
    indicator: str
    areas: tuple[str, ...]


class Data360:
    """What a source of this API declares: ``fetch`` and ``parse`` over its ``feeds``."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self._feeds = {(feed.database, feed.code): feed for feed in feeds}

    @property
    def requests(self) -> int:
        """How many requests a fetch of everything costs."""
        return sum(len(feed.areas) for feed in self._feeds.values())

    def fetch(self, client: Client, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
        """Yield an answer for each economy that has other rows than before, and NotModified for each other one.

        State: for each indicator and economy the validators of its answer and the digest of its rows.
        """
        known = {key: entry for key, entry in state.items() if isinstance(entry, Mapping)}
        wanted = [(feed, area) for feed in self._feeds.values() for area in feed.areas]
        for done, (feed, area) in enumerate(wanted):
            client.progress(done, len(wanted), f"{feed.code} {area}")
            key = f"{feed.database} {feed.code} {area}"
            last = known.get(key, {})
            replies = _ask(client, feed, area, last)
            if replies[0].not_modified:
                yield NotModified(replies[0].url)
                continue
            rows = _digest(self._observations([reply.body for reply in replies], replies[0].url))
            known[key] = {"etag": replies[0].etag, "last_modified": replies[0].last_modified, "rows": rows}
            if rows == last.get("rows"):
                yield NotModified(replies[0].url, dict(known))
            else:
                yield _answer(feed, area, replies, known)

    def parse(self, answer: Answer) -> Iterator[Observation]:
        """Yield what the pages of one economy state, by period."""
        bodies = list(answer.body.values()) if isinstance(answer.body, Mapping) else [answer.body]
        yield from self._observations(bodies, answer.url or "Data360")

    def _observations(self, bodies: Sequence[bytes], where: str) -> list[Observation]:
        pages = [_read(body, where) for body in bodies]
        rows = [row for _, page in pages for row in page]
        if {count for count, _ in pages} != {len(rows)}:
            raise SourceError(f"{where}: {len(rows)} rows came of {[c for c, _ in pages]}", kind=Fault.TRUNCATED)
        found = [self._observation(row, number, where) for number, row in enumerate(rows, 1)]
        return sorted((one for one in found if one), key=lambda one: (one.series, one.period))

    def _observation(self, row: Mapping[str, Any], number: int, where: str) -> Observation | None:
        feed = self._feeds.get((_text(row, "DATABASE_ID"), _text(row, "INDICATOR")))
        area = _text(row, "REF_AREA")
        if feed is None or area not in feed.areas:
            raise _garbled(where, f"row {number} is about {_text(row, 'INDICATOR')!r} of {area!r}, not asked for")
        if row.get("UNIT_MULT") not in _UNSCALED:
            raise _garbled(where, f"row {number} is multiplied by 10 to the power of {row['UNIT_MULT']!r}")
        written, mark = _text(row, "OBS_VALUE"), _text(row, "OBS_STATUS") or "A"
        if not written:
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
            Cell(f"{feed.database} {feed.code}", f"row {number}", area, period.text, written),
            _STATUSES.get(mark, ObservationStatus.NORMAL),
            "; ".join(notes) or None,
        )


def _ask(client: Client, feed: Feed, area: str, last: Mapping[str, Any]) -> list[Reply]:
    """Return the pages of one economy, or one reply that says that nothing changed."""
    replies: list[Reply] = []
    got, count = 0, 1
    while got < count:
        first = got == 0
        params: dict[str, str | int] = {
            "DATABASE_ID": feed.database, "INDICATOR": feed.code, "REF_AREA": area, "skip": got, "top": PER_PAGE,
        }  # fmt: skip
        etag, modified = (last.get("etag"), last.get("last_modified")) if first else (None, None)
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
    content = json_of(body, where)
    count, rows = (content.get("count"), content.get("value")) if isinstance(content, dict) else (None, None)
    if type(count) is not int or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _garbled(where, "it is not a count and a list of rows")
    return count, rows


def _answer(feed: Feed, area: str, replies: Sequence[Reply], known: Mapping[str, Any]) -> Answer:
    return Answer(
        {f"{feed.code}.{area}.{number}.json": reply.body for number, reply in enumerate(replies, 1)},
        replies[0].url,
        covers=(Covered(feed.indicator, FIRST, LAST, {"area": area}),),
        state=dict(known),
    )


def _digest(rows: Iterable[Observation]) -> str:
    content = [[str(row.series), str(row.period), row.cell.raw, int(row.status), row.note] for row in rows]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _finite(written: str) -> float:
    value = float(written)
    if not isfinite(value):
        raise ValueError(f"{written!r} is not a number that can be kept")
    return value


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _garbled(where: str, found: str) -> SourceError:
    return SourceError(f"{where}: not an answer of Data360 as documented: {found}", kind=Fault.GARBLED)
