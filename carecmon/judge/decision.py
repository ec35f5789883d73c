"""Tell this person now? One question, one answer, one reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from carecmon.judge.moments import next_digest, quiet_until
from carecmon.model import AlertState, Condition, Severity
from carecmon.model.person import FIRING_NEWS, Answer, Case, Decision, Reason, Recipient, Told

_FIRING = (AlertState.FIRING, AlertState.RECOVERING)
#: Conditions that only those who run carecmon can do something about.
OPS_ONLY = (Condition.SOURCE_FAILING, Condition.QUARANTINED)


def decide(case: Case, now: datetime) -> Decision:
    """Say whether this person is told about this alert ``now``, later, or not, and why.

    Ask it after every run, for each person and each alert that fires or has resolved since, with what was told before.
    What it holds belongs in a message that waits until then, and counts as told (``Told.waiting``) from then on; what
    resolves while its message waits is held for the same time, so that quiet hours and digests drop nothing.
    Acknowledging stops reminders, never news. A resolved notice is owed to whoever heard that it fires, and to nobody
    else, whatever is silenced or was edited meanwhile.
    """
    open_ones = _since_resolved(case.told)
    if case.alert.state is AlertState.RESOLVED:
        if open_ones:
            return _skip(Reason.EVENT_IS_OVER) if _passing(case) else _when(case, Reason.RESOLVED, now)
        told = any(one.news is Reason.RESOLVED and one.at >= case.alert.since for one in case.told)
        return _skip(Reason.ALREADY_TOLD if told else Reason.FIRED_AND_CLEARED_UNSEEN)
    if case.alert.state not in _FIRING:
        return _skip(Reason.NOT_FIRING)
    why_not = next((reason for reason, holds in _WHY_NOT.items() if holds(case)), None)
    if why_not is not None:
        return _skip(why_not)
    return _news(case, open_ones, now)


def to_introduce(person: Recipient, sectors: Mapping[str, str], introduced: Iterable[str]) -> tuple[str, ...]:
    """Return the indicators, of those whose ``sectors`` are given, that ``person`` answers for and never heard of."""
    known = set(introduced)
    return tuple(
        sorted(
            indicator
            for indicator, sector in sectors.items()
            if indicator not in known and _among(person.sectors, sector) and _among(person.indicators, indicator)
        )
    )


def when(person: Recipient, now: datetime, *, digest: bool, pierces: bool = False) -> tuple[Reason | None, datetime]:
    """Return when a message to ``person`` is due, and why not ``now``.

    ``digest`` says that it waits for the next digest, ``pierces`` that quiet hours do not hold it.
    """
    reason, due = None, now
    if digest:
        due = next_digest(person, now, weekly=person.send == "weekly")
        reason = Reason.WAITS_FOR_DIGEST if due > now else None
    quiet = None if pierces else quiet_until(person, due)
    if quiet is not None:
        return reason or Reason.QUIET_HOURS, quiet
    return reason, due


def _news(case: Case, open_ones: tuple[Told, ...], now: datetime) -> Decision:
    alert, person = case.alert, case.person
    if not open_ones:
        if not case.introduced:
            return _when(case, Reason.INTRODUCTION, now)
        ended = case.beside.silence_ended
        after_silence = ended is not None and ended > alert.since
        return _when(case, Reason.SILENCE_EXPIRED if after_silence else Reason.FIRST_NOTIFICATION, now)
    if alert.severity.rank > max(told.severity.rank for told in open_ones):
        return _when(case, Reason.SEVERITY_RAISED, now)
    if "events" in alert.evidence and alert.since > max(told.decided or told.at for told in open_ones):
        return _when(case, Reason.ANOTHER_EVENT, now)
    if any(told.waiting for told in open_ones):
        return _skip(Reason.ALREADY_WAITING)
    last = max(told.at for told in open_ones)
    if case.beside.silence_ended is not None and case.beside.silence_ended > last:
        return _when(case, Reason.SILENCE_EXPIRED, now)
    if person.remind_after is None or now - last < timedelta(seconds=person.remind_after):
        return _skip(Reason.ALREADY_TOLD)
    if case.beside.acknowledged is not None:
        return _skip(Reason.ACKNOWLEDGED)
    return _when(case, Reason.REMINDER, now)


def _when(case: Case, news: Reason, now: datetime) -> Decision:
    """Tell the news now, or hold it: for the digest, for the end of quiet hours."""
    person, alert = case.person, case.alert
    digest = news is not Reason.INTRODUCTION and (person.send != "immediately" or _asked_for(case))
    critical = alert.severity is Severity.CRITICAL and news is not Reason.RESOLVED
    reason, due = when(person, now, digest=digest, pierces=critical and person.critical_pierces)
    if reason is None:
        return Decision(Answer.TELL, news, news)
    return Decision(Answer.HOLD, reason, news, due)


def _skip(reason: Reason) -> Decision:
    return Decision(Answer.SKIP, reason)


def _since_resolved(told: tuple[Told, ...]) -> tuple[Told, ...]:
    """Return what was told of this firing: since the last resolved notice."""
    last = max((position for position, one in enumerate(told) if one.news is Reason.RESOLVED), default=-1)
    return tuple(one for one in told[last + 1 :] if one.news in FIRING_NEWS)


def _passing(case: Case) -> bool:
    """Say whether the alert is about something that happened and is not undone by not happening again."""
    return case.alert.evidence.get("condition") == Condition.REVISED


def _for_ops(case: Case) -> bool:
    return case.rule is not None and case.rule.condition in OPS_ONLY


def _asked_for(case: Case) -> bool:
    """Say whether the rule reaches only those who ask for it, and this person did: then it comes in digests."""
    return case.rule is not None and case.rule.opt_in and case.rule.id in case.person.opt_in


def _opted_out(case: Case) -> bool:
    return case.rule is not None and case.rule.opt_in and not _asked_for(case)


def _too_quiet(case: Case) -> bool:
    return case.alert.severity not in case.person.severities and not _asked_for(case)


def _other_sector(case: Case) -> bool:
    return not _for_ops(case) and not any(_among(case.person.sectors, sector) for _, sector in case.about)


def _other_indicator(case: Case) -> bool:
    person = case.person
    return not _for_ops(case) and not any(
        _among(person.sectors, sector) and _among(person.indicators, indicator) for indicator, sector in case.about
    )


def _among(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


#: Why somebody does not hear of an alert that fires; the first that holds is the reason.
_WHY_NOT: Mapping[Reason, Callable[[Case], bool]] = {
    Reason.OPS_ONLY: lambda case: _for_ops(case) and not case.person.ops,
    Reason.OPTED_OUT: _opted_out,
    Reason.SEVERITY: _too_quiet,
    Reason.SECTOR: _other_sector,
    Reason.INDICATOR: _other_indicator,
    Reason.SILENCED: lambda case: bool(case.beside.silences),
    Reason.INHIBITED: lambda case: case.beside.inhibited_by is not None,
}
