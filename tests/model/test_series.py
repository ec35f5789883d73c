"""How series are written, and which ones a selection matches."""

import pytest

from carecmon import Series


def test_labels_are_sorted_by_name_however_they_are_written():
    written = Series.parse("cpmm.swd{mode=all, area=corridor-3}")
    assert written == Series.of("cpmm.swd", area="corridor-3", mode="all")
    assert str(written) == "cpmm.swd{area=corridor-3,mode=all}"


def test_an_indicator_without_dimensions_is_its_own_series():
    assert str(Series.parse("deaths")) == "deaths"


@pytest.mark.parametrize("text", ["", "CPMM", "cpmm.swd{area}", "cpmm.swd{area=}", "cpmm.swd{area=a", "a b"])
def test_what_is_not_a_series_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is not a series"):
        Series.parse(text)


@pytest.mark.parametrize(
    ("select", "matches"),
    [
        pytest.param({}, True, id="nothing asked for"),
        pytest.param({"area": "KAZ"}, True, id="the same code"),
        pytest.param({"area": "*"}, True, id="any code"),
        pytest.param({"area": "UZB"}, False, id="another code"),
        pytest.param({"area": "UZB|KAZ"}, True, id="one of several codes"),
        pytest.param({"area": "UZB|TJK"}, False, id="none of several codes"),
        pytest.param({"mode": "*"}, False, id="a dimension that the series has not"),
    ],
)
def test_a_selection_matches_by_labels(select, matches):
    assert Series.of("road.fatalities", area="KAZ").matches(select) is matches
