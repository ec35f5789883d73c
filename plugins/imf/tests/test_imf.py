"""The IMF's wide table: the right rows of it, in our unit."""

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
    "no scale": (HEAD, line(scale="Dozens"), r"row 2, column 12 \(Scale\): 'Dozens' is no scale"),
}


@pytest.mark.parametrize(("head", "row", "said"), WRONG.values(), ids=WRONG)
def test_a_table_is_refused_that_has(head, row, said):
    with pytest.raises(SourceError, match=said):
        read(row, head=head)


@given(
    st.lists(st.builds(line, st.sampled_from(["KAZ", "", "X"]), unit=st.text(max_size=4), scale=st.text(max_size=4)))
)
@settings(deadline=None)
def test_any_rows_are_figures_or_a_source_error(rows):
    try:
        read(*rows)
    except SourceError as error:
        assert str(error).startswith("lct.csv")
