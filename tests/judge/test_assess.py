"""The verdict on one series, with every number and the sentence for people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from carecmon.judge.assess import assess, assess_empty
from carecmon.judge.cause import Inputs, facts_of
from carecmon.judge.conditions import standing
from carecmon.model import (
    Better,
    Cadence,
    Discontinued,
    Freshness,
    ObservationStatus,
    Period,
    Point,
    Policy,
    ReleaseCalendar,
    Scale,
    Series,
    Status,
    TargetKind,
)

CALENDAR = ReleaseCalendar(timedelta(days=365), timedelta(days=90))


@pytest.fixture(scope="session")
def judge(believe, today):
    def judge(declared, values, targets=(), **more):
        given = {"method": None, "prefer": declared.sources, "today": today, **more}
        return assess(declared, believe(values), targets=targets, **given)

    return judge


@pytest.fixture(scope="session")
def fatalities(indicator):
    return indicator(Better.LOWER, unit="deaths", precision=0, bounds=(0.0, None))


@pytest.fixture(scope="session")
def halve(target):
    return target(TargetKind.RELATIVE, official=True, change=-0.5, base_period="2010", citation="Seed 001, Table 1")


def test_road_fatalities_have_a_required_rate_though_no_year_can_be_judged(judge, fatalities, halve):
    verdict = judge(fatalities, {"2010": 82_000.0}, [halve])
    assert verdict.status is Status.NOT_ENOUGH_DATA
    assert (verdict.official, verdict.target, verdict.target_year) == (True, 41_000, 2030)
    assert verdict.required_rate == pytest.approx(-3.406, abs=0.0005)
    assert verdict.target_text == "41,000 by 2030 (official)"
    assert (verdict.projected, verdict.progress) == (None, 0)


def test_every_number_of_a_geometric_path(judge, fatalities, halve):
    verdict = judge(fatalities, {"2010": 82_000.0, "2021": 61_000.0, "2022": 60_000.0}, [halve])
    assert verdict.status is Status.SLOW
    assert (verdict.value, str(verdict.period), verdict.change, str(verdict.previous_period)) == (
        60_000,
        "2022",
        -1_000,
        "2021",
    )
    assert (verdict.baseline, str(verdict.baseline_period)) == (82_000, "2010")
    assert verdict.expected == pytest.approx(82_000 * 0.5 ** (12 / 20))
    assert verdict.progress == pytest.approx(22 / 41)
    assert verdict.required_from_now == pytest.approx(100 * ((41 / 60) ** (1 / 8) - 1))
    assert verdict.projected == pytest.approx(60_000 * (60 / 82) ** (8 / 12))
    assert verdict.method == "open_sdg/1"
    assert [value for _, value in verdict.points] == [82_000, 61_000, 60_000]


def test_every_number_of_a_straight_path(judge, fatalities, halve):
    verdict = judge(fatalities, {"2010": 82_000.0, "2022": 60_000.0}, [halve], method="linear")
    assert verdict.expected == pytest.approx(57_400)
    assert verdict.required_rate == pytest.approx(-2.5)
    assert verdict.projected == pytest.approx(60_000 - 22_000 / 12 * 8)


def test_why_gives_the_numbers_and_the_kind_of_target(judge, fatalities, halve):
    why = judge(fatalities, {"2010": 82_000.0, "2022": 60_000.0}, [halve]).why
    assert why == (
        "60,000 deaths in 2022, target 41,000 by 2030 (official); baseline 82,000 deaths in 2010."
        " It improved by 2.57 % a year where 3.41 % is required: ratio 0.75 (Open SDG asks 0.95 for on track,"
        " 0.60 for slow). The verdict rests on two points only: 2010 and 2022. Official target: Seed 001, Table 1."
    )


def test_why_never_lets_a_working_target_pass_for_official(judge, indicator, target):
    verdict = judge(indicator(), {"2017": 18.0, "2022": 20.0}, [target()])
    assert verdict.official is False
    assert "(working)" in verdict.why
    assert "Working target, not official: Our own path." in verdict.why
    assert "Official" not in verdict.why


def test_pooled_speed_with_delay_rose_by_1_2_from_2021(judge, indicator, target):
    verdict = judge(indicator(), {"2021": 18.9, "2022": 20.1}, [target(TargetKind.DIRECTION)])
    assert verdict.change == 1.2
    assert verdict.status is Status.ON_TRACK
    assert "improved by 6.35 % a year" in verdict.why
    assert "No value for 2015: measured from 2021" in verdict.why


def test_a_relative_target_without_its_base_year_is_not_enough_data(judge, fatalities, halve):
    verdict = judge(fatalities, {"2011": 82_000.0, "2022": 60_000.0}, [halve])
    assert verdict.status is Status.NOT_ENOUGH_DATA
    assert (verdict.baseline, verdict.target, verdict.required_rate) == (None, None, None)
    assert "the value of the base period 2010 is missing" in verdict.why


def test_a_2020_target_that_was_met_stays_achieved(judge, indicator, target):
    network = target(official=True, value=7_800.0, year=2020)
    verdict = judge(indicator(unit="km", precision=0), {"2015": 7_229.0, "2017": 9_964.0}, [network])
    assert verdict.status is Status.ACHIEVED
    assert verdict.required_from_now is None
    assert verdict.progress == pytest.approx((9_964 - 7_229) / (7_800 - 7_229))


def test_progress_is_one_exactly_at_the_target(judge, indicator, target):
    assert judge(indicator(), {"2017": 18.1, "2022": 30.0}, [target()]).progress == 1.0


def test_a_projection_stays_within_the_bounds(judge, indicator, target):
    verdict = judge(
        indicator(unit="%", bounds=(0.0, 100.0), scale=Scale.INTERVAL),
        {"2020": 40.0, "2023": 75.0},
        [target(value=100.0)],
    )
    assert verdict.projected == 100.0


def test_a_change_below_the_printed_precision_is_not_projected(judge, indicator, target):
    assert judge(indicator(precision=1), {"2018": 20.0, "2022": 19.96}, [target()]).projected == 19.96


def test_a_change_below_the_printed_precision_counts_as_none_and_is_said(judge, indicator, target):
    verdict = judge(indicator(precision=1), {"2018": 1.95, "2023": 1.9}, [target(TargetKind.DIRECTION)])
    assert verdict.status is Status.STAGNANT
    assert verdict.change == -0.05
    assert "smaller than the printed precision" in verdict.why


def test_no_target_is_no_verdict_but_keeps_the_values(judge, indicator):
    verdict = judge(indicator(), {"2021": 18.9, "2022": 20.1})
    assert (verdict.status, verdict.official, verdict.value, verdict.change) == (Status.NO_TARGET, None, 20.1, 1.2)


def test_where_neither_direction_is_better_a_direction_is_no_target(judge, indicator, target):
    verdict = judge(indicator(Better.NEITHER), {"2021": 18.9, "2022": 20.1}, [target(TargetKind.DIRECTION)])
    assert verdict.status is Status.NO_TARGET


def test_discontinued_replaces_the_verdict_and_nothing_else(judge, indicator, target):
    ended = Discontinued(date(2024, 1, 1), "Replaced by tracking data", "lpi2.score")
    verdict = judge(indicator(discontinued=ended), {"2018": 2.6, "2023": 2.7}, [target()])
    assert (verdict.status, verdict.freshness) == (Status.DISCONTINUED, Freshness.DISCONTINUED)
    assert (verdict.value, verdict.change, verdict.target) == (2.7, 0.1, 30)
    assert "Replaced by tracking data. Its successor is lpi2.score." in verdict.why


def test_a_discontinued_series_without_any_value_will_never_have_one(judge, indicator):
    ended = Discontinued(date(2024, 1, 1), "No survey any more.")
    verdict = judge(indicator(discontinued=ended), {"2019": ObservationStatus.MISSING})
    assert verdict.status is Status.DISCONTINUED
    assert verdict.why == "Discontinued since 2024-01-01: No survey any more. Every value is missing or withdrawn."


def test_before_its_day_a_discontinued_series_is_judged(judge, indicator, target):
    ended = Discontinued(date(2024, 6, 2), "Replaced")
    assert judge(indicator(discontinued=ended), {"2018": 2.6, "2023": 2.7}, [target()]).status.verdict


def test_an_indicator_without_data_keeps_its_target(fatalities, series, halve, today):
    verdict = assess_empty(fatalities, series, targets=[halve], method=None, today=today)
    assert (verdict.status, verdict.official) == (Status.NO_DATA, True)
    assert verdict.target_text == "-50 % on 2010 by 2030 (official)"
    assert (verdict.value, verdict.points) == (None, ())


def test_an_indicator_without_data_has_the_pace_of_a_written_baseline(fatalities, series, target, today):
    written = target(TargetKind.RELATIVE, official=True, change=-0.5, base_period="2010", baseline=82_000.0)
    verdict = assess_empty(fatalities, series, targets=[written], method=None, today=today)
    assert verdict.target == 41_000
    assert verdict.required_rate == pytest.approx(-3.406, abs=0.0005)


def test_a_series_whose_values_are_all_missing_has_no_data(judge, indicator, target):
    verdict = judge(indicator(), {"2022": ObservationStatus.MISSING}, [target()])
    assert verdict.status is Status.NO_DATA
    assert "missing or withdrawn" in verdict.why


def test_the_sources_used_are_listed_in_order_of_preference(judge, indicator, target):
    values = {"second": {"2021": 18.0, "2022": 19.0}, "first": {"2022": 20.0}}
    verdict = judge(indicator(), values, [target()])
    assert (verdict.value, verdict.sources) == (20, ("first", "second"))
    assert judge(indicator(), values, [target()], prefer=("second",)).value == 19


def test_until_judges_as_if_later_periods_had_not_come(judge, indicator, target, period):
    values = {"2017": 18.0, "2021": 19.0, "2022": 28.0}
    earlier = judge(indicator(), values, [target()], until=period("2021"))
    assert (earlier.value, str(earlier.previous_period)) == (19, "2017")
    assert earlier == judge(indicator(), {"2017": 18.0, "2021": 19.0}, [target()])


@pytest.mark.parametrize(
    ("values", "day", "status"),
    [
        pytest.param({"2017": 0.0, "2024": 0.0}, date(2024, 6, 1), Status.STAGNANT, id="none in 2017, none in 2024"),
        pytest.param({"2017": 0.0, "2022": 1.0}, date(2024, 6, 1), Status.ON_TRACK, id="partial in 2022"),
        pytest.param({"2017": 0.0, "2020": 1.0, "2024": 0.0}, date(2024, 6, 1), Status.REVERSING, id="partial no more"),
        pytest.param({"2017": 0.0, "2029": 2.0}, date(2029, 6, 1), Status.ACHIEVED, id="operational in 2029"),
        pytest.param({"2017": 0.0, "2022": 1.0}, date(2030, 12, 31), Status.ON_TRACK, id="the last day of the year"),
        pytest.param({"2017": 0.0, "2022": 1.0}, date(2031, 1, 1), Status.STAGNANT, id="the year is over"),
    ],
)
def test_interconnections_are_judged_by_their_states(judge, states, target, values, day, status):
    operational = target(TargetKind.MILESTONE, official=True, state="operational")
    verdict = judge(states, values, [operational], today=day)
    assert (verdict.status, verdict.method) == (status, "milestone/1")
    assert (verdict.target_text, verdict.projected, verdict.required_rate) == (
        "operational by 2030 (official)",
        None,
        None,
    )


def test_a_milestone_names_states_and_not_positions(judge, states, target):
    operational = target(TargetKind.MILESTONE, official=True, state="operational")
    why = judge(states, {"2017": 0.0, "2022": 1.0}, [operational]).why
    assert why.startswith("partial in 2022, target operational by 2030 (official); baseline none in 2017.")


def test_judging_reads_nothing_but_its_arguments(judge, indicator, target):
    arguments = (indicator(), {"2017": 18.0, "2022": 20.0}, [target()])
    assert judge(*arguments) == judge(*arguments)


def test_nine_months_are_not_compared_with_a_year(judge, fatalities):
    verdict = judge(fatalities, {"2022": 80.0, "2023": 89.0, "2024-01/2024-09": 69.0})
    assert (verdict.value, verdict.change, verdict.previous_period) == (69.0, None, None)


def test_nine_months_are_not_judged_beside_a_year(judge, indicator, target):
    cells = {"2022": 80.0, "2023": 89.0, "2024-01/2024-09": 69.0}
    verdict = judge(indicator(), cells, [target(TargetKind.DIRECTION)])
    assert verdict.status is Status.NOT_ENOUGH_DATA
    assert [str(period) for period, _ in verdict.points] == ["2024-01/2024-09"]


def test_a_quarter_is_no_fall_from_a_year(judge, indicator, target):
    verdict = judge(indicator(), {"2022": 100.0, "2023-Q1": 25.0}, [target(value=120.0)])
    assert (verdict.change, verdict.baseline, verdict.status) == (None, None, Status.NOT_ENOUGH_DATA)


def test_sources_that_only_have_other_lengths_are_not_named(judge, indicator):
    verdict = judge(indicator(), {"first": {"2022": 80.0}, "second": {"2023-Q1": 25.0}})
    assert verdict.sources == ("second",)


def test_any_period_may_follow_another_where_the_value_is_a_level(judge, indicator, target):
    cells = {"2001": 0.0, "2017-09": 30.0, "2020": 40.0, "2023-12": 51.0}
    verdict = judge(indicator(stock=True), cells, [target(value=60.0, base_period="2001")], method="linear")
    assert (verdict.change, str(verdict.previous_period), len(verdict.points)) == (11.0, "2020", 4)
    assert verdict.expected == pytest.approx(60 * 22 / 29)


def test_where_only_some_series_are_stocks_the_others_keep_to_one_length(indicator, believe, today):
    declared = indicator(stock={"area": "CAREC|KAZ"})
    for area, change in (("KAZ", 11.0), ("UZB", None)):
        belief = believe({"2016": 40.0, "2017-Q1": 51.0})
        belief = replace(belief, series=Series.of("test.speed", area=area))
        verdict = assess(declared, belief, targets=[], method=None, prefer=(), today=today)
        assert verdict.change == change, area


def test_observations_count_periods_of_the_length_that_is_judged(indicator, believe, target, now):
    belief = believe({"2021": 80.0, "2022": 81.0, "2023-Q1": 20.0, "2023-Q2": 21.0, "2023": 90.0, "2023-Q4": 22.0})
    inputs = Inputs(belief, Policy(targets=(target(TargetKind.DIRECTION),)), now)
    earlier = facts_of(indicator(), inputs, 3).earlier
    assert [str(one.period) for one in earlier] == ["2023-Q2", "2023-Q1"]


def test_a_miss_by_a_hair_in_the_target_year_is_not_on_track(judge, indicator, target):
    verdict = judge(indicator(scale=Scale.INTERVAL), {"2015": 10.0, "2025": 19.6}, [target(value=20.0, year=2025)])
    assert verdict.status is Status.SLOW


def test_no_pace_is_required_where_the_baseline_met_the_target(judge, indicator, target):
    verdict = judge(indicator(), {"2017": 9_964.0, "2018": 9_990.0}, [target(value=7_800.0, year=2020)])
    assert (verdict.status, verdict.baseline) == (Status.ACHIEVED, 9_964)
    assert (verdict.required_rate, verdict.expected) == (None, None)


@pytest.mark.parametrize("year", [2025, 2035])
def test_the_projection_is_for_2030_whatever_the_year_of_the_target(judge, indicator, target, year):
    verdict = judge(indicator(), {"2015": 10.0, "2020": 15.0}, [target(year=year)], method="linear")
    assert verdict.projected == 25


def test_a_direction_has_a_projection_too(judge, indicator, target):
    verdict = judge(indicator(), {"2015": 10.0, "2020": 15.0}, [target(TargetKind.DIRECTION)], method="linear")
    assert verdict.projected == 25


@pytest.mark.parametrize("cells", [{"2020": 15.0}, {"2015": 10.0, "2031": 26.0}])
def test_there_is_no_projection_from_the_baseline_alone_nor_into_the_past(judge, indicator, target, cells):
    assert judge(indicator(), cells, [target(TargetKind.DIRECTION)], method="linear").projected is None


def test_why_says_that_only_two_points_are_known(judge, indicator, target):
    two = judge(indicator(), {"2015": 10.0, "2020": 15.0}, [target()]).why
    assert "The verdict rests on two points only: 2015 and 2020." in two
    assert "two points" not in judge(indicator(), {"2015": 10.0, "2018": 12.0, "2020": 15.0}, [target()]).why


def test_reversing_says_so_where_the_newest_change_is_for_the_better(judge, indicator, target):
    cells = {"2019": 20.0, "2021": 15.0, "2022": 16.0}
    verdict = judge(indicator(), cells, [target()])
    assert verdict.status is Status.REVERSING
    assert "It is worse than its baseline of 2019, though better than 2021." in verdict.why
    falling = judge(indicator(), {**cells, "2022": 14.0}, [target()])
    assert "though better" not in falling.why


@pytest.mark.parametrize(
    ("more", "calendar"),
    [
        pytest.param({}, False, id="no calendar"),
        pytest.param({"calendar": CALENDAR, "cadence": Cadence.IRREGULAR}, False, id="no fixed interval"),
        pytest.param({"calendar": CALENDAR}, True, id="a calendar"),
    ],
)
def test_it_says_whether_there_is_a_calendar_to_be_late_by(judge, indicator, more, calendar):
    assert judge(indicator(**more), {"2022": 1.0}).calendar is calendar
    assert judge(indicator(**more), {}).calendar is calendar


def test_a_state_that_is_spoken_of_without_being_stated_grows_old(states, target, believe, today):
    silence = Point(Period.parse("2024"), None, ObservationStatus.MISSING, "first", 1, "progress is affected.")
    stated = believe({"2017": 0.0, "2020": 1.0})
    belief = replace(stated, by_source={"first": (*stated.by_source["first"], silence)})
    operational = target(TargetKind.MILESTONE, official=True, state="operational")
    verdict = assess(states, belief, targets=[operational], method=None, prefer=(), today=today)
    assert (verdict.status, str(verdict.period), verdict.expected) == (Status.SLOW, "2020", 1)
    assert (verdict.progress, verdict.elapsed) == (0.5, pytest.approx(7 / 13)), "the same whole step, and yet late"
    assert "50 % of the steps in 54 % of the time" in standing(states, verdict)
    assert "2024 has no value: progress is affected." in verdict.why
    before = assess(
        states, belief, targets=[operational], method=None, prefer=(), today=today, until=Period.parse("2020")
    )
    assert before.status is Status.ON_TRACK


def test_nine_months_are_compared_with_nine_months(judge, fatalities):
    verdict = judge(fatalities, {"2023-01/2023-09": 65.0, "2023": 89.0, "2024-01/2024-09": 69.0})
    assert (verdict.change, str(verdict.previous_period)) == (4.0, "2023-01/2023-09")
