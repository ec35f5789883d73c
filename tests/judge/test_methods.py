"""The three methods and milestones, case by case. Thresholds and edge cases are those of their sources.

Open SDG: open-sdg/sdg-build sdg/ProgressMeasure.py and its documentation; UN: the Progress Chart as implemented by
UNDP's public data engine; worked figures: seed documents 000 and 001.
"""

from dataclasses import replace

import pytest

from carecmon.errors import ConfigError
from carecmon.judge.methods import LINEAR, METHODS, MILESTONE, OPEN_SDG, UN_PROGRESS_CHART, Case, method_for
from carecmon.judge.methods.open_sdg import reduction
from carecmon.model import Better, Scale, Status

ACHIEVED, ON_TRACK, SLOW, STAGNANT, REVERSING, UNABLE = (
    Status.ACHIEVED,
    Status.ON_TRACK,
    Status.SLOW,
    Status.STAGNANT,
    Status.REVERSING,
    Status.NOT_ENOUGH_DATA,
)


def at_ratio(ratio, required=0.02, direction=1, years=5):
    """Return a case whose observed growth is ``ratio`` times the required growth of 2 % a year."""
    grow = direction * required
    return Case(
        direction,
        value=100 * (1 + ratio * grow) ** years,
        time=2020,
        base=100,
        base_time=2015,
        target=100 * (1 + grow) ** 15,
        target_time=2030,
    )


def fatalities(deaths, year=2022):
    """Return the case of seed 001: 82,000 deaths in 2010, to be halved by 2030."""
    return Case(-1, deaths, year, base=82_000, base_time=2010, target=41_000, target_time=2030, limit=0, unit=1)


@pytest.mark.parametrize(
    ("ratio", "open_sdg", "un"),
    [
        pytest.param(1.2, ON_TRACK, ON_TRACK, id="faster than required"),
        pytest.param(0.951, ON_TRACK, ON_TRACK, id="just above 0.95"),
        pytest.param(0.949, SLOW, SLOW, id="just below 0.95"),
        pytest.param(0.601, SLOW, SLOW, id="just above 0.60"),
        pytest.param(0.55, STAGNANT, SLOW, id="0.55 is limited in Open SDG and fair in the UN chart"),
        pytest.param(0.501, STAGNANT, SLOW, id="just above 0.50"),
        pytest.param(0.499, STAGNANT, STAGNANT, id="just below 0.50"),
        pytest.param(0.001, STAGNANT, STAGNANT, id="hardly any progress"),
        pytest.param(-0.05, REVERSING, STAGNANT, id="a small step back is no progress in the UN chart only"),
        pytest.param(-0.099, REVERSING, STAGNANT, id="just above -0.10"),
        pytest.param(-0.101, REVERSING, REVERSING, id="just below -0.10"),
    ],
)
@pytest.mark.parametrize("direction", [pytest.param(1, id="higher"), pytest.param(-1, id="lower")])
def test_the_growth_methods_differ_where_their_bands_do(ratio, open_sdg, un, direction):
    case = at_ratio(ratio, direction=direction)
    assert (OPEN_SDG.judge(case).status, UN_PROGRESS_CHART.judge(case).status) == (open_sdg, un)
    assert OPEN_SDG.judge(case).ratio == pytest.approx(ratio)
    assert UN_PROGRESS_CHART.judge(case).ratio == pytest.approx(ratio)


def test_halving_82_000_deaths_in_20_years_needs_3_406_percent_a_year():
    assert OPEN_SDG.course.rate(82_000, 41_000, 20) == pytest.approx(-3.406, abs=0.0005)


