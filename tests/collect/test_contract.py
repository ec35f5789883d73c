"""What a plugin may state. Each refusal names where, what was found, and what is allowed."""

from datetime import date

import pytest

from carecmon.collect.contract import Contract
from carecmon.collect.labels import BrokenContractError, SeriesCheck
from carecmon.model import Better, Code, CodeList, Dimension, Indicator, Period, Scale, Text

TODAY = date(2026, 1, 1)
AREAS = CodeList("areas", [Code(code, Text(code)) for code in ("AFG", "KAZ", "KGZ")])
MODES = CodeList("modes", [Code(code, Text(code)) for code in ("road", "rail")])
STATES = CodeList("states", [Code(code, Text(code)) for code in ("none", "partial", "full")])
CELL = ("doc", "Table 1", "Kazakhstan", "2020", "1.0")


def indicator(id, *dimensions, **more):
    return Indicator(
        id, Text(id), "s", "p", "", Better.HIGHER, "d", **{"sources": ("src",), **more}, dimensions=dimensions
    )


INDICATORS = {
    one.id: one
    for one in (
        indicator("speed", Dimension("mode", MODES), Dimension("area", AREAS)),
        indicator("state", scale=Scale.STATE, states=STATES),
        indicator("level", scale=Scale.ORDINAL, bounds=(1, 3)),
        indicator("share", bounds=(0, 100)),
        indicator("foreign", sources=("another",)),
    )
}
KAZ = ("speed", (("area", "KAZ"), ("mode", "road")))


def contract(*, feeds=frozenset(), skip_unknown=False):
    return Contract("src", INDICATORS, SeriesCheck("src", INDICATORS, feeds, skip_unknown), TODAY)


def row(value=1.0, period="2020", status=0, note=None, cell=CELL, lower=None, upper=None, size=None):
    key = Period.parse(period).key if isinstance(period, str) else period
    return (key, value, status, note, *cell, lower, upper, size)


def claim(kind="change", series=KAZ, period="2020", value=1.0, cell=CELL, of=None, parts=()):
    return (kind, series, Period.parse(period).key, value, cell, None, "exact", of, list(parts), None, None)


