"""Values and verdicts as people read them."""

from dataclasses import replace

import pytest

from carecmon.cli import words
from carecmon.cli.spark import sparkline
from carecmon.model import Better, Freshness, Period, Series, Status


@pytest.mark.parametrize(
    ("value", "precision", "text"),
    [
        (82000.0, 0, "82,000"),
        (20.1, 1, "20.1"),
        (12.0, 1, "12.0"),
        (-0.04, 1, "0.0"),
        (-1234.5, 1, "-1,234.5"),
        (0.0, 2, "0.00"),
    ],
)
def test_numbers_have_thousands_separators_and_the_precision_of_the_indicator(value, precision, text):
    assert words.number(value, precision) == text


def test_a_short_unit_stands_behind_the_value_and_a_long_one_behind_the_title(made):
    time = made.INDICATORS[0]
    cost = replace(time, unit="USD per 500 km per 20 t")
    assert words.value_text(12.2, time) == "12.2 h"
    assert words.value_text(945.0, cost) == "945.0"
    assert words.indicator_title(cost) == "Time to clear a border-crossing point, USD per 500 km per 20 t"
    assert words.indicator_title(time) == "Time to clear a border-crossing point"


def test_a_percentage_says_of_what_in_the_title_only(made):
    share = replace(made.INDICATORS[3], unit="% of imports")
    assert words.value_text(5.7, share) == "5.7 %"
    assert words.indicator_title(share).endswith(", % of imports")


def test_a_state_is_said_by_its_name_in_the_language_asked_for(made):
    project = made.INDICATORS[2]
    assert words.value_text(1.0, project) == "partly operational"
    assert words.value_text(None, project) == ""


def test_labels_are_said_by_name_and_those_that_split_nothing_are_left_out(made):
    time = made.INDICATORS[0]
    assert words.title(Series.of(time.id, area="KAZ", mode="road"), time) == (
        "Time to clear a border-crossing point (Kazakhstan, Road)"
    )
    assert words.names(Series.of(time.id, area="KAZ", mode="all"), time, "zh") == "哈萨克斯坦"
    assert words.names(Series.of(time.id, area="of-nobody", mode="all"), time) == "of-nobody"


def change(made, change, indicator=0, **more):
    indicator = replace(made.INDICATORS[indicator], **more)
    return replace(made.verdicts()[0], change=change), indicator


def test_a_change_has_a_sign_and_percentages_change_by_points(made):
    assert words.change_text(*change(made, 1234.56)) == "+1,234.6"
    assert words.change_text(*change(made, -2.0)) == "-2.0"
    assert words.change_text(*change(made, 1.4, indicator=3)) == "+1.4 pp"
    assert words.change_text(*change(made, None)) == ""


def test_a_change_below_the_printed_precision_is_none_and_has_no_colour(made):
    small = change(made, 0.04)
    assert words.change_text(*small) == "0"
    assert words.change_style(*small) == ""


def test_a_change_of_state_is_counted_in_steps(made):
    assert words.change_text(*change(made, 1.0, indicator=2)) == "+1 step"
    assert words.change_text(*change(made, -2.0, indicator=2)) == "-2 steps"


def test_colour_says_whether_a_change_is_for_the_better(made):
    assert words.change_style(*change(made, 1.0)) == "red"
    assert words.change_style(*change(made, -1.0)) == "green"
    assert words.change_style(*change(made, 1.0, better=Better.HIGHER)) == "green"
    assert words.change_style(*change(made, 1.0, better=Better.NEITHER)) == ""


@pytest.mark.parametrize("status", Status)
def test_every_verdict_has_a_symbol_of_its_own_words_in_ascii_and_a_style(status):
    mark = words.MARKS[status]
    assert mark.words == status.value.replace("_", " ")
    assert mark.ascii.isascii() and mark.style
    assert words.status_words(status, unicode=False).isascii()


def test_verdicts_differ_by_symbol_so_that_colour_is_never_needed():
    verdicts = [status for status in Status if status.verdict]
    assert len({words.MARKS[status].symbol for status in verdicts}) == len(verdicts)
    assert len({words.MARKS[status].ascii for status in verdicts}) == len(verdicts)


def test_a_verdict_on_late_data_is_grey_but_keeps_its_words(made):
    late = replace(made.verdicts()[0], freshness=Freshness.LATE)
    assert words.status_style(late) == "dim"
    assert words.status_words(late.status) == "▼ reversing"


def test_whose_target_it_is_is_said_in_words(made):
    official, working = made.verdicts()[3], made.verdicts()[0]
    assert (words.authority(official), words.authority(working)) == ("OFFICIAL", "working")
    assert words.authority(replace(working, official=None)) == ""
    assert words.authority_style(official) != words.authority_style(working)


def test_months_of_one_year_name_it_once():
    assert words.period_text(Period.parse("2024-01/2024-09")) == "2024-01/09"
    assert words.period_text(Period.parse("2023-11/2024-02")) == "2023-11/2024-02"
    assert words.period_text(Period.parse("2017/2018")) == "2017/2018"
    assert words.period_text(None) == ""


@pytest.mark.parametrize(("number", "text"), [(1, "1 alert"), (2, "2 alerts"), (1200, "1,200 alerts")])
def test_counted_things_have_a_plural(number, text):
    assert words.count(number, "alert") == text


def test_a_sparkline_runs_from_its_lowest_to_its_highest_mark():
    assert sparkline([0, 1, 2, 7]) == "▁▂▃█"
    assert sparkline([7, 0], unicode=False) == "#_"


def test_a_sparkline_shows_the_newest_values_and_a_blank_for_a_missing_one():
    assert sparkline(range(100), width=3) == "▁▅█"
    assert sparkline([1, None, 2]) == "▁ █"


def test_a_flat_series_is_drawn_in_the_middle_and_a_single_value_not_at_all():
    assert sparkline([5, 5, 5]) == "▄▄▄"
    assert sparkline([5]) == sparkline([]) == sparkline([None, 4]) == ""
