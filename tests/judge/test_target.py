"""Which target a series has, what it comes to in numbers, and how people read it."""

import pytest

from carecmon.judge.target import resolve, target_for
from carecmon.model import Better, Series, TargetKind

RELATIVE, MILESTONE, DIRECTION = TargetKind.RELATIVE, TargetKind.MILESTONE, TargetKind.DIRECTION


@pytest.fixture(scope="session")
def values(period):
    return lambda **cells: tuple((period(name[1:]), value) for name, value in cells.items())


def test_the_first_target_in_file_order_is_taken(target, series):
    targets = [target(indicator="other.*"), target(select={"area": "*"}, value=1.0), target(value=2.0)]
    assert target_for(series, targets, ()) is targets[1]


def test_no_target_is_written_for_it(target, series):
    assert target_for(series, [target(select={"area": "corridor-1"})], ()) is None


def test_a_rate_from_a_year_is_only_for_series_with_a_value_by_then(target, series, values):
    rate, direction = target(RELATIVE, rate=0.015, base_until="2019"), target(DIRECTION)
    assert target_for(series, [rate, direction], values(_2018=20.0, _2022=23.0)) is rate
    assert target_for(series, [rate, direction], values(_2021=20.0, _2022=23.0)) is direction
    assert target_for(series, [rate], ()) is None


def test_a_december_is_within_its_year(target, series, period):
    rate = target(RELATIVE, rate=0.015, base_until="2019")
    assert target_for(series, [rate], ((period("2019-12"), 20.0),)) is rate


def test_halving_82_000_gives_41_000(indicator, target, values):
    halve = target(RELATIVE, official=True, change=-0.5, base_period="2010")
    found = resolve(indicator(Better.LOWER, precision=0), halve, values(_2010=82_000.0, _2019=90_000.0))
    assert (found.value, found.baseline, str(found.baseline_period)) == (41_000, 82_000, "2010")
    assert found.text == "41,000 by 2030 (official)"


def test_a_relative_target_never_takes_another_year(indicator, target, values):
    found = resolve(
        indicator(Better.LOWER), target(RELATIVE, change=-0.5, base_period="2010"), values(_2009=80.0, _2011=84.0)
    )
    assert found.value is None
    assert found.missing == "the value of the base period 2010"
    assert found.text == "-50 % on 2010 by 2030 (working)"


def test_a_written_baseline_stands_in_for_the_missing_value(indicator, target):
    found = resolve(
        indicator(Better.LOWER, precision=0), target(RELATIVE, change=-0.5, base_period="2010", baseline=82_000.0), ()
    )
    assert (found.value, found.baseline) == (41_000, 82_000)


@pytest.mark.parametrize(
    ("better", "bounds", "base", "value"),
    [
        pytest.param(Better.HIGHER, (0.0, None), 20.0, 20 * 1.015**11, id="higher"),
        pytest.param(Better.LOWER, (0.0, None), 20.0, 20 * 0.985**11, id="lower"),
        pytest.param(Better.HIGHER, (0.0, 100.0), 95.0, 100.0, id="never above the highest possible value"),
        pytest.param(Better.LOWER, (19.0, None), 20.0, 19.0, id="never below the lowest possible value"),
        pytest.param(Better.HIGHER, (None, None), -20.0, -20 * 0.985**11, id="negative values rise towards zero"),
    ],
)
def test_a_rate_runs_from_the_latest_value_by_the_base_year(indicator, target, values, better, bounds, base, value):
    found = resolve(
        indicator(better, bounds=bounds),
        target(RELATIVE, rate=0.015, base_until="2019"),
        values(_2017=1.0, _2019=base, _2021=3.0),
    )
    assert found.value == pytest.approx(value)
    assert (found.baseline, str(found.baseline_period)) == (base, "2019")


@pytest.mark.parametrize(
    ("written", "baseline", "base_period", "note"),
    [
        pytest.param({}, 18.0, "2017", "", id="the first value there is"),
        pytest.param({"base_period": "2019"}, 19.0, "2019", "", id="the value at the base period"),
        pytest.param({"base_period": "2018"}, 19.0, "2019", "No value for 2018", id="the next one after it, said"),
        pytest.param({"baseline": 17.0, "base_period": "2015"}, 17.0, "2015", "", id="as written"),
        pytest.param({"base_period": "2023"}, None, "2023", "", id="nothing at or after it"),
    ],
)
def test_the_baseline_of_a_value(indicator, target, values, written, baseline, base_period, note):
    found = resolve(indicator(), target(**written), values(_2017=18.0, _2019=19.0, _2022=20.0))
    assert (found.value, found.baseline, str(found.baseline_period)) == (30, baseline, base_period)
    assert note in " ".join(found.notes)