@pytest.mark.parametrize(
    ("method", "expected"),
    [pytest.param(OPEN_SDG, 54_100, id="geometric"), pytest.param(LINEAR, 57_400, id="straight")],
)
def test_the_path_to_41_000_deaths_stood_in_2022_at(method, expected):
    assert method.course.at((82_000, 2010), (41_000, 2030), 2022) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(
    ("deaths", "open_sdg", "linear"),
    [
        pytest.param(41_000, ACHIEVED, ACHIEVED, id="exactly the target"),
        pytest.param(54_000, ON_TRACK, ON_TRACK, id="below both paths"),
        pytest.param(57_000, SLOW, ON_TRACK, id="below the straight path only"),
        pytest.param(62_000, SLOW, SLOW, id="two thirds of the pace"),
        pytest.param(80_000, STAGNANT, STAGNANT, id="hardly fewer"),
        pytest.param(82_000, STAGNANT, STAGNANT, id="as many as in 2010"),
        pytest.param(83_000, REVERSING, REVERSING, id="more than in 2010"),
    ],
)
def test_road_fatalities_of_2022_would_be_judged(deaths, open_sdg, linear):
    case = fatalities(deaths)
    assert (OPEN_SDG.judge(case).status, LINEAR.judge(case).status) == (open_sdg, linear)


@pytest.mark.parametrize(
    ("growth", "open_sdg", "un"),
    [
        pytest.param(0.0151, ON_TRACK, ON_TRACK, id="1.51 % a year"),
        pytest.param(0.0149, SLOW, ON_TRACK, id="1.49 % is enough for the UN chart only"),
        pytest.param(0.0101, SLOW, ON_TRACK, id="1.01 %"),
        pytest.param(0.01, SLOW, SLOW, id="exactly 1 % is not more than 1 %"),
        pytest.param(0.0051, SLOW, SLOW, id="0.51 %"),
        pytest.param(0.0049, STAGNANT, STAGNANT, id="0.49 %"),
        pytest.param(0.0, STAGNANT, STAGNANT, id="no change"),
        pytest.param(-0.001, REVERSING, REVERSING, id="a fall is never limited progress"),
    ],
)
def test_without_a_number_the_growth_rate_alone_decides(growth, open_sdg, un):
    case = Case(1, 100 * (1 + growth) ** 7, 2022, base=100, base_time=2015)
    assert (OPEN_SDG.judge(case).status, UN_PROGRESS_CHART.judge(case).status) == (open_sdg, un)


@pytest.mark.parametrize(
    ("base", "limit", "factor"),
    [
        pytest.param(50.0, None, 1.0, id="no limit"),
        pytest.param(50.0, 100.0, 1 - 0.5**4.44, id="half way to an upper limit"),
        pytest.param(150.0, 100.0, 1 - 0.5**4.44, id="half as far above a lower limit"),
        pytest.param(200.0, 100.0, 1.0, id="twice the limit"),
        pytest.param(100.0, 100.0, 0.0, id="at the limit"),
        pytest.param(0.0, 0.0, 1.0, id="base and limit both zero"),
        pytest.param(12.0, 0.0, 1.0, id="a limit of zero never lowers"),
        pytest.param(-50.0, -100.0, 1 - 0.5**4.44, id="negative: by size"),
    ],
)
def test_a_natural_limit_lowers_the_thresholds_by(base, limit, factor):
    assert reduction(base, limit) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("value", "words"),
    [(110.0, "It improved by 1.92 % a year"), (90.0, "It worsened by 2.09 % a year"), (100.0, "It did not change")],
)
def test_the_sentence_says_which_way_it_went(value, words):
    assert OPEN_SDG.judge(Case(1, value, 2020, base=100, base_time=2015)).why.startswith(words)


def test_near_its_limit_a_small_gain_is_on_track_and_any_loss_reverses():
    near = {"base": 99.0, "base_time": 2015, "time": 2022, "limit": 100.0, "direction": 1}
    assert OPEN_SDG.judge(Case(value=99.6, **near)).status is ON_TRACK
    assert OPEN_SDG.judge(Case(value=98.9, **near)).status is REVERSING


def test_at_its_limit_keeping_the_value_is_on_track():
    assert OPEN_SDG.judge(Case(1, 100, 2022, base=100, base_time=2015, limit=100)).status is ON_TRACK


