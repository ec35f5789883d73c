"""Where indicators stand: what an introduction says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from carecmon.model import Status
from carecmon.tell import phrases
from carecmon.tell.announcement import Naming, Standing
from carecmon.tell.corrected import remark
from carecmon.tell.language import SECTORS, Language, forms
from carecmon.tell.parts import Group, Part, Row


def standings(language: Language, found: Sequence[Standing]) -> Part:
    """Return where indicators stand, by sector and pillar."""
    sectors = []
    order = [*SECTORS]
    ranked = sorted(found, key=lambda one: order.index(one.naming.sector) if one.naming.sector in order else 99)
    for sector, of_sector in groupby(ranked, lambda one: one.naming.sector):
        by_pillar: dict[str, list[Standing]] = {}
        for one in of_sector:
            by_pillar.setdefault(one.naming.pillar, []).append(one)
        groups = tuple(
            Group(language.gettext(pillar), "", (), tuple(_rows(language, of_one)))
            for pillar, of_one in by_pillar.items()
        )
        sectors.append((language.sector(sector), groups))
    return Part(language.gettext("Indicators by sector"), tuple(sectors), len(found))


def _rows(language: Language, standings: Sequence[Standing]) -> Iterator[Row]:
    """Yield a row for each indicator; those without a figure, and those that ended, share one."""
    quiet = {Status.NO_DATA: language.gettext("No figure yet"), Status.DISCONTINUED: language.gettext("Discontinued")}
    yield from (_standing(language, one) for one in standings if one.assessment.status not in quiet)
    for status, words in quiet.items():
        names = [language.words(one.naming.title) for one in standings if one.assessment.status is status]
        if names:
            yield Row(words, forms(language.code)["joint"].join(names), "", "", phrases.GREY)


def _standing(language: Language, standing: Standing) -> Row:
    naming, one = standing.naming, standing.assessment
    target = "" if one.official is None else phrases.target(language, naming, one)
    said = f"{language.gettext('Target')}{forms(language.code)['is']}{target}" if target else ""
    if standing.verdicts:
        counts = [
            language.gettext("%(n)s %(verdict)s")
            % {"n": language.number(count, 0), "verdict": language.gettext(phrases.VERDICTS[status])}
            for status, count in standing.verdicts
        ]
        value, tag, colour = "", forms(language.code)["comma"].join(counts), phrases.GREY
        said = ""
    else:
        value = phrases.value(language, naming, one) if one.value is not None else ""
        tag, colour = phrases.verdict(language, one), phrases.colour(one)
    badge, tone = phrases.authority(language, one.official), "official" if one.official else "working"
    return Row(language.words(naming.title), _labels(language, naming, standing), value, tag, colour, said, badge, tone)


def _labels(language: Language, naming: Naming, standing: Standing) -> str:
    said = []
    if standing.verdicts:
        said.append(language.count("%(n)s series", "%(n)s series", sum(count for _, count in standing.verdicts)))
    else:
        said.append(language.labels(naming))
    if standing.series > 1 and not standing.verdicts:
        said.append(language.count("one of %(n)s series", "one of %(n)s series", standing.series))
    if standing.alerts:
        said.append(language.count("%(n)s alert", "%(n)s alerts", standing.alerts))
    return " · ".join(one for one in (*said, remark(language, standing.assessment)) if one)


def tally(language: Language, standings: Sequence[Standing]) -> tuple[tuple[str, str, str], ...]:
    """Return how many indicators have which verdict: number, words, colour."""
    counts = []
    for status in (Status.ACHIEVED, Status.ON_TRACK, Status.SLOW, Status.STAGNANT, Status.REVERSING):
        found = sum(one.status is status for one in standings)
        if found:
            counts.append(
                (language.number(found, 0), language.gettext(phrases.VERDICTS[status]), phrases.COLOURS[status])
            )
    others = sum(not one.status.verdict for one in standings)
    if others and counts:
        counts.append((language.number(others, 0), language.gettext("not judged"), phrases.GREY))
    return tuple(counts)
