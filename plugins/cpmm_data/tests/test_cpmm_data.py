"""The data files of CPMM in both wide layouts, and everything that may be odd about them."""

import io

import openpyxl
import pytest
from carecmon_plugins import cpmm
from carecmon_plugins.cpmm_data import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from carecmon import Answer, Notice, Observation
from carecmon.model import SourceError

#: Figures of the CPMM 2022 report, in the layout of the data files.
COUNTRIES = """country_code,transport_mode,year,tfi1_overall_average,tfi1_overall_median,tfi2_overall_average,\
tfi3_overall_average,tfi4_overall_average,swod_overall_average
REG,road,2021,13.6,6.1,357,1256.1,21.5,41.6
REG,road,2022,9.9,5.0,208,945,23.4,42.0
REG,rail,2022,40.6,,215.0,804.0,12.4,53.9
KAZ,rail,2022,67.4,,,,,
"""
POINTS = """country_code,transport_mode,bcp_code,bcp_name,year,tfi1_inbound_average,tfi1_outbound_average,\
tfi2_inbound_average,tfi2_outbound_average
KAZ,rail,P07-2,Dostyk,2022,76.0,6.8,329,
CHN,road,P08-1,Khorgos,2022,1.5,,,
PAK,road,P20-1,Peshawar (Torkham),2022,,50.0,,
AFG,road,P20-2,Torkham,2022,3.25,,,
"""

INDICATORS = {indicator.id: indicator for indicator in cpmm.register_indicators()}


def read(text, name="CPMM.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return list(DATA.parse(Answer({name: content})))


def values(items):
    stated = (item for item in items if isinstance(item, Observation))
    return {f"{item.series} {item.period}": item.value for item in stated}


def notices(items):
    return [item.text for item in items if isinstance(item, Notice)]


def test_the_country_layout_gives_each_average_its_series():
    assert values(read(COUNTRIES)) == {
        "cpmm.bcp-time{area=CAREC,direction=overall,mode=road} 2021": 13.6,
        "cpmm.bcp-time{area=CAREC,direction=overall,mode=road} 2022": 9.9,
        "cpmm.bcp-time{area=CAREC,direction=overall,mode=rail} 2022": 40.6,
        "cpmm.bcp-time{area=KAZ,direction=overall,mode=rail} 2022": 67.4,
        "cpmm.bcp-cost{area=CAREC,direction=overall,mode=road} 2021": 357,
        "cpmm.bcp-cost{area=CAREC,direction=overall,mode=road} 2022": 208,
        "cpmm.bcp-cost{area=CAREC,direction=overall,mode=rail} 2022": 215,
        "cpmm.section-cost{area=CAREC,mode=road} 2021": 1256.1,
        "cpmm.section-cost{area=CAREC,mode=road} 2022": 945,
        "cpmm.section-cost{area=CAREC,mode=rail} 2022": 804,
        "cpmm.swd{area=CAREC,mode=road} 2021": 21.5,
        "cpmm.swd{area=CAREC,mode=road} 2022": 23.4,
        "cpmm.swd{area=CAREC,mode=rail} 2022": 12.4,
        "cpmm.swod{area=CAREC,mode=road} 2021": 41.6,
        "cpmm.swod{area=CAREC,mode=road} 2022": 42.0,
        "cpmm.swod{area=CAREC,mode=rail} 2022": 53.9,
    }


def test_the_layout_by_border_crossing_point_finds_the_side_of_the_country():
    assert values(read(POINTS)) == {
        "cpmm.bcp-time{area=bcp-dostyk,direction=inbound,mode=rail} 2022": 76.0,
        "cpmm.bcp-time{area=bcp-dostyk,direction=outbound,mode=rail} 2022": 6.8,
        "cpmm.bcp-cost{area=bcp-dostyk,direction=inbound,mode=rail} 2022": 329,
        "cpmm.bcp-time{area=bcp-horgos,direction=inbound,mode=road} 2022": 1.5,
        "cpmm.bcp-time{area=bcp-torkham,direction=outbound,mode=road} 2022": 50.0,
        "cpmm.bcp-time{area=bcp-torkham-afg,direction=inbound,mode=road} 2022": 3.25,
    }


def test_every_series_is_one_that_its_indicator_has_and_takes_from_this_source():
    for item in read(COUNTRIES) + read(POINTS):
        if isinstance(item, Observation):
            indicator = INDICATORS[item.series.indicator]
            assert "cpmm-data" in indicator.sources
            assert [name for name, _ in item.series.labels] == sorted(d.name for d in indicator.dimensions)
            assert all(code in indicator.dimension(name).codes for name, code in item.series.labels)


def test_a_cell_names_the_file_the_row_and_the_column():
    (item, *_) = [i for i in read(POINTS) if isinstance(i, Observation) and i.value == 76.0]
    assert str(item.cell) == "CPMM.csv: row 2 / KAZ / Dostyk / rail / 2022 / tfi1_inbound_average"
    assert item.cell.raw == "76.0"


def test_medians_and_unknown_columns_are_named_and_left_out():
    text = COUNTRIES.replace("swod_overall_average", "swod_overall_average,margin").replace("41.6", "41.6,0.5")
    assert notices(read(text)) == [
        "CPMM.csv: columns that are not used, and kept in the file: tfi1_overall_median, margin"
    ]


def test_an_unknown_border_crossing_point_is_named_and_the_others_stay():
    items = read(POINTS + "UZB,road,P30-1,Hairatan,2021,9,,,\nUZB,road,P30-1,Hairatan,2022,8,,,\n")
    assert len(values(items)) == 6
    assert notices(items) == [
        "CPMM.csv: border-crossing points that are not known, and kept in the file: Hairatan (UZB): 2 rows"
    ]


def test_a_name_that_both_sides_share_is_not_guessed():
    """Khorgos in Kazakhstan is Altynkol by rail and Nur Zholy by road."""
    items = read(POINTS + "KAZ,road,P08-2,Khorgos,2022,9,,,\n")
    assert "Khorgos (KAZ): 1 row" in notices(items)[0]


WRONG = {
    "an unknown country": ("REG,rail,2022", "XYZ,rail,2022", r"row 4, column 1 \(country_code\): 'XYZ' is not in"),
    "a partner": ("REG,rail,2022", "RUS,rail,2022", r"row 4, .*'RUS' is neither CAREC nor one of its members"),
    "a group": ("REG,rail,2022", "World,rail,2022", r"row 4, .*'World' is neither CAREC"),
    "an unknown mode": ("REG,rail,2022", "REG,sea,2022", r"row 4, column 2 \(transport_mode\): 'sea' is not in"),
    "no year": ("REG,rail,2022", "REG,rail,", r"row 4, column 3 \(year\): '' is not a year"),
    "no number": ("53.9", "53.9 km/h", r"row 4, column 9 \(swod_overall_average\): '53.9 km/h' is not a number"),
    "not a number": ("53.9", "NaN", r"row 4, column 9 .*'NaN' is not a number"),
    "a column twice": ("tfi1_overall_median", "year", r"row 1: the column 'year' stands there twice"),
    "no year column": ("mode,year", "mode,period", r"a heading with country_code, year and figures"),
    "no figures": ("average", "mean", r"a heading with country_code, year and figures"),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_file_is_refused_as_a_whole_for(old, new, said):
    with pytest.raises(SourceError, match=said):
        read(COUNTRIES.replace(old, new))


@pytest.mark.parametrize("below", ["", "REG,road,2022,,,,,,\n"], ids=["no rows", "no figures"])
def test_a_file_whose_figures_are_all_gone_is_refused_and_withdraws_nothing(below):
    with pytest.raises(SourceError, match=r"CPMM\.csv: no row below the heading has a figure"):
        read(COUNTRIES.partition("\n")[0] + "\n" + below)


def test_several_wrong_rows_are_named_together_and_the_rest_counted():
    with pytest.raises(SourceError, match=r"row 2, .*; .*row 3, .*; .*row 4, .*; and 1 more$"):
        read(COUNTRIES.replace("2021,", "21,").replace("2022,", "22,"))


RUSSIAN_EXCEL = COUNTRIES.replace(",", ";").replace(".", ",")


@pytest.mark.parametrize(
    "content",
    [
        RUSSIAN_EXCEL.encode("utf-8-sig"),
        RUSSIAN_EXCEL.encode("utf-16"),
        COUNTRIES.replace("\n", "\r\n").encode("utf-8-sig"),
        COUNTRIES.replace(",", "\t").encode(),
        ("CPMM data\n\n" + COUNTRIES).encode(),
        COUNTRIES.replace("country_code", "Country Code").replace("tfi1_overall", "TFI1 Overall").encode(),
    ],
    ids=["semicolons", "utf-16", "windows", "tabs", "a title above", "headings in other letters"],
)
def test_a_dialect_changes_nothing(content):
    assert values(read(content)) == values(read(COUNTRIES))


def test_columns_may_stand_in_any_order():
    lines = [line.split(",") for line in COUNTRIES.strip().split("\n")]
    turned = "\n".join(",".join(reversed(line)) for line in lines)
    assert values(read(turned)) == values(read(COUNTRIES))


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in sheets.items():
        sheet = book.create_sheet(name)
        for line in text.strip().split("\n"):
            sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell or None for cell in line.split(",")])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_with_both_layouts_says_the_same_as_the_two_files():
    items = read(workbook(Countries=COUNTRIES, Points=POINTS, About="made by hand"), "CPMM.xlsx")
    assert values(items) == values(read(COUNTRIES)) | values(read(POINTS))
    assert "CPMM.xlsx, sheet 'About': no table of CPMM figures; it is not read" in notices(items)