@pytest.mark.parametrize("method", METHODS.values(), ids=str)
class TestEveryMethod:
    """What holds for all three."""

    def test_says_achieved_first_even_without_a_baseline(self, method):
        verdict = method.judge(Case(1, 9_964, 2017, target=7_800, target_time=2020))
        assert verdict.status is ACHIEVED

    def test_cannot_judge_without_a_baseline(self, method):
        assert method.judge(Case(1, 7_229, 2015, target=7_800, target_time=2020)).status is UNABLE

    def test_cannot_judge_the_baseline_alone(self, method):
        verdict = method.judge(fatalities(82_000, 2010))
        assert verdict.status is UNABLE
        assert "no value after the baseline" in verdict.why

    def test_cannot_judge_less_than_a_year(self, method):
        case = Case(1, 12, 2015.75, base=10, base_time=2015, target=20, target_time=2030)
        assert method.judge(case).status is UNABLE

    def test_judges_a_year_of_months(self, method):
        start = 2015 + 5 / 12
        case = Case(1, 12, start + 1, base=10, base_time=start, target=20, target_time=2030)
        assert method.judge(case).status is ON_TRACK

    def test_cannot_judge_a_target_year_before_the_baseline(self, method):
        case = Case(1, 12, 2022, base=10, base_time=2020, target=20, target_time=2020)
        assert method.judge(case).status is UNABLE

    def test_calls_a_target_that_was_just_missed_slow_at_best(self, method):
        case = Case(1, 19.6, 2025, base=10, base_time=2015, target=20, target_time=2025)
        verdict = method.judge(case)
        assert (verdict.status, verdict.ratio > 0.95) == (SLOW, True)
        assert "The target's year is reached and the target is not met." in verdict.why

    def test_a_miss_without_a_baseline_is_said_though_it_has_no_pace(self, method):
        verdict = method.judge(Case(1, 19.6, 2025, target=20, target_time=2025))
        assert verdict.status is UNABLE
        assert "the target is not met" in verdict.why

    def test_the_first_quarter_of_the_last_year_is_not_its_end(self, method):
        case = Case(1, 19.6, 2025, base=10, base_time=2015, target=20, target_time=2025, length=0.25)
        assert method.judge(case).status is ON_TRACK
        assert method.judge(replace(case, time=2025.75)).status is SLOW

    def test_cannot_judge_a_target_without_a_year(self, method):
        assert method.judge(Case(1, 12, 2022, base=10, base_time=2015, target=20)).status is UNABLE

    @pytest.mark.parametrize(
        ("value", "status"),
        [
            pytest.param(23.0, ACHIEVED, id="better"),
            pytest.param(20.0, ACHIEVED, id="the same"),
            pytest.param(19.96, ACHIEVED, id="worse by less than is printed"),
            pytest.param(18.0, REVERSING, id="worse"),
        ],
    )
    def test_never_divides_where_target_and_baseline_are_equal(self, method, value, status):
        case = Case(1, value, 2022, base=20, base_time=2015, target=20, target_time=2030, unit=0.1)
        assert method.judge(case).status is status

    def test_a_met_baseline_that_was_lost_is_reversing(self, method):
        case = Case(-1, 12, 2022, base=9, base_time=2015, target=10, target_time=2030)
        assert method.judge(case).status is REVERSING

    def test_a_change_below_the_printed_precision_is_none(self, method):
        worse = Case(1, 19.96, 2022, base=20, base_time=2015, target=30, target_time=2030, unit=0.1)
        assert method.judge(worse).status is STAGNANT

    def test_a_change_of_one_printed_unit_is_one(self, method):
        worse = Case(1, 0.2, 2022, base=0.3, base_time=2015, target=3, target_time=2030, unit=0.1)
        assert method.judge(worse).status is REVERSING


