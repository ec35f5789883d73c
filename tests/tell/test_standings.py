"""Where an indicator stands, as an introduction counts it: by all the series that stand for it."""

from dataclasses import replace

from carecmon import registry
from carecmon.model import Series, Status
from carecmon.telling.notices import Notices
from tests.tell.test_rendering import ASSESSMENT

DIRECTIONS = {"both": Status.NO_TARGET, "inbound": Status.REVERSING, "outbound": Status.ON_TRACK}


def test_an_indicator_is_behind_when_any_of_its_headline_series_is_and_that_one_is_shown():
    shipped = registry.load(entry_points=False)
    indicator = replace(shipped.indicators["road.fatalities"], headline=({"area": "CAREC"},))
    shipped.indicators = {"road.fatalities": indicator}
    judged = [
        replace(ASSESSMENT, series=Series.of("road.fatalities", area="CAREC", direction=name), status=status)
        for name, status in DIRECTIONS.items()
    ]
    away = replace(judged[0], series=Series.of("road.fatalities", area="KAZ"), status=Status.STAGNANT)
    (one,) = Notices.of(shipped, None, (), [*judged, away], ()).standings(["road.fatalities"])
    assert one.status is Status.REVERSING and one.assessment.series == judged[1].series
    (well,) = Notices.of(shipped, None, (), [judged[0], judged[2], away], ()).standings(["road.fatalities"])
    assert well.status is Status.ON_TRACK, "what stands for no indicator does not count"
