"""Who is told what: from the alerts of a run to deliveries in its transaction, and afterwards their way out.

``queue`` writes data only, under the lock that the transitions are written under; ``send_due`` renders and sends, and
holds the lock only to claim and to settle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carecmon.config import Settings
from carecmon.model import Assessment, Finding
from carecmon.muting import beside_now
from carecmon.registry import Registry
from carecmon.store import Store
from carecmon.store.outbox import Outbox
from carecmon.telling.carriers import carriers, envelope_of, reaches
from carecmon.telling.desk import StoreDesk
from carecmon.telling.notices import Notices
from carecmon.telling.person import Telling

__all__ = ["Despatched", "queue", "send_due"]


@dataclass(frozen=True, slots=True)
class Despatched:
    """What is to be said after sending: ``unsent`` is why messages did not go out, ``notes`` need no mending."""

    unsent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def queue(
    settings: Settings,
    registry: Registry,
    store: Store,
    run: int | None,
    now: datetime,
    *,
    assessments: Iterable[Assessment],
    findings: Iterable[Finding] = (),
) -> list[str]:
    """Queue what each person is told after a run; return what somebody should know about it.

    Call it inside ``store.writing()``, after the transitions were saved. ``findings`` are those that stand. Nothing is
    rendered, nothing leaves.
    """
    outbox = Outbox(store)
    _drop_the_gone(settings, outbox, now)
    alerts, beside = store.alerts(), beside_now(settings, registry, store, now)
    notices = Notices.of(registry, store, settings.rules, assessments, findings)
    judged = {one.series.indicator: one.sector for one in notices.assessments.values()}
    warnings = list(_unreachable(settings))
    for person in settings.people.values():
        channels = [name for name in person.channels if reaches(settings, registry, person, name)]
        if channels:
            one = Telling(outbox, notices, settings, person, channels, beside, run, now)
            one.decide(alerts, judged)
            one.write(alerts)
    return warnings


def send_due(
    settings: Settings, registry: Registry, store: Store, now: datetime, *, offline: bool = False
) -> Despatched:
    """Send what is due ``now``; return what is to be said of it. Offline, nothing leaves.

    Call it outside any transaction. What fails is tried again by a later call; see tell/post.py.
    """
    if offline or not settings.people:
        return Despatched()
    from carecmon.tell.post import send

    outbox = Outbox(store)
    if not outbox.deliveries(states=("queued", "waiting")):
        return Despatched()
    desk = StoreDesk(store, outbox, settings, now)
    done = send(desk, carriers(settings, registry), envelope_of(settings), now, settings.templates)
    return Despatched(tuple(done.shouts or _pausing(outbox, now)), tuple(_elsewhere(outbox, now)))


def _pausing(outbox: Outbox, now: datetime) -> Iterable[str]:
    if held := outbox.despatch.pausing(now):
        count = "1 message waits" if len(held) == 1 else f"{len(held)} messages wait"
        yield f"{count} for another attempt, from {min(held):%Y-%m-%d %H:%M} UTC on; see carecmon notify log"


def _elsewhere(outbox: Outbox, now: datetime) -> Iterable[str]:
    """Say what is left to another sender: nobody can tell from outside whether that has stopped in the middle."""
    if held := outbox.despatch.elsewhere(now):
        count = "1 message is" if len(held) == 1 else f"{len(held)} messages are"
        yield (
            f"{count} being sent by another process; what that leaves behind is sent from"
            f" {max(held):%Y-%m-%d %H:%M} UTC on"
        )


def _drop_the_gone(settings: Settings, outbox: Outbox, now: datetime) -> None:
    for one in outbox.deliveries(states=("queued", "waiting")):
        if one.person not in settings.people and outbox.despatch.drop(one.id, "the person was removed", now):
            outbox.log(now, one.person, "dropped", "the person was removed from indicators.toml", delivery=one.id)


def _unreachable(settings: Settings) -> Iterable[str]:
    waiting = [one.name for one in settings.people.values() if "email" in one.channels]
    if waiting and settings.smtp is None:
        yield f"no mail is sent, for there is no [smtp] in {settings.path.name} (it would go to {', '.join(waiting)})"
