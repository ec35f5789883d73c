"""The IMF's wide table: the right rows of it, in our unit."""

import csv
import io
from math import isfinite

import pytest
from carecmon_plugins import lct
from carecmon_plugins.imf import TABLE
from hypothesis import given, settings
from hypothesis import strategies as st

from carecmon import Answer, Notice, Observation
from carecmon.model import SourceError

HEAD = (
    "ObjectId,Country,ISO2,ISO3,Indicator,Unit,Source,CTS_Code,CTS_Name,CTS_Full_Descriptor,Trade_Flow,Scale,"
    "F2021,F2022,F2023"
)
IMPORTS, EXPORTS = "Imports of low carbon technology products", "Exports of low carbon technology products"


def line(code="KAZ", indicator=IMPORTS, unit="US Dollars", scale="Units", years=("1500000000", "", "2000000000.5")):
    return f'1,"Kazakhstan, Rep. of",KZ,{code},{indicator},{unit},IMF,ECBTI,a,b,Imports,{scale},{",".join(years)}'


def read(*rows, head=HEAD):
    return list(TABLE.parse(Answer({"lct.csv": "\n".join([head, *rows, ""]).encode()})))


def values(items):
    return {f"{item.series} {item.period}": item.value for item in items if isinstance(item, Observation)}


def test_imports_and_exports_of_members_are_read_in_millions():
    items = read(line(), line("UZB", EXPORTS, years=("5000000", "6", "0")), line("DEU"))
    assert values(items) == {
        "lct.imports{area=KAZ,codes=default,partner=WLD,product=all} 2021": 1500.0,
        "lct.imports{area=KAZ,codes=default,partner=WLD,product=all} 2023": 2000.0000005,
        "lct.exports{area=UZB,codes=default,partner=WLD,product=all} 2021": 5.0,
        "lct.exports{area=UZB,codes=default,partner=WLD,product=all} 2022": 0.000006,
        "lct.exports{area=UZB,codes=default,partner=WLD,product=all} 2023": 0.0,
    }


def test_the_unit_is_part_of_what_a_row_is():
    share = ("0.5", "0.6", "0.7")
    percent = line(unit="Percent of GDP", years=share), line(indicator=f"{IMPORTS} as percent of GDP", years=share)
    assert read(line(), *percent) == read(line())


@pytest.mark.parametrize(("scale", "value"), [("Units", 0.0025), ("Thousands", 2.5), ("Millions", 2500), ("", 0.0025)])
def test_the_scale_counts(scale, value):
    found = values(read(line(scale=scale, years=("2500", "", ""))))
    assert list(found.values()) == [value]


def test_a_counterpart_is_a_partner_and_one_without_a_code_is_named():
    head = f"{HEAD},Counterpart_ISO3"
    items = read(f"{line()},CHN", f"{line()},ZZZ", head=head)
    assert {item.series.label("partner") for item in items if isinstance(item, Observation)} == {"CHN"}
    assert [item.text for item in items if isinstance(item, Notice)] == [
        "lct.csv: partners without a code, left out: ZZZ"
    ]


def test_every_series_is_one_that_its_indicator_has_and_takes_from_here_last():
    indicators = {indicator.id: indicator for indicator in lct.register_indicators()}
    for item in read(line(), line(indicator=EXPORTS)):
        indicator = indicators[item.series.indicator]
        assert indicator.sources[-1] == "imf-lct"
        assert all(code in indicator.dimension(name).codes for name, code in item.series.labels)


WRONG = {
    "no ISO3": (HEAD.replace("ISO3", "Code"), line(), r"lct\.csv, row 1: no column ISO3"),
    "no years": (HEAD.replace(",F20", ",Y20"), line(), r"no column F1994"),
    "a year twice": (HEAD.replace("F2022", "F2021"), line(), r"a year has two columns"),
    "no member": (HEAD, line("DEU"), r"no row of a CAREC member"),
    "no number": (HEAD, line(years=("1", "x", "2")), r"row 2, column 14 \(F2022\): 'x' is not a number"),
    "a figure too many": (HEAD, line(years=("1", "5", "2", "3")), r"row 2, column 16: '3' behind the last heading"),
    "a figure beyond all numbers": (HEAD, line(scale="Billions", years=("9e307", "", "")),
                                    r"row 2, column 13 \(F2021\): '9e307' is too large"),
    "no scale": (HEAD, line(scale="Dozens"), r"row 2, column 12 \(Scale\): 'Dozens' is no scale"),
}  # fmt: skip


@pytest.mark.parametrize(("head", "row", "said"), WRONG.values(), ids=WRONG)
def test_a_table_is_refused_that_has(head, row, said):
    with pytest.raises(SourceError, match=said):
        read(row, head=head)


#: A good table; what hypothesis puts into one of its cells, or makes of one of its headings, may be anything.
GOOD = [HEAD.split(","), *csv.reader([line(), line("UZB", EXPORTS, scale="Billions")])]
NUMBERS = (
    (st.floats() | st.floats(1e300)).map(str)
    | st.from_regex(r"[(+-]?[0-9.,' ]{1,9}(e-?[0-9]{1,3})?[%)]?", fullmatch=True)
    | st.sampled_from(["1.5", "1,5", "1,500"])
)
CELLS = (
    st.text(max_size=12) | NUMBERS | st.sampled_from(["KAZ", IMPORTS, "US Dollars", "Millions", "..", '"', "\0", "<"])
)
HEADINGS = CELLS | st.sampled_from(["F1899", "F2100", "2022", "f2022", " iso3", "Counterpart_ISO3"])


@st.composite
def tables(draw):
    rows = [list(row) for row in GOOD]
    width = len(HEAD.split(","))
    rows[2][-3:] = draw(st.lists(NUMBERS, min_size=3, max_size=3))
    rows[0][draw(st.integers(0, width - 1))] = draw(HEADINGS)
    for _ in range(draw(st.integers(0, 3))):
        rows[draw(st.integers(1, 2))][draw(st.integers(0, width - 1))] = draw(CELLS)
    odd = rows[draw(st.integers(0, 2))]
    odd[draw(st.integers(0, width)) :] = draw(st.lists(CELLS, max_size=2))
    return rows


@given(tables() | st.lists(st.lists(CELLS | HEADINGS, max_size=6), max_size=4), st.sampled_from(",;\t|"))
@settings(deadline=None)
def test_any_cells_under_any_headings_are_figures_or_a_source_error(rows, separator):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    try:
        items = list(TABLE.parse(Answer({"lct.csv": text.getvalue().encode()})))
    except SourceError as error:
        assert str(error).startswith("lct.csv")
    else:
        assert all(isfinite(item.value) for item in items if isinstance(item, Observation))


TEXTS = st.text('",;\n\r\t<KAZ1.0', max_size=40) | st.text(max_size=40)


@given(TEXTS.map(str.encode) | st.binary(max_size=40), st.booleans())
@settings(deadline=None)
def test_any_text_and_bytes_behind_a_good_table_are_figures_or_a_source_error(content, behind):
    try:
        items = list(TABLE.parse(Answer({"lct.csv": f"{HEAD}\n{line()}\n".encode() * behind + content})))
    except SourceError as error:
        assert str(error).startswith("lct.csv")
    else:
        assert items
