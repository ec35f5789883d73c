"""Which silences and acknowledgements stand beside an alert. They never change its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from carecmon.judge.inhibition import INHIBITIONS, Inhibition, inhibited
from carecmon.judge.rules import Watched
from carecmon.model import Alert, Rule, Series
from carecmon.model.silence import Acknowledgement, Beside, Silence

#: The indicators that an alert concerns, each with its sector.
About = tuple[tuple[str, str], ...]


def about(alert: Alert, watched: Watched) -> About:
    """Return the (indicator, sector) pairs that an alert concerns: one for a series, those it feeds for a source."""
    if alert.subject in watched.sources:
        return tuple((one, watched.sectors.get(one) or "") for one in watched.sources[alert.subject])
    indicator = Series.parse(alert.subject).indicator
    return ((indicator, watched.sectors.get(indicator) or ""),)


def matches(silence: Silence, alert: Alert, concerned: About) -> bool:
    """Say whether every matcher of ``silence`` is met by ``alert``, at whatever time."""
    return (
        fnmatchcase(alert.rule, silence.rule)
        and fnmatchcase(alert.subject, silence.subject)
        and silence.severity in (None, alert.severity)
        and any(
            fnmatchcase(indicator, silence.indicator) and fnmatchcase(sector, silence.sector)
            for indicator, sector in concerned
        )
        and (not silence.select or Series.parse(alert.subject).matches(silence.select))
    )


def beside(
    alerts: Iterable[Alert],
    *,
    now: datetime,
    watched: Watched,
    rules: Iterable[Rule] = (),
    silences: Iterable[Silence] = (),
    acknowledgements: Mapping[str, Acknowledgement] | None = None,
    inhibitions: Iterable[Inhibition] = INHIBITIONS,
) -> dict[str, Beside]:
    """Return what stands beside each of ``alerts`` ``now``, by fingerprint.

    ``acknowledgements`` are the newest ones, by fingerprint. Give all alerts: one may inhibit another.
    """
    everything = list(alerts)
    muted = inhibited(everything, {rule.id: rule.condition for rule in rules}, watched, inhibitions)
    begun = [silence for silence in silences if silence.starts <= now]
    found = {}
    for alert in everything:
        concerned = about(alert, watched)
        fitting = [silence for silence in begun if matches(silence, alert, concerned)]
        made = (acknowledgements or {}).get(alert.fingerprint)
        found[alert.fingerprint] = Beside(
            tuple(silence for silence in fitting if silence.in_force(now)),
            max((silence.ends for silence in fitting if not silence.in_force(now)), default=None),
            made if made is not None and made.in_force(now) else None,
            muted.get(alert.fingerprint),
        )
    return found
