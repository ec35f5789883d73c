"""A whole message as its templates show it: parts, sectors, indicators, cards; everything already in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from carecmon.model import Status
from carecmon.tell import phrases
from carecmon.tell.announcement import Announcement, Post, split
from carecmon.tell.card import Card, card, heading
from carecmon.tell.chart import Figure, figure
from carecmon.tell.corrected import remark
from carecmon.tell.language import SECTORS, Language, forms
from carecmon.tell.parts import Group, Part, Row
from carecmon.tell.standings import standings, tally
from carecmon.tell.subject import subject

#: So many alerts are told in full; the others are listed in one line each, so that nobody gets a book.
IN_FULL = 12


#: Makes what stands for one alert.
Show = Callable[[Announcement], Card | Row]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in its reader's language. ``ops`` is the address that reads answers, empty where nobody does."""

    language: Language
    subject: str
    title: str
    lead: tuple[str, ...]
    tally: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...]
    figure: Figure | None
    footer: tuple[str, ...]
    ops: str = ""
    unsubscribe: str = ""
    sample: str = ""


def letter(post: Post, ops: str) -> Letter:
    """Return the words of ``post``."""
    language = Language(post.reader.language, post.reader.time_zone)
    title, lead = _opening(language, post)
    return Letter(
        language,
        subject(language, post),
        title,
        lead,
        tally(language, post.content.standings),
        tuple(part for part in _parts(language, post, ops) if part.count),
        figure(language, post),
        _footer(language, post),
        ops,
        unsubscribe(post.reader.name, ops),
        language.gettext("SAMPLE: nothing was sent, and nobody was told") if post.content.sample else "",
    )


def unsubscribe(person: str, ops: str) -> str:
    """Return the mailto: address that asks ops to send nothing more."""
    return f"mailto:{ops}?subject={quote(f'unsubscribe {person}')}" if ops else ""


def _opening(language: Language, post: Post) -> tuple[str, tuple[str, ...]]:
    say, content = language.gettext, post.content
    if content.kind == "test":
        return say("A test message"), (say("If you can read this, messages reach you. There is nothing to do."),)
    if content.kind == "undelivered":
        return say("Messages that did not arrive"), (
            say("carecmon could not deliver these; it does not try again by itself."),
        )
    if content.kind == "introduction":
        known = say(
            "From now on you hear only of what changes: when a series leaves its path, when it returns, and why."
        )
        counted = say("An indicator is counted as behind when any series that stands for it is behind.")
        return say("Where the indicators stand"), (known, counted) if tally(language, content.standings) else (known,)
    firing, resolved, _ = split(post.notices)
    said = []
    if firing:
        said.append(
            language.count(
                "%(n)s alert is new or needs you again", "%(n)s alerts are new or need you again", len(firing)
            )
        )
    if resolved:
        said.append(language.count("%(n)s has resolved", "%(n)s have resolved", len(resolved)))
    if content.still:
        before = len(content.still) + content.not_shown
        said.append(language.count("%(n)s fires as before", "%(n)s fire as before", before))
    return say("What changed"), (forms(language.code)["joint"].join(said),)


def _parts(language: Language, post: Post, ops: str) -> Iterable[Part]:
    say = language.gettext
    firing, resolved, unseen = split(post.notices)
    more = post.content.not_shown
    if post.content.kind != "introduction":
        yield _part(language, say("New"), firing[:IN_FULL], lambda one: _full(language, one, ops))
        yield _part(language, say("More that is new"), firing[IN_FULL:], lambda one: _line(language, one))
        yield _part(
            language,
            say("Resolved"),
            resolved[:IN_FULL],
            lambda one: _full(language, one, ops, one.alert.fingerprint not in unseen),
        )
        yield _part(language, say("More that has resolved"), resolved[IN_FULL:], lambda one: _line(language, one))
        yield _part(language, say("Still firing"), post.content.still, lambda one: _line(language, one), more)
    else:
        yield _part(language, say("Alerts that fire now"), firing, lambda one: _line(language, one), more)
        yield standings(language, post.content.standings)
    yield _undelivered(language, post)


