"""Series that are called something else now, or that nobody watches any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from carecmon.model import Alert, Indicator, Series
from carecmon.store import Store


def follow_aliases(indicators: Iterable[Indicator], store: Store, now: datetime) -> list[str]:
    """Give stored series the names of today that aliases say; return warnings where a name is taken already."""
    with_aliases = [indicator for indicator in indicators if indicator.aliases]
    if not with_aliases:
        return []
    pairs = [
        (series, today)
        for series in store.series()
        for indicator in with_aliases
        if (today := indicator.today(series)) is not None
    ]
    return [
        f"{former} is {today} by an alias, but both have values of their own; each keeps its history"
        for former, today in store.rename(pairs, now)
    ]


def departed(alerts: Iterable[Alert], indicators: Mapping[str, Indicator]) -> frozenset[str]:
    """Return the subjects of ``alerts`` that are series under a label which their indicator no longer declares."""
    found = set()
    for alert in alerts:
        try:
            series = Series.parse(alert.subject)
        except ValueError:
            continue  # about a source
        indicator = indicators.get(series.indicator)
        if indicator is not None and series.labels and not indicator.could_be(series):
            found.add(alert.subject)
    return frozenset(found)


def not_judged(stored: Iterable[Series], judged: Collection[Series], excused: Collection[str]) -> list[Series]:
    """Return the stored series that have a verdict and are not ``judged`` any more.

    Indicators in ``excused`` could not be judged this time, so nothing of them is gone.
    """
    return [series for series in stored if series not in judged and series.indicator not in excused]
