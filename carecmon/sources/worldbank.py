"""World Bank Indicators API v2: one reader for any number of its series.

The smallest request that tells whether anything changed is one row of one series (``per_page=1``): its heading has
``lastupdated``, the date on which the whole database was loaded. Where that is the stored one, nothing else is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
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
    Published,
    Reply,
    Series,
    SourceError,
)
from carecmon.model.payload import Number
from carecmon.sources.worldbank_pages import NOTHING, Page, check_whole, classify, garbled, read, text_in

API = "https://api.worldbank.org/v2"
PER_PAGE = 1000
#: No series of ours has more rows than a few thousand; a heading that promises more is not believed.
MAX_PAGES = 50
#: Everything the databases hold: the API sends every year it has, and is asked for all of them.
FIRST, LAST = Period.parse("1960"), Period.parse("2100")
#: A database may be loaded again on the day of ``lastupdated``, which ends later in Washington than in UTC.
SETTLED_AFTER = timedelta(days=1)

_STATUSES = {
    "": (ObservationStatus.NORMAL, None),
    "E": (ObservationStatus.ESTIMATED, "estimate of the source"),
    "F": (ObservationStatus.ESTIMATED, "forecast of the source"),
    "P": (ObservationStatus.PROVISIONAL, None),
}
_DATE = re.compile(r"([0-9]{4})(?:(Q[1-4])|M([0-9]{2}))?")
#: Faults that every other request of this hour would meet, too.
_OF_ALL = (Fault.THROTTLED, Fault.QUOTA, Fault.UNAUTHORISED, Fault.OUTAGE)


@dataclass(frozen=True, slots=True)
class Feed:
    """One series of the World Bank and the indicator that it feeds.

    ``areas`` are the economies asked for, by ISO3; never ``all``, which brings aggregates along. ``database`` is 2 for
    the World Development Indicators. ``filed`` says which reference period stands under which date where that is not
    the same. An indicator without the dimension area (``labelled`` false) takes the figures of a single economy.
    """

    code: str
    indicator: str
    areas: tuple[str, ...]
    database: int = 2
    filed: Mapping[str, str] = field(default_factory=dict)
    labelled: bool = True

    @property
    def path(self) -> str:
        """The path of its requests below the API's address."""
        return f"country/{';'.join(self.areas)}/indicator/{self.code}"

    def series(self, area: str) -> Series:
        """Return the series of one economy."""
        return Series.of(self.indicator, area=area) if self.labelled else Series(self.indicator)

    def covers(self) -> Iterator[Covered]:
        """Yield what an answer states completely: every year of the economies asked for."""
        for select in [{"area": area} for area in self.areas] if self.labelled else [{}]:
            yield Covered(self.indicator, FIRST, LAST, select)


