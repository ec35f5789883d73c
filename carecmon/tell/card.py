"""One alert as a reader meets it: a heading, a sentence, and rows of facts. Text and HTML show the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from carecmon.model import NOT_RECORDED, PROJECTED, AlertState, Status
from carecmon.tell import phrases
from carecmon.tell.announcement import Announcement, Earlier, Naming, Origin
from carecmon.tell.corrected import corrections
from carecmon.tell.findings import place
from carecmon.tell.happened import contradictions, happened
from carecmon.tell.headers import clean
from carecmon.tell.language import Language, forms

#: Only so many of each are written out; how many more there are is said.
_ORIGINS, _EARLIER = 3, 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a label, what it says, a badge (``tone`` is official or working) and further lines."""

    label: str
    text: str
    badge: str = ""
    tone: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One alert. ``tags`` are (words, colour); ``acknowledge`` is a mailto: address, empty where nobody reads it."""

    fingerprint: str
    heading: str
    sentence: str
    tags: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]
    colour: str
    acknowledge: str = ""


def card(language: Language, notice: Announcement, ops: str, *, seen_firing: bool = True) -> Card:
    """Return ``notice`` as a card. ``ops`` is the address that takes acknowledgements.

    ``seen_firing`` says that the reader heard of it before it resolved.
    """
    severity = (
        language.gettext(phrases.SEVERITIES[notice.alert.severity]),
        phrases.SEVERITY_COLOURS[notice.alert.severity],
    )
    resolved = notice.alert.state is AlertState.RESOLVED
    tags = [(language.gettext("resolved"), phrases.COLOURS[_GOOD])] if resolved else [severity]
    if notice.news in ("reminder", "severity_raised", "another_event", "silence_expired"):
        tags.append((language.gettext(phrases.NEWS[notice.news]), phrases.GREY))
    if resolved and not seen_firing:
        tags.append((language.gettext("came and went while this message waited"), phrases.GREY))
    return Card(
        notice.alert.fingerprint,
        heading(language, notice),
        sentence(language, notice),
        tuple(tags),
        tuple(_facts(language, notice)),
        phrases.COLOURS[_GOOD] if resolved else severity[1],
        "" if resolved else acknowledge(language, notice, ops),
    )


_GOOD = Status.ON_TRACK


def heading(language: Language, notice: Announcement) -> str:
    """Return what tells this alert from others of its indicator: the labels; for a source its name."""
    if notice.naming is None:
        return language.words(notice.origins[0].title) if notice.origins else notice.alert.subject
    return language.labels(notice.naming) or language.words(notice.naming.title)


def name(language: Language, notice: Announcement) -> str:
    """Return the full name of what an alert is about."""
    return heading(language, notice) if notice.naming is None else language.series(notice.naming)


def sentence(language: Language, notice: Announcement) -> str:
    """Return the alert in one line: what it is, and the value it stands at."""
    gist, naming, assessment = phrases.gist(language, notice), notice.naming, notice.assessment
    said = gist[:1].upper() + gist[1:]
    if notice.condition in ("revised", "withdrawn") and notice.fires and (told := happened(language, notice)):
        return told[0][:1].upper() + told[0][1:]
    if notice.naming is None and not notice.fires and (told := happened(language, notice)):
        return told[0][:1].upper() + told[0][1:]
    if notice.condition == "contradiction":
        return said
    if naming is None or assessment is None or assessment.value is None:
        return said
    return f"{said}{forms(language.code)['is']}{phrases.value(language, naming, assessment)}"


def acknowledge(language: Language, notice: Announcement, ops: str) -> str:
    """Return the mailto: address that tells ops that somebody takes care of the alert."""
    if not ops:
        return ""
    body = f"{clean(notice.alert.subject)}\r\n\r\n{language.gettext('I take care of this. Reason:')} "
    return f"mailto:{ops}?subject={quote(f'ack {notice.alert.fingerprint}')}&body={quote(body)}"


def _facts(language: Language, notice: Announcement) -> Iterator[Fact]:
    naming, assessment, say = notice.naming, notice.assessment, language.gettext
    if naming is not None and assessment is not None:
        yield from _figures(language, notice, naming)
    if told := happened(language, notice):
        yield Fact(say("What happened"), told[0], lines=told[1:])
    yield Fact(say("Cause"), phrases.cause(language, notice))
    resolved = notice.alert.state is AlertState.RESOLVED
    yield Fact(say("Resolved") if resolved else say("Since"), language.moment(notice.alert.since))
    if notice.origins:
        first, *more = [_origin(language, one) for one in notice.origins[:_ORIGINS]]
        yield Fact(say("Source"), first, lines=tuple(more))
    yield Fact(say("Told before"), *_told(language, notice))
    if notice.condition != "contradiction" and (doubts := contradictions(language, notice)):
        yield Fact(say("The source contradicts itself"), doubts[0], lines=doubts[1:])
    if notice.acknowledged:
        yield Fact(say("Acknowledged"), notice.acknowledged)
    yield Fact(say("Rule"), f"{notice.alert.rule} · {notice.alert.fingerprint}")


def _figures(language: Language, notice: Announcement, naming: Naming) -> Iterator[Fact]:
    one, say = notice.assessment, language.gettext
    assert one is not None
    change = ""
    if one.change is not None and one.previous_period is not None and not naming.states:
        moved = (
            language.amount(one.change, naming, sign=True) if round(one.change, naming.precision) else say("unchanged")
        )
        change = say("%(change)s since %(period)s") % {"change": moved, "period": language.period(one.previous_period)}
    yield Fact(say("Value"), phrases.value(language, naming, one), lines=(change,) if change else ())
    if corrected := corrections(language, naming, one):
        yield Fact(say("Correction in force"), corrected[0], lines=corrected[1:])
    if one.official is not None:
        base = ""
        if one.baseline is not None and one.baseline_period is not None:
            amount = language.amount(one.baseline, naming)
            base = say("from %(value)s in %(period)s") % {
                "value": amount,
                "period": language.period(one.baseline_period),
            }
        yield Fact(
            say("Target"),
            phrases.target(language, naming, one),
            phrases.authority(language, one.official),
            "official" if one.official else "working",
            (base,) if base else (),
        )
    if gap := phrases.gap(language, naming, one):
        expected = language.amount(one.expected, naming)
        words = say("the path has %(value)s for %(period)s") % {
            "value": expected,
            "period": language.period(one.period or ""),
        }
        yield Fact(say("Gap to the path"), gap, lines=() if naming.states else (words,))
    if one.projected is not None:
        amount = language.amount(one.projected, naming)
        words = say("%(value)s in %(year)s") % {"value": amount, "year": PROJECTED}
        yield Fact(say("If it goes on as now"), words)


def _origin(language: Language, origin: Origin) -> str:
    parts = [language.words(origin.title), origin.publisher]
    cell = origin.cell
    document = origin.document or (cell.document if cell else "")
    said = forms(language.code)["list"].join(dict.fromkeys(part for part in (*parts, document) if part))
    if cell is None:
        return said
    printed = language.gettext("printed “%(raw)s”") % {"raw": cell.raw} if cell.raw != NOT_RECORDED else ""
    return forms(language.code)["joint"].join(part for part in (said, place(cell), printed) if part)


def _told(language: Language, notice: Announcement) -> tuple[str, str, str, tuple[str, ...]]:
    if not notice.earlier:
        return language.gettext("nothing yet; this is the first message about it"), "", "", ()
    said = [_earlier(language, one, notice.naming) for one in notice.earlier[-_EARLIER:]]
    return said[-1], "", "", tuple(reversed(said[:-1]))


def _earlier(language: Language, one: Earlier, naming: Naming | None) -> str:
    news = language.gettext(phrases.NEWS.get(one.news, one.news))
    said = f"{language.day(one.at)}{forms(language.code)['is']}{news}"
    if one.value is not None and naming is not None and one.period:
        words = {"value": language.amount(one.value, naming), "period": language.period(one.period)}
        said += f", {language.gettext('%(value)s in %(period)s') % words}"
    return said
