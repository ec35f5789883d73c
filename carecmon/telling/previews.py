"""What people would get: written to files, never to the store, never sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from carecmon.config import Person, Settings
from carecmon.judge.conditions import standing
from carecmon.judge.decision import to_introduce
from carecmon.model import (
    Alert,
    AlertState,
    Assessment,
    Cause,
    Condition,
    Finding,
    Rule,
    Severity,
    Status,
    fingerprint,
)
from carecmon.model.person import Reason
from carecmon.registry import Registry
from carecmon.store import Store
from carecmon.store.outbox import Outbox
from carecmon.tell.announcement import Content, Post
from carecmon.tell.render import Twins, render, twins
from carecmon.telling.carriers import envelope_of, reader_of
from carecmon.telling.desk import post_of
from carecmon.telling.notices import Notices

#: Off track, the worst first.
_WORST = (Status.REVERSING, Status.STAGNANT, Status.SLOW)
#: Who gets the samples where nobody is configured.
_SAMPLES = (
    ("sample-en", "Sector coordinator", "en", "Asia/Manila"),
    ("sample-ru", "Координатор сектора", "ru", "Asia/Tashkent"),
    ("sample-zh", "部门协调员", "zh", "Asia/Shanghai"),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """One message of one person: the mail as it would be sent, and its HTML with the picture inside."""

    name: str
    mail: bytes
    twins: Twins


def previews(
    settings: Settings,
    registry: Registry,
    store: Store,
    now: datetime,
    *,
    assessments: Iterable[Assessment],
    findings: Iterable[Finding],
    person: str | None = None,
) -> Iterator[Preview]:
    """Yield what each person, or one, would get: what waits for them, else an introduction and an alert as samples."""
    outbox = Outbox(store)
    notices = Notices.of(registry, store, settings.rules, assessments, findings)
    people = settings.people or sample_people()
    for one in people.values():
        if person is not None and one.name != person:
            continue
        known = replace(settings, people={**settings.people, one.name: one})
        kept = outbox.deliveries(person=one.name, states=("queued", "waiting"))
        waiting = [post for each in kept if each.channel == "email" or "email" not in one.channels
                   if (post := post_of(outbox, known, each.id)) is not None]  # fmt: skip
        posts: Iterable[Post] = waiting or samples(one, notices, store.alerts(), now)
        for number, post in enumerate(posts, 1):
            yield _preview(known, post, f"{one.name}-{number}-{post.content.kind}")


def sample_people() -> Mapping[str, Person]:
    """Return three people who read English, Russian and Chinese."""
    return {
        name: Person(
            name=name,
            email=f"{name}@example.org",
            full_name=full,
            language=language,
            time_zone=ZoneInfo(zone),
        )
        for name, full, language, zone in _SAMPLES
    }


def samples(person: Person, notices: Notices, alerts: Mapping[str, Alert], now: datetime) -> Iterator[Post]:
    """Yield an introduction, and the most important assessment as an alert; both marked as samples.

    Where that is about a state, the most important one about a number stands beside it: only a number has a gap.
    """
    judged = {one.series.indicator: one.sector for one in notices.assessments.values()}
    chosen = to_introduce(person, judged, ())
    standings = notices.standings(chosen)
    introduction = Content("introduction", now, standings, sample=True)
    yield Post(0, f"sample.introduction.{person.name}@example.org", "email", now, reader_of(person), introduction)
    behind = sorted(_behind(notices, set(chosen)), key=lambda one: _rank(notices, one))
    shown = behind[:1] + [one for one in behind if one.expected is not None and not _is_state(notices, one)][:1]
    if shown:
        made = [_alert_of(notices, one, alerts, now) for one in dict.fromkeys(shown)]
        told = tuple(notices.notice(alert, Reason.FIRST_NOTIFICATION) for alert in made)
        content = Content("news", now, sample=True)
        mark = f"sample.{made[0].fingerprint}.{person.name}@example.org"
        yield Post(0, mark, "email", now, reader_of(person), content, told)


def test_post(person: Person, now: datetime, domain: str) -> Post:
    """Return a test message."""
    mark = f"test.{now:%Y%m%d%H%M%S%f}.{fingerprint('test', person.name)}@{domain}"
    return Post(0, mark, "email", now, reader_of(person), Content("test", now))


def _preview(settings: Settings, post: Post, name: str) -> Preview:
    envelope = envelope_of(settings)
    if settings.smtp is None:
        envelope = replace(envelope, sender="carecmon@example.org", ops=envelope.ops or "ops@example.org")
    if not post.reader.address:  # somebody who is reached by another channel
        post = replace(
            post, reader=replace(post.reader, address=f"{fingerprint('person', post.reader.name)}@example.org")
        )
    mail = render(post, "mail", envelope, settings.templates)
    return Preview(name, mail.body, twins(post, envelope.ops, settings.templates, picture="cid:chart"))


def _behind(notices: Notices, indicators: set[str]) -> Iterator[Assessment]:
    for one in notices.assessments.values():
        if one.series.indicator in indicators and one.status.off_track and one.target is not None:
            yield one


def _is_state(notices: Notices, one: Assessment) -> bool:
    return bool(notices.registry.indicators[one.series.indicator].states)


def _alert_of(notices: Notices, one: Assessment, alerts: Mapping[str, Alert], now: datetime) -> Alert:
    """Return the alert that fires about an assessment; made up where none fires yet."""
    subject = str(one.series)
    for alert in alerts.values():
        if alert.subject == subject and alert.state is AlertState.FIRING and _about_path(notices, alert):
            return alert
    rule = next((each for each in notices.rules.values() if _fits(each, one)), None)
    name, severity = (rule.id, rule.severity) if rule else ("off-track", Severity.WARNING)
    message = standing(notices.registry.indicators[one.series.indicator], one)
    mark = fingerprint(name, subject)
    return Alert(mark, name, subject, severity, AlertState.FIRING, Cause.FIRST_ASSESSMENT, now, message)


def _rank(notices: Notices, one: Assessment) -> tuple[object, ...]:
    headline = notices.registry.indicators[one.series.indicator].headline or ({"area": "CAREC"},)
    away = abs(one.value - one.expected) / abs(one.expected) if one.value is not None and one.expected else 0.0
    few = len(one.points) < 3
    return not one.official, few, not one.series.matches(headline[0]), _WORST.index(one.status), -away, str(one.series)


def _about_path(notices: Notices, alert: Alert) -> bool:
    rule = notices.rules.get(alert.rule)
    return rule is not None and rule.condition in (Condition.OFF_TRACK, Condition.REVERSED)


def _fits(rule: Rule, one: Assessment) -> bool:
    fits = rule.official is None or rule.official is one.official
    return rule.condition is Condition.OFF_TRACK and fits and rule.chooses(one.series, one.sector)
