"""What stands beside the alerts now, read from the store: silences, acknowledgements, inhibitions."""

from __future__ import annotations

from datetime import datetime

from carecmon.config import Settings
from carecmon.judge.silence import about, beside, matches
from carecmon.model import Alert, AlertState, Severity
from carecmon.model.silence import Beside, Silence
from carecmon.registry import Registry
from carecmon.store import Store
from carecmon.verdicts import watch

_FIRING = (AlertState.FIRING, AlertState.RECOVERING)


def beside_now(settings: Settings, registry: Registry, store: Store, now: datetime) -> dict[str, Beside]:
    """Return what stands beside every alert there ever was, by fingerprint."""
    return beside(
        store.alerts().values(),
        now=now,
        watched=watch(settings, registry),
        rules=settings.rules,
        silences=store.silences.all(),
        acknowledgements=store.silences.newest(),
    )


def beside_then(settings: Settings, registry: Registry, store: Store, then: datetime) -> dict[str, Beside]:
    """Return what stood ``then`` beside every alert there was, by today's rules, by fingerprint."""
    return beside(
        store.alerts(then).values(),
        now=then,
        watched=watch(settings, registry),
        rules=settings.rules,
        silences=store.silences.all(then),
        acknowledgements=store.silences.newest(then),
    )


def muted_by(settings: Settings, registry: Registry, store: Store, silence: Silence) -> list[Alert]:
    """Return the alerts that fire and that ``silence`` matches, whether or not it is in force, the loudest first."""
    watched = watch(settings, registry)
    firing = (alert for alert in store.alerts().values() if alert.state in _FIRING)
    found = [alert for alert in firing if matches(silence, alert, about(alert, watched))]
    return sorted(found, key=lambda alert: (-alert.severity.rank, alert.subject, alert.rule))


def expired(settings: Settings, registry: Registry, store: Store, since: datetime, now: datetime) -> list[str]:
    """Return a line for each silence that ended after ``since`` while alerts that it mutes still fire."""
    lines = []
    for silence in store.silences.all():
        if since < silence.ends <= now and (alerts := muted_by(settings, registry, store, silence)):
            loudest = max((alert.severity for alert in alerts), key=lambda severity: Severity(severity).rank)
            count = "1 alert still fires" if len(alerts) == 1 else f"{len(alerts)} alerts still fire"
            lines.append(
                f"silence {silence.id} ({silence.reason}) is over: {count}, up to {loudest}; see them: carecmon alerts"
            )
    return lines