def test_a_sheet_without_a_mode_takes_the_mode_of_its_name():
    """As in the workbook of CPMM_BCP_Indicators_Road."""
    road = "Country,BCP Code,BCP Name,Year,tfi1_outbound_average\nPAK,P20-1,Chaman,2022,70.7\n"
    items = read(workbook(CPMM_BCP_Indicators_Road=road), "CPMM.xlsx")
    assert values(items) == {"cpmm.bcp-time{area=bcp-chaman,direction=outbound,mode=road} 2022": 70.7}
    with pytest.raises(SourceError, match="neither sheet nor file is called road or rail"):
        read(workbook(Sheet1=road), "CPMM.xlsx")


def test_several_files_of_one_answer_are_read_together():
    answer = Answer({"a.csv": COUNTRIES.encode(), "b.csv": POINTS.encode()})
    assert len(values(DATA.parse(answer))) == 22


TEXTS = st.sampled_from(
    ["REG", "KAZ", "road", "rail", "2022", "1e999", "-5", "1,5", '"', "\n", ";", "Dostyk", "", "\0"]
)


@given(st.lists(st.lists(TEXTS | st.text(max_size=5), max_size=10), max_size=8))
@settings(deadline=None)
def test_any_rows_below_the_heading_are_figures_or_a_source_error(rows):
    text = COUNTRIES + "\n".join(",".join(row) for row in rows)
    try:
        items = read(text.encode("utf-8", "surrogatepass"))
    except SourceError as error:
        assert str(error).startswith("CPMM.csv")
    else:
        assert all(isinstance(item, Observation | Notice) for item in items)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_figures_or_a_source_error(content):
    try:
        read(content)
    except SourceError as error:
        assert str(error).startswith("CPMM.csv")
