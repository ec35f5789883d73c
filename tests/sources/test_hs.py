"""Editions of the Harmonized System: which codes count as low carbon technology in each."""

import pytest
from carecmon_plugins import lct

from carecmon.sources import hs

EDITIONS = hs.editions(lct.HERE / "lct_codes_by_edition.csv")


@pytest.mark.parametrize(
    ("classification", "name", "counts"),
    [
        ("H6", "HS2022", (137, 144, 144)),
        ("H5", "HS2017", (124, 124, 124)),
        ("H4", "HS2012", (113, 113, 119)),
        ("H3", "HS2007", (109, 109, 117)),
        ("H2", "HS2002", (104, 104, 122)),
    ],
)
def test_each_variant_takes_more_codes_than_a_stricter_one(classification, name, counts):
    edition = EDITIONS[classification]
    assert edition.name == name
    assert tuple(len(edition.codes[variant]) for variant in ("strict", "default", "upper")) == counts
    assert edition.codes["strict"] <= edition.codes["default"] <= edition.codes["upper"]


def test_a_product_that_was_divided_is_the_sum_of_its_parts():
    assert EDITIONS["H6"].products["701931"] == {"701914", "701915", "701919"}
    assert EDITIONS["H5"].products["701931"] == {"701931"}


def test_every_product_of_hs_2017_is_itself_in_its_own_edition():
    assert EDITIONS["H5"].products == {code: {code} for code in EDITIONS["H5"].codes["strict"]}


def test_products_that_an_edition_does_not_tell_apart_are_no_products_of_it():
    for merged in ("850750", "850760", "850780"):
        assert merged not in EDITIONS["H3"].products
    assert "850780" in EDITIONS["H3"].codes["default"]


def test_vehicles_with_electric_motors_have_no_codes_before_hs_2017():
    assert "870380" in EDITIONS["H5"].products
    assert "870380" not in EDITIONS["H4"].products
    assert "electric" in EDITIONS["H4"].note


def test_an_unknown_status_in_the_table_is_an_error(tmp_path):
    table = tmp_path / "codes.csv"
    table.write_text("edition,comtrade_clcode,code,status,lct_hs2017_sources\nHS2028,H7,1,perhaps,1\n")
    with pytest.raises(ValueError, match="HS2028 1: unknown status 'perhaps'"):
        hs.editions(table)


def test_a_later_edition_is_a_matter_of_the_table_alone(tmp_path):
    table = tmp_path / "codes.csv"
    table.write_text("edition,comtrade_clcode,code,status,lct_hs2017_sources\nHS2028,H7,850999,include,850760\n")
    [edition] = hs.editions(table).values()
    assert (edition.classification, edition.products) == ("H7", {"850760": frozenset({"850999"})})
    assert edition.note == "codes of HS2028; break=HS2028"
