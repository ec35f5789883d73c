"""What one person is told after a run, and in which messages: the decisions, made into deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from carecmon.config import Person, Settings
from carecmon.judge.decision import decide, to_introduce, when
from carecmon.model import Alert, AlertState
from carecmon.model.person import Answer, Case, Decision, Reason, Told
from carecmon.model.silence import Beside
from carecmon.store.outbox import Item, Outbox
from carecmon.tell import codec
from carecmon.tell.announcement import Announcement, Content, Undelivered
from carecmon.telling.carriers import envelope_of
from carecmon.telling.notices import Notices
from carecmon.telling.waiting import Waiting

#: So many alerts that fire as before are listed; how many more there are is said.
STILL = 20
#: So many alerts stand in an introduction by name.
INTRODUCED = 12
_FIRING = (AlertState.FIRING, AlertState.RECOVERING)


@dataclass(slots=True)
class Telling:
    """What one person is told after one run. ``news`` is by the moment at which it is due."""

    outbox: Outbox
    notices: Notices
    settings: Settings
    person: Person
    channels: list[str]
    beside: Mapping[str, Beside]
    run: int | None
    now: datetime
    new: tuple[str, ...] = ()
    introduction: list[tuple[Alert, Reason]] = field(default_factory=list)
    news: dict[datetime, list[tuple[Alert, Reason]]] = field(default_factory=dict)
    told: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)

    def decide(self, alerts: Mapping[str, Alert], judged: Mapping[str, str]) -> None:
        """Ask of each alert whether this person is told, and log every answer that is new."""
        self.waiting.reschedule()
        self.told = self.outbox.told(self.person.name, self.now)
        said = self.outbox.told(self.person.name, self.now, dead=True)
        self.new = to_introduce(self.person, judged, self.outbox.introduced(self.person.name))
        before = self.outbox.decided(self.person.name)
        for mark, alert in alerts.items():
            about = self.notices.about(alert)
            # Only what the introduction of this run covers waits for it: ops hear of sources beyond their sectors.
            introduced = not any(indicator in self.new for indicator, _ in about)
            rule = self.notices.rules.get(alert.rule)
            # Resolved is owed to those who got the message that it fires; what is dead is not said again by itself.
            told = (self.told if alert.state is AlertState.RESOLVED else said).get(mark, ())
            made = decide(Case(self.person, alert, rule, about, told, introduced, self._beside(alert)), self.now)
            if made.answer is not Answer.SKIP and made.news is not None:
                self._take(alert, made, made.news)
            if made.answer is not Answer.SKIP or before.get(mark) != (Answer.SKIP, made.reason):
                self._log(alert, made, unheard=mark not in before)

    def _take(self, alert: Alert, made: Decision, news: Reason) -> None:
        if news is Reason.INTRODUCTION:
            self.introduction.append((alert, news))
        else:
            self.news.setdefault(made.until or self.now, []).append((alert, news))

    def _log(self, alert: Alert, made: Decision, *, unheard: bool) -> None:
        if made.reason is Reason.NOT_FIRING and unheard:
            return
        why = made.reason.value
        if made.answer is Answer.HOLD and made.until is not None:
            why = f"{made.news}, {why} until {made.until:%Y-%m-%d %H:%M} UTC"
        self.outbox.log(self.now, self.person.name, made.answer.value, why, run=self.run, fingerprint=alert.fingerprint)

    def write(self, alerts: Mapping[str, Alert]) -> None:
        """Put it into deliveries: one introduction, and one message for each moment at which something is due."""
        before = {one.id for one in self.outbox.untouched(self.person.name)}
        if self.new:
            self._introduce()
        for due, news in sorted(self.news.items()):
            self.waiting.introduce_before(due, [alert for alert, _ in news])
            said = {alert.fingerprint for alert, _ in news}
            still, more = self._still(alerts, said, due)
            content = Content("news", max(due, self.now), still=still, not_shown=more)
            ordered = sorted(news, key=lambda one: self.notices.importance(one[0]))
            items = [self._item(alert, reason) for alert, reason in ordered]
            self._deliver("news", due, content, items)
        for kept in self.outbox.untouched(self.person.name):
            if kept.id in before:
                self.waiting.renew(kept, alerts, self.notices, self._acknowledged, partial(self._still, alerts))
        if self.person.ops:
            self._report_the_dead()

    @property
    def waiting(self) -> Waiting:
        """The messages of this person that were not tried yet."""
        return Waiting(self.outbox, self.person, self.run, self.now)

    def _introduce(self) -> None:
        """Tell where the new indicators stand; what fires of them is told in sum, and counts as told."""
        _, due = when(self.person, self.now, digest=False)
        firing = sorted(self.introduction, key=lambda one: self.notices.importance(one[0]))
        standings = self.notices.standings(self.new, [alert for alert, _ in firing])
        hidden = max(0, len(firing) - INTRODUCED)
        content = Content("introduction", max(due, self.now), standings, not_shown=hidden)
        items = [
            self._item(alert, reason, told_in_sum=position >= INTRODUCED)
            for position, (alert, reason) in enumerate(firing)
        ]
        for delivery in self._deliver("introduction", due, content, items):
            self.outbox.introduce(self.person.name, self.new, delivery)

    def _item(self, alert: Alert, reason: Reason, *, told_in_sum: bool = False) -> Item:
        one = self.notices.assessments.get(alert.subject)
        notice = self.notices.notice(alert, reason, self._acknowledged(alert), brief=reason is Reason.INTRODUCTION)
        return Item(
            alert.fingerprint,
            self.now,
            reason,
            alert.severity,
            str(one.period) if one and one.period else None,
            one.value if one else None,
            None if told_in_sum else codec.dump(notice),
        )

    def _still(
        self, alerts: Mapping[str, Alert], said: set[str], due: datetime
    ) -> tuple[tuple[Announcement, ...], int]:
        """Return what this person was told by ``due`` and still fires, the loudest first, and how many more."""
        open_ones = [
            alert
            for mark, alert in alerts.items()
            if mark not in said and alert.state in _FIRING and _open(self.told.get(mark, ()), due)
        ]
        open_ones.sort(key=self.notices.importance)
        shown = [
            _without_history(self.notices.notice(alert, Reason.ALREADY_TOLD, self._acknowledged(alert), brief=True))
            for alert in open_ones[:STILL]
        ]
        return tuple(shown), max(0, len(open_ones) - STILL)

    def _acknowledged(self, alert: Alert) -> str:
        return acknowledged(self._beside(alert))

    def _beside(self, alert: Alert) -> Beside:
        return self.beside.get(alert.fingerprint, Beside())

    def _report_the_dead(self) -> None:
        """Tell ops, once, of messages to others that did not arrive."""
        known = self.outbox.reported(self.person.name)
        dead = [
            one
            for one in self.outbox.deliveries(states=("dead",))
            if one.id not in known
            and one.kind != "undelivered"
            and one.person != self.person.name
            and one.person in self.settings.people
        ]
        if not dead:
            return
        said = tuple(Undelivered(one.id, one.person, one.channel, one.last_error or "", one.created) for one in dead)
        _, due = when(self.person, self.now, digest=False)
        self._deliver("undelivered", due, Content("undelivered", max(due, self.now), undelivered=said), [])
        for one in dead:
            self.outbox.log(self.now, self.person.name, "reported", "a dead letter", run=self.run, delivery=one.id)

    def _deliver(self, kind: str, due: datetime, content: Content, items: list[Item]) -> list[int]:
        """Add to the message that waits for the same moment, or make one, for each channel."""
        made = []
        text = codec.dump(content)
        for channel in self.channels:
            found = self.outbox.open_for(self.person.name, channel, kind, due) if due > self.now else None
            if found is not None and kind != "introduction":
                self.outbox.rewrite(found, text)
                delivery = found
            else:
                domain = envelope_of(self.settings).sender.partition("@")[2]
                delivery = self.outbox.put(
                    self.person.name, channel, kind, run=self.run, now=self.now, due=due, domain=domain, content=text
                )
            self.outbox.add(delivery, items)
            made.append(delivery)
        return made


def acknowledged(beside: Beside) -> str:
    """Return who takes care of an alert and why, nothing where nobody does."""
    made = beside.acknowledged
    return f"{made.author}: {made.reason}" if made else ""


def _open(told: Iterable[Told], due: datetime) -> bool:
    """Say whether somebody heard by ``due`` that an alert fires, and not yet that it has resolved."""
    news = [one.news for one in told if one.due is None or one.due <= due]
    return bool(news) and news[-1] is not Reason.RESOLVED


def _without_history(notice: Announcement) -> Announcement:
    """Leave out the points of a chart that is never drawn."""
    if notice.assessment is None:
        return notice
    return replace(notice, assessment=replace(notice.assessment, points=()))
