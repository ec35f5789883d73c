"""The IMF's table of trade in low carbon technology, as downloaded: one row a series, one column a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from carecmon import codelists
from carecmon.model import Answer, Cell, Notice, Observation, Period, Series
from carecmon.sources import tables
from carecmon.sources.figures import is_blank
from carecmon.sources.tables import Field, Table, wrong

_KEYS: tuple[str, ...] = ("iso3", "indicator", "unit", "scale", "counterpart_iso3")
_YEAR = re.compile(r"[Ff]?(?P<year>(?:19|20)[0-9]{2})")
_FLOWS = {
    "imports of low carbon technology products": "lct.imports",
    "exports of low carbon technology products": "lct.exports",
}
#: The same indicators come in dollars and in percent of GDP: the unit is part of what a row is.
_DOLLARS = ("us dollars", "us dollar", "u.s. dollars", "usd", "us$")
#: Our unit is USD million.
_SCALES = {"": 1e-6, "units": 1e-6, "unit": 1e-6, "thousands": 1e-3, "millions": 1.0, "billions": 1e3}
#: The IMF chooses whole codes of the HS, which is the variant that we call default.
_CODES = "default"


@dataclass(frozen=True, slots=True)
class _Layout:
    keys: dict[str, int]
    years: dict[int, str]
    headings: tuple[str, ...]


def parse(answer: Answer) -> Iterator[Observation | Notice]:
    """Yield the imports and exports of CAREC members in USD million; raise SourceError naming file, row and column.

    Rows are known by ISO3 codes only, because the IMF's names differ from everybody's. Partners without a code of
    ours are left out, and a Notice counts them. A blank states nothing.
    """
    for name, content in tables.files_of(answer.body, answer.url).items():
        found: list[Observation] = []
        passed: set[str] = set()
        for table in tables.read(name, content):
            layout = _layout(table)
            for number, row in table.rows[1:]:
                table.check_width(number, row, table.rows[0][1])
                found += _row(table, layout, number, row, answer.document or name, passed)
        if not found:
            raise wrong(f"{name}: no row of a CAREC member has imports or exports in US dollars")
        yield from sorted(found, key=lambda each: (each.series, each.period))
        if passed:
            yield Notice(f"{name}: partners without a code, left out: {', '.join(sorted(passed)[:12])}")


def _layout(table: Table) -> _Layout:
    row = table.rows[0][1] if table.rows else ()
    headings = tuple(cell.text for cell in row)
    names = [heading.strip().casefold() for heading in headings]
    keys = {name: names.index(name) for name in _KEYS if name in names}
    years = {column: match["year"] for column, name in enumerate(names) if (match := _YEAR.fullmatch(name))}
    lacking = [kind for kind in ("iso3", "indicator", "unit") if kind not in keys]
    if lacking or not years:
        wanted = ", ".join([*(kind.upper() if kind == "iso3" else kind.title() for kind in lacking)])
        raise wrong(
            f"{table.where(table.rows[0][0] if table.rows else 1)}: no column {wanted or 'F1994, F1995 ...'};"
            f" its columns are {', '.join(headings)[:300] or 'none'}"
        )
    if len(set(years.values())) < len(years):
        raise wrong(f"{table.where(table.rows[0][0])}: a year has two columns")
    return _Layout(keys, years, headings)


def _row(
    table: Table, layout: _Layout, number: int, row: tuple[Field, ...], document: str, passed: set[str]
) -> Iterator[Observation]:
    def text(kind: str) -> str:
        column = layout.keys.get(kind, len(row))
        return row[column].text if column < len(row) else ""

    indicator = _FLOWS.get(" ".join(text("indicator").casefold().split()))
    area = text("iso3")
    if indicator is None or not _is_member(area) or text("unit").casefold() not in _DOLLARS:
        return
    partner = text("counterpart_iso3") or "WLD"
    if partner not in codelists.areas():
        passed.add(partner)
        return
    factor = _SCALES.get(text("scale").casefold())
    if factor is None:
        place = table.where(number, layout.keys["scale"], "Scale")
        raise wrong(f"{place}: {text('scale')!r} is no scale; known are {', '.join(filter(None, _SCALES))}")
    series = Series.of(indicator, area=area, codes=_CODES, partner=partner, product="all")
    named = f"{area}, {text('indicator')}, {text('unit')}"
    place = f"{table.sheet}, row {number}" if table.sheet else f"row {number}"
    yield from _years(table, layout, (number, row), series, factor, Cell(document, place, named))


def _years(
    table: Table, layout: _Layout, line: tuple[int, tuple[Field, ...]], series: Series, factor: float, cell: Cell
) -> Iterator[Observation]:
    number, row = line
    for column, year in layout.years.items():
        field = row[column] if column < len(row) else Field("")
        if not is_blank(field.text):
            heading = layout.headings[column]
            value = float(f"{table.number(number, column, field, heading) * factor:.12g}")
            if not isfinite(value):
                place = table.where(number, column, heading)
                raise wrong(f"{place}: {field.text!r} is too large for a number in the scale of its row")
            printed = Cell(cell.document, cell.location, cell.row, heading, field.text)
            yield Observation(series, Period.parse(year), value, printed)


def _is_member(code: str) -> bool:
    areas = codelists.areas()
    return code in areas and areas[code].facts.get("kind") == "member"
