"""Which series of an indicator the table of ``check`` shows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from carecmon.cli.labels import needless
from carecmon.cli.words import place
from carecmon.model import Assessment, Indicator, Series


@dataclass(frozen=True, slots=True)
class Lines:
    """One indicator in a table: the assessments shown, how many more there are, and labels that need no saying."""

    indicator: Indicator
    shown: tuple[Assessment, ...]
    more: int = 0
    error: str = ""
    leave: frozenset[str] = frozenset()


Pillars = dict[str, list[Lines]]


def by_sector(
    assessments: Iterable[Assessment],
    indicators: Sequence[Indicator],
    errors: Mapping[str, str] | None = None,
    news: Collection[Series] = (),
    *,
    everything: bool = False,
    known: Mapping[str, Sequence[Series]] | None = None,
) -> dict[str, Pillars]:
    """Group the lines of the table by sector and pillar, in the order of ``indicators``.

    ``errors`` says by id why an indicator could not be judged; ``news`` are series that are shown because an
    alert about them changed. ``known`` are all series by indicator, where ``assessments`` are only some.
    """
    of: dict[str, list[Assessment]] = {}
    for a in assessments:
        of.setdefault(a.series.indicator, []).append(a)
    grouped: dict[str, Pillars] = {}
    for indicator in indicators:
        mine = sorted(of.get(indicator.id, ()), key=lambda a: (place(a.series, indicator), a.series))
        shown = mine if everything else headline(mine, indicator, news)
        every = [a.series for a in mine] if known is None else known.get(indicator.id, ())
        error = (errors or {}).get(indicator.id, "")
        lines = Lines(indicator, tuple(shown), len(every) - len(shown), error, needless(every, indicator))
        grouped.setdefault(indicator.sector, {}).setdefault(indicator.pillar, []).append(lines)
    return grouped


def headline(mine: Sequence[Assessment], indicator: Indicator, news: Collection[Series] = ()) -> list[Assessment]:
    """Return the series that stand for ``indicator``, and those with news.

    Series without any value are left to ``--all``, unless no headline series has one.
    """
    chosen = standing([a.series for a in mine], indicator)
    chosen = {a.series for a in mine if a.series in chosen and a.value is not None} or chosen
    return [a for a in mine if a.series in chosen or a.series in news]


def standing(series: Iterable[Series], indicator: Indicator) -> set[Series]:
    """Return the ones of ``series`` that stand for ``indicator``, with a value or without."""
    return _members(set(indicator.headline_of(series)), indicator)


def _members(series: set[Series], indicator: Indicator) -> set[Series]:
    """Keep the member countries, where there are any: every area, in a headline, means no corridor and no crossing."""
    areas = indicator.dimension("area")
    if areas is None:
        return series

    def is_member(one: Series) -> bool:
        code = one.label("area")
        return code is not None and code in areas.codes and areas.codes[code].facts.get("kind") == "member"

    return {one for one in series if is_member(one)} or series