@pytest.mark.parametrize(
    ("case", "status"),
    [
        pytest.param(Case(-1, 5, 2022, 10, 2015, 0, 2030), STAGNANT, id="target zero becomes 0.001"),
        pytest.param(Case(-1, 0.0005, 2022, 10, 2015, 0, 2030), ACHIEVED, id="below 0.001 the zero is reached"),
        pytest.param(Case(1, 5, 2022, 0, 2015, 10, 2030), ON_TRACK, id="base zero becomes 0.001"),
        pytest.param(Case(-1, 5, 2022, 0, 2015, 0, 2030), REVERSING, id="base and target zero, and lost"),
        pytest.param(Case(1, 5, 2022, -5, 2015, 10, 2030), UNABLE, id="opposite signs"),
        pytest.param(Case(1, 0.04, 2022, -0.04, 2015, 1, 2030, unit=0.1), UNABLE, id="opposite signs a hair apart"),
        pytest.param(Case(1, -2, 2022, -5, 2015, 10, 2030), UNABLE, id="target on the other side of zero"),
        pytest.param(Case(1, -2, 2022, -5, 2015, -1, 2030), ON_TRACK, id="negative values, higher is better"),
        pytest.param(Case(1, -6, 2022, -5, 2015, -1, 2030), REVERSING, id="negative values, falling"),
        pytest.param(Case(-1, -6, 2022, -5, 2015, -9, 2030), SLOW, id="negative values, lower is better"),
    ],
)
def test_open_sdg_at_zero_and_below(case, status):
    assert OPEN_SDG.judge(case).status is status


def test_open_sdg_says_that_a_zero_was_replaced():
    for case in (Case(-1, 5, 2022, 10, 2015, 0, 2030), Case(1, 5, 2022, 0, 2015, 10, 2030), Case(1, 5, 2022, 0, 2015)):
        assert "0.001" in OPEN_SDG.judge(case).why


@pytest.mark.parametrize(
    ("case", "status"),
    [
        pytest.param(Case(1, 29.99, 2022, 20, 2015, 30, 2030), ACHIEVED, id="within 0.05 % of a rise"),
        pytest.param(Case(1, 29.98, 2022, 20, 2015, 30, 2030), ON_TRACK, id="more than 0.05 % short of it"),
        pytest.param(Case(-1, 10.004, 2022, 20, 2015, 10, 2030), ACHIEVED, id="within 0.05 % of a fall"),
        pytest.param(Case(-1, 0, 2022, 20, 2015, 10, 2030), ACHIEVED, id="zero reaches a fall"),
        pytest.param(Case(-1, -3, 2022, -1, 2015, -2, 2030), ACHIEVED, id="negative beyond the target"),
        pytest.param(Case(1, 5, 2022, 0, 2015, 10, 2030), UNABLE, id="no growth from zero"),
        pytest.param(Case(-1, 5, 2022, 10, 2015, 0, 2030), UNABLE, id="no growth to zero"),
        pytest.param(Case(1, 5, 2022, -5, 2015, 10, 2030), UNABLE, id="opposite signs"),
        pytest.param(Case(1, 28, 2022, 31, 2015, 30, 2030), REVERSING, id="the base met the target, now lost"),
    ],
)
def test_the_un_chart_tolerance_and_order(case, status):
    assert UN_PROGRESS_CHART.judge(case).status is status


@pytest.mark.parametrize(
    ("case", "status"),
    [
        pytest.param(Case(1, 70, 2022, 40, 2015, 100, 2030), ON_TRACK, id="half the way in 7 of 15 years"),
        pytest.param(Case(1, 60, 2022, 40, 2015, 100, 2030), SLOW, id="a third of the way in 7 of 15 years"),
        pytest.param(Case(1, 45, 2022, 40, 2015, 100, 2030), STAGNANT, id="a twelfth of the way"),
        pytest.param(Case(1, 5, 2022, 0, 2015, 10, 2030), ON_TRACK, id="from zero"),
        pytest.param(Case(-1, 5, 2022, 10, 2015, 0, 2030), ON_TRACK, id="to zero"),
        pytest.param(Case(1, 0, 2022, -5, 2015, 10, 2030), SLOW, id="through zero"),
        pytest.param(Case(1, 98, 2035, 40, 2015, 100, 2030), SLOW, id="after the year it is slow at best"),
        pytest.param(Case(1, 80, 2035, 40, 2015, 100, 2030), SLOW, id="after the year no more than the way is asked"),
        pytest.param(Case(1, 2, 2023, 1, 2019, 3, 2030), ON_TRACK, id="maturity level 1 to 2 of 3"),
    ],
)
def test_linear_shares_of_way_and_time(case, status):
    assert LINEAR.judge(case).status is status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        pytest.param(2.7, ON_TRACK, id="better by a printed unit"),
        pytest.param(2.62, STAGNANT, id="better by less than is printed"),
        pytest.param(2.58, STAGNANT, id="worse by less than is printed"),
        pytest.param(2.5, REVERSING, id="worse by a printed unit"),
    ],
)
def test_linear_without_a_number_judges_the_direction_alone(value, status):
    assert LINEAR.judge(Case(1, value, 2023, base=2.6, base_time=2018, unit=0.1)).status is status