def _full(language: Language, notice: Announcement, ops: str, seen: bool = True) -> Card:
    return card(language, notice, ops, seen_firing=seen)


def _line(language: Language, notice: Announcement) -> Row:
    naming, one = notice.naming, notice.assessment
    value = phrases.value(language, naming, one) if naming and one else ""
    severity = language.gettext(phrases.SEVERITIES[notice.alert.severity])
    since = language.gettext("since %(day)s") % {"day": language.day(notice.alert.since)}
    corrected = remark(language, one) if one else ""
    said = (phrases.gist(language, notice), since, corrected, notice.acknowledged)
    note = forms(language.code)["joint"].join(part for part in said if part)
    colour = phrases.SEVERITY_COLOURS[notice.alert.severity] if notice.fires else phrases.COLOURS[Status.ON_TRACK]
    tag = severity if notice.fires else language.gettext("resolved")
    return Row(heading(language, notice), note, value, tag, colour)


def _part(language: Language, title: str, notices: Sequence[Announcement], show: Show, more: int = 0) -> Part:
    """Return the alerts by sector and indicator: where the loudest is comes first."""
    order = list(SECTORS)
    loudest: dict[str, int] = {}
    for one in notices:
        loudest[one.sector] = max(loudest.get(one.sector, 0), one.alert.severity.rank)

    def place(one: Announcement) -> tuple[int, int, str]:
        return -loudest[one.sector], order.index(one.sector) if one.sector in order else len(order), one.sector

    sectors = []
    for sector, of_sector in groupby(sorted(notices, key=place), lambda one: one.sector):
        by_indicator: dict[str, list[Announcement]] = {}
        for one in of_sector:
            by_indicator.setdefault(one.naming.indicator if one.naming else one.alert.subject, []).append(one)
        groups = tuple(_group(language, of_one, show) for of_one in by_indicator.values())
        sectors.append((language.sector(sector), groups))
    return Part(title, tuple(sectors), len(notices), more)


def _group(language: Language, notices: list[Announcement], show: Show) -> Group:
    naming = notices[0].naming
    title = language.words(naming.title) if naming else heading(language, notices[0])
    shown = [show(one) for one in notices]
    return Group(
        title,
        language.gettext(naming.pillar) if naming else "",
        tuple(one for one in shown if isinstance(one, Card)),
        tuple(one for one in shown if isinstance(one, Row)),
    )


def _undelivered(language: Language, post: Post) -> Part:
    rows = tuple(
        Row(
            one.person,
            one.error,
            language.moment(one.at),
            one.channel,
            phrases.GREY,
            language.gettext("try again with: %(command)s") % {"command": f"carecmon notify retry {one.delivery}"},
        )
        for one in post.content.undelivered
    )
    groups = (Group("", "", (), rows),)
    return Part(language.gettext("Dead letters"), (("", groups),), len(rows))


def _footer(language: Language, post: Post) -> tuple[str, ...]:
    say = language.gettext
    lines = []
    if post.content.not_shown:
        lines.append(
            language.count(
                "%(n)s more alert fires and is not shown here.",
                "%(n)s more alerts fire and are not shown here.",
                post.content.not_shown,
            )
        )
    shown = [
        *(one.assessment for one in post.content.standings),
        *(one.assessment for one in (*post.notices, *post.content.still)),
    ]
    if any(one is not None and one.official is False for one in shown):
        lines.append(
            say(
                "A working path is a yardstick of ours, so that change can be seen. It is no commitment of the CAREC"
                " Program or its members."
            )
        )
    lines.append(say("Written by carecmon on %(at)s.") % {"at": language.moment(post.content.at)})
    return tuple(lines)
