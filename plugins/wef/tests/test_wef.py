"""Perceived quality of roads and railroads: four discontinued indicators, read from the progress report."""

import pytest
from carecmon_plugins.progress_report import PROGRESS_REPORT
from carecmon_plugins.wef import register_indicators

from carecmon import Answer, Better, Observation, Series

INDICATORS = {indicator.id: indicator for indicator in register_indicators()}


@pytest.fixture(scope="module")
def observations():
    (document,) = PROGRESS_REPORT.documents
    body = {path.name: path.read_bytes() for path in document.data if "annex" in path.name}
    stated = PROGRESS_REPORT.parse(Answer(body, document=document.id))
    return [row for row in stated if isinstance(row, Observation) and row.series.indicator in INDICATORS]


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_an_indicator_has_eight_countries_with_values_and_three_without(observations, indicator):
    rows = [row for row in observations if row.series.indicator == indicator.id]
    assert sum(row.value is not None for row in rows) == 16
    assert {row.series.label("area") for row in rows if row.value is None} == {"AFG", "TKM", "UZB"}


@pytest.mark.parametrize(
    ("series", "period", "value"),
    [
        ("wef.road-quality{area=AZE}", "2019", 5.16),
        ("wef.road-quality-rank{area=AZE}", "2019", 27.0),
        ("wef.rail-quality{area=CHN}", "2017/2018", 4.8),
        ("wef.rail-quality-rank{area=MNG}", "2016/2017", 69.0),
    ],
)
def test_a_known_figure(observations, series, period, value):
    at = {(row.series, str(row.period)): row.value for row in observations}
    assert at[Series.parse(series), period] == value


@pytest.mark.parametrize("quality", ["wef.road-quality", "wef.rail-quality"])
def test_better_scores_have_better_ranks_within_an_edition(observations, quality):
    at = {(row.series.indicator, row.series.label("area"), row.period): row.value for row in observations if row.value}
    scores = {key[1:]: value for key, value in at.items() if key[0] == quality}
    for (area, period), score in scores.items():
        for (other, when), lower in scores.items():
            if when == period and lower < score:
                ranks = at[f"{quality}-rank", area, period], at[f"{quality}-rank", other, period]
                assert ranks[0] < ranks[1], (area, other, period)


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_the_index_is_discontinued_after_its_last_values_with_a_reason(observations, indicator):
    last = max(row.period for row in observations if row.series.indicator == indicator.id)
    assert indicator.discontinued.since > last.end
    assert "no longer updated" in indicator.discontinued.reason


def test_a_rank_follows_its_score_and_the_lower_rank_is_the_better():
    for id in ("wef.road-quality", "wef.rail-quality"):
        rank = INDICATORS[f"{id}-rank"]
        assert rank.better is Better.LOWER
        assert [dict(check.options) for check in rank.checks if check.kind == "rank-follows-score"] == [{"score": id}]


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_every_title_is_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in ("en", "ru", "zh"))
