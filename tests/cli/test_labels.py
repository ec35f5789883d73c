"""Labels that need not be said."""

from carecmon.cli import words
from carecmon.cli.labels import needless, shared
from carecmon.cli.spark import trend
from carecmon.model import Better, Cadence, Code, CodeList, Dimension, Indicator, Series, Status, Text


def codes(name, *values):
    return Dimension(name, CodeList(name, [Code(one, Text(one)) for one in values]))


def indicator(*dimensions, id="a.b", title="Title", unit="h", **more):
    return Indicator(id, Text(title), "s", "p", unit, Better.HIGHER, "d", (), dimensions, **more)


def test_what_a_key_implies_is_left_out():
    made = indicator(codes("action", "a", "b"), codes("deliverable", "x", "y", "z"))
    series = [Series.of("a.b", action=a, deliverable=d) for a, d in (("a", "x"), ("a", "y"), ("b", "z"))]
    assert needless(series, made) == {"action"}


def test_a_place_is_said_even_where_it_is_always_the_same_but_the_region_is_not():
    made = indicator(codes("area", "KAZ", "CAREC"), codes("measure", "x", "y"))
    for area, found in (("KAZ", set()), ("CAREC", {"area"})):
        series = [Series.of("a.b", area=area, measure=one) for one in ("x", "y")]
        assert needless(series, made) == found
        assert shared(series, found) == {"area"} - found


def test_a_partner_is_told_from_an_area():
    dimensions = codes("area", "KAZ"), codes("partner", "KAZ")
    series = Series.of("a.b", area="KAZ", partner="KAZ")
    assert words.names(series, indicator(*dimensions, title="Exports")) == "KAZ, to KAZ"
    assert words.names(series, indicator(*dimensions, title="Imports")) == "KAZ, from KAZ"
    assert words.names(series, indicator(*dimensions)) == "KAZ, with KAZ"


def test_a_unit_whose_word_is_in_the_title_says_only_its_range():
    assert words.long_unit(indicator(title="Index: score", unit="score (1-5)")) == "1-5"
    assert words.long_unit(indicator(title="Road quality", unit="score (1-7)")) == "score (1-7)"


def test_a_change_over_a_gap_says_since_when(made):
    def since(before, last, cadence=Cadence.ANNUAL):
        one = made.verdict("a.b", Status.SLOW, values=[(before, 1.0), (last, 2.0)])
        return words.since_text(one, indicator(cadence=cadence))

    assert since("2017", "2024") == " since 2017"
    assert since("2023", "2024") == ""
    assert since("2023-01/2023-09", "2024-01/2024-09") == ""
    assert since("2024-01", "2024-02", Cadence.MONTHLY) == ""
    assert since("2024-01", "2024-03", Cadence.MONTHLY) == " since 2024-01"


def test_a_trend_has_only_periods_as_long_as_the_newest(made):
    values = [("2021", 1.0), ("2022", 2.0), ("2022-06", 9.0), ("2023", 3.0)]
    assert len(trend(made.verdict("a.b", Status.SLOW, values=values))) == 3
