"""What is measured: an indicator and everything that is declared about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from carecmon.model.check import Check
from carecmon.model.codes import CodeList, Text
from carecmon.model.period import Period
from carecmon.model.series import Series


class Better(StrEnum):
    """Which way is progress."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"  #: a count or amount that is good or bad only in context


class Scale(StrEnum):
    """What arithmetic the values allow."""

    RATIO = "ratio"  #: has a true zero: growth rates make sense
    INTERVAL = "interval"  #: only differences make sense (a score from 1 to 5, a percentage with a ceiling)
    ORDINAL = "ordinal"  #: ordered whole steps (maturity level 1 to 3)
    STATE = "state"  #: positions in a declared list of states


class Cadence(StrEnum):
    """How often a new reference period comes."""

    ANNUAL = "annual"
    QUARTERLY = "quarterly"
    MONTHLY = "monthly"
    IRREGULAR = "irregular"  #: editions without a calendar: never late


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way series of an indicator differ, and the codes allowed there."""

    name: str
    codes: CodeList


@dataclass(frozen=True, slots=True)
class ReleaseCalendar:
    """When a reference period's first value is usual: ``lag`` after the period ends; late after ``grace`` more."""

    lag: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Discontinued:
    """Since when a series has no successor period, and why."""

    since: date
    reason: str
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured.

    ``unit`` is the symbol as printed in tables; ``precision`` is the number of decimals the usual source prints;
    ``bounds`` are the lowest and highest values that are possible at all (None: unbounded); ``states`` is the
    ordered list of an indicator on the state scale, worst first; ``headline`` lists the label selections that
    stand for the indicator in ``check`` (the first one that has series is shown; none declared: the figure for
    CAREC, else those of the countries, else all); ``sources`` is the default order of preference; ``aliases``
    maps former ids and labels to today's, each written ``id``, ``id{name=code}`` or ``name=code``. A ``stock`` is
    a level at the end of the period, or a sum from a fixed start until then: periods of any length follow each
    other. Anything else is judged on periods as long as the newest one only. Where only some series are stocks,
    ``stock`` has the labels that select these.
    """

    id: str
    title: Text
    sector: str
    pillar: str
    unit: str
    better: Better
    definition: str
    sources: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    scale: Scale = Scale.RATIO
    cadence: Cadence = Cadence.ANNUAL
    precision: int = 1
    bounds: tuple[float | None, float | None] = (None, None)
    states: CodeList | None = None
    calendar: ReleaseCalendar | None = None
    discontinued: Discontinued | None = None
    headline: tuple[Mapping[str, str], ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    stock: bool | Mapping[str, str] = False

    def time(self, period: Period) -> float:
        """Return where ``period`` stands on the way to a target, in years: a year's number for that year."""
        return period.as_of if self.stock is True else period.time

    def for_series(self, series: Series) -> Indicator:
        """Return what is declared of one series: the same, but it says for itself whether it is a ``stock``."""
        if isinstance(self.stock, bool):
            return self
        return replace(self, stock=series.matches(self.stock))

    def dimension(self, name: str) -> Dimension | None:
        """Return the dimension called ``name``, if there is one."""
        return next((d for d in self.dimensions if d.name == name), None)

    def declares(self, series: Series) -> bool:
        """Say whether ``series`` has exactly the dimensions of this indicator, each with a code of its list."""
        names = [dimension.name for dimension in self.dimensions]
        return (
            series.indicator == self.id
            and sorted(names) == [name for name, _ in series.labels]
            and all(series.label(dimension.name) in dimension.codes for dimension in self.dimensions)
        )

    def could_be(self, series: Series) -> bool:
        """Say whether every label of ``series`` is declared; some dimensions may be left out."""
        found = [(self.dimension(name), code) for name, code in series.labels]
        return all(dimension is not None and code in dimension.codes for dimension, code in found)

    def today(self, series: Series) -> Series | None:
        """Return what a series under a former id or label is called today, None where no alias says so."""
        found = series
        for _ in range(len(self.aliases) + 1):
            if self.declares(found):
                return found if found != series else None
            renamed = (_renamed(found, self.id, former, today) for former, today in self.aliases.items())
            found = next((one for one in renamed if one is not None and one != found), found)
        return None

    def headline_of(self, series: Iterable[Series]) -> list[Series]:
        """Return those of ``series`` that stand for the indicator, sorted."""
        ordered = sorted(series)
        for select in (*(self.headline or ({"area": "CAREC"}, {"area": "*"})), {}):
            if chosen := [one for one in ordered if one.matches(select)]:
                return chosen
        return []

    def state_name(self, value: float, language: str = "en") -> str:
        """Return the name of the state that is stored as position ``value``; only for the state scale."""
        assert self.states is not None
        return list(self.states)[round(value)].name.say(language)

    def state_code(self, value: float) -> str:
        """Return the code of the state that is stored as position ``value``; only for the state scale."""
        assert self.states is not None
        return list(self.states)[round(value)].code

    def state_position(self, code: str) -> float:
        """Return the position under which the state ``code`` is stored; KeyError where it is not declared."""
        assert self.states is not None
        return float([state.code for state in self.states].index(self.states[code].code))


def _renamed(series: Series, id: str, former: str, today: str) -> Series | None:
    """Return ``series`` as an alias of the indicator ``id`` renames it, None where the alias is about another one."""
    old, new = (Series.parse(text if "{" in text or "=" not in text else f"{id}{{{text}}}") for text in (former, today))
    labels = dict(series.labels)
    if series.indicator != old.indicator or any(labels.get(name) != code for name, code in old.labels):
        return None
    kept = {name: code for name, code in labels.items() if old.label(name) is None}
    return Series.of(new.indicator, {**kept, **dict(new.labels)})
