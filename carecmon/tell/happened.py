"""What happened, in the reader's language: made of an alert's evidence, not of its English sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from carecmon.model import AlertState, Cause, Finding
from carecmon.model.quarantine import Impossible, Strangeness
from carecmon.tell.announcement import Announcement
from carecmon.tell.findings import contradiction
from carecmon.tell.language import N_, Language, forms

#: Only so many of each are written out; how many more there are is said.
_SHOWN = 3
#: What is over when an alert of such a condition has resolved.
_OVER = {
    "withdrawn": N_("nothing is withdrawn any more"),
    "contradiction": N_("nothing contradicts any more, or somebody has looked at it"),
    "source_failing": N_("the source gives data again"),
    "quarantined": N_("nothing is held back any more"),
}
#: Why a release is held back, by the kind of what is strange about it.
_STRANGE = {
    "withdrawn": N_("it takes back %(some)s of %(all)s figures"),
    "one-factor": N_("it changes %(some)s of %(all)s figures by the same factor, about %(factor)s"),
}
_IMPOSSIBLE = {
    "at least": N_("%(series)s, %(period)s: %(value)s is stated, but it cannot be less than %(limit)s"),
    "at most": N_("%(series)s, %(period)s: %(value)s is stated, but it cannot be more than %(limit)s"),
}


def happened(language: Language, notice: Announcement) -> tuple[str, ...]:
    """Return what an alert is about, one line for each thing; nothing where its figures say it all."""
    alert = notice.alert
    if alert.state is AlertState.RESOLVED:
        over = _OVER.get(notice.condition) if alert.cause is not Cause.RULE_CHANGED else None
        return (language.gettext(over),) if over else ()
    if notice.condition not in _TOLD:
        return ()
    found = [*_TOLD[notice.condition](language, notice)]
    if not found and notice.condition != "contradiction":
        return (alert.message,) if alert.message else ()
    rest = len(found) - _SHOWN
    more = [language.count("and %(n)s more", "and %(n)s more", rest)] if rest > 0 else []
    return (*found[:_SHOWN], *more)


def contradictions(language: Language, notice: Announcement) -> tuple[str, ...]:
    """Return the findings that touch an alert, those that made it fire first."""
    new = notice.alert.evidence.get("new")
    known = new if isinstance(new, list) else []
    before = {one.message for one in notice.findings if one.id not in known}
    ordered: list[Finding] = sorted(notice.findings, key=lambda one: (one.id not in known, one.message in before))
    said = [contradiction(language, one, notice.naming) for one in ordered[:_SHOWN]]
    rest = len(ordered) - _SHOWN
    return (*said, language.count("and %(n)s more", "and %(n)s more", rest)) if rest > 0 else tuple(said)


def _revised(language: Language, notice: Announcement) -> Iterator[str]:
    for one in _listed(notice, "revisions"):
        if isinstance(one, Mapping) and notice.naming is not None:
            yield language.gettext("%(period)s: revised from %(old)s to %(new)s by %(source)s") % {
                "period": language.period(one["period"]),
                "old": language.amount(one["from"], notice.naming),
                "new": language.amount(one["to"], notice.naming),
                "source": _title(language, notice, one["source"]),
            }


def _title(language: Language, notice: Announcement, source: str) -> str:
    return next((language.words(one.title) for one in notice.origins if one.source == source), source)


def _withdrawn(language: Language, notice: Announcement) -> Iterator[str]:
    periods = [language.period(str(one)) for one in _listed(notice, "withdrawn")]
    if periods:
        yield language.gettext("withdrawn for %(periods)s") % {"periods": forms(language.code)["comma"].join(periods)}


def _failing(language: Language, notice: Announcement) -> Iterator[str]:
    """Say how long a source has been failing; the error itself stays as the program wrote it."""
    evidence = notice.alert.evidence
    failures, last_ok = evidence.get("failures"), evidence.get("last_ok")
    if isinstance(failures, int) and failures:
        said = language.count("%(n)s failed attempt in a row", "%(n)s failed attempts in a row", failures)
        if isinstance(last_ok, str):
            day = language.day(datetime.fromisoformat(last_ok))
            said += f"{forms(language.code)['joint']}{language.gettext('it last answered on %(day)s') % {'day': day}}"
        yield said
    if evidence.get("error"):
        yield language.gettext("the program reports: %(error)s") % {"error": evidence["error"]}


def _quarantined(language: Language, notice: Announcement) -> Iterator[str]:
    for one in _listed(notice, "quarantined"):
        release, _, why = str(one).partition(": ")
        yield language.gettext("release %(number)s: %(why)s") % {
            "number": release.removeprefix("release "),
            "why": _why_held(language, why),
        }


def _why_held(language: Language, why: str) -> str:
    if strange := Strangeness.read(why):
        return _strange(language, strange)
    if impossible := Impossible.read(why):
        return _impossible(language, impossible)
    return why


def _strange(language: Language, one: Strangeness) -> str:
    numbers = {"some": language.number(one.some, 0), "all": language.number(one.all, 0)}
    if one.factor is not None:
        numbers["factor"] = language.digits(one.factor)
    said = language.gettext(_STRANGE[one.kind]) % numbers
    if not one.indicator:
        return said
    return f"{said}（{one.indicator}）" if language.code == "zh" else f"{said} ({one.indicator})"


def _impossible(language: Language, one: Impossible) -> str:
    said = language.gettext(_IMPOSSIBLE[one.bound]) % {
        "series": one.series,
        "period": language.period(one.period),
        "value": language.digits(one.value, 12),
        "limit": language.digits(one.limit, 12),
    }
    more = language.count("and %(n)s more", "and %(n)s more", one.more)
    return f"{said}{forms(language.code)['joint']}{more}" if one.more else said


def _listed(notice: Announcement, name: str) -> list[object]:
    found = notice.alert.evidence.get(name)
    return found if isinstance(found, list) else []


_TOLD: Mapping[str, Callable[[Language, Announcement], Iterator[str]]] = {
    "revised": _revised,
    "withdrawn": _withdrawn,
    "source_failing": _failing,
    "quarantined": _quarantined,
    "contradiction": lambda language, notice: iter(contradictions(language, notice)),
}
