"""Ember's yearly electricity data, long format: one row a country, year, variable and unit. 43 MB, read as a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite

from carecmon import codelists
from carecmon.model import Answer, Cell, Observation, Period, Series, SourceError
from carecmon.sources import tables
from carecmon.sources.tables import wrong

#: What its columns were called over the years; the first one found counts.
COLUMNS = {
    "code": ("iso 3 code", "country code", "iso3 code", "iso3"),
    "year": ("year",),
    "category": ("category",),
    "subcategory": ("subcategory",),
    "variable": ("variable",),
    "unit": ("unit",),
    "value": ("value",),
}
#: (category, subcategory, variable, unit) -> indicator. An aggregate is a row of its own, never the sum of rows:
#: "Renewables" stands beside "Hydro", "Solar" and "Wind", and beside "Clean", which has nuclear power in it.
WANTED: Mapping[tuple[str, str, str, str], str] = {
    ("electricity generation", "aggregate fuel", "renewables", "%"): "energy.renewable-share",
}
_MISSING = ("", "na", "n/a", "null")


def parse(answer: Answer) -> Iterator[Observation]:
    """Yield the figures of the members of CAREC; raise SourceError naming file, row and column.

    Rows of other areas and variables are passed over unread. A member's row whose value is blank states nothing.
    """
    for name, content in tables.files_of(answer.body, answer.url).items():
        found = _file(name, content, answer.document or name)
        yield from sorted(found, key=lambda each: (each.series, each.period))


def _file(name: str, content: bytes, document: str) -> list[Observation]:
    lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    rows = csv.reader(lines, strict=True)
    try:
        heading = next(rows, [])
        at = _columns(name, heading)
        found = [_read(name, rows.line_num, row, at, heading, document) for row in rows if _is_wanted(row, at)]
    except UnicodeDecodeError as exc:
        raise wrong(f"{name}, after row {rows.line_num}: the text is not UTF-8 ({exc.reason})") from exc
    except csv.Error as exc:
        raise wrong(f"{name}, row {rows.line_num}: {exc}") from exc
    if not found:
        raise wrong(
            f"{name}: {rows.line_num:,} rows, and none of a CAREC member with a variable that is read; a variable or"
            " unit may have a new name"
        )
    return [each for each in found if each is not None]


def _columns(name: str, heading: list[str]) -> dict[str, int]:
    names = [column.strip().casefold() for column in heading]
    at = {}
    for kind, aliases in COLUMNS.items():
        column = next((names.index(alias) for alias in aliases if alias in names), None)
        if column is None:
            raise wrong(
                f"{name}, row 1: no column {' or '.join(repr(alias) for alias in aliases)}; its columns are"
                f" {', '.join(heading)[:300] or 'none'}"
            )
        at[kind] = column
    return at


@cache
def _members() -> frozenset[str]:
    return frozenset(area.code for area in codelists.areas() if area.facts.get("kind") == "member")


def _is_wanted(row: list[str], at: Mapping[str, int]) -> bool:
    code = at["code"]
    if len(row) <= code or row[code] not in _members():
        return False
    return len(row) <= max(at.values()) or _key(row, at) in WANTED


def _key(row: list[str], at: Mapping[str, int]) -> tuple[str, str, str, str]:
    category, subcategory, variable, unit = (
        row[at[kind]].strip().casefold() for kind in ("category", "subcategory", "variable", "unit")
    )
    return category, subcategory, variable, unit


def _read(
    name: str, number: int, row: list[str], at: Mapping[str, int], heading: list[str], document: str
) -> Observation | None:
    def wrong_at(kind: str, why: str) -> SourceError:
        return wrong(f"{name}, row {number}, column {at[kind] + 1} ({heading[at[kind]]}): {why}")

    if len(row) <= max(at.values()):
        raise wrong(f"{name}, row {number}: it has {len(row)} of {len(heading)} fields")
    if any(row[len(heading) :]):  # something is split in two, and what stands behind it under a wrong heading
        raise wrong(f"{name}, row {number}: it has {len(row)} fields, and the heading {len(heading)}")
    printed, year = row[at["value"]].strip(), row[at["year"]].strip()
    if printed.casefold() in _MISSING:
        return None
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise wrong_at("year", f"{year!r} is not a year")
    try:
        value = float(printed)
    except ValueError:
        raise wrong_at("value", f"{printed!r} is not a number") from None
    if not isfinite(value) or "_" in printed:
        raise wrong_at("value", f"{printed!r} is not a number")
    try:
        period = Period.parse(year)
    except ValueError as exc:
        raise wrong_at("year", str(exc)) from exc
    column = f"{row[at['variable']]}, {row[at['unit']]}"
    series = Series.of(WANTED[_key(row, at)], area=row[at["code"]])
    return Observation(series, period, value, Cell(document, f"row {number}", row[at["code"]], column, printed))