class WorldBank:
    """What a source of this API declares: ``fetch`` and ``parse`` over its ``feeds``."""

    def __init__(self, feeds: Iterable[Feed]) -> None:
        self.feeds = tuple(feeds)
        self._by_code = {feed.code: feed for feed in self.feeds}

    def fetch(self, client: Client, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
        """Yield an answer for each series that says something new. One that is refused does not cost the others.

        State: for each series what was asked, ``lastupdated``, whether that day was over when it was asked, and the
        digest of the rows.
        """
        known = {code: entry for code, entry in _entries(state) if self._asks_alike(code, entry)}
        failures: list[tuple[Feed, SourceError]] = []
        due, said = self._due(client, known, failures)
        if said and not due:
            yield NotModified(said)
        for done, feed in enumerate(due):
            client.progress(done, len(due), feed.code)
            try:
                pages, replies = _ask(client, feed)
                content = rows_of(feed, pages, replies[0].url)
            except SourceError as exc:
                failures.append((feed, exc))
                continue
            entry = _entry(feed, pages[0].updated, content, replies[0])
            same = known.get(feed.code, {}).get("rows") == entry["rows"]
            known[feed.code] = entry
            yield NotModified(replies[0].url, {"series": dict(known)}) if same else _answer(feed, pages, replies, known)
        if failures:
            raise _together(failures)

    def parse(self, answer: Answer) -> Iterator[Observation]:
        """Yield what the pages of one series state, by country and date; rows without a value state nothing."""
        bodies = answer.body if isinstance(answer.body, Mapping) else {"": answer.body}
        where = answer.url or "World Bank"
        pages = sorted((read(body, where) for body in bodies.values()), key=lambda page: page.number)
        rows = [row for page in pages for row in page.rows]
        if not rows:
            return
        code = text_in(rows[0], "indicator", "id")
        if code not in self._by_code:
            raise garbled(where, f"the first row is about {code!r}, which no indicator is fed from")
        yield from rows_of(self._by_code[code], pages, where)

    def _asks_alike(self, code: str, entry: Mapping[str, Any]) -> bool:
        feed = self._by_code.get(code)
        return feed is not None and entry.get("asked") == _asked(feed)

    def _due(
        self, client: Client, known: Mapping[str, Mapping[str, Any]], failures: list[tuple[Feed, SourceError]]
    ) -> tuple[list[Feed], str]:
        """Return the feeds to ask for, and the address that said that the others are unchanged.

        Where a series does not say when its database was loaded, it is added to ``failures`` and the next one is asked,
        unless the next one would meet the same.
        """
        current: dict[int, str] = {}
        said = ""
        settled = [feed for feed in self.feeds if known.get(feed.code, {}).get("settled")]
        for feed in sorted(settled, key=lambda feed: len(feed.areas)):
            if feed.database not in current:
                try:
                    reply = client.get(_request(client, feed, 1, 1))
                    current[feed.database], said = read(reply.body, reply.url).updated, reply.url
                except SourceError as exc:
                    if exc.kind in _OF_ALL:
                        raise
                    failures.append((feed, exc))
        failed = [feed for feed, _ in failures]
        new = [feed for feed in settled if feed not in failed and _is_newer(current[feed.database], known[feed.code])]
        return [*(feed for feed in self.feeds if feed not in settled), *new], said


def rows_of(feed: Feed, pages: Sequence[Page], where: str) -> list[Observation]:
    """Return the observations of all pages of a series, by series and period; raise SourceError where one is wrong."""
    check_whole(pages, where)
    found = [
        (feed.series(area).labels, observation.period.key, observation)
        for page in pages
        for row in page.rows
        for area, observation in _observed(feed, row, page, where)
    ]
    return [observation for _, _, observation in sorted(found, key=lambda each: each[:2])]


def _observed(feed: Feed, row: Mapping[str, Any], page: Page, where: str) -> Iterator[tuple[str, Observation]]:
    code, area, filed = text_in(row, "indicator", "id"), text_in(row, "countryiso3code"), text_in(row, "date")
    area = area or text_in(row, "country", "id")
    if code != feed.code or area not in feed.areas:
        raise garbled(where, f"a row is about {code!r} of {area!r}; asked for was {feed.path}")
    written = row.get("value")
    if written is None:
        return
    if not isinstance(written, Number):
        raise garbled(where, f"{area} {filed}: the value is {written!r}, not a number")
    status, note = _STATUSES.get(mark := text_in(row, "obs_status"), (ObservationStatus.NORMAL, f"obs_status {mark}"))
    about = feed.filed.get(filed, filed)
    if about != filed:
        note = "; ".join(filter(None, (f"filed under {filed} by the World Bank", note)))
    cell = Cell(feed.code, f"page {page.number}", area, filed or "blank", written)
    try:
        period = _period(about)
    except ValueError as exc:
        found = f"{code} of {area}: the date {filed!r} is not a year, a quarter or a month from 1900 on"
        raise garbled(where, found) from exc
    yield area, Observation(feed.series(area), period, float(written), cell, status, note)


def _period(filed: str) -> Period:
    match = _DATE.fullmatch(filed)
    if match is None:
        raise ValueError(filed)
    year, quarter, month = match.groups()
    return Period.parse("-".join(filter(None, (year, quarter, month))))


def _ask(client: Client, feed: Feed) -> tuple[list[Page], list[Reply]]:
    """Return all pages of a series, and the replies they came in."""
    replies = [client.get(_request(client, feed, 1, PER_PAGE))]
    pages = [read(replies[0].body, replies[0].url)]
    if pages[0].pages > MAX_PAGES:
        raise garbled(replies[0].url, f"it promises {pages[0].pages} pages; more than {MAX_PAGES} are not believed")
    rest = range(2, pages[0].pages + 1)
    for reply in client.get_all([_request(client, feed, number, PER_PAGE) for number in rest]) if rest else ():
        replies.append(reply)
        pages.append(read(reply.body, reply.url))
    return pages, replies


def _request(client: Client, feed: Feed, page: int, per_page: int) -> Ask:
    params: dict[str, str | int] = {"format": "json", "source": feed.database, "per_page": per_page, "page": page}
    return Ask(f"{client.base}/{feed.path}", params, classify=classify)


def _asked(feed: Feed) -> str:
    return f"{feed.path} in {feed.database}"


def _answer(feed: Feed, pages: Sequence[Page], replies: Sequence[Reply], known: Mapping[str, Any]) -> Answer:
    body = {f"{feed.code}.{page.number}.json": reply.body for page, reply in zip(pages, replies, strict=True)}
    return Answer(
        body,
        replies[0].url,
        pages[0].updated,
        _published(pages[0].updated),
        tuple(feed.covers()),
        note=None if pages[0].total else NOTHING,
        state={"series": dict(known)},
    )


def _entry(feed: Feed, updated: str, content: Sequence[Observation], reply: Reply) -> dict[str, Any]:
    rows = [[str(o.series), str(o.period), o.cell.raw, int(o.status), o.note] for o in content]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return {"asked": _asked(feed), "updated": updated, "settled": _settled(updated, reply), "rows": digest}


def _is_newer(updated: str, entry: Mapping[str, Any]) -> bool:
    return not updated or updated != entry.get("updated")


def _settled(updated: str, reply: Reply) -> bool:
    """Say whether the day of ``updated`` was over when the reply was sent; by the server's own clock."""
    try:
        sent = parsedate_to_datetime(reply.headers.get("date", "")).date()
        return date.fromisoformat(updated) + SETTLED_AFTER < sent
    except ValueError:
        return False


def _published(updated: str) -> Published:
    try:
        return Published.parse(updated)
    except ValueError:
        return Published.parse(None)


def _entries(state: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    series = state.get("series")
    for code, entry in series.items() if isinstance(series, Mapping) else ():
        if isinstance(entry, Mapping):
            yield code, entry


def _together(failures: Sequence[tuple[Feed, SourceError]]) -> SourceError:
    waits = [exc.retry_after for _, exc in failures if exc.retry_after is not None]
    by_reason: dict[str, list[str]] = {}
    for feed, exc in failures:
        by_reason.setdefault(str(exc), []).append(feed.code)
    return SourceError(
        "; ".join(f"{', '.join(codes)}: {reason}" for reason, codes in by_reason.items()),
        kind=failures[0][1].kind,
        transient=any(exc.transient for _, exc in failures),
        retry_after=max(waits, default=None),
    )
