"""Printed numbers: what they are, and when they could be two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.sources.figures import Style, is_blank, prints

POINT, COMMA, UNKNOWN = Style("."), Style(","), Style()


@pytest.mark.parametrize(
    ("style", "text", "value"),
    [
        (UNKNOWN, "18.9", 18.9),
        (UNKNOWN, "18,9", 18.9),
        (UNKNOWN, "(1.7)", -1.7),
        (UNKNOWN, "(1,7)", -1.7),
        (UNKNOWN, "+1.9", 1.9),
        (UNKNOWN, "−4.2", -4.2),
        (UNKNOWN, "–4.2", -4.2),
        (UNKNOWN, "１８．９", 18.9),
        (UNKNOWN, "1 083", 1083.0),
        (UNKNOWN, "1\u00a0083,5", 1083.5),
        (UNKNOWN, "1\u202f083", 1083.0),
        (UNKNOWN, "1'083.5", 1083.5),
        (UNKNOWN, "1,083.5", 1083.5),
        (UNKNOWN, "1.083,5", 1083.5),
        (UNKNOWN, "1.083", 1.083),
        (POINT, "1,083", 1083.0),
        (POINT, "1,083,000", 1083000.0),
        (COMMA, "1.083", 1083.0),
        (COMMA, "1,083", 1.083),
        (UNKNOWN, "1.5e3", 1500.0),
        (UNKNOWN, "-0", 0.0),
        (UNKNOWN, "0.00", 0.0),
    ],
)
def test_a_printed_number_is_read_as_people_read_it(style, text, value):
    assert style.read(text) == value
    assert str(style.read(text)) == str(value)  # no negative zero


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,083",
        "nan",
        "inf",
        "1e999",
        "1_000",
        "0x10",
        "1.2.3",
        "12 34",
        "(-1)",
        "((1))",
        "(+1)",
        "1-2",
        "٣",
        "--1",
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(text):
    with pytest.raises(ValueError):
        UNKNOWN.read(text)


def test_a_comma_is_ambiguous_only_until_another_number_of_the_file_decides():
    assert Style.of(["1,083", "18.9"]).read("1,083") == 1083.0
    assert Style.of(["1,083", "18,9"]).read("1,083") == 1.083
    with pytest.raises(ValueError, match=r"'1,083' can be read in two ways"):
        Style.of(["1,083", "643"]).read("1,083")


def test_a_file_that_uses_both_decimal_signs_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"'18.9' .* point .*'20,1' .* comma"):
        Style.of(["18.9", "20,1"])


def test_dates_and_versions_say_nothing_about_the_decimal_sign():
    assert Style.of(["30.05.2024", "1.2.3"]) == Style()


@pytest.mark.parametrize("text", ["", " ", "-", "–", "—", "..", "n/a", "Н/Д"])
def test_a_dash_is_no_value(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "(1)"])
def test_zero_is_a_value(text):
    assert not is_blank(text)


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)))
def test_every_style_reads_what_it_writes(value):
    english, russian = f"{value:,.2f}", f"{value:,.2f}".replace(",", " ").replace(".", ",")
    assert POINT.read(english) == COMMA.read(russian) == UNKNOWN.read(russian) == value
    assert POINT.read(f"({abs(value):.2f})") == -abs(value)


@given(st.text())
def test_any_text_is_a_finite_number_or_a_value_error(text):
    try:
        value = UNKNOWN.read(text)
    except ValueError:
        return
    assert value - value == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("28.1", 28.1, id="a number"),
        pytest.param("(1.7)", -1.7, id="brackets for minus"),
        pytest.param("−4.2*", -4.2, id="a minus and a footnote"),
        pytest.param("+660", 660.0, id="a plus"),
        pytest.param("1,083", 1083.0, id="thousands with a comma"),
        pytest.param("76 657", 76657.0, id="thousands with a blank"),
        pytest.param("1.95 [160]", 160.0, id="a rank beside a score"),
        pytest.param("75%", 75.0, id="percent"),
        pytest.param("USD 14.4 billion in 2024", 14_400.0, id="billions, counted in millions"),
        pytest.param("3.5 млрд долл.", 3500.0, id="billions in Russian, counted in millions"),
        pytest.param("5 тыс. км", 5000.0, id="thousands in Russian"),
        pytest.param("12 million", 0.012, id="millions, counted in billions"),
        pytest.param("2.5 万亿元", 2.5e12, id="trillions in Chinese"),
        pytest.param("7.2bn", 7.2e9, id="billions in short"),
        pytest.param("75%", 0.75, id="percent as a share of one"),
        pytest.param("a decline by 31%", -31.0, id="a sign in words"),
        pytest.param("死亡人数为 8.2 万人", 82_000.0, id="counted in ten thousands"),
        pytest.param("six projects", 6.0, id="a number in words says nothing against it"),
        pytest.param("", 6.0, id="no text says nothing against it"),
    ],
)
def test_a_text_prints_the_value_it_is_the_source_of(text, value):
    assert prints(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("28.1", 281.0, id="a point that was forgotten"),
        pytest.param("28.1", 28.2, id="a wrong digit"),
        pytest.param("28.1", 28_100.0, id="thousands that no word says"),
        pytest.param("(1.7)", 1.7, id="a sign that was forgotten"),
        pytest.param("1.7", -1.7, id="a sign that is not there"),
        pytest.param("1.95 [160]", 195.0, id="neither score nor rank"),
        pytest.param("56 km", 56_000_000.0, id="a unit is no word for millions"),
        pytest.param("12 km", 0.012, id="a unit is no word for thousands"),
        pytest.param("12千米", 0.012, id="a unit of Chinese that begins like a thousand"),
        pytest.param("5 Mbit", 5_000_000.0, id="the beginning of a word"),
        pytest.param("USD 14.4 billion in 2024", 1440.0, id="ten times too small"),
    ],
)
def test_a_text_does_not_print_a_value_that_was_mistyped(text, value):
    assert not prints(text, value)
