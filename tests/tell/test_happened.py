"""What happened, told from the evidence of an alert in the reader's language."""

from datetime import UTC, datetime

import pytest

from carecmon.model import Alert, AlertState, Cause, Severity
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


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("withdraws 12 of the 40 cells that it covers and its source stated before", "отзывает 12 из 40 значений"),
        ("changes 24 of 24 values by the same factor, about 60", "меняет 24 из 24 значений"),
    ],
)
def test_a_release_in_quarantine_says_why(reason, words):
    (told,) = said("ru", "quarantined", quarantined=[f"release 10: {reason}"])
    assert told.startswith(f"выпуск 10: {words}")


def test_the_reasons_are_those_of_the_store():
    from carecmon.store.quarantine import Moves, Tally, reason

    withdrawn, shifted, usual = Moves(withdrawn=12, unchanged=28), Moves(), Moves(unchanged=400)
    for _ in range(24):
        shifted.moved(1.0, 60.0)
    alone = [{"speed": withdrawn}, {"speed": shifted}]
    among = [{**one, "cost": usual} for one in alone]
    for moves in (*alone, *among):
        why = reason(Tally(moves=moves))
        assert "release" not in said("zh", "quarantined", quarantined=[f"release 1: {why}"])[0]
        assert "cells" not in said("zh", "quarantined", quarantined=[f"release 1: {why}"])[0]


def test_an_alert_of_before_this_was_kept_says_its_english_sentence():
    assert said("ru", "revised", naming=NAMING) == ["The English sentence."]


def test_what_is_over_is_said_unless_nobody_watches_it_any_more():
    resolved = AlertState.RESOLVED
    assert said("ru", "source_failing", resolved) == ["источник снова даёт данные"]
    assert said("ru", "source_failing", resolved, Cause.RULE_CHANGED) == []
    assert said("ru", "off_track", resolved) == []
