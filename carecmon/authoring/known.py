"""Known values: a few figures that somebody compared with the publication, kept beside the plugin that reads them.

``tests/known.csv`` in the plugin's folder has the columns ``series``, ``period`` and ``value`` (the code of a state;
blank where the source prints no value), and, where they help, ``edition`` and ``where``. A plugin that is a single file
may have a constant instead: ``KNOWN = [("water.safe", "2015", 61.0)]``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from carecmon.authoring.place import Plugin
from carecmon.model import Indicator, Period, Scale, Series

FILE = "tests/known.csv"
_COLUMNS = ("series", "period", "value", "edition", "where")


@dataclass(frozen=True, slots=True)
class Known:
    """One figure as published; ``place`` says where it is written down here."""

    series: Series
    period: Period
    value: str
    edition: str
    place: str

    def expected(self, indicator: Indicator | None) -> float | None:
        """Return the value as it is stored; raise ValueError where it is neither a number nor a state."""
        if not self.value:
            return None
        if indicator is not None and indicator.scale is Scale.STATE and indicator.states is not None:
            if self.value not in indicator.states:
                raise ValueError(f"{self.place}: {self.value!r} is not a state of {indicator.id}")
            return indicator.state_position(self.value)
        return float(self.value)


def known_of(plugin: Plugin) -> list[Known]:
    """Return the known values of a plugin; raise ValueError naming the line that cannot be read."""
    stated = getattr(plugin.module, "KNOWN", ())
    found = [_read(f"KNOWN[{at}]", *map(str, row)) for at, row in enumerate(stated)]
    path = plugin.folder / FILE
    own = Path(str(getattr(plugin.module, "__file__", ""))).name == "__init__.py"
    return [*found, *_rows(path)] if own and path.exists() else found


def _rows(path: Path) -> Iterator[Known]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        wrong = set(rows.fieldnames or ()) - set(_COLUMNS)
        if wrong or not {"series", "period", "value"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path.name}: its columns are {', '.join(rows.fieldnames or ())}; {', '.join(_COLUMNS)}")
        for row in rows:
            place = f"{path.name}, line {rows.line_num}"
            yield _read(place, row["series"] or "", row["period"] or "", row["value"] or "", row.get("edition") or "")


def _read(place: str, series: str, period: str, value: str, edition: str = "") -> Known:
    try:
        return Known(Series.parse(series), Period.parse(period), value.strip(), edition.strip(), place)
    except ValueError as exc:
        raise ValueError(f"{place}: {exc}") from exc


def wrong(known: Known, stated: Mapping[tuple[Series, int, str], float | None], indicator: Indicator | None) -> str:
    """Return what is wrong with a known value, blank where it holds.

    ``stated`` is what the plugin reads, by series, ``Period.key`` and edition, later editions last.
    """
    found = [
        value
        for (series, period, edition), value in stated.items()
        if series == known.series and period == known.period.key and known.edition in ("", edition)
    ]
    if not found:
        return f"{known.place}: {known.series} {known.period} is not read at all"
    expected, value = known.expected(indicator), found[-1]
    if value == expected or (None not in (value, expected) and abs(float(value or 0) - float(expected or 0)) < 1e-9):
        return ""
    return f"{known.place}: {known.series} {known.period} is read as {_shown(value)}, and known to be {known.value}"


def _shown(value: float | None) -> str:
    return "no value" if value is None else f"{value:.12g}"
