"""What waits to be sent, kept true until somebody tries to send it: its figures, and the hour until which it waits.

A message is data until its first attempt. Until then a run may renew what it says, in its own transaction; who was told
of what, and since when, stays as it was decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon.judge.decision import when
from carecmon.model import Alert, Severity
from carecmon.model.person import Reason, Recipient
from carecmon.store.despatch import Kept
from carecmon.store.outbox import Item, Outbox
from carecmon.tell import codec
from carecmon.tell.announcement import FIRING, Announcement, Content
from carecmon.telling.notices import Notices

#: Given the alerts that a message tells, and when it is due: what else fires as before, and how many more.
Still = Callable[[set[str], datetime], tuple[tuple[Announcement, ...], int]]
Named = Callable[[Alert], str]


@dataclass(slots=True)
class Waiting:
    """The messages of one person that nobody has tried to send yet."""

    outbox: Outbox
    who: Recipient
    run: int | None
    now: datetime

    def reschedule(self) -> None:
        """Let each message wait as long as the settings of today would have let it wait when it was decided."""
        for kept in self.outbox.untouched(self.who.name):
            due = max(self._due(kept), self.now)
            if kept.state == "waiting" and due != kept.due:
                self._move(kept, due, "the settings changed")

    def introduce_before(self, due: datetime, alerts: Iterable[Alert]) -> None:
        """Bring forward an introduction that would come after news, due at ``due``, of what it introduces."""
        about = {alert.subject.partition("{")[0] for alert in alerts}
        for kept in self.outbox.untouched(self.who.name):
            if kept.kind == "introduction" and kept.state == "waiting" and kept.due > due:
                standings = codec.load(Content, kept.content).standings
                if any(one.naming.indicator in about for one in standings):
                    self._move(kept, max(due, self.now), "there is news that must not come before it")

    def renew(
        self, kept: Kept, alerts: Mapping[str, Alert], notices: Notices, acknowledged: Named, still: Still
    ) -> None:
        """Let a message say what is known now."""
        items, later = self.outbox.items(kept.id), self.outbox.told_after(kept)
        for item in items:
            alert = alerts.get(item.fingerprint)
            if alert is None or item.fingerprint in later:
                continue
            renewed = _renewed(item, alert, notices, acknowledged(alert))
            if renewed is not None and renewed != item:
                self.outbox.renew(kept.id, renewed)
                if (item.period, item.value) != (renewed.period, renewed.value):
                    said = f"{_figure(item)} became {_figure(renewed)} while the message waits"
                    self._log("renewed", said, kept.id, item.fingerprint)
        content = codec.load(Content, kept.content)
        if kept.kind == "introduction":
            told = [alerts[one.fingerprint] for one in items if one.fingerprint in alerts]
            firing = [one for one in told if one.state in FIRING]
            standings = notices.standings([one.naming.indicator for one in content.standings], firing)
            content = replace(content, standings=standings or content.standings)
        elif kept.kind == "news":
            others, more = still({one.fingerprint for one in items}, kept.due)
            content = replace(content, still=others, not_shown=more)
        self.outbox.rewrite(kept.id, codec.dump(content))

    def _due(self, kept: Kept) -> datetime:
        """Return until when a message is held by the settings of today; what was decided at one moment stays so."""
        if kept.kind != "news":
            return when(self.who, kept.created, digest=False)[1]
        return min((self._due_of(kept, item) for item in self.outbox.items(kept.id)), default=kept.due)

    def _due_of(self, kept: Kept, item: Item) -> datetime:
        asked = item.content is not None and codec.load(Announcement, item.content).opt_in
        loud = item.severity is Severity.CRITICAL and item.news is not Reason.RESOLVED and self.who.critical_pierces
        return when(self.who, kept.created, digest=asked or self.who.send != "immediately", pierces=loud)[1]

    def _move(self, kept: Kept, due: datetime, why: str) -> None:
        self.outbox.reschedule(kept.id, due, self.now)
        said = f"due {due:%Y-%m-%d %H:%M} UTC, was {kept.due:%Y-%m-%d %H:%M} UTC: {why}"
        self._log("rescheduled", said, kept.id)

    def _log(self, what: str, why: str, delivery: int, fingerprint: str | None = None) -> None:
        self.outbox.log(self.now, self.who.name, what, why, run=self.run, fingerprint=fingerprint, delivery=delivery)


def _renewed(item: Item, alert: Alert, notices: Notices, acknowledged: str) -> Item | None:
    """Return ``item`` as it stands now; None where nothing is known any more of what it is about.

    An event stays the event that it was, beside the figures of today. What has changed its state since is left as it
    was: the news of that says the rest.
    """
    one = notices.assessments.get(alert.subject)
    if one is None:
        return None
    content = item.content
    if content is not None:
        before = codec.load(Announcement, content)
        fresh = notices.notice(alert, item.news, acknowledged, brief=item.news is Reason.INTRODUCTION)
        if before.alert.evidence.get("events"):
            fresh = replace(before, assessment=fresh.assessment, origins=fresh.origins)
        elif (before.alert.state in FIRING) != (alert.state in FIRING):
            return None
        content = codec.dump(fresh)
    return replace(item, period=str(one.period) if one.period else None, value=one.value, content=content)


def _figure(item: Item) -> str:
    return "no value" if item.value is None else f"{item.value:g} in {item.period}"
