"""What a series is called today, where an indicator or one of its labels was called something else."""

import pytest

from carecmon.model import Better, Code, CodeList, Dimension, Indicator, Series, Text

AREAS = Dimension("area", CodeList("areas", [Code("KAZ", Text("Kazakhstan")), Code("CAREC", Text("CAREC"))]))
MODES = Dimension("mode", CodeList("modes", [Code("all", Text("all")), Code("road", Text("road"))]))


def indicator(aliases):
    return Indicator(
        "speed",
        Text("Speed"),
        "test",
        "Test",
        "km/h",
        Better.HIGHER,
        "A test.",
        ("s",),
        (AREAS, MODES),
        aliases=aliases,
    )


@pytest.mark.parametrize(
    ("aliases", "former", "today"),
    [
        pytest.param({"pace": "speed"}, "pace{area=KAZ,mode=all}", "speed{area=KAZ,mode=all}", id="a former id"),
        pytest.param({"area=KZ": "area=KAZ"}, "speed{area=KZ,mode=all}", "speed{area=KAZ,mode=all}", id="a label"),
        pytest.param(
            {"pace": "speed", "area=KZ": "area=KAZ"}, "pace{area=KZ,mode=all}", "speed{area=KAZ,mode=all}", id="both"
        ),
        pytest.param({"speed": "speed{mode=all}"}, "speed{area=KAZ}", "speed{area=KAZ,mode=all}", id="a new dimension"),
        pytest.param(
            {"pace{area=road}": "speed{area=CAREC,mode=road}"}, "pace{area=road}", "speed{area=CAREC,mode=road}",
            id="one series",
        ),
        pytest.param(
            {"kind=car": "mode=road"}, "speed{area=KAZ,kind=car}", "speed{area=KAZ,mode=road}", id="a dimension's name"
        ),
    ],
)  # fmt: skip
def test_an_alias_gives_the_name_of_today(aliases, former, today):
    assert indicator(aliases).today(Series.parse(former)) == Series.parse(today)


@pytest.mark.parametrize(
    ("aliases", "series"),
    [
        pytest.param({"speed": "speed{mode=road}"}, "speed{area=KAZ,mode=all}", id="what is declared stays"),
        pytest.param({"area=KZ": "area=KAZ"}, "other{area=KZ,mode=all}", id="of another indicator"),
        pytest.param({"area=KZ": "area=XX"}, "speed{area=KZ,mode=all}", id="leads to nothing declared"),
        pytest.param({"area=A": "area=B", "area=B": "area=A"}, "speed{area=A,mode=all}", id="goes round in circles"),
        pytest.param({}, "speed{area=KZ,mode=all}", id="no alias"),
    ],
)
def test_where_no_alias_leads_to_a_declared_series_there_is_no_new_name(aliases, series):
    assert indicator(aliases).today(Series.parse(series)) is None


def test_an_indicator_declares_series_with_all_its_dimensions_and_codes_only():
    known = indicator({})
    assert known.declares(Series.parse("speed{area=KAZ,mode=all}"))
    for other in (
        "speed{area=KAZ}",
        "speed{area=UZB,mode=all}",
        "pace{area=KAZ,mode=all}",
        "speed{area=KAZ,mode=all,x=1}",
    ):
        assert not known.declares(Series.parse(other)), other
