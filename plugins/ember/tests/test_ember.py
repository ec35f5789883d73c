"""Ember's long file: the right rows of a stream, under every name its columns had."""

import csv
import io
import tracemalloc

import pytest
from carecmon_plugins import energy
from carecmon_plugins.ember import EMBER
from hypothesis import given, settings
from hypothesis import strategies as st

from carecmon import Answer, Observation
from carecmon.model import SourceError

HEAD = (
    "Area,ISO 3 code,Year,Area type,Continent,Category,Subcategory,Variable,Unit,Value,YoY absolute change,YoY % change"
)


def line(variable="Renewables", value="11.5", *, code="KAZ", year="2023", sub="Aggregate fuel", unit="%"):
    return f"Somewhere,{code},{year},Country,Asia,Electricity generation,{sub},{variable},{unit},{value},0.1,1.0"


#: Shape as published, values invented.
ROWS = [
    line("Clean", "11.9"),
    line("Fossil", "88.1"),
    line("Renewables", "11.5"),
    line("Renewables", "10.25", year="2022"),
    line("Renewables", "13.1", unit="TWh"),
    line("Hydro", "7.7", sub="Fuel"),
    line("Solar", "1.7", sub="Fuel"),
    line("Wind", "2.1", sub="Fuel"),
    line("Renewables", "99.0", code="DEU"),
    line("Renewables", "", code="TKM"),
    line("Renewables", "30.0", code=""),
    line("Renewables", "0.0", code="MNG"),
    line("Renewables", "50.0", code="UZB").replace("Electricity generation", "Capacity"),
]


def read(rows=ROWS, head=HEAD):
    text = "\n".join([head, *rows]) + "\n"
    return list(EMBER.parse(Answer({"long.csv": text.encode()})))


def test_the_share_of_renewables_is_the_published_aggregate_of_each_member():
    found = {(str(item.series), str(item.period)): item.value for item in read()}
    assert found == {
        ("energy.renewable-share{area=KAZ}", "2022"): 10.25,
        ("energy.renewable-share{area=KAZ}", "2023"): 11.5,
        ("energy.renewable-share{area=MNG}", "2023"): 0.0,
    }


def test_a_blank_states_nothing_and_zero_is_a_value():
    assert "TKM" not in {item.series.label("area") for item in read()}
    assert [item.value for item in read() if item.series.label("area") == "MNG"] == [0.0]


@pytest.mark.parametrize("blank", ["", " ", "NA", "na", "N/A", " n/a ", "null"])
def test_each_way_to_write_that_there_is_no_value_states_nothing(blank):
    found = read([line(value=blank, year="2022"), line(value="11.5")])
    assert [(str(item.period), item.value) for item in found] == [("2023", 11.5)]


def test_the_indicator_takes_it_from_here():
    indicators = {indicator.id: indicator for indicator in energy.register_indicators()}
    assert {item.series.indicator for item in read()} == {"energy.renewable-share"}
    assert indicators["energy.renewable-share"].sources[0] == "ember"


def test_a_cell_names_row_and_column():
    item = next(item for item in read() if item.value == 11.5)
    assert str(item.cell) == "long.csv: row 4 / KAZ / Renewables, %"
    assert item.cell.raw == "11.5"


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace("ISO 3 code", "Country code"),
        HEAD.replace("Area,", "Country or economy,"),
        HEAD.upper(),
        "\ufeff" + HEAD,
    ],
    ids=["the old code", "the new name", "capitals", "a mark"],
)
def test_columns_are_found_under_their_names_of_other_years(head):
    assert [item.value for item in read(head=head)] == [item.value for item in read()]


def test_columns_are_found_in_any_order():
    turned = [",".join(reversed(row.split(","))) for row in (HEAD, *ROWS)]
    assert [i.value for i in read(turned[1:], turned[0])] == [i.value for i in read()]


@pytest.mark.parametrize("column", ["ISO 3 code", "Year", "Variable", "Unit", "Value", "Category", "Subcategory"])
def test_a_missing_column_is_named_with_those_that_are_there(column):
    with pytest.raises(
        SourceError, match=rf"long\.csv, row 1: no column .*'{column.casefold()}'.*its columns are Area"
    ):
        read(head=HEAD.replace(column, "Other"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (line(value="many"), r"row 2, column 10 \(Value\): 'many' is not a number"),
        (line(value="nan"), r"'nan' is not a number"),
        (line(value="1e999"), r"'1e999' is not a number"),
        (line(value="1_0"), r"'1_0' is not a number"),
        (line(year="23"), r"row 2, column 3 \(Year\): '23' is not a year"),
        (line(year="0001"), r"row 2, column 3 \(Year\): '0001' is not a period"),
        ("Kazakhstan,KAZ,2023,Country", r"row 2: it has 4 of 12 fields"),
        (line(value="11,5"), r"row 2: it has 13 fields, and the heading 12"),
        (line("Renewable sources"), r"none of a CAREC member with a variable that is read"),
        ('"unfinished', r"row 2: unexpected end of data"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(row, said):
    with pytest.raises(SourceError, match=said):
        read([row])


def test_text_that_is_not_utf_8_is_refused():
    with pytest.raises(SourceError, match=r"long\.csv, after row \d+: the text is not UTF-8"):
        list(EMBER.parse(Answer({"long.csv": f"{HEAD}\n{ROWS[2]}\n".encode() + "Türkiye".encode("cp1254") + b"\n"})))


def test_a_large_file_is_read_as_a_stream_that_keeps_only_what_is_wanted():
    """A quarter of the real file; 11 members among 220 areas, 30 variables each."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(HEAD.split(","))
    codes = ["AFG", "KAZ", *(f"X{number:02}" for number in range(40))]
    for code in codes:
        for year in range(2000, 2025):
            for variable in ("Renewables", *(f"Fuel {n}" for n in range(60))):
                writer.writerow(line(variable, "12.5", code=code, year=str(year)).split(","))
    content = lines.getvalue().encode()
    tracemalloc.start()
    found = list(EMBER.parse(Answer({"long.csv": content})))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 50
    assert len(content) > 5 << 20 and peak < 2 << 20


@given(st.lists(st.text(max_size=60), max_size=6) | st.lists(st.builds(line, st.text(max_size=5), st.text(max_size=5))))
@settings(deadline=None)
def test_any_rows_are_figures_or_a_source_error(rows):
    try:
        items = list(EMBER.parse(Answer({"long.csv": "\n".join([HEAD, *rows]).encode("utf-8", "replace")})))
    except SourceError as error:
        assert str(error).startswith("long.csv")
    else:
        assert all(isinstance(item, Observation) for item in items)
