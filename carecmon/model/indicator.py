"""What is measured: an indicator and everything that is declared about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from carecmon.model.check import Check
from carecmon.model.codes import CodeList, Text
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
    maps former ids and labels to today's.
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

    def dimension(self, name: str) -> Dimension | None:
        """Return the dimension called ``name``, if there is one."""
        return next((d for d in self.dimensions if d.name == name), None)

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
