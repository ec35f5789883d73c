"""The Logistics Performance Index: seven editions, each about its own year only."""

import pytest
from carecmon_plugins.lpi import EDITIONS, EDITIONS_SOURCE, RANK, SCORE, register_indicators, register_sources

from carecmon import Answer, Cadence, ObservationStatus, Period, Series


@pytest.fixture(scope="module")
def editions():
    return {document.edition: list(parsed(document)) for document in EDITIONS_SOURCE.documents}


def parsed(document):
    body = {path.name: path.read_bytes() for path in document.data}
    return EDITIONS_SOURCE.parse(Answer(body, edition=document.edition, document=document.id))


def row(editions, edition, indicator, area):
    series = Series.of(indicator, area=area)
    return next(observation for observation in editions[edition] if observation.series == series)


def test_there_are_seven_editions_published_in_their_years():
    assert register_sources() == [EDITIONS_SOURCE]
    assert tuple(document.edition for document in EDITIONS_SOURCE.documents) == EDITIONS
    assert tuple(str(document.published) for document in EDITIONS_SOURCE.documents) == EDITIONS


def test_an_edition_covers_its_own_year_and_no_other():
    for document in EDITIONS_SOURCE.documents:
        year = Period.parse(document.edition)
        assert [(c.indicator, c.first, c.last) for c in document.covers] == [
            ("lpi.score", year, year),
            ("lpi.rank", year, year),
        ]


def test_an_edition_states_only_its_own_year(editions):
    for edition, rows in editions.items():
        assert {str(observation.period) for observation in rows} == {edition}


@pytest.mark.parametrize(
    ("edition", "economies"),
    [("2007", 9), ("2010", 11), ("2012", 10), ("2014", 11), ("2016", 10), ("2018", 10), ("2023", 8)],
)
def test_an_edition_has_a_score_and_a_rank_for_each_economy(editions, edition, economies):
    areas = [
        {observation.series.label("area") for observation in editions[edition] if observation.series.indicator == id}
        for id in ("lpi.score", "lpi.rank")
    ]
    assert areas[0] == areas[1]
    assert (len(areas[0]), len(editions[edition])) == (economies, 2 * economies)
    assert {observation.status for observation in editions[edition]} == {ObservationStatus.NORMAL}


@pytest.mark.parametrize(
    ("edition", "area", "score", "rank", "note"),
    [
        ("2007", "AFG", 1.21, 150, "of 150 economies"),
        ("2012", "UZB", 2.46, 117, "of 155 economies"),
        ("2016", "PAK", 2.92, 68, "of 160 economies"),
        ("2018", "UZB", 2.58, 99, "of 160 economies"),
        ("2023", "KAZ", 2.7, 79, "of 139 economies"),
    ],
)
def test_a_known_score_and_rank(editions, edition, area, score, rank, note):
    assert row(editions, edition, "lpi.score", area).value == score
    found = row(editions, edition, "lpi.rank", area)
    assert (found.value, found.note) == (rank, note)


def test_a_score_keeps_the_interval_that_the_edition_gives(editions):
    score = row(editions, "2012", "lpi.score", "UZB")
    assert (score.lower, score.value, score.upper) == (2.0, 2.46, 2.93)
    assert all(o.lower <= o.value <= o.upper for o in editions["2014"] if o.series.indicator == "lpi.score")


def test_a_reprinted_edition_says_whose_cell_it_is(editions):
    cell = row(editions, "2018", "lpi.score", "AFG").cell
    assert (cell.document, cell.row, cell.column, cell.raw) == ("seed-001", "阿富汗*", "2018 年", "1.95 [160]")
    assert row(editions, "2016", "lpi.score", "AFG").cell.document == "lpi-2016"


def test_a_score_keeps_the_decimals_as_published_since_they_are_its_precision(editions):
    assert row(editions, "2012", "lpi.score", "AFG").cell.raw == "2.30"
    assert row(editions, "2023", "lpi.score", "AFG").cell.raw == "1.9 [139]"


def test_better_scores_have_better_ranks_within_an_edition(editions):
    for edition, rows in editions.items():
        scores = {o.series.label("area"): o.value for o in rows if o.series.indicator == "lpi.score"}
        ranks = {o.series.label("area"): o.value for o in rows if o.series.indicator == "lpi.rank"}
        for better, worse in ((a, b) for a in scores for b in scores if scores[a] > scores[b]):
            assert ranks[better] < ranks[worse], (edition, better, worse)


def test_every_area_is_in_the_code_list_and_every_value_in_bounds(editions):
    declared = {indicator.id: indicator for indicator in register_indicators()}
    for observation in (o for rows in editions.values() for o in rows):
        indicator = declared[observation.series.indicator]
        low, high = indicator.bounds
        assert observation.series.label("area") in indicator.dimension("area").codes
        assert low <= observation.value <= (high or observation.value)


@pytest.mark.parametrize("indicator", [SCORE, RANK], ids=lambda indicator: indicator.id)
def test_the_survey_is_discontinued_with_reason_and_successor_and_never_late(indicator):
    assert "2.0" in indicator.discontinued.successor
    assert indicator.discontinued.reason
    assert (indicator.cadence, indicator.calendar) == (Cadence.IRREGULAR, None)


@pytest.mark.parametrize("indicator", [SCORE, RANK], ids=lambda indicator: indicator.id)
def test_every_title_is_in_three_languages(indicator):
    assert all(indicator.title.translated(language) for language in ("en", "ru", "zh"))
