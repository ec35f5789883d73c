"""The data files of CPMM: one row a country or border-crossing point, mode and year; one column a figure.

Columns are known by their headings, in any order. ``tfi1_inbound_average`` and its like are figures; ``country_code``
(ISO3, ``REG`` for CAREC), ``transport_mode``, ``bcp_name``, ``bcp_code`` and ``year`` say what of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from carecmon import codelists
from carecmon.model import Answer, Cell, Notice, Observation, Period, Series, SourceError
from carecmon.sources import tables
from carecmon.sources.figures import is_blank
from carecmon.sources.tables import Field, Table, wrong

_FIGURE = re.compile(r"(?P<what>tfi[1-4]|swod)_(?P<direction>inbound|outbound|overall)_(?P<statistic>average|median)")
_DIRECTED = {"tfi1": "cpmm.bcp-time", "tfi2": "cpmm.bcp-cost"}
#: A section, a speed: no direction to cross a border in.
_UNDIRECTED = {"tfi3": "cpmm.section-cost", "tfi4": "cpmm.swd", "swod": "cpmm.swod"}
_KEYS = {
    "area": ("country_code", "country", "iso3", "corridor_code", "corridor"),
    "mode": ("transport_mode", "transport", "mode"),
    "bcp": ("bcp_name", "bcp", "border_crossing_point"),
    "year": ("year",),
}
#: They say again what other columns say.
_KNOWN = ("bcp_code", "country_name", "transport_mode_name")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: How far down a heading may stand, below a title and remarks.
_TOP = 20
_MOST_PROBLEMS = 3


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column holds what: keys by their kind, figures by column with their indicator and direction."""

    row: int
    keys: dict[str, int]
    figures: dict[int, tuple[str, str | None]]
    headings: tuple[Field, ...]
    unused: tuple[str, ...]


def parse(answer: Answer) -> Iterator[Observation | Notice]:
    """Yield the figures in one or several data files, CSV or workbook; raise SourceError for what cannot be meant.

    A file is taken whole or refused, naming row and column: an unknown country, mode or year is an error. A column or
    a border-crossing point that is not known is left out, and a Notice says so: the list of those is never complete.
    """
    items = [
        item
        for name, content in tables.files_of(answer.body, answer.url).items()
        for item in _file(name, content, answer.document or name)
    ]
    problems = [item for item in items if isinstance(item, str)]
    if problems:
        more = f"; and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        raise wrong("; ".join(problems[:_MOST_PROBLEMS]) + more)
    observations = (item for item in items if isinstance(item, Observation))
    yield from sorted(observations, key=lambda each: (each.series, each.period))
    yield from (item for item in items if isinstance(item, Notice))


def _file(name: str, content: bytes, document: str) -> Iterator[Observation | Notice | str]:
    found = [(table, _layout(table)) for table in tables.read(name, content)]
    if not any(layout for _, layout in found):
        raise wrong(f"{name}: {_what_is_missing(found)}")
    stated = 0
    for table, layout in found:
        if layout is None:
            yield Notice(f"{table.name}: no table of CPMM figures; it is not read")
            continue
        if layout.unused:
            columns = ", ".join(layout.unused)
            yield Notice(f"{table.name}: columns that are not used, and kept in the file: {columns}")
        for item in _rows(table, layout, document):
            stated += not isinstance(item, Notice)
            yield item
    if not stated:  # to believe it would withdraw every figure
        raise wrong(f"{name}: no row below the heading has a figure")


def _layout(table: Table) -> _Layout | None:
    for number, row in table.rows[:_TOP]:
        headings = tuple(re.sub(r"[\s\-]+", "_", cell.text.strip().casefold()) for cell in row)
        keys: dict[str, int] = {}
        for kind, names in _KEYS.items():
            for column in (headings.index(name) for name in names if name in headings):
                keys.setdefault(kind, column)
        figures = {column: found for column, heading in enumerate(headings) if (found := _figure(heading))}
        if {"area", "year"} <= keys.keys() and figures:
            _check_once(table, number, headings)
            left = (c for c in range(len(row)) if c not in figures and c not in keys.values())
            unused = tuple(row[c].text for c in left if headings[c] and headings[c] not in _KNOWN)
            return _Layout(number, keys, figures, row, unused)
    return None


def _figure(heading: str) -> tuple[str, str | None] | None:
    match = _FIGURE.fullmatch(heading)
    if match is None or match["statistic"] == "median":
        return None
    if match["what"] in _DIRECTED:
        return _DIRECTED[match["what"]], match["direction"]
    return (_UNDIRECTED[match["what"]], None) if match["direction"] == "overall" else None


