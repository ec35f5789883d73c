"""Tables that people hand over: CSV in any usual dialect, or a workbook. Everything is read as it is displayed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from carecmon.model import Fault, SourceError
from carecmon.sources.figures import Style

#: A comma may also be a decimal sign, so it is the last that is tried.
_SEPARATORS = (";", "\t", "|", ",")
_SAMPLE = 200
_SHOWN = 3
#: More than any published table of ours has; a file beyond is a mistake or an attack.
MOST_CELLS = 4_000_000

_MARKS = {
    b"PK": "a workbook (or another ZIP file)",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Excel file; save it as .xlsx or CSV, without a password",
    b"%PDF": "a PDF file; save its table as .xlsx or CSV",
    b"\x1f\x8b": "compressed (gzip); unpack it first",
}


def wrong(message: str) -> SourceError:
    """Return the error for a file that cannot be read."""
    return SourceError(message, kind=Fault.GARBLED, transient=False)


@dataclass(frozen=True, slots=True)
class Field:
    """One cell: its text as displayed, and the number that a workbook keeps behind it, where it keeps one."""

    text: str
    number: float | None = None


#: Number of the row, from 1, and its cells.
Row = tuple[int, tuple[Field, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file, or one sheet of a workbook: the rows that are not blank."""

    file: str
    sheet: str
    rows: list[Row]
    style: Style = field(default_factory=Style)

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"{self.file}, sheet {self.sheet!r}" if self.sheet else self.file

    def where(self, row: int, column: int | None = None, heading: str = "") -> str:
        """Return a place as words: file, sheet, row, column (from 0) with its ``heading``."""
        place = f"{self.name}, row {row}"
        if column is None:
            return place
        number = letters(column) if self.sheet else str(column + 1)
        return f"{place}, column {number}{f' ({heading})' if heading else ''}"

    def check_width(self, row: int, cells: Sequence[Field], headings: Sequence[Field]) -> None:
        """Raise SourceError where a row goes on behind the last heading: its figures stand in the wrong columns."""
        last = max((column for column, heading in enumerate(headings) if heading.text), default=-1)
        beyond = [column for column in range(last + 1, len(cells)) if cells[column].text]
        if not beyond:
            return
        found = ", ".join(repr(cells[column].text) for column in beyond[:_SHOWN])
        more = f" and {len(beyond) - _SHOWN} more" if len(beyond) > _SHOWN else ""
        likely = (
            "give the column a heading, or take it out"
            if self.sheet
            else 'likely a number with a decimal comma that has no quotes (write "19,2"; or separate the whole file by'
            " semicolons), or a remark without a heading"
        )
        raise wrong(f"{self.where(row, beyond[0])}: {found}{more} behind the last heading; {likely}")

    def number(self, row: int, column: int, cell: Field, heading: str = "") -> float:
        """Return the number in a cell; raise SourceError naming the place."""
        try:
            return cell.number if cell.number is not None else self.style.read(cell.text)
        except ValueError as exc:
            raise wrong(f"{self.where(row, column, heading)}: {exc}") from exc


def letters(column: int) -> str:
    """Return what a spreadsheet calls a column, from 0: ``A``, ``B`` ... ``AA``."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def files_of(body: bytes | Mapping[str, bytes], url: str = "") -> Mapping[str, bytes]:
    """Return the body of an answer as content by file name."""
    if isinstance(body, Mapping):
        return body
    return {url.rpartition("/")[2].partition("?")[0] or "answer": body}


def read(name: str, content: bytes) -> list[Table]:
    """Return the tables in a file; raise SourceError naming the file, and where it can the sheet, row and column."""
    if content.startswith(b"PK\x03\x04"):
        from carecmon.sources import workbook

        sheets: Iterable[tuple[str, Iterable[Row]]] = workbook.sheets(name, content)
    else:
        sheets = [("", _lines(name, content))]
    return [_table(name, sheet, rows) for sheet, rows in sheets]


def text_of(name: str, content: bytes) -> str:
    """Return the text of a file: UTF-8, with or without a mark, or marked UTF-16; raise SourceError otherwise."""
    for mark, what in _MARKS.items():
        if content.startswith(mark):
            raise wrong(f"{name}: it is {what}, not CSV")
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise wrong(
            f"{name}, row {line}: the text is not UTF-8 (byte {exc.start}); save the file as UTF-8"
            " (in Excel: CSV UTF-8)"
        ) from exc
    if "\0" in text:
        raise wrong(f"{name}: it holds NUL characters, so it is not CSV")
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise wrong(f"{name}, row {line}: characters were lost before the file was saved (U+FFFD)")
    if text.lstrip()[:1] == "<":
        raise wrong(f"{name}: it is a web page or XML, not CSV")
    return text


def _lines(name: str, content: bytes) -> Iterator[Row]:
    text = text_of(name, content)
    separator = _separator(text)
    # A note of the spreadsheet program, no row of the table.
    if text[:4].casefold() == "sep=":
        separator, text = text[4:5], "\n" + text.partition("\n")[2]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for row in rows:
            yield number, tuple([Field(cell.strip()) for cell in row])
            number = rows.line_num + 1
    except csv.Error as exc:
        raise wrong(f"{name}, row {number}: {exc}") from exc


def _separator(text: str) -> str:
    """Return the separator that gives most rows the same number of fields, more than one."""
    sample = "".join(line for _, line in zip(range(_SAMPLE), io.StringIO(text), strict=False) if line.strip())

    def score(separator: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
        except csv.Error:
            return 0.0, 0
        width, rows = max(widths.items(), key=lambda each: (each[0] > 1, each[1]), default=(1, 0))
        return (rows / widths.total(), width) if width > 1 else (0.0, 0)

    best = max(_SEPARATORS, key=score)
    return best if score(best)[1] > 1 else ","


def _table(name: str, sheet: str, rows: Iterable[Row]) -> Table:
    kept: list[Row] = []
    cells = 0
    for number, row in rows:
        cells += len(row)
        if cells > MOST_CELLS:
            raise wrong(f"{name}: it has more than {MOST_CELLS:,} cells")
        if any(cell.text for cell in row):
            kept.append((number, row))
    try:
        style = Style.of(cell.text for _, row in kept for cell in row if _shows_style(cell))
    except ValueError as exc:
        raise wrong(f"{name}{f', sheet {sheet!r}' if sheet else ''}: {exc}; write all numbers alike") from exc
    return Table(name, sheet, kept, style)


def _shows_style(cell: Field) -> bool:
    """Say whether a cell is a number written as text and signs around it, not words that hold a number."""
    text = cell.text
    written = cell.number is None and 0 < len(text) < 40 and not text.endswith("%")
    return written and not any(character.isalpha() for character in text)
