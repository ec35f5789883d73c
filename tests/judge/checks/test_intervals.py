"""What a printed number stands for."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.judge.checks.intervals import Interval, printed
from carecmon.model import NOT_RECORDED, Qualifier


@pytest.mark.parametrize(
    ("value", "raw", "low", "high"),
    [
        pytest.param(1083, "1083", 1082.5, 1083.5, id="a whole number, half a unit"),
        pytest.param(2.6, "2.6[88]", 2.55, 2.65, id="the score beside a rank"),
        pytest.param(88, "2.6[88]", 87.5, 88.5, id="the rank beside a score"),
        pytest.param(-6.9, "(6.9)", -6.95, -6.85, id="parentheses mean negative"),
        pytest.param(660, "+660", 659.5, 660.5, id="a sign"),
        pytest.param(51020, "$51.02 billion", 51015, 51025, id="billions held in millions"),
        pytest.param(14.4e9, "USD 14.4 billion", 14.35e9, 14.45e9, id="billions held in dollars"),
        pytest.param(11.5, "11.5%", 11.45, 11.55, id="percent"),
        pytest.param(50.0, "50.0", 49.95, 50.05, id="a printed zero counts"),
        pytest.param(
            82000, "减少了 50%（死亡人数为 82,000 人）", 81999.5, 82000.5, id="a separator, among other numbers"
        ),
        pytest.param(0.0, "0.00", -0.005, 0.005, id="zero has a last place too"),
        pytest.param(1250, "about USD 1250 billion in 2024", 1245, 1255, id="about is ten times as wide"),
        pytest.param(95, "rose by about 95% between", 90, 100, id="about, in a sentence"),
        pytest.param(900, "roughly USD 900 million", 850, 950, id="the zeros of a rough number say nothing"),
        pytest.param(89, "growing by 27% to over $89 billion", 89, inf, id="over is open above"),
        pytest.param(27, "growing by 27% to over $89 billion", 26.5, 27.5, id="and only beside its own number"),
        pytest.param(600, "slightly less than USD 600 million", -inf, 600, id="less than is open below"),
    ],
)
def test_a_printed_number_stands_for_what_rounds_to_it(value, raw, low, high):
    interval = printed(value, raw)
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_without_the_text_of_the_cell_the_usual_precision_counts():
    assert printed(8.6, NOT_RECORDED, 1) == Interval(pytest.approx(8.55), pytest.approx(8.65))
    assert printed(323.0, NOT_RECORDED) == Interval(322.5, 323.5)


def test_a_text_that_does_not_hold_the_number_is_no_help():
    assert printed(6.0, "six projects were approved", 0) == Interval(5.5, 6.5)


def test_ranks_are_exact():
    assert printed(88, "2.6[88]", whole=True) == Interval(88, 88)


def test_what_the_claim_says_counts_before_the_words_beside_it():
    assert printed(200, "200%", qualifier=Qualifier.MORE_THAN) == Interval(200, inf)
    assert printed(50, "one-half", qualifier=Qualifier.ABOUT) == Interval(45, 55)


@pytest.mark.parametrize(
    ("one", "other", "meets", "agrees"),
    [
        pytest.param("161", "162", True, False, id="neighbours share an end, but are not one number"),
        pytest.param("161", "161.4", True, True, id="the second says more exactly what the first says"),
        pytest.param("161", "161.6", False, False, id="too far apart"),
        pytest.param("4.7", "4.7", True, True, id="the same"),
    ],
)
def test_numbers_meet_or_agree(one, other, meets, agrees):
    first, second = printed(float(one), one), printed(float(other), other)
    assert first.meets(second) is meets
    assert first.agrees(second) is agrees


numbers = st.floats(-1e6, 1e6, allow_nan=False)
widths = st.floats(0, 100)


@given(numbers, widths, numbers, widths, st.floats(0, 1), st.floats(0, 1))
def test_arithmetic_never_loses_a_possible_result(a, width_a, b, width_b, at, bt):
    one, other = Interval(a, a + width_a), Interval(b, b + width_b)
    x, y = min(a + at * width_a, one.high), min(b + bt * width_b, other.high)
    slack = 1e-6 * (1 + abs(x) + abs(y)) ** 2
    for result, value in ((one + other, x + y), (one - other, x - y), (one * other, x * y)):
        assert result.low - slack <= value <= result.high + slack
    if abs(y) > 1e-9:
        quotient = one / other
        assert quotient.low - 1e-6 * abs(x / y) <= x / y <= quotient.high + 1e-6 * abs(x / y)


def test_dividing_by_what_may_be_zero_says_nothing():
    assert Interval(1, 2) / Interval(-1, 1) == Interval(-inf, inf)


def test_an_open_end_stays_open():
    more = Interval(89, inf)
    assert more.meets(Interval(100, 100)) and not more.meets(Interval(40.5, 41.5))
    assert more.scaled(2) == Interval(178, inf)
    assert more.widened(10) == more
    assert Interval(1, 1) / more == Interval(0, 1 / 89)


def test_what_two_intervals_share():
    assert Interval(1, 3).meet(Interval(2, 4)) == Interval(2, 3)
    assert Interval(1, 2).meet(Interval(3, 4)) is None
