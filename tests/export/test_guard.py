"""No text of a source runs as a formula in a spreadsheet, and every printed text can be had back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.export import guard, unguard


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\tx", "\r=x", "＝1", "＠x"])
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["+660", "-4.2", "(1.7)", "-", "+1,083", "-5 %", "1083", "", "tap", "阿富汗*", "don't", "'tis", "1.95 [160]"],
)
def test_what_reports_print_stays_as_printed(text):
    assert guard(text) == text


@given(st.text(alphabet="'=+-@\t\r0129., abc＝", max_size=12))
def test_undoing_the_guard_gives_the_text_as_printed(text):
    assert unguard(guard(text)) == text


@given(st.text(alphabet="'=+-@\t\r019.,% a＝", min_size=1, max_size=12))
def test_only_numbers_and_dashes_begin_with_a_sign(text):
    cell = guard(text)
    if cell[0] in "=@\t\r＝":
        pytest.fail(f"{cell!r} would run")
    if cell[0] in "+-":
        assert not set(cell) & set("=@'\t\ra＝")
