"""The life of an alert as a table: from its state and what its rule sees to its next state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from carecmon.judge.facts import Outcome
from carecmon.judge.rules import HELD, Sighting, Watched, answer
from carecmon.model import Alert, AlertState, Cause, Rule, Transition, fingerprint

_I, _P, _F, _C, _R = (
    AlertState.INACTIVE,
    AlertState.PENDING,
    AlertState.FIRING,
    AlertState.RECOVERING,
    AlertState.RESOLVED,
)

#: (state, what is seen) -> next state. No answer leaves every state as it was.
NEXT: Mapping[tuple[AlertState, str], AlertState] = {
    (_I, HELD): _F,
    (_I, Outcome.FIRES): _P,
    (_I, Outcome.EASING): _I,
    (_I, Outcome.CLEAR): _I,
    (_I, Outcome.NO_ANSWER): _I,
    (_P, HELD): _F,
    (_P, Outcome.FIRES): _P,
    (_P, Outcome.EASING): _I,
    (_P, Outcome.CLEAR): _I,
    (_P, Outcome.NO_ANSWER): _P,
    (_F, HELD): _F,
    (_F, Outcome.FIRES): _F,
    (_F, Outcome.EASING): _C,
    (_F, Outcome.CLEAR): _R,
    (_F, Outcome.NO_ANSWER): _F,
    (_C, HELD): _F,
    (_C, Outcome.FIRES): _F,
    (_C, Outcome.EASING): _C,
    (_C, Outcome.CLEAR): _R,
    (_C, Outcome.NO_ANSWER): _C,
    (_R, HELD): _F,
    (_R, Outcome.FIRES): _P,
    (_R, Outcome.EASING): _R,
    (_R, Outcome.CLEAR): _R,
    (_R, Outcome.NO_ANSWER): _R,
}

#: States that end when nobody watches any more, and in what.
CLOSED: Mapping[AlertState, AlertState] = {_P: _I, _F: _R, _C: _R}

_EVALUATIONS = "evaluations"
#: In the evidence: the events that an alert is about, and which of them made it fire.
EVENTS, NEW = "events", "new"

#: The state before, the alert as it is now, and whether that is a transition.
Moved = tuple[AlertState, Alert, bool]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one evaluation made of the alerts.

    ``transitions`` are those that changed their state, or fire for another event. ``alerts`` are all whose row differs
    from the stored one: also counters of a pending alert, and the words and severity of a rule that was rewritten.
    """

    transitions: tuple[Transition, ...] = ()
    alerts: tuple[Alert, ...] = ()


def watcher(rules: Iterable[Rule], watched: Watched) -> Callable[[Alert], bool]:
    """Return the function that says whether an alert's rule and subject are still watched."""
    by_id = {rule.id: rule for rule in rules}
    return lambda alert: alert.rule in by_id and watched.by(by_id[alert.rule], alert.subject)


def step(
    stored: Mapping[str, Alert],
    sightings: Iterable[Sighting],
    *,
    now: datetime,
    cause: Callable[[Sighting], Cause],
    watched: Callable[[Alert], bool],
) -> Stepped:
    """Move the ``stored`` alerts (by fingerprint) on by what the rules see ``now``.

    ``cause`` is asked only where a state changes. A stored alert without a sighting is closed with the cause
    rule_changed where ``watched`` says that its rule or its subject is gone; else it stays, because what could
    not be judged proves nothing. Two sightings of one rule and one subject raise ValueError.
    """
    seen: dict[str, Sighting] = {}
    for sighting in sightings:
        key = fingerprint(sighting.rule.id, sighting.subject)
        if key in seen:
            raise ValueError(f"rule {sighting.rule.id!r} saw {sighting.subject!r} twice in one evaluation")
        seen[key] = sighting
    moved = [_move(stored.get(key), key, sighting, now, cause) for key, sighting in seen.items()]
    moved += [_close(alert, now) for key, alert in stored.items() if key not in seen and not watched(alert)]
    changed = [one for one in moved if one is not None]
    return Stepped(
        tuple(Transition(before, alert) for before, alert, news in changed if news),
        tuple(alert for _, alert, _ in changed),
    )


