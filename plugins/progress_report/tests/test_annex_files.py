"""Next year's annex, handed over as a file: read as the present one was typed in, in each language and form."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from carecmon_plugins.progress_report import PROGRESS_REPORT
from hypothesis import given, settings
from hypothesis import strategies as st

from carecmon import Answer, Claim, Notice, Observation, ObservationStatus, codelists
from carecmon.model import SourceError

PRINTED = Path(__file__).with_name("annex_1.txt").read_text("utf-8")
TABLES = [
    [[cell.strip() for cell in line.split("|")] for line in block.split("\n")]
    for block in PRINTED.strip().split("\n\n")
]

#: Our translations, in the order of the tables.
TITLES = {
    "en": [
        "Average speed (by corridor), speed with delay (SWD, km/h)",
        "Time to clear a border-crossing point (by corridor, country and BCP, hours)",
        "Cost incurred at border-crossing clearance (by corridor, country and BCP, US dollars)",
        "Logistics Performance Index (LPI)",
        "Average speed without delay (SWOD, km/h)",
        "Improved perception of road quality (World Economic Forum, Global Competitiveness Index)",
        "Average commercial speed in CPMM (SWD, km/h)",
        "Average commercial speed in CPMM (SWOD, km/h)",
        "Improved perception of railroad quality (World Economic Forum, Global Competitiveness Index)",
    ],
    "ru": [
        "Средняя скорость (по коридорам), скорость с учётом задержек (СУЗ, км/ч)",
        "Время прохождения пункта пропуска через границу (по коридорам, странам и ППГ, часов)",
        "Стоимость прохождения пункта пропуска через границу (по коридорам, странам и ППГ, долл. США)",
        "Индекс эффективности логистики",
        "Средняя скорость без учета задержек (км/ч)",
        "Улучшение восприятия качества автодорог (Индекс глобальной конкурентоспособности ВЭФ)",
        "Средняя коммерческая скорость по ИМЭК с учетом задержек (км/ч)",
        "Средняя коммерческая скорость по ИМЭК без учёта задержек (км/ч)",
        "Улучшение восприятия качества железных дорог (Индекс глобальной конкурентоспособности ВЭФ)",
    ],
}
WORDS = {
    "en": {"走廊": "Corridor", "国家": "Country", "变化": "Change", "总体": "Overall", "年": ""},
    "ru": {"走廊": "Коридор", "国家": "Страна", "变化": "Изменение", "总体": "В целом", "年": "г."},
}


def translated(language):
    """Return the annex in a language; the Russian one has decimal commas, as Russian documents do."""
    if language == "zh":
        return TABLES
    words = WORDS[language]

    def cell(text, row, column):
        if re.search(r"\d{4}.*年", text):
            return text.replace("年", words["年"]).strip()
        if row > 1 and column == 0 and text not in words and not text.isdigit():
            star = "*" * text.endswith("*")
            return codelists.areas()[codelists.areas().resolve(text)].name.say(language) + star
        if row > 1 and column and language == "ru":
            return text.replace(".", ",")
        return words.get(text, text)

    return [
        [[TITLES[language][number]]]
        + [[cell(t, r, c) for c, t in enumerate(line)] for r, line in enumerate(table) if r]
        for number, table in enumerate(TABLES)
    ]


def csv_of(annex, separator=","):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    for table in annex:
        writer.writerows([*table, []])
    return text.getvalue().encode()


def filled(sheet, table):
    """Write a table as people do: bare numbers as numbers with a format, everything else as text."""
    for line in table:
        sheet.append(line)
        for cell in sheet[sheet.max_row] if len(line) > 1 else ():
            if re.fullmatch(r"\d+[.,]?\d*", str(cell.value)):
                digits = str(cell.value).replace(",", ".")
                cell.value = float(digits) if "." in digits else int(digits)
                cell.number_format = "0." + "0" * len(digits.partition(".")[2]) if "." in digits else "0"


def xlsx_of(annex, *, one_sheet=False):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, table in enumerate(annex):
        if not one_sheet or not book.worksheets:
            book.create_sheet(f"Table {number + 1}")
        filled(book.worksheets[-1], table)
        book.worksheets[-1].append([])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


FORMS = {
    "csv": ("annex.csv", csv_of),
    "csv with semicolons": ("annex.csv", lambda annex: csv_of(annex, ";")),
    "a workbook, a table a sheet": ("annex.xlsx", xlsx_of),
    "a workbook of one sheet": ("annex.xlsx", lambda annex: xlsx_of(annex, one_sheet=True)),
}


def read(content, name="annex.csv", document="progress-report-2025"):
    return list(PROGRESS_REPORT.parse(Answer({name: content}, edition="2025", document=document)))


def said(items):
    """Return what is stated, apart from the words it is stated in."""
    return {
        (item.series, item.period, item.value, item.status)
        if isinstance(item, Observation)
        else (item.kind, item.series, item.period, item.base_period, item.value)
        for item in items
    }


@pytest.fixture(scope="module")
def typed():
    (document,) = PROGRESS_REPORT.documents
    (path,) = (path for path in document.data if path.name == "transport_annex_1.csv")
    return list(PROGRESS_REPORT.parse(Answer({path.name: path.read_bytes()}, document=document.id)))


@pytest.mark.parametrize(("name", "form"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("language", ["zh", "en", "ru"])
def test_the_annex_as_a_file_says_what_its_transcription_says(typed, language, name, form):
    items = read(form(translated(language)), name)
    assert not [item.text for item in items if isinstance(item, Notice)]
    assert said(items) == said(typed)
    assert len(items) == len(typed) == 282


def test_in_chinese_even_the_cells_are_the_same(typed):
    items = read(csv_of(TABLES), document="seed-001")
    assert {item.cell for item in items} == {item.cell for item in typed}


def test_a_cell_in_a_workbook_is_as_displayed():
    items = read(xlsx_of(TABLES), "annex.xlsx")
    raw = {item.cell.raw for item in items if isinstance(item, Observation) and item.series.indicator == "cpmm.swod"}
    assert {"42.0", "16.0"} <= raw


SMALL = [
    ["物流感知指数（LPI）"],
    ["国家", "2023 年", "2026 年", "变化"],
    ["阿富汗*", "1.9 [139]", "2.0[１４０]", "+0.1"],
    ["哈萨克斯坦", "2.7 [79]", "—", "-"],
    ["乌兹别克斯坦", "2.6 [88]", "2.75* [80]", ""],
    ["* 自 2021 年 8 月 15 日起暂停"],
]


def small(**changes):
    """Return the small annex with some of its cells, named ``r2c1``, changed."""
    lines = [list(line) for line in SMALL]
    for place, text in changes.items():
        row, column = map(int, re.fullmatch(r"r(\d)c(\d)", place).groups())
        lines[row][column] = text
    return csv_of([lines])


def test_dashes_are_missing_blanks_say_nothing_and_a_footnote_becomes_a_note():
    items = read(small(r4c1=""))
    at = {(i.series.indicator, i.series.label("area"), str(i.period)): i for i in items if isinstance(i, Observation)}
    assert at["lpi.score", "KAZ", "2026"].status is at["lpi.rank", "KAZ", "2026"].status is ObservationStatus.MISSING
    assert ("lpi.score", "UZB", "2023") not in at
    assert at["lpi.rank", "AFG", "2026"].value == 140
    assert at["lpi.score", "AFG", "2023"].note == "footnote *: 自 2021 年 8 月 15 日起暂停"
    assert at["lpi.score", "KAZ", "2023"].note is None
    (change,) = [item for item in items if isinstance(item, Claim)]
    assert (change.series.label("area"), change.value, str(change.base_period)) == ("AFG", 0.1, "2023")


WRONG = {
    "an unknown country": (
        {"r3c0": "亚特兰蒂斯"},
        r"annex\.csv, row 4, column 1: '亚特兰蒂斯' is not in the code list",
    ),
    "no number": ({"r3c1": "二 [79]"}, r"annex\.csv, row 4, column 2 \(2023 年\): '二' is not a number"),
    "half a rank": ({"r3c1": "2.7 [79"}, r"row 4, column 2 .*is not a number"),
    "a change in words": ({"r2c3": "更好"}, r"row 3, column 4 \(变化\): '更好' is not a number"),
    "another title": ({"r0c0": "其他"}, r"no table of the annex is recognised; the tables are '其他'"),
    "no periods": ({"r1c1": "去年", "r1c2": "今年"}, r"figures stand under .* before any heading with periods"),
    "both decimal signs": ({"r3c1": "2,7 [79]"}, r"annex\.csv: .*decimal point.*decimal comma"),
    "a period backwards": ({"r1c1": "2023/2022"}, r"'2023/2022' is not a period"),
}


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG)
def test_an_annex_is_refused_for(changes, message):
    with pytest.raises(SourceError, match=message):
        read(small(**changes))


def test_a_rank_where_the_table_has_none_is_refused():
    with pytest.raises(SourceError, match=r"'20.1 \[3\]' has a rank, which this table has not"):
        read(csv_of([[["Speed with delay (SWD)"], ["Corridor", "2023", "2024"], ["1", "20.1 [3]", "19"]]]))


SPEEDS = "Speed with delay (SWD)\nCorridor,2022,2023,Change\nOverall,20.1,20.8,0.7\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "1,19,2,18,0,(1,2)",
            r"annex\.csv, row 4, column 5: '0', '\(1', '2\)' behind the last heading; .*decimal comma",
        ),
        ("1,19.2,18.0,(1.2),foo,bar", r"annex\.csv, row 4, column 5: 'foo', 'bar' behind the last heading"),
    ],
    ids=["decimal commas without quotes", "remarks"],
)
def test_a_row_that_is_longer_than_its_heading_is_refused(row, said):
    with pytest.raises(SourceError, match=said):
        read(f"{SPEEDS}{row}\n".encode())


def test_separators_at_the_end_of_a_row_are_no_figures():
    assert len(read(f"{SPEEDS}1,19.2,18.0,(1.2),,\n".encode())) == 6


def test_a_row_of_a_sheet_that_is_longer_than_its_heading_is_refused():
    table = [["Speed with delay (SWD)"], ["Corridor", "2022", "2023"], ["1", "19.2", "18.0", "17.0"]]
    with pytest.raises(SourceError, match=r"sheet 'Table 1', row 3, column D: '17.0' behind the last heading; give"):
        read(xlsx_of([table]), "annex.xlsx")


def test_a_heading_that_is_not_known_is_named():
    *observations, notice = sorted(
        read(SPEEDS.replace("Change", "Delta").encode()), key=lambda i: isinstance(i, Notice)
    )
    assert notice.text == "annex.csv, row 2: columns that are not used, and kept in the file: Delta"
    assert [item.value for item in observations] == [20.1, 20.8]


def test_a_row_that_ends_before_its_heading_is_named():
    (notice,) = [i.text for i in read(f"{SPEEDS}1,19.2,18.0\n2,1.0\n".encode()) if isinstance(i, Notice)]
    assert notice == "annex.csv, row 4 and 1 more row: no cell under 'Change'; the row ends before"


def test_a_title_that_names_the_annex_does_not_say_it_twice():
    titled = {item.cell.location for item in read(f"Annex 1. {SPEEDS}".encode())}
    assert titled == {"Annex 1. Speed with delay (SWD)"}
    assert {item.cell.location for item in read(SPEEDS.encode())} == {"Annex 1, Speed with delay (SWD)"}


def test_a_table_that_is_not_known_is_named_and_the_others_are_read():
    extra = [["Road crash fatalities"], ["Country", "2023", "2024"], ["Kazakhstan", "1", "2"]]
    items = read(csv_of([extra, SMALL]))
    (notice,) = [item.text for item in items if isinstance(item, Notice)]
    assert notice == "annex.csv, row 2: the table 'Road crash fatalities' is not known; it is left out"
    assert len(items) == 14


def test_a_unit_beside_the_title_is_a_part_of_it():
    for title in (["Speed with delay (SWD)", "km/h"], ["Speed with delay (SWD)", "", "", "unit: km/h"]):
        items = read(csv_of([[title, ["Corridor", "2022", "2023", "Change"], ["1", "19", "20", "+1"]]]))
        assert [item.value for item in items] == [19, 20, 1]
        assert items[0].cell.location.endswith(f"Speed with delay (SWD), {title[-1]}")


@pytest.mark.parametrize("heading", [[], ["Country", "last year", "this year"]], ids=["none", "in words"])
def test_rows_under_a_title_without_a_heading_are_not_taken_for_those_of_the_table_before(heading):
    later = [["Speed with delay (SWD)"], *([heading] if heading else []), ["Kazakhstan", "19", "20"]]
    with pytest.raises(SourceError, match=r"figures stand under .* before any heading with periods"):
        read(csv_of([SMALL, later]))


def test_three_periods_are_three_columns_and_the_change_is_that_of_the_last_two():
    table = [
        ["Speed with delay (SWD)"],
        ["Corridor", "2022", "2023", "2024", "Change 2023-2024"],
        ["1", "19", "20", "22", "+2"],
    ]
    *observations, change = read(csv_of([table]))
    assert [str(item.period) for item in observations] == ["2022", "2023", "2024"]
    assert (str(change.base_period), str(change.period)) == ("2023", "2024")


def test_costs_that_look_like_years_are_not_a_heading():
    title = "Cost of border-crossing clearance (US dollars)"
    items = read(csv_of([[[title], ["Corridor", "2021", "2022", "Change"], ["1", "2021", "2024", "+3"]]]))
    assert [item.value for item in items] == [2021, 2024, 3]


def test_a_transcription_handed_over_is_read_as_one():
    (item,) = read(b'kind,series,period,value\nobservation,"cpmm.swd{area=CAREC,mode=all}",2024,21.5\n')
    assert item.value == 21.5


CELLS = st.sampled_from(
    ["总体", "1", "2021 年", "2016—2017", "变化", "(1.7)", "1.95 [160]", "-", "", "*", "[1]", "1,5", "9e9"]
)


@given(st.lists(st.lists(CELLS | st.text(max_size=4), min_size=1, max_size=5), max_size=8))
@settings(deadline=None)
def test_any_rows_under_a_known_title_are_figures_or_a_source_error(rows):
    text = csv_of([[*SMALL[:2], *rows]]).decode("utf-8", "replace")
    try:
        items = read(text.encode())
    except SourceError as error:
        assert str(error).startswith("annex.csv")
    else:
        assert all(isinstance(item, Observation | Claim | Notice) for item in items)
