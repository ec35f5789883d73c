"""Annex tables of outcome indicators: areas down the side, periods and a change across the top, several on a sheet.

A table is a title, a heading (name column, periods, change) and its rows. ``1.95 [160]`` is a score and its rank,
``(1.7)`` minus 1.7, a dash no value, a star a footnote. Titles may be Chinese, Russian or English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from carecmon import codelists
from carecmon.model import (
    Answer,
    Cell,
    Claim,
    ClaimKind,
    Notice,
    Observation,
    ObservationStatus,
    Period,
    Series,
)
from carecmon.sources import tables
from carecmon.sources.figures import Style, is_blank, plain
from carecmon.sources.tables import Field, Table, wrong

_PERIOD = re.compile(
    r"(?P<first>(?:19|20)[0-9]{2})(?:\s*[-/]+\s*(?P<last>(?:19|20)?[0-9]{2}))?\s*(?:年|г\.?|гг\.?|год|годы)?[*¹²³]*",
    re.I,
)
_CHANGE = re.compile(r"变化|变动|改变|change.*|изменени[ея].*", re.I)
_RANKED = re.compile(r"(?P<score>[^\[]*)\[\s*(?P<rank>[0-9]{1,6})\s*\]")
_STARS = "*†‡"
#: The patterns of titles look ahead, which takes long in a text without end.
_LONGEST_TITLE = 300
_FOOTNOTE = re.compile(r"(?P<mark>[*†‡]+)\s*(?P<text>\S.*)", re.S)

Parse = Callable[[Answer], Iterable[Observation | Claim | Notice]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A table that is known by its title: ``title`` matches it, ``labels`` are those of its series beside the area.

    ``rank`` is the indicator of the number in square brackets, where there is one.
    """

    title: str
    indicator: str
    labels: Mapping[str, str] = field(default_factory=dict)
    rank: str | None = None


@dataclass(slots=True)
class _Block:
    """One table on a sheet."""

    title: str
    kind: Kind | None
    row: int
    name: int
    periods: dict[int, Period]
    change: int | None
    headings: Sequence[Field]
    rows: list[tuple[int, Sequence[Field]]] = field(default_factory=list)
    footnotes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Annex:
    """How an annex is read: its ``kinds``, of which the first whose title fits counts, ``overall`` names of CAREC.

    ``location`` is what cells call the annex, before the title of the table.
    """

    kinds: Sequence[Kind]
    overall: Sequence[str]
    location: str


def reader(annex: Annex, otherwise: Parse) -> Parse:
    """Return a ``parse`` for annex tables; files that are transcriptions, known by their heading, go to ``otherwise``.

    It raises SourceError naming file, sheet, row and column for an unknown area or what is no number. A table whose
    title fits no kind is left out, and a Notice says so; a file without any table that fits is an error.
    """

    def parse(answer: Answer) -> Iterator[Observation | Claim | Notice]:
        files = tables.files_of(answer.body, answer.url)
        typed = {name: content for name, content in files.items() if _is_transcription(content)}
        if typed:
            yield from otherwise(replace(answer, body=typed))
        for name, content in files.items():
            if name not in typed:
                yield from _file(annex, name, content, answer.document or name)

    return parse


