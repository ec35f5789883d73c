"""The shared code lists: every printed name finds its code, and only one."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon import codelists
from carecmon.model.codes import fold

FOLDER = Path(codelists.__file__).parent
LISTS = {"areas": codelists.areas(), "modes": codelists.modes(), "directions": codelists.directions()}
AREAS = LISTS["areas"]
MEMBERS = {"AFG", "AZE", "CHN", "GEO", "KAZ", "KGZ", "MNG", "PAK", "TJK", "TKM", "UZB"}
KINDS = {"region", "corridor", "member", "partner", "group", "world", "rest", "bcp"}
NAMES = [
    (alias, code.code)
    for code in AREAS
    for alias in (code.code, code.name.en, code.name.ru, code.name.zh, *code.aliases)
    if alias
]
PUBLISHED = {
    "overall": "CAREC",
    "REG": "CAREC",
    "总体": "CAREC",
    "CAREC ex-PRC simple avg": "CAREC-XPRC",
    "CAREC (other than the PRC)": "CAREC-XPRC",
    "corridor 1 (PRC-KAZ BCPs)": "corridor-1-prc-kaz-bcps",
    "Corridor 2": "corridor-2",
    "中亚区域经济合作 2 号走廊": "corridor-2",
    "W00": "WLD",
    "rest of the world": "OTHER",
    "Kyrgyz Republic": "KGZ",
    "Kyrgyzstan": "KGZ",
    "Kyrgyz Rep.": "KGZ",
    "吉尔吉斯共和国": "KGZ",
    "China, P.R.: Mainland": "CHN",
    "PRC": "CHN",
    "中华人民共和国": "CHN",
    "中国": "CHN",
    "阿富汗*": "AFG",
    "Afghanistan, Islamic Rep. of": "AFG",
    "Turkey": "TUR",
    "Türkiye": "TUR",
    "Korea, Rep.": "KOR",
    "the UK": "GBR",
    "Russia": "RUS",
    "Khorgos": "bcp-horgos",
    "Horgos": "bcp-horgos",
    "Zamiin-Uud": "bcp-zamyn-uud",
    "Zamyn-Uud": "bcp-zamyn-uud",
    "Peshawar (Torkham)": "bcp-torkham",
    "Torkham": "bcp-torkham",
    "Torkham (AFG)": "bcp-torkham-afg",
    "Kirmizi Korpu": "bcp-krasnyi-most",
    "苏赫巴托尔": "bcp-sukhbaatar",
    "毕其格图": "bcp-bichigt",
    "Alat (2, 3)": "bcp-alat",
}


@pytest.mark.parametrize(("printed", "code"), PUBLISHED.items(), ids=PUBLISHED)
def test_a_name_as_published_finds_its_area(printed, code):
    assert AREAS.resolve(printed) == code


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.code)
def test_every_alias_of_an_area_resolves_to_it(area):
    for alias in (area.code, area.name.en, area.name.ru, area.name.zh, *area.aliases):
        assert AREAS.resolve(alias) == area.code


@given(
    st.sampled_from(NAMES), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["", "*", " ¹", "  "])
)
def test_case_blanks_and_footnote_marks_do_not_matter(name, recase, mark):
    alias, code = name
    printed = recase(alias).replace(" ", "  ") + mark
    if fold(printed) == fold(alias):
        assert AREAS.resolve(printed) == code


def test_a_name_that_is_only_similar_is_refused_with_what_is_near():
    with pytest.raises(ValueError, match="'Kazakstan' is not in the code list 'areas'; near it: kazakhstan"):
        AREAS.resolve("Kazakstan")


@pytest.mark.parametrize("name", LISTS)
def test_no_name_stands_for_two_codes(name):
    owners = {}
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for alias in (row["code"], row["en"], row["ru"], row["zh"], *row["aliases"].split(";")):
                if alias:
                    assert owners.setdefault(fold(alias), row["code"]) == row["code"], alias


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_its_name_in_three_languages(name):
    for code in LISTS[name]:
        assert code.name.en and code.name.ru and code.name.zh, code.code
        assert re.search("[А-Яа-яЁё]", code.name.ru), code.code
        assert re.search("[\u4e00-\u9fff]", code.name.zh), code.code


def test_the_eleven_members_the_six_corridors_and_the_groups_are_there():
    by_kind = {kind: {code.code for code in AREAS if code.facts["kind"] == kind} for kind in KINDS}
    assert by_kind["member"] == MEMBERS
    assert by_kind["corridor"] == {f"corridor-{number}" for number in range(1, 7)}
    assert {"CAREC-XPRC", "CENTRAL-ASIA", "corridor-1-prc-kaz-bcps"} <= by_kind["group"]
    assert by_kind["region"] == {"CAREC"} and by_kind["world"] == {"WLD"} and by_kind["rest"] == {"OTHER"}


def test_every_area_says_of_what_kind_it_is():
    assert {code.facts.get("kind") for code in AREAS} == KINDS


def test_countries_carry_their_codes_in_other_lists():
    for code in AREAS:
        if code.facts["kind"] == "member" or "iso3" in code.facts:
            assert code.facts["iso3"] == code.code
            assert re.fullmatch("[A-Z]{2}", code.facts["iso2"]), code.code
            assert re.fullmatch(r"\d{3}", code.facts["m49"]), code.code
    comtrade = {code.code: code.facts.get("comtrade") for code in AREAS}
    assert (comtrade["USA"], comtrade["IND"], comtrade["FRA"], comtrade["CHE"]) == ("842", "699", "251", "757")
    assert (comtrade["KAZ"], comtrade["WLD"], comtrade["ASIA-NES"]) == ("398", "0", "490")


@pytest.mark.parametrize("fact", ["iso2", "m49", "comtrade"])
def test_no_two_countries_share_a_code(fact):
    codes = [code.facts[fact] for code in AREAS if fact in code.facts]
    assert len(codes) == len(set(codes))


def test_facts_that_name_areas_name_real_ones():
    for code in AREAS:
        for fact in ("country", "opposite", "members"):
            for named in filter(None, code.facts.get(fact, "").split(";")):
                assert named in AREAS, (code.code, fact)
        assert set(code.facts.get("corridors", "").split(";")) <= {"", *"123456"}, code.code


def test_every_border_crossing_point_lies_in_a_member_country():
    points = [code for code in AREAS if code.facts["kind"] == "bcp"]
    assert all(point.code.startswith("bcp-") for point in points)
    assert all(point.facts.get("country") in MEMBERS for point in points)


def test_two_sides_of_a_crossing_name_each_other_and_lie_in_two_countries():
    for code in AREAS:
        for other in filter(None, code.facts.get("opposite", "").split(";")):
            assert code.code in AREAS[other].facts["opposite"].split(";")
            assert AREAS[other].facts["country"] != code.facts["country"]


def test_modes_and_directions_are_those_that_series_use():
    assert {code.code for code in LISTS["modes"]} == {"road", "rail", "all"}
    assert {code.code for code in LISTS["directions"]} == {"overall", "outbound", "inbound"}
