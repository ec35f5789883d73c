"""The outbox: messages commit as data together with what they tell, and leave afterwards.

A delivery is waiting until it is due, then queued, then sent, dead or dropped. Its content is data until it is
rendered, once; from then on nothing is added to it, and every attempt sends the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from carecmon.model import Delivery, Severity
from carecmon.model.person import Reason, Told
from carecmon.store.connection import Row
from carecmon.store.despatch import KEPT, Despatch, Kept, kept
from carecmon.store.times import moment, stamp

if TYPE_CHECKING:
    from carecmon.store.store import Store

_OPEN = "state in ('queued', 'waiting')"


@dataclass(frozen=True, slots=True)
class Item:
    """One alert in one delivery: which news it is, and the JSON it is told from (None: told in sum)."""

    fingerprint: str
    at: datetime
    news: Reason
    severity: Severity
    period: str | None = None
    value: float | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log: ``what`` happened (tell, hold, skip, sent, failed ...) and ``why``."""

    id: int
    at: datetime
    run: int | None
    person: str
    fingerprint: str | None
    delivery: int | None
    what: str
    why: str


class Outbox:
    """Whatever writes is called inside ``Store.writing()``. ``despatch`` is what senders do with deliveries."""

    def __init__(self, store: Store) -> None:
        self._connection = store._connection
        self.despatch = Despatch(self._connection)

    # What is queued

    def put(
        self, person: str, channel: str, kind: str, *, run: int | None, now: datetime, due: datetime, domain: str,
        content: str,
    ) -> int:  # fmt: skip
        """Queue a message that is due at ``due``; return its id. Its Message-ID is final from now on."""
        count = self._connection.first("select coalesce(max(id), 0) from delivery") or (0,)
        seed = f"{count[0]}\n{run}\n{person}\n{channel}\n{kind}\n{stamp(now)}"
        message_id = f"{hashlib.sha256(seed.encode()).hexdigest()[:32]}@{domain}"
        state = "waiting" if due > now else "queued"
        return self._connection.run(
            "insert into delivery (person, channel, kind, message_id, run, created, due, state, attempts, next_try,"
            " content) values (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            [person, channel, kind, message_id, run, stamp(now), stamp(due), state, stamp(due), content],
        )

    def open_for(self, person: str, channel: str, kind: str, due: datetime) -> int | None:
        """Return the delivery that waits for this person until ``due`` and can still be added to."""
        row = self._connection.first(
            "select id from delivery where person = ? and channel = ? and kind = ? and due = ? and state = 'waiting'"
            " and body is null and claimed_by is null order by id desc limit 1",
            [person, channel, kind, stamp(due)],
        )
        return int(row[0]) if row else None

    def rewrite(self, delivery: int, content: str) -> None:
        """Replace the content of a delivery that is not rendered yet."""
        self._connection.run("update delivery set content = ? where id = ? and body is null", [content, delivery])

    def untouched(self, person: str) -> list[Kept]:
        """Return the open deliveries of a person that nobody has tried to send yet, oldest first."""
        rows = self._connection.rows(
            f"{KEPT} where person = ? and {_OPEN} and body is null and attempts = 0 and claimed_by is null order by id",
            [person],
        )
        return [kept(row) for row in rows]

    def told_after(self, kept: Kept) -> set[str]:
        """Return the alerts of which a later message to the same person by the same channel tells."""
        rows = self._connection.rows(
            "select distinct i.fingerprint from delivery d join delivery_item i on i.delivery = d.id"
            " where d.person = ? and d.channel = ? and d.id > ? and d.state <> 'dropped'",
            [kept.person, kept.channel, kept.id],
        )
        return {mark for (mark,) in rows}

    def reschedule(self, delivery: int, due: datetime, now: datetime) -> None:
        """Let a delivery that waits be due at another time; from ``now`` on it is queued."""
        state = "waiting" if due > now else "queued"
        self._connection.run(
            "update delivery set due = ?1, next_try = ?1, state = ?2 where id = ?3 and state = 'waiting'",
            [stamp(due), state, delivery],
        )

    def renew(self, delivery: int, item: Item) -> None:
        """Let an alert of a delivery that is not rendered yet be told with the figures of ``item``."""
        self._connection.run(
            "update delivery_item set period = ?, value = ?, news = ? where delivery = ? and fingerprint = ? and at = ?"
            " and kind = ? and exists (select 1 from delivery d where d.id = delivery and d.body is null)",
            [item.period, item.value, self._news(item.content), delivery, item.fingerprint, stamp(item.at), item.news],
        )

    def add(self, delivery: int, items: Iterable[Item]) -> None:
        """Add alerts to a delivery that is not rendered yet."""
        for one in items:
            self._connection.run(
                "insert into delivery_item (delivery, fingerprint, at, kind, severity, period, value, news)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                [delivery, one.fingerprint, stamp(one.at), one.news, one.severity, one.period, one.value,
                 self._news(one.content)],
            )  # fmt: skip

    def introduce(self, person: str, indicators: Iterable[str], delivery: int) -> None:
        """Note that ``delivery`` tells this person where these indicators stand."""
        self._connection.many(
            "insert into introduced (person, indicator, delivery) values (?, ?, ?)"
            " on conflict (person, indicator) do update set delivery = excluded.delivery",
            [(person, indicator, delivery) for indicator in indicators],
        )

    def introduced(self, person: str) -> set[str]:
        """Return the indicators of which this person was told where they stand."""
        rows = self._connection.rows(
            "select i.indicator from introduced i join delivery d on d.id = i.delivery"
            " where i.person = ? and d.state <> 'dropped'",
            [person],
        )
        return {one for (one,) in rows}

    # What was told

    def told(self, person: str, now: datetime, *, dead: bool = False) -> dict[str, tuple[Told, ...]]:
        """Return what this person was told of each alert, oldest first; nothing that was dropped.

        With ``dead`` also what could not be delivered: it is not said anew with every run, but retried by hand. Several
        channels tell the same, and count once.
        """
        found: dict[str, dict[tuple[str, str], Told]] = {}
        for mark, at, news, severity, state, due in self._connection.rows(
            "select i.fingerprint, i.at, i.kind, i.severity, d.state, d.due from delivery_item i"
            " join delivery d on d.id = i.delivery where d.person = ?1 and d.state <> 'dropped'"
            " and (?2 or d.state <> 'dead') order by i.id",
            [person, int(dead)],
        ):
            waits = state == "waiting" and moment(due) > now
            when = moment(at) if waits else max(moment(at), moment(due))
            found.setdefault(mark, {})[at, news] = Told(
                when, Reason(news), Severity(severity), waits, moment(at), moment(due) if waits else None
            )
        return {mark: tuple(told.values()) for mark, told in found.items()}

    def items(self, delivery: int) -> list[Item]:
        """Return the alerts of a delivery, in the order in which they were added."""
        rows = self._connection.rows(
            "select i.fingerprint, i.at, i.kind, i.severity, i.period, i.value, n.content from delivery_item i"
            " left join news n on n.id = i.news where i.delivery = ? order by i.id",
            [delivery],
        )
        return [_item(row) for row in rows]

    def earlier(self, person: str, fingerprint: str, before: int | None = None) -> list[Item]:
        """Return what this person was told of one alert, in deliveries ``before`` this id, oldest first, once each."""
        rows = self._connection.rows(
            "select i.fingerprint, max(i.at, d.due), i.kind, i.severity, i.period, i.value, null from delivery_item i"
            " join delivery d on d.id = i.delivery"
            " where i.fingerprint = ?1 and d.person = ?2 and d.state not in ('dropped', 'dead')"
            " and (?3 is null or d.id < ?3) group by i.at, i.kind order by min(i.id)",
            [fingerprint, person, before],
        )
        return [_item(row) for row in rows]

    def references(self, delivery: int) -> list[str]:
        """Return the Message-IDs of earlier messages about the same alerts, same person and channel, oldest first."""
        rows = self._connection.rows(
            "select distinct e.id, e.message_id from delivery d join delivery_item i on i.delivery = d.id"
            " join delivery_item o on o.fingerprint = i.fingerprint join delivery e on e.id = o.delivery"
            " where d.id = ? and e.id < d.id and e.person = d.person and e.channel = d.channel and e.kind <> 'test'"
            " and e.state not in ('dropped', 'dead') order by e.id",
            [delivery],
        )
        return [message_id for _, message_id in rows]

    # What there is

    def deliveries(self, *, person: str | None = None, states: Iterable[str] | None = None) -> list[Kept]:
        """Return deliveries, oldest first; of one person, or in some states."""
        chosen = None if states is None else json.dumps(list(states))
        rows = self._connection.rows(
            f"{KEPT} where (?1 is null or person = ?1)"
            " and (?2 is null or state in (select value from json_each(?2))) order by id",
            [person, chosen],
        )
        return [kept(row) for row in rows]

    def delivery(self, delivery: int) -> Kept | None:
        """Return one delivery."""
        row = self._connection.first(f"{KEPT} where id = ?", [delivery])
        return kept(row) if row else None

    def summaries(self, since: datetime) -> list[Delivery]:
        """Return the deliveries that are open, or were made or tried at ``since`` or later, as reports show them.

        What another sender has at ``since``, and what waits its turn behind that, is being sent; what another process
        has queued for later than ``since`` waits.
        """
        rows = self._connection.rows(
            "select d.id, d.person, d.channel, case when d.state <> 'queued' then d.state"
            " when d.claimed_until > ?1 or d.next_try <= ?1 and exists (select 1 from delivery o"
            " where o.person = d.person and o.channel = d.channel and o.id < d.id and o.state = 'queued'"
            " and o.claimed_until > ?1) then 'sending' when d.due > ?1 then 'waiting' else 'queued' end, d.created"
            f" from delivery d where {_OPEN} or d.created >= ?1 or exists (select 1 from delivery_log l"
            " where l.delivery = d.id and l.at >= ?1) order by d.id",
            [stamp(since)],
        )
        return [
            Delivery(number, person, channel, state, tuple(self._marks(number)), moment(created))
            for number, person, channel, state, created in rows
        ]

    # Why, and why not

    def log(
        self, now: datetime, person: str, what: str, why: str, *, run: int | None = None,
        fingerprint: str | None = None, delivery: int | None = None,
    ) -> None:  # fmt: skip
        """Keep what was decided or happened, and why."""
        self._connection.run(
            "insert into delivery_log (at, run, person, fingerprint, delivery, what, why) values (?, ?, ?, ?, ?, ?, ?)",
            [stamp(now), run, person, fingerprint, delivery, what, why],
        )

    def decided(self, person: str) -> Mapping[str, tuple[str, str]]:
        """Return what was last decided for this person about each alert: what and why."""
        rows = self._connection.rows(
            "select fingerprint, what, why, max(id) from delivery_log where person = ? and fingerprint is not null"
            " and what in ('tell', 'hold', 'skip') group by fingerprint",
            [person],
        )
        return {mark: (what, why) for mark, what, why, _ in rows}

    def history(self, person: str | None = None, fingerprint: str | None = None) -> list[Logged]:
        """Return the log, oldest first: of one person, and of one alert with the deliveries that tell it."""
        rows = self._connection.rows(
            "select id, at, run, person, fingerprint, delivery, what, why from delivery_log l"
            " where (?1 is null or person = ?1) and (?2 is null or fingerprint = ?2 or delivery in"
            " (select i.delivery from delivery_item i where i.fingerprint = ?2)) order by id",
            [person, fingerprint],
        )
        return [Logged(row[0], moment(row[1]), *row[2:]) for row in rows]

    def reported(self, person: str) -> set[int]:
        """Return the deliveries to others that this person heard of as dead letters."""
        rows = self._connection.rows(
            "select delivery from delivery_log where person = ? and what = 'reported'", [person]
        )
        return {int(number) for (number,) in rows}

    def _news(self, content: str | None) -> int | None:
        if content is None:
            return None
        digest = hashlib.sha256(content.encode()).hexdigest()
        row = self._connection.first("select id from news where digest = ?", [digest])
        if row:
            return int(row[0])
        return self._connection.run("insert into news (digest, content) values (?, ?)", [digest, content])

    def _marks(self, delivery: int) -> list[str]:
        rows = self._connection.rows(
            "select fingerprint from delivery_item where delivery = ? group by fingerprint order by min(id)", [delivery]
        )
        return [mark for (mark,) in rows]


def _item(row: Row) -> Item:
    mark, at, news, severity, period, value, content = row
    return Item(mark, moment(at), Reason(news), Severity(severity), period, value, content)