REFUSED = {
    "a number as text": (KAZ, row("1.0"), "value is '1.0'; a valid number is wanted"),
    "a truth value": (KAZ, row(True), "value is True; a valid number is wanted"),
    "not a number": (KAZ, row(float("nan")), "value is nan; a finite number is wanted"),
    "an infinite bound": (KAZ, row(upper=float("inf")), "upper is inf; a finite number is wanted"),
    "no cell text": (KAZ, row(cell=("doc", "", "r", "c", "1")), "cell.location is ''; "),
    "no document": (KAZ, row(cell=(None, "l", "r", "c", "1")), "cell.document is None; a valid string is wanted"),
    "a sample size below zero": (KAZ, row(size=-1), "sample_size is -1; greater than or equal to 0 is wanted"),
    "a sample size that is no whole number": (KAZ, row(size=1.5), "sample_size is 1.5; a valid integer is wanted"),
    "a note that is no text": (KAZ, row(note=7), "note is 7; a valid string is wanted"),
    "no value without saying so": (KAZ, row(None), "value is None and status normal; a value is None exactly when"),
    "a value that is missing": (KAZ, row(1.0, status=3), "value is 1.0 and status missing"),
    "a withdrawal": (KAZ, row(None, status=4), "status is withdrawn; only carecmon itself withdraws a value"),
    "an unknown status": (KAZ, row(status=9), "status is 9"),
    "bounds exchanged": (KAZ, row(lower=3.0, upper=2.0), "lower is 3 and upper 2; lower is at most upper"),
    "a period too far ahead": (KAZ, row(period="2028"), "the period begins on 2028-01-01; the last day is 2027-01-02"),
    "a key that is no period": (KAZ, row(period=5), "5 is not the key of a period; use Period.parse"),
    "a key below all periods": (KAZ, row(period=-(1 << 40)), "is not the key of a period"),
    "a state between two": (("state", ()), row(0.5), "value is 0.5; state takes whole steps from 0 to 2"),
    "a state beyond the last": (("state", ()), row(3.0), "value is 3; state takes whole steps from 0 to 2"),
    "a state below the first": (("state", ()), row(-1.0), "value is -1; state takes whole steps from 0 to 2"),
    "a level beyond the last": (("level", ()), row(4.0), "value is 4; level takes whole steps from 1 to 3"),
    "an unknown indicator": (("sped", ()), row(), "no plugin declares the indicator 'sped'; near it: speed"),
    "another's indicator": (
        ("foreign", ()),
        row(),
        "but the sources of foreign are another; name it there, or in pref",
    ),
    "a missing label": (
        ("speed", (("area", "KAZ"),)),
        row(),
        "its labels are area; the dimensions of speed are area, mode, all needed, sorted by name",
    ),
    "labels out of order": (
        ("speed", (("mode", "road"), ("area", "KAZ"))),
        row(),
        "its labels are mode, area; the dimensions of speed are area, mode",
    ),
    "an extra label": (("state", (("area", "KAZ"),)), row(), "its labels are area; the dimensions of state are none"),
    "an unknown code": (
        ("speed", (("area", "kgz"), ("mode", "road"))),
        row(),
        "area=kgz is not in the code list 'areas'; near it: KGZ",
    ),
    "labels as a mapping": (("speed", {"area": "KAZ"}), row(), "with the labels {'area': 'KAZ'} is not a series"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case):
    key, bad, message = REFUSED[case]
    with pytest.raises(BrokenContractError) as caught:
        contract().rows([(*key, [bad])], "doc")
    assert message in str(caught.value)
    assert str(caught.value).startswith("src: ")


def test_a_refusal_names_the_row_where_it_is_printed():
    with pytest.raises(
        BrokenContractError, match=r"src: doc / Table 1 / Kazakhstan / 2020: speed\{area=KAZ,mode=road\}"
    ):
        contract().rows([(*KAZ, [row(), row(None)])], "doc")


ACCEPTED = {
    "a whole number": (KAZ, row(7)),
    "a missing value": (KAZ, row(None, status=3)),
    "a value outside what is possible": (("share", ()), row(170.0)),
    "a period that begins next year": (KAZ, row(period="2027")),
    "an interval of years": (KAZ, row(period="2017/2018")),
    "the last state": (("state", ()), row(2.0)),
    "bounds that are equal": (KAZ, row(lower=1.0, upper=1.0, size=0)),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_it_is_accepted(case):
    key, good = ACCEPTED[case]
    ((found, rows, cells),) = contract().rows([(*key, [good])], "doc")
    assert (found, rows, cells) == (key, [good[:4]], [good[4:]])


def test_an_indicator_that_prefers_the_source_is_fed_by_it():
    assert contract(feeds=frozenset({"foreign"})).rows([("foreign", (), [row()])], "doc")


def test_what_belongs_to_a_plugin_that_is_not_loaded_is_left_out_with_a_warning():
    lenient = contract(skip_unknown=True)
    assert lenient.rows([("gone.one", (), [row(), row()]), (*KAZ, [row()])], "doc") == [
        (KAZ, [row()[:4]], [CELL + (None,) * 3])
    ]
    assert lenient.claims([claim(series=("gone.one", ()))]) == []
    assert lenient.partial
    assert lenient.warnings == ("src: 3 statements about gone.one are left out: no loaded plugin declares it",)


def test_a_cell_that_records_nothing_is_not_kept():
    nothing = ("doc", *["not recorded"] * 4)
    ((_, rows, cells),) = contract().rows([(*KAZ, [row(cell=nothing)])], "doc")
    assert cells == [None]
    assert contract().settle(KAZ, rows, cells) == (rows, [])


def test_rows_may_come_in_any_order():
    rows = [row(2.0, "2021")[:4], row(1.0, "2019")[:4]]
    assert contract().settle(KAZ, rows, ["b", "a"]) == (rows[::-1], ["a", "b"])


def test_a_period_stated_twice_alike_is_kept_once_with_a_warning():
    checked = contract()
    rows, cells = checked.settle(KAZ, [row()[:4], row()[:4]], ["first", "second"])
    assert (rows, cells) == ([row()[:4]], ["first"])
    assert checked.warnings == ("src: 1 observations are stated twice alike, first speed{area=KAZ,mode=road} 2020",)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ((2.5, 0), "as 1 and as 2.5"),
        ((1_250_001.0, 0), "as 1 and as 1250001"),
        ((None, 3), "as 1 and as missing"),
    ],
)
def test_a_period_stated_twice_with_different_values_is_refused(second, said):
    with pytest.raises(BrokenContractError, match=f"2020 is stated twice, {said}"):
        contract().settle(KAZ, [row()[:4], row(second[0], status=second[1])[:4]], [])


REFUSED_CLAIMS = {
    "an unknown kind": (claim("rumour"), "kind is 'rumour'"),
    "not a number": (claim(value=float("nan")), "value is nan; a finite number is wanted"),
    "an unknown series": (claim(series=("sped", ())), "no plugin declares the indicator 'sped'"),
    "a share of nothing": (claim("share"), "is a share and has no 'of'"),
    "a total of nothing": (claim("total"), "is a total and has no 'parts'"),
    "a share of an unknown series": (claim("share", of=("sped", ())), "no plugin declares the indicator 'sped'"),
    "a total of an unknown part": (
        claim("total", parts=[("speed", (("area", "X"), ("mode", "road")))]),
        "area=X is not",
    ),
    "no cell text": (claim(cell=("doc", "l", "r", "c", "")), "cell is ''"),
}


@pytest.mark.parametrize("case", REFUSED_CLAIMS)
def test_the_claim_is_refused(case):
    bad, message = REFUSED_CLAIMS[case]
    with pytest.raises(BrokenContractError) as caught:
        contract().claims([claim(), bad])
    assert message in str(caught.value)


def test_a_garbled_claim_about_what_another_source_measures_is_kept():
    (kept,) = contract().claims([claim(series=("foreign", ()), value=None)])
    assert (kept.value, str(kept.series), str(kept.period)) == (None, "foreign", "2020")
