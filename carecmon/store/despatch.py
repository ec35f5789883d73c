"""Deliveries on their way out: claimed by one sender at a time, by compare and swap, and settled by the same.

Nothing here waits for a network: each step is a short transaction of its own, so a crash between two of them leaves a
claim that runs out, and a message that is sent again as it was.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from carecmon.model.person import WAITS_BEHIND
from carecmon.store.connection import Connection, Row
from carecmon.store.times import moment, moment_or_none, stamp

#: How long a sender may hold a delivery: longer than the slowest mail server may take (RFC 5321: ten minutes).
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery as stored. ``content`` is JSON; ``body`` the rendered message, None before the first attempt."""

    id: int
    person: str
    channel: str
    kind: str
    message_id: str
    created: datetime
    due: datetime
    state: str
    attempts: int
    next_try: datetime
    content: str
    subject: str | None
    body: bytes | None
    last_error: str | None
    sent: datetime | None


class Despatch:
    """What senders do. Every method writes, and is called inside ``Store.writing()``, but ``due``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wake(self, now: datetime) -> None:
        """Queue what waited until now."""
        self._connection.run("update delivery set state = 'queued' where state = 'waiting' and due <= ?", [stamp(now)])

    def due(self, now: datetime) -> list[tuple[int, str, str]]:
        """Return id, person and channel of what is queued and may be tried now: whoever was reached best comes first.

        What one person gets by one channel stays in order, for "resolved" must not come before "fires again": while
        another sender has an older message, or it pauses after failing, the newer wait for it, until it has failed
        ``WAITS_BEHIND`` times.
        """
        rows = self._connection.rows(
            "select id, person, channel from delivery d where state = 'queued' and next_try <= ?1"
            " and (claimed_until is null or claimed_until <= ?1) and not exists (select 1 from delivery o"
            " where o.person = d.person and o.channel = d.channel and o.id < d.id and o.state = 'queued'"
            " and o.attempts between 1 and ?2 and (o.claimed_until > ?1 or o.body is not null and o.next_try > ?1))"
            " order by max(attempts) over (partition by person, channel), attempts > ?2, id",
            [stamp(now), WAITS_BEHIND],
        )
        return [(int(number), str(person), str(channel)) for number, person, channel in rows]

    def pausing(self, now: datetime) -> list[datetime]:
        """Return when each delivery that has failed, and cannot be tried now, can be tried."""
        rows = self._connection.rows(
            "select next_try from delivery where state = 'queued' and attempts > 0 and next_try > ?1"
            " and (claimed_until is null or claimed_until <= ?1)",
            [stamp(now)],
        )
        return [moment(at) for (at,) in rows]

    def elsewhere(self, now: datetime) -> list[datetime]:
        """Return until when each delivery that another sender has is left to it."""
        rows = self._connection.rows(
            "select claimed_until from delivery where state = 'queued' and claimed_until > ?", [stamp(now)]
        )
        return [moment(at) for (at,) in rows]

    def claim(self, delivery: int, by: str, now: datetime) -> Kept | None:
        """Take a delivery for an attempt; return None where it is not to be had any more.

        The attempt is counted now, so that a message which ends the process is not tried for ever.
        """
        self._connection.run(
            "update delivery set claimed_by = ?1, claimed_until = ?2, attempts = attempts + 1 where id = ?3"
            " and state = 'queued' and next_try <= ?4 and (claimed_until is null or claimed_until <= ?4)",
            [by, stamp(now + LEASE), delivery, stamp(now)],
        )
        row = self._connection.first(f"{KEPT} where id = ? and claimed_by = ?", [delivery, by])
        return kept(row) if row and self._changed() else None

    def rendered(self, delivery: int, by: str, subject: str, body: bytes) -> None:
        """Keep the message in its final form."""
        self._connection.run(
            "update delivery set subject = ?, body = ? where id = ? and claimed_by = ? and body is null",
            [subject, zlib.compress(body, 6), delivery, by],
        )

    def settle(
        self, delivery: int, by: str, state: str, now: datetime, *, error: str | None = None,
        next_try: datetime | None = None, counted: bool = True,
    ) -> bool:  # fmt: skip
        """End an attempt: sent, dead, dropped, or queued for ``next_try``; False where somebody else holds it by now.

        Without ``counted`` the attempt was none: it was the channel that did not work.
        """
        self._connection.run(
            "update delivery set state = ?1, last_error = ?2, next_try = coalesce(?3, next_try),"
            " sent = case when ?1 = 'sent' then ?4 end, attempts = attempts - ?5, claimed_by = null,"
            " claimed_until = null where id = ?6 and claimed_by = ?7 and state = 'queued'",
            [state, error, None if next_try is None else stamp(next_try), stamp(now), int(not counted), delivery, by],
        )
        return self._changed()

    def drop(self, delivery: int, reason: str, now: datetime) -> bool:
        """Give up a delivery that is still open; return False where it is not, or is being sent right now."""
        self._connection.run(
            "update delivery set state = 'dropped', last_error = ?1, claimed_by = null, claimed_until = null"
            " where id = ?2 and state in ('queued', 'waiting') and (claimed_until is null or claimed_until <= ?3)",
            [reason, delivery, stamp(now)],
        )
        return self._changed()

    def retry(self, delivery: int, now: datetime) -> bool:
        """Queue a dead letter again, as it is; return False where it is not dead."""
        self._connection.run(
            "update delivery set state = 'queued', attempts = 0, next_try = ?, claimed_by = null, claimed_until = null"
            " where id = ? and state = 'dead'",
            [stamp(now), delivery],
        )
        return self._changed()

    def _changed(self) -> bool:
        row = self._connection.first("select changes()")
        return bool(row and row[0])


KEPT = (
    "select id, person, channel, kind, message_id, created, due, state, attempts, next_try, content, subject, body,"
    " last_error, sent from delivery"
)


def kept(row: Row) -> Kept:
    """Return the delivery of a row of ``KEPT``."""
    number, person, channel, kind, message_id, created, due, state, attempts, next_try, content, *rest = row
    subject, body, error, sent = rest
    return Kept(
        number, person, channel, kind, message_id, moment(created), moment(due), state, attempts, moment(next_try),
        content, subject, None if body is None else zlib.decompress(body), error, moment_or_none(sent),
    )  # fmt: skip