def _check_once(table: Table, number: int, headings: tuple[str, ...]) -> None:
    twice = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if twice:
        raise wrong(f"{table.where(number)}: the column {twice[0]!r} stands there twice")


def _what_is_missing(found: list[tuple[Table, _Layout | None]]) -> str:
    tops = [f"{[cell.text for cell in table.rows[0][1] if cell.text][:12]}" for table, _ in found if table.rows]
    wanted = "a heading with country_code, year and figures such as tfi1_overall_average is wanted"
    return f"no table of CPMM figures: {wanted}; found {' and '.join(tops[:3]) or 'nothing'}"


def _rows(table: Table, layout: _Layout, document: str) -> Iterator[Observation | Notice | str]:
    """Yield what the rows state, and as texts what is wrong with them."""
    strangers: dict[str, int] = {}
    for number, row in table.rows:
        if number <= layout.row:
            continue
        try:
            table.check_width(number, row, layout.headings)
            yield from _row(table, layout, number, row, document)
        except _UnknownPointError as exc:
            strangers[str(exc)] = strangers.get(str(exc), 0) + 1
        except SourceError as exc:
            yield str(exc)
    if strangers:
        said = "; ".join(f"{point}: {rows} row{'s' * (rows > 1)}" for point, rows in sorted(strangers.items()))
        yield Notice(f"{table.name}: border-crossing points that are not known, and kept in the file: {said}")


class _UnknownPointError(Exception):
    """The code list has no such border-crossing point."""


def _row(table: Table, layout: _Layout, number: int, row: tuple[Field, ...], document: str) -> Iterator[Observation]:
    def key(kind: str) -> tuple[str, int]:
        column = layout.keys.get(kind, -1)
        return (row[column].text if 0 <= column < len(row) else ""), column

    def refuse(kind: str, why: object) -> SourceError:
        column = layout.keys[kind]
        return wrong(f"{table.where(number, column, layout.headings[column].text)}: {why}")

    year, _ = key("year")
    if not _YEAR.fullmatch(year):
        raise refuse("year", f"{year!r} is not a year")
    mode = _mode(table, layout, key("mode")[0], refuse)
    try:
        area = _area(key("area")[0])
    except ValueError as exc:
        raise refuse("area", exc) from exc
    if "bcp" in layout.keys:
        point, _ = key("bcp")
        area = _point(point, area) if point else area
    named = " / ".join(text for text in (key("area")[0], key("bcp")[0], mode, year) if text)
    for column, (indicator, direction) in layout.figures.items():
        cell = row[column] if column < len(row) else Field("")
        if is_blank(cell.text):
            continue
        heading = layout.headings[column].text
        value = table.number(number, column, cell, heading)
        labels = {"area": area, "mode": mode} | ({"direction": direction} if direction else {})
        place = f"{table.sheet}, row {number}" if table.sheet else f"row {number}"
        yield Observation(
            Series.of(indicator, labels), Period.parse(year), value, Cell(document, place, named, heading, cell.text)
        )


def _mode(table: Table, layout: _Layout, printed: str, refuse: Callable[[str, object], SourceError]) -> str:
    """Return the mode of a row; where there is no column for it, that in the name of the sheet or file."""
    if "mode" in layout.keys:
        try:
            return codelists.modes().resolve(printed)
        except ValueError as exc:
            raise refuse("mode", exc) from exc
    words = re.split(r"[^a-z]+", f"{table.sheet} {table.file}".casefold())
    found = {mode for mode in ("road", "rail") if mode in words}
    if len(found) != 1:
        raise wrong(f"{table.name}: no column transport_mode, and neither sheet nor file is called road or rail")
    return found.pop()


def _area(printed: str) -> str:
    """Return the code of CAREC, a corridor or a member; raise ValueError for any other place."""
    code = codelists.areas().resolve(printed)
    kind = codelists.areas()[code].facts.get("kind")
    if kind not in ("region", "member", "corridor"):
        raise ValueError(f"{printed!r} is neither CAREC nor one of its members")
    return code


def _point(printed: str, country: str) -> str:
    """Return the border-crossing point of this name on the side of ``country``."""
    areas = codelists.areas()
    for name in (f"{printed} ({country})", printed):
        try:
            code = areas.resolve(name)
        except ValueError:
            continue
        facts = areas[code].facts
        if facts.get("kind") == "bcp":
            sides = (code, *facts.get("opposite", "").split(";"))
            there = [side for side in sides if side in areas and areas[side].facts.get("country") == country]
            if len(there) == 1:
                return there[0]
    raise _UnknownPointError(f"{printed} ({country})")