@pytest.mark.parametrize(
    ("years", "year", "base"),
    [
        pytest.param((2010, 2015, 2020), 2030, "2015", id="2015"),
        pytest.param((2010, 2016, 2020), 2030, "2016", id="the next year there is"),
        pytest.param((2010, 2012, 2020), 2030, "2010", id="the first where 2015 leaves nothing to measure"),
        pytest.param((2010, 2015, 2016), 2015, "2010", id="the first where the target is for 2015 itself"),
    ],
)
def test_where_no_base_is_written_a_value_is_measured_from_2015_as_open_sdg_does(
    indicator, target, values, years, year, base
):
    found = resolve(indicator(), target(value=30.0, year=year), values(**{f"_{one}": float(one) for one in years}))
    assert (str(found.baseline_period), found.baseline) == (base, float(base))


def test_the_only_value_there_is_is_no_baseline_of_itself(indicator, target, values):
    found = resolve(indicator(), target(), values(_2017=18.0))
    assert (found.value, found.baseline, found.baseline_period) == (30, None, None)


@pytest.mark.parametrize(
    ("cells", "base", "note"),
    [
        pytest.param({"_2014": 1.0, "_2015": 2.0, "_2020": 3.0}, "2015", False, id="2015"),
        pytest.param({"_2021": 2.0, "_2022": 3.0}, "2021", True, id="the next year there is, said"),
        pytest.param({"_2012": 2.0, "_2014": 3.0}, "None", False, id="nothing since 2015"),
    ],
)
def test_a_direction_is_measured_from_2015(indicator, target, values, cells, base, note):
    found = resolve(indicator(), target(DIRECTION), values(**cells))
    assert str(found.baseline_period) == base
    assert bool(found.notes) is note
    assert bool(found.missing) is (base == "None")


def test_a_milestone_is_the_position_of_its_state(states, target, values):
    found = resolve(states, target(MILESTONE, official=True, state="operational"), values(_2017=0.0, _2024=1.0))
    assert (found.value, found.baseline) == (2, 0)
    assert found.text == "operational by 2030 (official)"


def test_an_undeclared_state_is_named(states, target):
    assert "'finished'" in resolve(states, target(MILESTONE, state="finished"), ()).missing


def test_where_neither_direction_is_better_the_target_says_which(indicator, target, values):
    neither = indicator(Better.NEITHER)
    assert resolve(neither, target(value=30.0), values(_2017=18.0, _2018=18.0)).direction == 1
    assert resolve(neither, target(value=10.0), values(_2017=18.0, _2018=18.0)).direction == -1
    assert resolve(neither, target(DIRECTION), values(_2017=18.0)).direction == 0


@pytest.mark.parametrize(
    ("kind", "written", "text"),
    [
        pytest.param(TargetKind.VALUE, {"value": 7_800.0, "year": 2020}, "7,800 by 2020", id="a value as written"),
        pytest.param(TargetKind.VALUE, {"value": 0.45}, "0.45 by 2030", id="with its own decimals"),
        pytest.param(RELATIVE, {"rate": 0.015, "base_until": "2019"}, "23.6 by 2030", id="a rate as a number"),
        pytest.param(DIRECTION, {}, "higher", id="a direction"),
    ],
)
@pytest.mark.parametrize("official", [True, False])
def test_every_text_says_whether_it_is_official(indicator, target, values, kind, written, text, official):
    found = resolve(indicator(), target(kind, official=official, **written), values(_2019=20.0))
    kind_word = "official" if official else "working"
    ending = f" ({kind_word} direction)" if kind is DIRECTION else f" ({kind_word})"
    assert found.text == text + ending
    assert found.official is official


def test_a_target_of_another_indicator_is_not_taken(target):
    assert target_for(Series.of("energy.access", area="KAZ"), [target()], ()) is None
