"""Which source is judged where several speak."""

import pytest

from carecmon.judge.points import judged_points, withdrawn_periods
from carecmon.model import ObservationStatus

MISSING, WITHDRAWN = ObservationStatus.MISSING, ObservationStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("by_source", "prefer", "values", "sources"),
    [
        pytest.param(
            {"a": {"2021": 1.0}, "b": {"2021": 2.0}},
            ("b", "a"),
            [("2021", 2.0)],
            ("b",),
            id="the preferred source wins",
        ),
        pytest.param(
            {"a": {"2021": 1.0, "2022": 3.0}, "b": {"2021": 2.0}},
            ("b", "a"),
            [("2021", 2.0), ("2022", 3.0)],
            ("b", "a"),
            id="cell by cell",
        ),
        pytest.param(
            {"a": {"2021": 1.0}, "b": {"2021": MISSING}},
            ("b", "a"),
            [("2021", 1.0)],
            ("a",),
            id="missing falls through",
        ),
        pytest.param(
            {"a": {"2021": 1.0}, "b": {"2021": WITHDRAWN}},
            ("b", "a"),
            [("2021", 1.0)],
            ("a",),
            id="withdrawn falls through",
        ),
        pytest.param(
            {"z": {"2021": 1.0}, "y": {"2021": 2.0}, "x": {"2020": 3.0}},
            ("x",),
            [("2020", 3.0), ("2021", 2.0)],
            ("x", "y"),
            id="sources that nobody prefers come last, sorted",
        ),
        pytest.param(
            {"a": {"2023": 3.0, "2019": 1.0}}, (), [("2019", 1.0), ("2023", 3.0)], ("a",), id="ascending by period"
        ),
        pytest.param({"a": {"2021": float("nan")}}, ("a",), [], (), id="not a number is no value"),
        pytest.param({"a": {"2021": MISSING}}, ("a",), [], (), id="nothing usable"),
    ],
)
def test_the_judged_history(believe, by_source, prefer, values, sources):
    points, used = judged_points(believe(by_source), prefer)
    assert [(str(point.period), point.value) for point in points] == values
    assert used == sources


def test_a_period_is_withdrawn_only_where_no_other_source_has_it(believe, period):
    belief = believe({"a": {"2020": WITHDRAWN, "2021": WITHDRAWN, "2022": MISSING}, "b": {"2021": 2.0}})
    assert withdrawn_periods(belief) == (period("2020"),)
