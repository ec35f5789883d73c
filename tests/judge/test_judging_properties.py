"""What holds for any numbers: no surprise, no NaN, and a better value never gets a worse verdict."""

import re
from dataclasses import fields, replace
from datetime import date
from math import isfinite

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from carecmon.judge.assess import assess
from carecmon.judge.methods import LINEAR, METHODS, MILESTONE, OPEN_SDG, UN_PROGRESS_CHART, Case
from carecmon.model import Better, Scale, Status, TargetKind

RANK = {status: rank for rank, status in enumerate(list(Status)[:5])}

#: Numbers as sources print them, of both signs and zero.
PRINTED = st.decimals(-100_000, 100_000, places=2).map(float)
POSITIVE = st.decimals("0.01", 100_000, places=2).map(float)
ANY = st.floats(allow_nan=False, allow_infinity=False)
UNIT = st.sampled_from([0.0, 0.01, 0.1, 1.0, 10.0])
ALL = pytest.mark.parametrize("method", [*METHODS.values(), MILESTONE], ids=str)


def seen_by(method, case):
    """Return ``case`` as it can reach ``method``: among states, later is always better."""
    return replace(case, direction=1) if method is MILESTONE else case


@st.composite
def cases(draw, numbers=PRINTED, unit=UNIT):
    base_time = draw(st.integers(2000, 2024))
    base, value = draw(numbers), draw(numbers)
    direction = draw(st.sampled_from([1, -1]))
    return Case(
        direction,
        value,
        base_time + draw(st.integers(0, 25)),
        base=base,
        base_time=base_time,
        target=draw(st.none() | numbers),
        target_time=draw(st.integers(2015, 2040)),
        limit=draw(st.none() | numbers),
        unit=draw(unit),
    )


@ALL
@given(case=cases(numbers=ANY))
def test_any_finite_numbers_give_a_verdict_that_says_why(method, case):
    verdict = method.judge(seen_by(method, case))
    assert verdict.why.endswith((".", ")"))
    assert not re.search(r"\b(nan|inf)\b", verdict.why)
    assert verdict.status.verdict or verdict.status is Status.NOT_ENOUGH_DATA


@ALL
@given(case=cases(), better=PRINTED)
def test_a_better_latest_value_never_gives_a_worse_verdict(method, case, better):
    case = seen_by(method, case)
    assume(case.direction * better >= case.direction * case.value)
    now, then = method.judge(replace(case, value=better)), method.judge(case)
    if now.status.verdict and then.status.verdict:
        assert RANK[now.status] <= RANK[then.status]


@ALL
@given(case=cases(), target=PRINTED)
def test_achieved_whenever_the_value_meets_the_target(method, case, target):
    case = seen_by(method, case)
    best = max if case.direction > 0 else min
    met = replace(case, value=best(case.value, target), target=target)
    assert method.judge(met).status is Status.ACHIEVED


@pytest.mark.parametrize("method", [OPEN_SDG, UN_PROGRESS_CHART, LINEAR], ids=str)
@given(case=cases(numbers=POSITIVE, unit=st.just(0.0)), power=st.integers(-20, 20))
def test_the_unit_of_measurement_does_not_matter(method, case, power):
    factor = 2.0**power
    scaled = replace(
        case,
        value=case.value * factor,
        base=case.base * factor,
        target=None if case.target is None else case.target * factor,
        limit=None if case.limit is None else case.limit * factor,
    )
    assert method.judge(scaled).status is method.judge(case).status
    ratios = method.judge(scaled).ratio, method.judge(case).ratio
    assert ratios[0] == pytest.approx(ratios[1], rel=1e-9, abs=1e-9) if None not in ratios else ratios[0] == ratios[1]


@given(case=cases())
def test_linear_sees_the_same_in_a_mirror(case):
    mirrored = replace(
        case,
        direction=-case.direction,
        value=-case.value,
        base=-case.base,
        target=None if case.target is None else -case.target,
    )
    assert LINEAR.judge(mirrored) == LINEAR.judge(case)


@given(case=cases(numbers=POSITIVE))
def test_both_growth_methods_see_the_same_ratio(case):
    ratios = OPEN_SDG.judge(case).ratio, UN_PROGRESS_CHART.judge(case).ratio
    if None not in ratios:
        assert ratios[0] == pytest.approx(ratios[1], rel=1e-9)


@given(
    cells=st.dictionaries(st.integers(2005, 2026), ANY, max_size=6),
    kind=st.sampled_from([TargetKind.VALUE, TargetKind.RELATIVE, TargetKind.DIRECTION]),
    number=ANY,
    rate=st.none() | st.floats(-3, 3),
    year=st.none() | st.integers(2000, 2050),
    base=st.none() | st.integers(2005, 2026),
    until=st.none() | st.integers(2005, 2026),
    method=st.sampled_from([None, *METHODS]),
    better=st.sampled_from(Better),
    scale=st.sampled_from([Scale.RATIO, Scale.INTERVAL, Scale.ORDINAL]),
)
def test_every_number_of_an_assessment_is_finite(
    believe, target, indicator, cells, kind, number, rate, year, base, until, method, better, scale
):
    written = target(
        kind,
        year=year,
        value=number,
        change=None if rate is not None else number,
        rate=rate,
        base_period=base and str(base),
        base_until=until and str(until),
    )
    declared = indicator(better, scale=scale, bounds=(0.0, None))
    values = {str(period): value for period, value in cells.items()}
    verdict = assess(
        declared, believe(values), targets=[written], method=method, prefer=("first",), today=date(2026, 11, 22)
    )
    for field in fields(verdict):
        value = getattr(verdict, field.name)
        assert not isinstance(value, float) or isfinite(value), field.name
    if verdict.target is not None and verdict.value == verdict.target and verdict.baseline is not None:
        assert verdict.progress == 1
    assert (verdict.status is Status.NO_DATA) is (not cells)


@given(
    cells=st.dictionaries(st.integers(2015, 2026), st.integers(0, 2).map(float), min_size=1),
    year=st.integers(2018, 2035),
)
def test_states_never_end_between_two_states(believe, states, target, cells, year):
    operational = target(TargetKind.MILESTONE, state="operational", year=year)
    values = {str(period): value for period, value in cells.items()}
    verdict = assess(
        states, believe(values), targets=[operational], method=None, prefer=("first",), today=date(2026, 11, 22)
    )
    assert verdict.expected is None or verdict.expected in (0, 1, 2)
    assert (verdict.status is Status.ACHIEVED) is (verdict.value == 2)
