"""Observations survive the way into batches and back."""

from carecmon.judge.checks import observations
from carecmon.model import Batch, Cell, CellRow, Observation, ObservationStatus, Period, Series

SERIES = Series.of("cpmm.swd", area="CAREC", mode="rail")
Y2021, Y2022 = Period.parse("2021"), Period.parse("2022")


def test_a_row_with_its_cell_is_the_observation_it_came_from():
    cell = CellRow("report", "table 2", "SWD", "2021", "38.0", 35.0, 41.0, 7)
    batch = Batch(SERIES, [(Y2021.key, 38.0, 1, "slipped"), (Y2022.key, None, 3, None)], [cell, None])
    assert list(observations([batch], "report")) == [
        Observation(
            SERIES,
            Y2021,
            38.0,
            Cell("report", "table 2", "SWD", "2021", "38.0"),
            ObservationStatus.ESTIMATED,
            "slipped",
            35.0,
            41.0,
            7,
        ),
        Observation(SERIES, Y2022, None, Cell("report"), ObservationStatus.MISSING),
    ]


def test_a_batch_without_cells_has_its_place_not_recorded():
    (observation,) = observations([Batch(SERIES, [(Y2021.key, 38.0, 0, None)])], "live")
    assert (observation.value, observation.cell) == (38.0, Cell("live"))