def _move(
    stored: Alert | None, key: str, sighting: Sighting, now: datetime, cause: Callable[[Sighting], Cause]
) -> Moved | None:
    before = stored.state if stored else AlertState.INACTIVE
    progress = _progress(stored, sighting)
    after = NEXT[before, HELD if _held(stored, sighting, progress, now) else sighting.outcome]
    new = _unseen(stored, sighting)
    events = {EVENTS: list(sighting.events), NEW: new} if sighting.events else {}
    if after is before and not (new and after is AlertState.FIRING):
        kept = _kept(stored, sighting, progress)
        return None if kept is None or kept == stored else (before, kept, False)
    moved = Alert(
        fingerprint=key,
        rule=sighting.rule.id,
        subject=sighting.subject,
        severity=sighting.rule.severity,
        state=after,
        cause=stored.cause if stored and _only_waited(stored, sighting.rule, after) else cause(sighting),
        since=now,
        message=_message(sighting, new),
        evidence={**sighting.evidence, **events},
        progress=progress if after is AlertState.PENDING else {},
    )
    return before, moved, True


def _unseen(stored: Alert | None, sighting: Sighting) -> list[str]:
    """Return the events that a rule sees and its alert is not about yet: each is news, also while the alert fires."""
    known = stored.evidence.get(EVENTS) if stored and stored.state is AlertState.FIRING else None
    return [one for one in sighting.events if not isinstance(known, list) or one not in known]


def _only_waited(stored: Alert, rule: Rule, after: AlertState) -> bool:
    """Say whether an alert fires for what made it pending: nothing new happened, only the wait is over."""
    waits = rule.hold.evaluations > 0 or rule.hold.seconds > 0
    return stored.state is AlertState.PENDING and after is AlertState.FIRING and waits


def _progress(stored: Alert | None, sighting: Sighting) -> Mapping[str, float]:
    """Return the counters of a pending alert: evaluations in a row that fired. No answer does not count."""
    counted = stored.progress.get(_EVALUATIONS, 0) if stored and stored.state is AlertState.PENDING else 0
    return {_EVALUATIONS: counted + (sighting.outcome is Outcome.FIRES)}


def _held(stored: Alert | None, sighting: Sighting, progress: Mapping[str, float], now: datetime) -> bool:
    """Say whether the condition has held long enough: in the data, in evaluations, and in time."""
    if answer(sighting) != HELD:
        return False
    hold = sighting.rule.hold
    waited = (now - stored.since).total_seconds() if stored and stored.state is AlertState.PENDING else 0.0
    return progress[_EVALUATIONS] >= hold.evaluations and waited >= hold.seconds


def _kept(stored: Alert | None, sighting: Sighting, progress: Mapping[str, float]) -> Alert | None:
    """Return the stored alert with today's counters, severity and words; None where nothing is stored."""
    if stored is None or stored.state in (AlertState.INACTIVE, AlertState.RESOLVED):
        return None
    if sighting.outcome is Outcome.NO_ANSWER:
        return stored
    counters = progress if stored.state is AlertState.PENDING else stored.progress
    # An event that is over is forgotten: should it happen again, it is news again.
    seen = {**stored.evidence, EVENTS: list(sighting.events)} if sighting.events else stored.evidence
    message = _message(sighting, stored.evidence.get(NEW))
    return replace(stored, severity=sighting.rule.severity, message=message, progress=counters, evidence=seen)


def _message(sighting: Sighting, new: object) -> str:
    """Return the sentence that names first what is new, of several things that an alert is about.

    What another edition only says again has an event of its own, and comes after what nobody has said before.
    """
    fresh = [one for one in new if one in sighting.by_event] if isinstance(new, list) else []
    known = {said for one, said in sighting.by_event.items() if one not in fresh}
    said = [sighting.by_event[one] for one in fresh]
    return min(said, key=lambda one: one in known, default=sighting.message)


def _close(alert: Alert, now: datetime) -> Moved | None:
    after = CLOSED.get(alert.state)
    if after is None:
        return None
    message = f"{alert.rule} no longer watches {alert.subject}: the rule or the series was removed."
    closed = replace(alert, state=after, cause=Cause.RULE_CHANGED, since=now, message=message, progress={})
    return alert.state, closed, True
