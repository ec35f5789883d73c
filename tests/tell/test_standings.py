"""Where an indicator stands, as an introduction counts it: by all the series that stand for it."""

from dataclasses import replace

from carecmon import registry
from carecmon.model import Series, Status
from carecmon.tell.announcement import split
from carecmon.telling.notices import Notices
from tests.tell.test_rendering import ASSESSMENT, alert, notice

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


def test_an_indicator_and_its_news_are_led_by_the_series_that_stands_first_in_the_table():
    shipped = registry.load()
    added, total = (Series.of("energy.lines", area="CAREC", measure=one) for one in ("added", "total"))
    judged = [replace(ASSESSMENT, series=one, status=Status.NO_TARGET) for one in (added, total)]
    notices = Notices.of(shipped, None, (), judged, ())
    (one,) = notices.standings(["energy.lines"])
    assert one.assessment.series == total
    alerts = [alert(f"{n}" * 12, subject=str(series)) for n, series in enumerate((added, total))]
    ordered = sorted(alerts, key=notices.importance)
    assert [one.subject for one in ordered] == [str(total), str(added)]
    firing, _, _ = split([notice(alert=one) for one in ordered])
    assert [one.alert.subject for one in firing] == [str(total), str(added)]
