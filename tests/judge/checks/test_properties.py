"""Whatever the values and however roughly they are printed: what is right is not found, what is wrong is."""

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from carecmon.model import Observation, Series

AREAS = ("AAA", "BBB", "CCC")
values = st.decimals(1, 5000, places=5)
places = st.integers(0, 3)


def rounded(value, digits):
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def document(paper, draw):
    """A document that is right: two periods of three areas, and everything that can be said about them."""
    page = paper()
    true = {(area, year): draw(values) for area in AREAS[1:] for year in (2021, 2022)}
    for year in (2021, 2022):
        true["AAA", year] = true["BBB", year] + true["CCC", year]
    for (area, year), value in true.items():
        text = str(rounded(value, draw(places)))
        page.prints(f"money{{area={area}}}", str(year), text)
        again = str(rounded(value, draw(places)))
        page.claims_that("restatement", f"money{{area={area}}}", str(year), again, float(again))
    for area in AREAS:
        change = rounded(true[area, 2022] - true[area, 2021], draw(places))
        page.claims_that("change", f"money{{area={area}}}", "2022", f"{change:+}", float(change), "2021")
        growth = rounded((true[area, 2022] / true[area, 2021] - 1) * 100, draw(places))
        page.claims_that("growth", f"money{{area={area}}}", "2022", f"{growth:+}%", float(growth), "2021")
        real = rounded((true[area, 2022] / true[area, 2021] / Decimal("1.6") - 1) * 100, draw(places))
        page.claims_that("real-growth", f"money{{area={area}}}", "2022", f"{real:+}%", float(real), "2021")
        if area != "AAA":
            share = rounded(true[area, 2022] / true["AAA", 2022] * 100, draw(places))
            whole = Series.of("money", area="AAA")
            page.claims_that("share", f"money{{area={area}}}", "2022", f"{share}%", float(share), of=whole)
    page.claims_that("deflator", "money{area=AAA}", "2022", "60%", 60, "2021")
    total = rounded(true["AAA", 2022], draw(places))
    parts = tuple(Series.of("money", area=area) for area in AREAS[1:])
    page.claims_that("total", "money{area=AAA}", "2022", str(total), float(total), parts=parts)
    return page


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_document_that_is_right_gives_no_finding(paper, data):
    assert document(paper, data.draw).findings() == []


@settings(max_examples=100, deadline=None)
@given(values, values, places, places, st.decimals(2, 1000, places=3), st.booleans())
def test_a_change_beyond_what_is_printed_is_always_found(paper, then, now, fine, rough, off, up):
    texts = [str(rounded(then, fine)), str(rounded(now, rough))]
    page = paper().prints("money{area=AAA}", "2021", texts[0]).prints("money{area=AAA}", "2022", texts[1])
    # Half a unit of each of the three last places is the most that rounding explains.
    wrong = Decimal(texts[1]) - Decimal(texts[0]) + (off if up else -off)
    page.claims_that("change", "money{area=AAA}", "2022", f"{wrong:+}", float(wrong), "2021")
    assert [finding.check for finding in page.findings()] == ["printed-change"]


@settings(max_examples=100, deadline=None)
@given(values, values, places, st.decimals("1.01", 50, places=2), st.booleans())
def test_a_total_beyond_what_is_printed_is_always_found(paper, one, other, digits, off, up):
    texts = [str(rounded(one, digits)), str(rounded(other, digits))]
    page = paper().prints("money{area=BBB}", "2022", texts[0]).prints("money{area=CCC}", "2022", texts[1])
    unit = Decimal(1).scaleb(-digits)
    wrong = Decimal(texts[0]) + Decimal(texts[1]) + (off + 1) * unit * (1 if up else -1)
    assume(wrong > 0)
    parts = tuple(Series.of("money", area=area) for area in AREAS[1:])
    page.claims_that("total", "money{area=AAA}", "2022", str(rounded(wrong, digits + 2)), float(wrong), parts=parts)
    assert [finding.check for finding in page.findings()] == ["parts-and-total"]


@settings(max_examples=100, deadline=None)
@given(values, places, st.integers(1, 1000))
def test_a_number_restated_otherwise_is_always_found(paper, value, digits, steps):
    text = rounded(value, digits)
    other = text + steps * Decimal(1).scaleb(-digits)
    page = paper().prints("money{area=AAA}", "2022", str(text))
    page.claims_that("restatement", "money{area=AAA}", "2022", str(other), float(other))
    assert [finding.check for finding in page.findings()] == ["restated"]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_order_of_the_cells_does_not_matter(paper, data):
    page = document(paper, data.draw)
    page.claims[0] = type(page.claims[0])(
        page.claims[0].kind, page.claims[0].series, page.claims[0].period, -7.0, page.cell("-7.0")
    )
    found = {finding.id for finding in page.findings()}
    page.observations = list(data.draw(st.permutations(page.observations)))
    page.claims = list(data.draw(st.permutations(page.claims)))
    assert all(isinstance(observation, Observation) for observation in page.observations)
    assert found and {finding.id for finding in page.findings()} == found
