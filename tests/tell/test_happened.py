"""What happened, told from the evidence of an alert in the reader's language."""

from datetime import UTC, datetime

import pytest

from carecmon.model import Alert, AlertState, Cause, Period, Series, Severity
from carecmon.model.quarantine import Impossible, Strangeness
from carecmon.tell.announcement import Announcement, Naming, Origin
from carecmon.tell.happened import happened
from carecmon.tell.language import Language

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMING = Naming("speed", "speed", "transport", "Railways", {"en": "Speed"}, unit="km/h")
SURVEY = Origin("survey", {"en": "Survey", "ru": "Обследование", "zh": "调查"})


def said(language, condition, state=AlertState.FIRING, cause=Cause.CLOCK, naming=None, **evidence):
    alert = Alert("f", "r", "speed", Severity.WARNING, state, cause, NOW, "The English sentence.", evidence)
    told = Announcement(alert, "first_notification", condition, naming=naming, origins=(SURVEY,))
    return [line.replace("\xa0", " ").replace("\u202f", " ") for line in happened(Language(language), told)]


def test_a_revision_says_from_what_to_what_and_how_many_more():
    revisions = [{"source": "survey", "period": str(year), "from": 1.0, "to": 2.0} for year in range(2018, 2023)]
    told = said("ru", "revised", naming=NAMING, revisions=revisions)
    assert told[0] == "2018 г.: пересмотрено, было 1,0 км/ч, стало 2,0 км/ч (источник Обследование)"
    assert told[3] == "и ещё 2" and len(told) == 4


def test_a_withdrawal_names_the_periods():
    assert said("zh", "withdrawn", withdrawn=["2021-Q4", "2022"]) == ["被撤回的时期：2021 年第四季度、2022 年"]


def test_a_failing_source_says_how_often_since_when_and_what_the_program_says():
    found = {"failures": 4, "last_ok": "2026-11-18T12:00:00+00:00", "error": "404 not found"}
    assert said("ru", "source_failing", **found) == [
        "4 неудачные попытки подряд; последний ответ: 18 нояб. 2026 г.",
        "сообщение программы: 404 not found",
    ]


HELD = [
    pytest.param(
        Strangeness("withdrawn", 26, 126),
        "release 1: it takes back 26 of 126 figures",
        "выпуск 1: отзывает 26 из 126 значений",
        "第 1 号发布：126 个数值中有 26 个被撤回",
        id="withdrawn",
    ),
    pytest.param(
        Strangeness("withdrawn", 26, 126, indicator="cpmm.swd"),
        "release 1: it takes back 26 of 126 figures (cpmm.swd)",
        "выпуск 1: отзывает 26 из 126 значений (cpmm.swd)",
        "第 1 号发布：126 个数值中有 26 个被撤回（cpmm.swd）",
        id="withdrawn from one indicator",
    ),
    pytest.param(
        Strangeness("one-factor", 24, 2400, 1000.0, "cpmm.bcp-time"),
        "release 1: it changes 24 of 2,400 figures by the same factor, about 1,000 (cpmm.bcp-time)",
        "выпуск 1: меняет 24 из 2 400 значений в одно и то же число раз, примерно в 1 000 (cpmm.bcp-time)",
        "第 1 号发布：2,400 个数值中有 24 个按同一倍数变动，约 1,000 倍（cpmm.bcp-time）",
        id="one indicator by a thousand",
    ),
    pytest.param(
        Strangeness("one-factor", 9, 10, 0.00123456),
        "release 1: it changes 9 of 10 figures by the same factor, about 0.001235",
        "выпуск 1: меняет 9 из 10 значений в одно и то же число раз, примерно в 0,001235",
        "第 1 号发布：10 个数值中有 9 个按同一倍数变动，约 0.001235 倍",
        id="all by a small factor",
    ),
    pytest.param(
        Impossible(Series.parse("cpmm.swd{area=KAZ}"), Period.parse("2023"), 305.5, "at most", 200.0, "line 7", 1200),
        "release 1: cpmm.swd{area=KAZ}, 2023: 305.5 is stated, but it cannot be more than 200; and 1,200 more",
        "выпуск 1: cpmm.swd{area=KAZ}, 2023 г.: указано 305,5, но больше 200 быть не может; и ещё 1 200",
        "第 1 号发布：cpmm.swd{area=KAZ}，2023 年：给出的数值为 305.5，但不可能大于 200；另有 1,200 条",
        id="beyond what can be",
    ),
    pytest.param(
        Impossible(Series("lpi.score"), Period.parse("2023"), -1.0, "at least", 0.0),
        "release 1: lpi.score, 2023: -1 is stated, but it cannot be less than 0",
        "выпуск 1: lpi.score, 2023 г.: указано -1, но меньше 0 быть не может",
        "第 1 号发布：lpi.score，2023 年：给出的数值为 -1，但不可能小于 0",
        id="below what can be",
    ),
]


@pytest.mark.parametrize(("strange", "en", "ru", "zh"), HELD)
def test_a_release_in_quarantine_says_why_and_of_which_indicator(strange, en, ru, zh):
    for language, words in (("en", en), ("ru", ru), ("zh", zh)):
        assert said(language, "quarantined", quarantined=[f"release 1: {strange}"]) == [words]


def test_a_reason_that_is_none_of_the_stores_is_told_as_it_is_written():
    assert said("zh", "quarantined", quarantined=["release 3: 10 (odd) values"])[0].endswith("10 (odd) values")


def test_the_reasons_are_those_of_the_store():
    from carecmon.store.quarantine import Moves, Tally, reason

    withdrawn, shifted, usual = Moves(withdrawn=12, unchanged=28), Moves(), Moves(unchanged=400)
    for _ in range(24):
        shifted.moved(1.0, 60.0)
    told = [
        said("en", "quarantined", quarantined=[f"release 1: {reason(Tally(moves=moves))}"])
        for one in (withdrawn, shifted)
        for moves in ({"speed": one}, {"speed": one, "cost": usual})
    ]
    assert told == [
        ["release 1: it takes back 12 of 40 figures"],
        ["release 1: it takes back 12 of 40 figures (speed)"],
        ["release 1: it changes 24 of 24 figures by the same factor, about 60"],
        ["release 1: it changes 24 of 24 figures by the same factor, about 60 (speed)"],
    ]


def test_an_alert_of_before_this_was_kept_says_its_english_sentence():
    assert said("ru", "revised", naming=NAMING) == ["The English sentence."]


def test_what_is_over_is_said_unless_nobody_watches_it_any_more():
    resolved = AlertState.RESOLVED
    assert said("ru", "source_failing", resolved) == ["источник снова даёт данные"]
    assert said("ru", "source_failing", resolved, Cause.RULE_CHANGED) == []
    assert said("ru", "off_track", resolved) == []
