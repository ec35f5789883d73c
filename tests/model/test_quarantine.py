"""Why a release is held back is kept as English words, and read back from them for people of other languages."""

from hypothesis import given
from hypothesis import strategies as st

from carecmon.model import Period, Series
from carecmon.model.quarantine import Impossible, Strangeness

SERIES = st.sampled_from(["lpi.score", "cpmm.swd{area=corridor-3,mode=all}", "energy.lines{country=KAZ,measure=added}"])
PERIODS = st.sampled_from(["2023", "2023-Q2", "2024-03", "2017/2018", "2024-01/2024-09"])
NUMBERS = st.integers(-(10**9), 10**9).map(lambda n: n / 1000)
PLACES = st.sampled_from(
    ["", "line 7", "Table 3, row Kazakhstan (total), column 2023, printed '-1'", "page 2[4].value", "row Kazakh-\nstan"]
)


@given(SERIES, PERIODS, NUMBERS, st.sampled_from(["at least", "at most"]), NUMBERS, PLACES, st.integers(0, 99))
def test_a_value_that_cannot_be_is_read_back_as_it_was(series, period, value, bound, limit, place, more):
    said = Impossible(Series.parse(series), Period.parse(period), value, bound, limit, place, more)
    assert Impossible.read(str(said)) == said
    assert Strangeness.read(str(said)) is None


def test_other_words_are_no_reason_of_ours():
    assert Impossible.read("somebody rejected it") is None
    assert Strangeness.read("somebody rejected it") is None
