"""Tables that people hand over: dialects of CSV, workbooks, and what only pretends to be one."""

import io
import zipfile
from contextlib import suppress
from functools import reduce

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carecmon.model import SourceError
from carecmon.sources import tables, workbook

ROWS = [["name", "2021", "2022"], ["Overall", "18.9", "20.1"], ["1", "20.7", "1083"]]


def texts(table):
    return [[cell.text for cell in row] for _, row in table.rows]


def csv_of(rows, separator=","):
    return "\n".join(separator.join(row) for row in rows) + "\n"


def xlsx_of(rows, change=lambda book: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content, change):
    """Return a workbook with its parts changed: ``change`` is handed name and content, and gives new content."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, change(name, old.read(name)))
    return new.getvalue()


def with_part(content, name, part):
    new = io.BytesIO(content)
    with zipfile.ZipFile(new, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return new.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_csv_is_read_in_every_usual_dialect(separator, encoding, line_end):
    content = csv_of(ROWS, separator).replace("\n", line_end).encode(encoding)
    (table,) = tables.read("a.csv", content)
    assert texts(table) == ROWS


def test_semicolons_separate_where_commas_are_decimal():
    rows = [["走廊", "2021 年", "变化"], ["总体", "18,9", "(1,7)"], ["1", "20,7", "1,083"]]
    (table,) = tables.read("a.csv", csv_of(rows, ";").encode())
    assert texts(table) == rows
    assert [table.number(number, 2, row[2]) for number, row in table.rows[1:]] == [-1.7, 1.083]


def test_the_line_in_which_excel_names_its_separator_is_no_row():
    (table,) = tables.read("a.csv", b"sep=;\nname;2021\nOverall;18,9\n")
    assert texts(table) == [["name", "2021"], ["Overall", "18,9"]]
    assert [number for number, _ in table.rows] == [2, 3]


def test_row_numbers_are_those_of_the_file_also_after_blank_lines_and_folded_cells():
    (table,) = tables.read("a.csv", b'a,b\n\n"two\nlines",1\n3,4\n')
    assert [number for number, _ in table.rows] == [1, 3, 5]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Страна;2021\nКазахстан;1\n".encode("cp1251"), r"a\.csv, row 1: the text is not UTF-8"),
        ("国家,2021\n哈萨克斯坦,1\n".encode("gb18030"), r"row 1: the text is not UTF-8"),
        ("name,2021\nKaza\ufffd,1\n".encode(), r"row 2: characters were lost"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", r"old or encrypted Excel file; save it as \.xlsx"),
        (b"%PDF-1.7 ...", r"a PDF file"),
        (b"\x1f\x8b\x08\x00", r"compressed"),
        (b"<!DOCTYPE html><html></html>", r"a web page"),
        (b"a,b\0,c\n1,2,3\n", r"NUL"),
        (b'a,b\n1,"2\n3,4\n', r"row 2: unexpected end of data"),
        (b'name,2021\nx,18.9\ny,"20,1"\n', r"a\.csv: '18\.9' .* '20,1'.* write all numbers alike"),
    ],
)
def test_what_is_not_csv_is_refused_with_the_place_and_what_to_do(content, said):
    with pytest.raises(SourceError, match=said) as caught:
        tables.read("a.csv", content)
    assert not caught.value.transient


def test_a_workbook_gives_each_visible_sheet_with_its_numbers_as_displayed():
    def change(book):
        sheet = book.active
        sheet.title = "Road"
        sheet["B2"].number_format = "0.0"
        sheet["C2"].number_format = "#,##0.00_);[Red](#,##0.00)"
        sheet["D2"].number_format = "0.0%"
        book.create_sheet("Hidden").append(["x"])
        book["Hidden"].sheet_state = "hidden"
        book.create_sheet("Rail").append(["y", 2.5])

    content = xlsx_of(
        [["name", 2021, 2022, 2023], ["Overall", 18.94, 1083.0, 0.256], [None, 45.300000000000004]], change
    )
    road, rail = tables.read("a.xlsx", content)
    assert (road.sheet, rail.sheet) == ("Road", "Rail")
    assert texts(road)[1] == ["Overall", "18.9", "1083.00", "25.6%"]
    assert [cell.number for cell in road.rows[1][1]] == [None, 18.94, 1083.0, None]
    assert road.rows[2][1][1].number == 45.3


def test_an_error_in_a_workbook_names_file_sheet_row_and_column():
    (table,) = tables.read("a.xlsx", xlsx_of([["name", "2021"], ["Overall", "#DIV/0!"]]))
    number, row = table.rows[1]
    with pytest.raises(
        SourceError, match=r"a\.xlsx, sheet 'Sheet', row 2, column B \(2021\): '#DIV/0!' is not a number"
    ):
        table.number(number, 1, row[1], "2021")


def test_a_formula_without_a_stored_result_is_refused_not_read_as_blank():
    with pytest.raises(SourceError, match=r"sheet 'Sheet', row 2, column B: a formula without a result"):
        tables.read("a.xlsx", xlsx_of([["name", "2021"], ["Overall", "=1+1"]]))


def test_a_formula_with_a_stored_result_is_that_result():
    def result(name, part):
        return part.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")

    content = repacked(xlsx_of([["name", "2021"], ["Overall", "=1+1"]]), result)
    (table,) = tables.read("a.xlsx", content)
    assert texts(table)[1] == ["Overall", "2"]


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing():
    content = xlsx_of([["a", "b"]], lambda book: book.active.cell(1_048_576, 16_384, 7))
    (table,) = tables.read("a.xlsx", content)
    assert [number for number, _ in table.rows] == [1, 1_048_576]


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    def lie(name, part):
        return part.replace(b'<dimension ref="A1:B1"', b'<dimension ref="A1:XFD1048576"')

    (table,) = tables.read("a.xlsx", repacked(xlsx_of([["a", "b"]]), lie))
    assert texts(table) == [["a", "b"]]


BOMB = b"<a>" + b" " * (30 << 20) + b"</a>"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: with_part(c, "xl/bomb.xml", BOMB), r"unpacks to [\d,]+ times its size; more than 100"),
        (lambda c: reduce(lambda c, number: with_part(c, f"xl/{number}", BOMB), range(4), c),
         r"unpacks to \d+ parts of 12\d MB"),
        (lambda c: with_part(c, "xl/vbaProject.bin", b"x"), r"it holds macros \(xl/vbaProject\.bin\)"),
        (lambda c: with_part(c, "xl/macrosheets/sheet1.xml", b"<x/>"), r"it holds macros"),
        (lambda c: with_part(c, "../../etc/passwd", b"x"), r"lies outside of it"),
        (lambda c: with_part(c, "/etc/passwd", b"x"), r"lies outside of it"),
        (lambda c: with_part(c, "xl/more.xml", ENTITIES), r"declares a document type"),
        (lambda c: with_part(c, "xl/more.xml", ENTITIES.decode().encode("utf-16")), r"declares a document type"),
        (lambda c: c[:-200], r"no sound workbook"),
        (lambda c: c[:400] + bytes(100) + c[500:], r"no sound workbook"),
        (lambda c: repacked(c, lambda n, p: b"<broken" if n.endswith("sheet1.xml") else p), r"no sound workbook"),
        (lambda c: repacked(c, lambda n, p: p[:-60] if n.endswith("sheet1.xml") else p), r"no sound workbook"),
        (lambda c: repacked(c, lambda n, p: p.replace(b'r="B2"', b'r="2B"')), r"no sound workbook"),
        (lambda c: repacked(c, lambda n, p: p.replace(b't="inlineStr"><is><t>name</t></is>', b't="s"><v>999</v>')),
         r"no sound workbook"),
    ],
    ids=["bomb", "many bombs", "macros", "old macros", "climbs out", "absolute", "entities", "entities in utf-16",
         "cut off", "overwritten", "broken sheet", "half a sheet", "an impossible cell", "a text that is not there"],
)  # fmt: skip
def test_a_hostile_workbook_is_refused_by_name(change, said):
    with pytest.raises(SourceError, match=said) as caught:
        tables.read("a.xlsx", change(xlsx_of(ROWS)))
    assert str(caught.value).startswith("a.xlsx")


def test_a_zip_file_that_is_no_workbook_is_refused():
    with pytest.raises(SourceError, match=r"it is a ZIP file, but no \.xlsx workbook"):
        tables.read("a.xlsx", with_part(b"", "a.txt", b"hello"))


def test_more_parts_than_any_workbook_has_are_refused():
    content = io.BytesIO(xlsx_of(ROWS))
    with zipfile.ZipFile(content, "a") as archive:
        for number in range(workbook.MOST_MEMBERS):
            archive.writestr(f"xl/{number}", b"")
    with pytest.raises(SourceError, match=r"unpacks to 1,\d+ parts"):
        tables.read("a.xlsx", content.getvalue())


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")])
def test_columns_are_called_as_spreadsheets_call_them(column, name):
    assert tables.letters(column) == name


WHOLE = xlsx_of(ROWS)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_tables_or_a_source_error(content):
    with suppress(SourceError):
        tables.read("a.csv", content)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
@settings(deadline=None, max_examples=150)
def test_a_workbook_with_any_bytes_overwritten_is_a_table_or_a_source_error(place, noise):
    with suppress(SourceError):
        tables.read("a.xlsx", WHOLE[:place] + noise + WHOLE[place + len(noise) :])
