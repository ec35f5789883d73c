"""Alerts that make others pointless: while a source fails, nobody needs to hear that its figures are late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from carecmon.judge.rules import Watched
from carecmon.model import Alert, AlertState, Condition, Series

_FIRING = (AlertState.FIRING, AlertState.RECOVERING)

#: Says whether the second alert depends on the subject of the first.
Depends = Callable[[Alert, Alert, Watched], bool]


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert of a condition in ``by`` fires, those of conditions in ``mutes`` that depend on it are mute."""

    by: tuple[Condition, ...]
    mutes: tuple[Condition, ...]
    depends: Depends


def fed_by(source: Alert, other: Alert, watched: Watched) -> bool:
    """Say whether the source feeds the indicator of the other alert: what does not come may be expected from it."""
    return Series.parse(other.subject).indicator in watched.sources.get(source.subject, ())


def judged_on(source: Alert, other: Alert, watched: Watched) -> bool:
    """Say whether the other alert's series was judged on figures of the source, and so may be out of date."""
    used = other.evidence.get("sources")
    return isinstance(used, list | tuple) and source.subject in used


#: Add a line to mute more. An alert never mutes itself, and one that is muted mutes nothing.
INHIBITIONS: tuple[Inhibition, ...] = (
    Inhibition((Condition.SOURCE_FAILING, Condition.QUARANTINED), (Condition.LATE,), fed_by),
    Inhibition((Condition.SOURCE_FAILING,), (Condition.OFF_TRACK, Condition.REVERSED, Condition.MISSED), judged_on),
)


def inhibited(
    alerts: Iterable[Alert],
    conditions: Mapping[str, Condition],
    watched: Watched,
    inhibitions: Iterable[Inhibition] = INHIBITIONS,
) -> dict[str, str]:
    """Return the fingerprint of each muted alert with that of the alert which mutes it.

    ``conditions`` are those of the rules, by id: an alert whose rule is gone neither mutes nor is muted.
    """
    firing = [alert for alert in alerts if alert.state in _FIRING and alert.rule in conditions]
    by_condition: dict[Condition, list[Alert]] = {}
    for alert in firing:
        by_condition.setdefault(conditions[alert.rule], []).append(alert)
    muted: dict[str, str] = {}
    for inhibition in inhibitions:
        loud = [alert for by in inhibition.by for alert in by_condition.get(by, ())]
        for other in (alert for mute in inhibition.mutes for alert in by_condition.get(mute, ())):
            for alert in loud:
                if alert is not other and alert.fingerprint not in muted and inhibition.depends(alert, other, watched):
                    muted.setdefault(other.fingerprint, alert.fingerprint)
                    break
    return muted
