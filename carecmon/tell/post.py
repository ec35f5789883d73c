"""The way out, in order: claim, render once, send, settle. At least once, and a repeat is the same message.

A crash between sending and settling sends again, with the same Message-ID; nothing is ever lost. One message that
cannot be rendered, or one recipient who is refused, never stops the others; a channel that does not work is left alone
for the rest of this round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from carecmon.errors import CarecmonError, DeliveryError
from carecmon.model.person import WAITS_BEHIND
from carecmon.tell.announcement import Post
from carecmon.tell.channels import Channel, Destination, Message
from carecmon.tell.headers import clean
from carecmon.tell.mail import Envelope
from carecmon.tell.render import Rendered, render

#: Pauses after the first, second ... failed attempt; after the last of them, always the last.
PAUSES = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120, 360, 720, 1440))
#: A message is given up when both are used up: RFC 5321 asks four to five days, and runs may be rare.
LONGEST = timedelta(days=5)
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours for an attempt; ``rendered`` where an earlier attempt has rendered it."""

    id: int
    person: str
    channel: str
    message_id: str
    created: datetime
    attempts: int
    rendered: Rendered | None = None


class Desk(Protocol):
    """What the outbox is to a sender. Each method is a transaction of its own."""

    def due(self) -> list[tuple[int, str, str]]:
        """Return the deliveries that may be tried now, each with its person and channel, in order."""

    def claim(self, delivery: int) -> Claimed | None:
        """Take one; None where somebody else was faster."""

    def post(self, delivery: int) -> Post | None:
        """Return what a delivery says; None where its person is gone."""

    def keep(self, delivery: int, rendered: Rendered) -> None:
        """Keep the final form."""

    def settle(
        self, delivery: int, state: str, why: str, *, next_try: datetime | None = None, counted: bool = True
    ) -> None:
        """End an attempt and log it: sent, dead, dropped, or queued again."""


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as one person reaches it: what carries, where to, and how mails are addressed."""

    channel: Channel
    destination: Destination


#: Finds the line of a person and a channel; None where one of them is gone.
Lines = Callable[[str, str], Line | None]


@dataclass(slots=True)
class Round:
    """What one round of sending did. ``shouts`` are what somebody must mend, each said once."""

    sent: int = 0
    later: int = 0
    dead: int = 0
    dropped: int = 0
    shouts: list[str] = field(default_factory=list)


def send(desk: Desk, lines: Lines, envelope: Envelope, now: datetime, templates: Path | None = None) -> Round:
    """Try everything that is due ``now``, each once."""
    done, broken, later = Round(), dict[str, str](), set[tuple[str, str]]()
    for delivery, person, channel in desk.due():
        if channel in broken or (person, channel) in later:
            continue
        claimed = desk.claim(delivery)
        if claimed is None:
            later.add((person, channel))  # another sender has it, and what is newer must not overtake it there
            continue
        if spent(claimed.attempts - 1, now - claimed.created):
            desk.settle(delivery, "dead", f"given up after {claimed.attempts - 1} attempts")
            done.dead += 1
            continue
        line = lines(claimed.person, claimed.channel)
        if line is None:
            desk.settle(delivery, "dropped", f"{claimed.person} is no longer reached by {claimed.channel}")
            done.dropped += 1
            continue
        try:
            _attempt(desk, claimed, line, envelope, templates)
        except DeliveryError as exc:
            _failed(desk, claimed, exc, now, done, broken)
            if not exc.permanent and claimed.attempts <= WAITS_BEHIND:
                later.add((person, channel))  # what is newer must not overtake it
        except CarecmonError:
            raise
        except Exception as exc:  # a poison message: told once, tried later, and never in the way of others
            bug = DeliveryError(f"it cannot be rendered or sent: {type(exc).__name__}: {exc}", permanent=False)
            _failed(desk, claimed, bug, now, done, broken)
        else:
            desk.settle(delivery, "sent", f"accepted by {claimed.channel}")
            done.sent += 1
    return done


def _attempt(desk: Desk, claimed: Claimed, line: Line, envelope: Envelope, templates: Path | None) -> None:
    rendered = claimed.rendered
    if rendered is None:
        post = desk.post(claimed.id)
        if post is None:
            raise DeliveryError(f"there is no person {claimed.person} any more", permanent=True)
        rendered = render(post, line.channel.form, envelope, templates)
        desk.keep(claimed.id, rendered)
    message = Message(claimed.message_id, claimed.person, rendered.subject, rendered.body)
    line.channel.send(message, line.destination)


def _failed(
    desk: Desk, claimed: Claimed, exc: DeliveryError, now: datetime, done: Round, broken: dict[str, str]
) -> None:
    """Settle a failed attempt: later, or never again; leave a broken channel alone."""
    why = clean(str(exc), 500)
    if exc.channel:
        broken[claimed.channel] = why
        done.shouts.append(f"{claimed.channel}: {why}; its messages wait")
    if exc.permanent and not exc.channel:
        done.dead += 1
        shout = f"{claimed.channel} to {claimed.person}: {why}; see carecmon notify log"
        done.shouts += [shout] if shout not in done.shouts else []
        desk.settle(claimed.id, "dead", why)
    elif exc.permanent:
        desk.settle(claimed.id, "queued", why, counted=False)
        done.later += 1
    elif spent(claimed.attempts, now - claimed.created):
        done.dead += 1
        desk.settle(claimed.id, "dead", f"given up after {claimed.attempts} attempts: {why}")
    else:
        done.later += 1
        desk.settle(claimed.id, "queued", why, next_try=now + pause(claimed.attempts))


def pause(attempts: int) -> timedelta:
    """Return how long to wait after this many failed attempts."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def spent(attempts: int, age: timedelta) -> bool:
    """Say whether a message was tried long and often enough."""
    return attempts >= ATTEMPTS and age >= LONGEST


def known_channels(more: Mapping[str, Channel]) -> dict[str, Channel]:
    """Return the channels that need no server, ours and ``more``, by kind."""
    from carecmon.tell.channels.console import Console
    from carecmon.tell.channels.jsonl import JsonLines
    from carecmon.tell.channels.webhook import Webhook

    ours: list[Channel] = [Console(), JsonLines(), Webhook()]
    return {**{one.name: one for one in ours}, **more}