def link(value, time=2024, best=None, overdue=False, base=0):
    """Return the case of seed 001: none operational in 2017, position 2 (operational) by 2030."""
    best = max(value, base) if best is None else best
    return Case(1, value, time, base, 2017, 2, 2030, unit=1, best=best, overdue=overdue)


@pytest.mark.parametrize(
    ("case", "status"),
    [
        pytest.param(link(2), ACHIEVED, id="operational"),
        pytest.param(link(2, overdue=True), ACHIEVED, id="operational, however late"),
        pytest.param(link(0), STAGNANT, id="no step yet"),
        pytest.param(link(1, 2023), ON_TRACK, id="half the steps in 6 of 13 years"),
        pytest.param(link(1, 2026), SLOW, id="half the steps in 9 of 13 years"),
        pytest.param(link(0, best=1), REVERSING, id="partial once, none now"),
        pytest.param(link(1, best=2), REVERSING, id="operational once, partial now"),
        pytest.param(link(0, base=1), REVERSING, id="behind its baseline"),
        pytest.param(link(1, overdue=True), STAGNANT, id="the year is over"),
        pytest.param(link(0, best=1, overdue=True), REVERSING, id="the year is over and it moved back"),
        pytest.param(link(0, 2017), UNABLE, id="the baseline alone"),
    ],
)
def test_milestones(case, status):
    assert MILESTONE.judge(case).status is status


@pytest.mark.parametrize(("asked", "status"), [(None, ON_TRACK), (2023, ON_TRACK), (2024, SLOW)])
def test_the_time_of_a_milestone_goes_on_while_its_sources_speak_of_it(asked, status):
    assert MILESTONE.judge(replace(link(1, 2020), asked=asked)).status is status


def test_a_milestone_says_until_when_the_time_is_counted():
    why = MILESTONE.judge(replace(link(1, 2020), asked=2024)).why
    assert why == "It made 50 % of the steps in 54 % of the time, to 2024, the last year that is spoken of: ratio 0.93."


def test_a_milestone_expects_whole_steps():
    assert [MILESTONE.course.at((0, 2017), (2, 2030), year) for year in (2017, 2023, 2024, 2029, 2030)] == [
        0,
        0,
        1,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("scale", "method"),
    [(Scale.RATIO, OPEN_SDG), (Scale.INTERVAL, LINEAR), (Scale.ORDINAL, LINEAR), (Scale.STATE, MILESTONE)],
)
def test_the_scale_chooses_the_method(indicator, scale, method):
    assert method_for(indicator(scale=scale), None) is method


def test_settings_choose_another_method_but_not_for_states(indicator, states):
    assert method_for(indicator(Better.LOWER), "un_progress_chart") is UN_PROGRESS_CHART
    assert method_for(states, "open_sdg") is MILESTONE


def test_an_unknown_method_is_an_error_that_names_the_known_ones(indicator):
    with pytest.raises(
        ConfigError, match="'eurostat' is not a method; choose one of open_sdg, un_progress_chart, linear"
    ):
        method_for(indicator(), "eurostat")


def test_methods_are_recorded_with_their_version():
    assert [str(method) for method in (*METHODS.values(), MILESTONE)] == [
        "open_sdg/1",
        "un_progress_chart/1",
        "linear/1",
        "milestone/1",
    ]
