"""Workbooks (.xlsx), opened with care: what they unpack to is checked first, and nothing in them is run.

Read by openpyxl, row by row: a cell far out costs nothing, where readers that fill a rectangle need its whole area.
"""

from __future__ import annotations

import io
import itertools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from carecmon.model import SourceError
from carecmon.sources.tables import MOST_CELLS, Field, Row, letters, wrong

#: A workbook of published tables unpacks to a few megabytes.
MOST_BYTES = 100 << 20
MOST_MEMBERS = 1000
#: How many times smaller than its content a large member may be; XML of repeated rows reaches about 40.
MOST_RATIO = 100
_SMALL = 1 << 20
_CHUNK = 1 << 20
_MACROS = re.compile(r"(?i)(^|/)(vbaProject[^/]*\.bin|macrosheets/.*|activeX/.*)$")
_DECIMALS = re.compile(r"[0#,?]*0(?:\.(?P<decimals>0+))?")


def sheets(name: str, content: bytes) -> list[tuple[str, list[Row]]]:
    """Return each visible sheet with its rows; raise SourceError for what is no sound, harmless workbook."""
    formulas = _check(name, content)
    import openpyxl

    opened = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about drawings and validation rules, which are not read
            opened = [_open(openpyxl, content, values=True)]
            if formulas:
                opened.append(_open(openpyxl, content, values=False))
            shown = [sheet for sheet in opened[0].worksheets if sheet.sheet_state == "visible"]
            return [
                (sheet.title, list(_rows(name, sheet, opened[1][sheet.title] if formulas else None))) for sheet in shown
            ]
    except (MemoryError, SourceError):
        raise
    except Exception as exc:  # of whatever kind: the library trusts what it reads
        raise wrong(f"{name}: it is no sound workbook ({type(exc).__name__}: {exc})") from exc
    finally:
        for book in opened:
            book.close()


def _open(openpyxl: Any, content: bytes, *, values: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def _rows(name: str, sheet: Any, formulas: Any) -> Iterator[Row]:
    # What the sheet says of its own size may be a lie that costs hours.
    sheet.reset_dimensions()
    behind: Iterator[Any] = itertools.repeat(())
    if formulas is not None:
        formulas.reset_dimensions()
        behind = formulas.iter_rows()
    cells = 0
    for number, (row, written) in enumerate(zip(sheet.iter_rows(), behind, strict=False), 1):
        for column, (cell, formula) in enumerate(zip(row, written, strict=False)):
            if cell.value is None and getattr(formula, "data_type", "") == "f":
                raise wrong(
                    f"{name}, sheet {sheet.title!r}, row {number}, column {letters(column)}: a formula without a"
                    " result; open the file in a spreadsheet program and save it"
                )
        cells += len(row)
        if cells > MOST_CELLS:
            raise wrong(f"{name}, sheet {sheet.title!r}: it has more than {MOST_CELLS:,} cells")
        if row:
            yield number, tuple([_field(cell) for cell in row])


def _field(cell: Any) -> Field:
    value = cell.value
    if value is None:
        return Field("")
    if isinstance(value, bool):
        return Field(str(value).upper())
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "General")
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return Field(value.isoformat() if isinstance(value, date | datetime) else str(value).strip())


def _number(value: float, form: str) -> Field:
    """Return a number as its format displays it, as far as decimals and percent signs go."""
    rounded = float(f"{value:.12g}")  # what binary arithmetic added behind is nobody's figure
    positive = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", form.partition(";")[0])
    found = _DECIMALS.search(positive)
    if found is None or "E" in positive.upper():
        return Field(f"{rounded:.12g}", rounded)
    percent = "%" in positive
    decimals = len(found["decimals"] or "")
    text = f"{rounded * (100 if percent else 1):.{decimals}f}"
    if percent:
        return Field(f"{text}%")  # the stored number is a hundredth of what people read
    return Field(text, rounded)


def _check(name: str, content: bytes) -> bool:
    """Look into the ZIP file before anything is unpacked in earnest; say whether a sheet has formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(name, members)
            names = {member.filename for member in members}
            if "[Content_Types].xml" not in names or not any(one.startswith("xl/") for one in names):
                raise wrong(f"{name}: it is a ZIP file, but no .xlsx workbook")
            return any([_check_xml(name, archive, member) for member in members])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as exc:
        raise wrong(f"{name}: it is no sound workbook: {exc}") from exc


def _check_sizes(name: str, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_BYTES:
        raise wrong(
            f"{name}: it unpacks to {len(members):,} parts of {total / 1e6:,.0f} MB; a workbook may have"
            f" {MOST_MEMBERS:,} parts and {MOST_BYTES / 1e6:,.0f} MB"
        )
    for member in members:
        path = member.filename
        if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or ":" in path:
            raise wrong(f"{name}: its part {path!r} lies outside of it")
        if member.flag_bits & 1:
            raise wrong(f"{name}: it is encrypted; save it without a password")
        if member.file_size > _SMALL and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise wrong(
                f"{name}: its part {path!r} unpacks to {member.file_size / max(member.compress_size, 1):,.0f} times its"
                f" size; more than {MOST_RATIO} is taken for an attack"
            )
        if _MACROS.search(path):
            raise wrong(f"{name}: it holds macros ({path}); save it as .xlsx without them")


def _check_xml(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Refuse document type declarations, which can unpack without end; say whether a sheet has formulas."""
    if not member.filename.casefold().endswith((".xml", ".rels")):
        return False
    formulas = False
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            seen = tail + chunk.replace(b"\0", b"")
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise wrong(f"{name}: its part {member.filename!r} declares a document type, which no workbook does")
            formulas = formulas or b"<f>" in seen or b"<f " in seen
            tail = seen[-16:]
    return formulas and member.filename.startswith("xl/worksheets/")
