"""The outbox as a sender sees it: each step one short transaction, with the log beside it."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from carecmon.config import Settings
from carecmon.store import Store
from carecmon.store.outbox import Outbox
from carecmon.tell import codec
from carecmon.tell.announcement import Announcement, Content, Earlier, Post
from carecmon.tell.post import Claimed
from carecmon.tell.render import Rendered
from carecmon.telling.carriers import reader_of


class StoreDesk:
    """Claims and settles deliveries of one store, under a name of its own."""

    def __init__(self, store: Store, outbox: Outbox, settings: Settings, now: datetime) -> None:
        self._store, self._outbox, self._settings, self._now = store, outbox, settings, now
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"

    def due(self) -> list[tuple[int, str, str]]:
        """Return the deliveries that may be tried now, each with its person and channel."""
        with self._store.writing():
            self._outbox.despatch.wake(self._now)
            return self._outbox.despatch.due(self._now)

    def claim(self, delivery: int) -> Claimed | None:
        """Take one; None where somebody else was faster."""
        with self._store.writing():
            kept = self._outbox.despatch.claim(delivery, self.name, self._now)
        if kept is None:
            return None
        rendered = None if kept.body is None else Rendered(kept.subject or "", kept.body)
        return Claimed(kept.id, kept.person, kept.channel, kept.message_id, kept.created, kept.attempts, rendered)

    def post(self, delivery: int) -> Post | None:
        """Return what a delivery says, to its person as they are now."""
        return post_of(self._outbox, self._settings, delivery)

    def keep(self, delivery: int, rendered: Rendered) -> None:
        """Keep the final form."""
        with self._store.writing():
            self._outbox.despatch.rendered(delivery, self.name, rendered.subject, rendered.body)

    def settle(
        self, delivery: int, state: str, why: str, *, next_try: datetime | None = None, counted: bool = True
    ) -> None:
        """End an attempt and log it."""
        error = None if state == "sent" else why
        with self._store.writing():
            kept = self._outbox.delivery(delivery)
            ours = self._outbox.despatch.settle(
                delivery, self.name, state, self._now, error=error, next_try=next_try, counted=counted
            )
            if ours and kept is not None:
                what = "failed" if state == "queued" else state
                self._outbox.log(self._now, kept.person, what, why, delivery=delivery)


def post_of(outbox: Outbox, settings: Settings, delivery: int) -> Post | None:
    """Return what a delivery says; None where it or its person is gone."""
    kept = outbox.delivery(delivery)
    person = settings.people.get(kept.person) if kept else None
    if kept is None or person is None:
        return None
    notices = []
    for item in outbox.items(delivery):
        if item.content is not None:
            told = outbox.earlier(kept.person, item.fingerprint, delivery)
            earlier = tuple(Earlier(one.at, one.news.value, one.period or "", one.value) for one in told)
            notices.append(replace(codec.load(Announcement, item.content), earlier=earlier))
    return Post(
        kept.id,
        kept.message_id,
        kept.channel,
        kept.created,
        reader_of(person),
        codec.load(Content, kept.content),
        tuple(notices),
        tuple(outbox.references(delivery)),
    )