def _is_transcription(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").startswith(b"kind,series,")


def _file(annex: Annex, name: str, content: bytes, document: str) -> Iterator[Observation | Claim | Notice]:
    seen: list[str] = []
    known = 0
    for table in tables.read(name, content):
        for block in _blocks(annex, table):
            if block.kind is None:
                seen.append(block.title)
                yield Notice(f"{table.where(block.row)}: the table {block.title!r} is not known; it is left out")
                continue
            known += 1
            yield from _unsaid(table, block)
            for number, row in block.rows:
                table.check_width(number, row, block.headings)
                yield from _Line(annex, table, block, document, number, row).read()
    if not known:
        found = f"the tables are {', '.join(map(repr, seen[:5]))}" if seen else "no heading with periods was found"
        raise wrong(f"{name}: no table of the annex is recognised; {found}")


def _unsaid(table: Table, block: _Block) -> Iterator[Notice]:
    """Say which columns are not used, and which rows of a CSV file end before the last one does."""
    used = {block.name, *block.periods, block.change}
    unused = [cell.text for column, cell in enumerate(block.headings) if cell.text and column not in used]
    if unused:
        columns = ", ".join(unused)
        yield Notice(f"{table.where(block.row)}: columns that are not used, and kept in the file: {columns}")
    last = max(column for column, cell in enumerate(block.headings) if cell.text)
    # In a sheet, an empty cell at the end of a row and none at all are the same.
    short = [] if table.sheet else [number for number, row in block.rows if len(row) <= last]
    if short:
        more = f" and {len(short) - 1} more row{'s' * (len(short) > 2)}" if len(short) > 1 else ""
        yield Notice(f"{table.where(short[0])}{more}: no cell under {block.headings[last].text!r}; the row ends before")


def _blocks(annex: Annex, table: Table) -> list[_Block]:
    """Return the tables on a sheet: a row of words alone is a title or a footnote, one with periods a heading."""
    blocks: list[_Block] = []
    title = table.sheet
    above: list[str] = []
    for number, row in table.rows:
        filled = [column for column, cell in enumerate(row) if cell.text]
        note = _FOOTNOTE.fullmatch(row[filled[0]].text) if len(filled) == 1 else None
        if note and blocks:
            blocks[-1].footnotes[note["mark"]] = " ".join(note["text"].split())
        elif _is_title(annex, row, filled):
            title = ", ".join(row[column].text for column in filled)
            above.append(title)
        elif heading := _heading(annex, table, number, row, filled):
            kind = _kind(annex, title) or _kind(annex, " ".join([table.sheet, *above]))
            blocks.append(_Block(title, kind, number, *heading, row))
            above = []
        elif blocks and not above:
            blocks[-1].rows.append((number, row))
        else:  # under a title of its own, a row does not belong to the table before
            under = f" under {above[-1]!r}" if above else ""
            raise wrong(f"{table.where(number)}: figures stand{under} before any heading with periods")
    return blocks


def _is_title(annex: Annex, row: Sequence[Field], filled: Sequence[int]) -> bool:
    """Say whether a row is a title: one cell, or words and behind them more words, such as a unit."""
    behind = [row[column].text for column in filled[1:]]
    figures = any(is_blank(text) or any(sign.isdigit() for sign in text) for text in behind)
    return not figures and not _is_area(annex, row[filled[0]].text)


def _heading(
    annex: Annex, table: Table, number: int, row: Sequence[Field], filled: Sequence[int]
) -> tuple[int, dict[int, Period], int | None] | None:
    periods: dict[int, Period] = {}
    change = None
    for column in filled:
        text = plain(row[column].text)
        if match := _PERIOD.fullmatch(text):
            try:
                periods[column] = _period(match)
            except ValueError as exc:
                raise wrong(f"{table.where(number, column)}: {exc}") from exc
        elif _CHANGE.fullmatch(text):
            change = column
    if not periods:
        return None
    name = next((column for column in range(len(row)) if column not in periods), 0)
    # "1 | 2021 | 2024 | +3" is a row of costs, not a heading.
    if name > min(periods) or _is_area(annex, row[name].text):
        return None
    return name, periods, change


def _period(match: re.Match[str]) -> Period:
    first, last = match["first"], match["last"]
    if last is None:
        return Period.parse(first)
    return Period.parse(f"{first}/{last if len(last) == 4 else first[:2] + last}")


def _kind(annex: Annex, title: str) -> Kind | None:
    words = plain(title)[:_LONGEST_TITLE]
    return next((kind for kind in annex.kinds if re.search(kind.title, words, re.I)), None)


def _area(annex: Annex, printed: str) -> str:
    name = plain(printed.rstrip(_STARS + " "))
    return "CAREC" if name.casefold() in annex.overall else codelists.areas().resolve(name)


def _is_area(annex: Annex, printed: str) -> bool:
    try:
        return bool(_area(annex, printed))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a table."""

    annex: Annex
    table: Table
    block: _Block
    document: str
    number: int
    row: Sequence[Field]

    def read(self) -> Iterator[Observation | Claim]:
        """Yield the figures of the row, then the change that is printed behind them."""
        kind = self.block.kind
        assert kind is not None
        name = self._text(self.block.name)
        try:
            area = _area(self.annex, name)
        except ValueError as exc:
            raise wrong(f"{self.table.where(self.number, self.block.name)}: {exc}") from exc
        series = Series.of(kind.indicator, {**kind.labels, "area": area})
        rank = Series.of(kind.rank, {**kind.labels, "area": area}) if kind.rank else None
        for column, period in self.block.periods.items():
            yield from self._figures(column, period, series, rank)
        change = self.block.change
        periods = sorted(self.block.periods.values())
        if change is not None and len(periods) > 1 and not is_blank(self._text(change)):
            value = self._number(change, self._text(change))
            cell, note = self._cell(change), self._note(change)
            yield Claim(ClaimKind.CHANGE, series, periods[-1], value, cell, periods[-2], note=note)

    def _figures(self, column: int, period: Period, series: Series, rank: Series | None) -> Iterator[Observation]:
        text = self._text(column)
        if not text:
            return
        cell, note = self._cell(column), self._note(column)
        if is_blank(text.rstrip(_STARS + " ")):
            for one in filter(None, (series, rank)):
                yield Observation(one, period, None, cell, ObservationStatus.MISSING, note)
            return
        score = plain(text).rstrip(_STARS + " ")
        ranked = _RANKED.fullmatch(score)
        if ranked and rank is None:
            raise self._wrong(column, f"{text!r} has a rank, which this table has not")
        yield Observation(series, period, self._number(column, ranked["score"] if ranked else score), cell, note=note)
        if ranked and rank is not None:
            yield Observation(rank, period, float(ranked["rank"]), cell, note=note)

    def _number(self, column: int, text: str) -> float:
        try:
            return self._style(column).read(text.rstrip(_STARS + " "))
        except ValueError as exc:
            raise self._wrong(column, str(exc)) from exc

    def _style(self, column: int) -> Style:
        # What a workbook keeps as a number is displayed here with a point, whatever its texts have.
        return self.table.style if self.row[column].number is None else Style(".")

    def _wrong(self, column: int, why: str) -> Exception:
        return wrong(f"{self.table.where(self.number, column, self.block.headings[column].text)}: {why}")

    def _text(self, column: int) -> str:
        return self.row[column].text if column < len(self.row) else ""

    def _cell(self, column: int) -> Cell:
        location, title = self.annex.location, self.block.title
        if title:  # which often says already that of which it is the title
            location = title if title.casefold().startswith(location.casefold()) else f"{location}, {title}"
        return Cell(
            self.document, location, self._text(self.block.name), self.block.headings[column].text, self._text(column)
        )

    def _note(self, column: int) -> str | None:
        """Return the footnotes that the stars of the row's name and of the cell stand for."""
        marks = [_marks(self._text(place)) for place in (self.block.name, column)]
        said = [f"footnote {mark}: {self.block.footnotes.get(mark, 'not in the file')}" for mark in marks if mark]
        return "; ".join(dict.fromkeys(said)) or None


def _marks(text: str) -> str:
    return text[len(text.rstrip(_STARS)) :]
