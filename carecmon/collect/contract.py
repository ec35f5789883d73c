"""The contract between plugins and carecmon, checked where their rows arrive.

Bounds are no part of it: a value that cannot be is still what the source says. It is noted, so that whoever records
the answer can hold it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import inf
from typing import Any

from carecmon.collect.forms import checked_claims, checked_runs, period_text, place_of
from carecmon.collect.labels import BrokenContractError, SeriesCheck
from carecmon.collect.spool import Key, Place, Row
from carecmon.model import (
    NOT_RECORDED,
    Cell,
    Claim,
    ClaimKind,
    Indicator,
    ObservationStatus,
    Period,
    Scale,
    Series,
)
from carecmon.model.quarantine import Impossible

_MISSING = int(ObservationStatus.MISSING)
_AHEAD = timedelta(days=366)
#: So many impossible values are noted; an answer that has more is wrong as a whole.
_NOTED = 1000


class Contract:
    """What one source may state. Its methods return what was checked, or raise BrokenContractError."""

    def __init__(self, source: str, indicators: Mapping[str, Indicator], series: SeriesCheck, today: date) -> None:
        self._source = source
        self._indicators = indicators
        self._series = series
        self._horizon = today + _AHEAD
        self._periods: set[int] = set()
        self._repeated = 0
        self._first_repeated = ""
        self.impossible: list[Impossible] = []

    @property
    def partial(self) -> bool:
        """Whether something was left out because its plugin is not loaded."""
        return bool(self._series.skipped)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not wrong enough to refuse the answer."""
        skipped = (
            f"{self._source}: {count} statements about {indicator} are left out: no loaded plugin declares it"
            for indicator, count in sorted(self._series.skipped.items())
        )
        repeated = f"{self._source}: {self._repeated} observations are stated twice alike, first {self._first_repeated}"
        return (*skipped, *([repeated] if self._repeated else []))

    def rows(self, content: Any, document: str) -> list[tuple[Key, list[Row], list[Place]]]:
        """Return the series of one frame, each with rows and a cell (or None) for each row."""
        checked = []
        # A cell that records nothing says no more than the answer itself does.
        empty = (document, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED, None, None, None)
        for indicator, labels, rows in checked_runs(self._source, content):
            key = (indicator, labels)
            if self._series.accepts(key, len(rows)):
                self._check(key, rows)
                cells = [None if (cell := row[4:]) == empty else cell for row in rows]
                checked.append((key, [row[:4] for row in rows], cells))
        return checked

    def settle(self, key: Key, rows: list[Row], cells: list[Place]) -> tuple[list[Row], list[Place]]:
        """Return the rows of one series by ascending period, each period once."""
        periods = [row[0] for row in rows]
        if not all(map(int.__lt__, periods, periods[1:])):
            cells = cells or [None] * len(rows)
            kept: list[int] = []
            for index in sorted(range(len(rows)), key=periods.__getitem__):
                if kept and periods[kept[-1]] == periods[index]:
                    self._repeat(key, rows[kept[-1]], rows[index])
                else:
                    kept.append(index)
            rows, cells = [rows[i] for i in kept], [cells[i] for i in kept]
        return rows, cells if any(cells) else []

    def claims(self, content: Any) -> list[Claim]:
        """Return the claims of one frame."""
        claims = (self._claim(raw) for raw in checked_claims(self._source, content))
        return [claim for claim in claims if claim is not None]

    def _check(self, key: Key, rows: list[tuple[Any, ...]]) -> None:
        steps = self._steps_of(self._indicators[key[0]])
        low, high = self._limits_of(self._indicators[key[0]])
        for row in rows:
            period, value, status, lower, upper = row[0], row[1], row[2], row[9], row[10]
            if period not in self._periods:
                self._check_period(key, row)
            if status > _MISSING:
                raise self._error(key, row, f"status is {_status(status)}", "only carecmon itself withdraws a value")
            if (value is None) is not (status == _MISSING):
                allowed = "a value is None exactly when its status is missing"
                raise self._error(key, row, f"value is {value} and status {_status(status)}", allowed)
            if lower is not None and upper is not None and lower > upper:
                raise self._error(key, row, f"lower is {lower:.12g} and upper {upper:.12g}", "lower is at most upper")
            if steps is not None and value is not None and not (value.is_integer() and int(value) in steps):
                allowed = f"{key[0]} takes whole steps from {steps.start} to {steps.stop - 1}"
                raise self._error(key, row, f"value is {value:.12g}", allowed)
            if value is not None and not low <= value <= high and len(self.impossible) < _NOTED:
                self.impossible.append(self._impossible(key, row))

    def _limits_of(self, indicator: Indicator) -> tuple[float, float]:
        """Return what values must lie between, wider by what rounding to the usual decimals can add."""
        low, high = indicator.bounds
        rounding = 0.5 * 10.0**-indicator.precision
        return -inf if low is None else low - rounding, inf if high is None else high + rounding

    def _impossible(self, key: Key, row: tuple[Any, ...]) -> Impossible:
        low, high = self._indicators[key[0]].bounds
        under = low is not None and row[1] < low
        bound, limit = ("at least", low) if under else ("at most", high)
        assert limit is not None
        series, place = Series(*key), place_of(row).removesuffix(": ")
        return Impossible(series, self._period(row[0], series), row[1], bound, limit, place)

    def _steps_of(self, indicator: Indicator) -> range | None:
        """Return the positions or steps that an indicator takes, None where it takes any number."""
        if indicator.scale is Scale.STATE and indicator.states is not None:
            return range(len(indicator.states))
        if indicator.scale is Scale.ORDINAL:
            low, high = indicator.bounds
            return range(0 if low is None else int(low), 1_000_000 if high is None else int(high) + 1)
        return None

    def _check_period(self, key: Key, row: tuple[Any, ...]) -> None:
        period = self._period(row[0], Series(*key))
        if period.start > self._horizon:
            raise self._error(key, row, f"the period begins on {period.start}", f"the last day is {self._horizon}")
        self._periods.add(row[0])

    def _period(self, key: int, series: Series) -> Period:
        try:
            period = Period.from_key(key)
            sound = Period.parse(period.text).key == key
        except (ValueError, OverflowError):
            sound = False
        if not sound:
            raise BrokenContractError(f"{self._source}: {series}: {key} is not the key of a period; use Period.parse")
        return period

    def _repeat(self, key: Key, first: Row, second: Row) -> None:
        if first[1:3] != second[1:3]:
            raise BrokenContractError(
                f"{self._source}: {Series(*key)} {period_text(first[0])} is stated twice, as {_stated(first)} and as"
                f" {_stated(second)}; one answer states a period once",
                Series(*key),
                period_text(first[0]),
            )
        self._repeated += 1
        self._first_repeated = self._first_repeated or f"{Series(*key)} {period_text(first[0])}"

    def _claim(self, raw: tuple[Any, ...]) -> Claim | None:
        kind, series, period, value, cell, base, qualifier, of, parts, printed, note = raw
        accepted = [self._series.accepts(key, feeding=False) for key in (series, *([of] if of else []), *parts)]
        if not all(accepted):
            return None
        about = Series(*series)
        lacking = {ClaimKind.SHARE: not of and "of", ClaimKind.TOTAL: not parts and "parts"}.get(kind)
        if lacking:
            raise BrokenContractError(
                f"{self._source}: {Cell(*cell)}: the claim about {about} is a {kind} and has no {lacking!r}",
                kind,
                about,
            )
        return Claim(
            kind, about, self._period(period, about), value, Cell(*cell),
            None if base is None else self._period(base, about), qualifier, Series(*of) if of else None,
            tuple(Series(*part) for part in parts), None if printed is None else self._period(printed, about), note,
        )  # fmt: skip

    def _error(self, key: Key, row: tuple[Any, ...], found: str, allowed: str) -> BrokenContractError:
        return BrokenContractError(
            f"{self._source}: {place_of(row)}{Series(*key)} {period_text(row[0])}: {found}; {allowed}",
            Series(*key),
            period_text(row[0]),
        )


def _status(number: int) -> str:
    return ObservationStatus(number).word if number <= max(ObservationStatus) else str(number)


def _stated(row: Row) -> str:
    return f"{row[1]:.12g}" if row[1] is not None else _status(row[2])
