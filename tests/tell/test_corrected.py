"""A message says that a correction is in force, in its reader's language, wherever it gives the value."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carecmon.judge import corrections
from carecmon.model import Correction, CorrectionAction, Period, Series, Status
from carecmon.tell.announcement import Content
from carecmon.tell.corrected import corrections as corrected
from carecmon.tell.language import Language
from carecmon.tell.render import twins
from tests.tell import test_rendering as rendering

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def pages(post):
    """Return the message as text and as HTML, its words one space apart."""
    both = twins(post, "ops@example.org")
    return [" ".join(re.sub(r"<[^>]+>", " ", page).split()) for page in (both.text, both.html)]


ACTIONS = {
    CorrectionAction.OVERRIDE: ({"value": 41000.5}, "82,000 deaths is printed, and judged as 41,000 deaths"),
    CorrectionAction.SCALE: ({"factor": 1e-3}, "82,000 deaths is printed, and judged as 82 deaths"),
    CorrectionAction.DROP: ({}, "82,000 deaths is printed, and is not judged"),
    CorrectionAction.FLAG: ({}, "82,000 deaths is printed, and is doubtful"),
}


def judged(action, **keys):
    """Return an assessment that rests on a correction, in the words that judging has for it."""
    fix = Correction(
        Series("road.fatalities", (("area", "CAREC"),)), Period.parse("2010"), action, "a slip (of the pen)", "Ada",
        82000.0, **keys,
    )  # fmt: skip
    return replace(rendering.ASSESSMENT, corrections=((fix.period, corrections.words(fix)),))


@pytest.mark.parametrize(("action", "expected"), ACTIONS.items(), ids=str)
def test_an_alert_says_what_is_printed_what_is_judged_and_why(action, expected):
    keys, words = expected
    notice = rendering.notice(assessment=judged(action, **keys))
    for page in pages(rendering.post(notice)):
        assert "Correction in force" in page
        assert f"2010: {words} (a slip (of the pen); Ada)" in page


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [("ru", "Действует поправка", "напечатано 82"), ("zh", "现行更正", "原文为82,000")],
)
def test_it_is_said_in_the_readers_language(language, label, words):
    notice = rendering.notice(assessment=judged(CorrectionAction.OVERRIDE, value=41000.0))
    for page in pages(rendering.post(notice, language=language)):
        assert label in page and words in page and "is printed" not in page


def test_lists_say_it_in_a_few_words():
    corrected = judged(CorrectionAction.OVERRIDE, value=41000.0)
    standing = replace(rendering.standing(Status.SLOW), assessment=corrected)
    still = rendering.notice(assessment=corrected, earlier=())
    for post in (
        rendering.post(content=Content("introduction", NOW, (standing,))),
        rendering.post(rendering.notice(), content=Content("news", NOW, still=(still,))),
    ):
        assert all("a correction is in force" in page for page in pages(post))


def test_what_has_no_correction_says_nothing_of_any():
    for post in rendering.EVERYTHING.values():
        assert all("correction" not in page.lower() for page in pages(post))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2010: None is printed, and judged as Under way (a slip; Ada)"),
        ("ru", "напечатано нет, оценивается как ведётся (a slip; Ada)"),
    ],
)
def test_states_are_called_by_their_names_in_the_readers_language(language, said):
    states = ({"en": "None", "ru": "нет"}, {"en": "Under way", "ru": "ведётся"})
    fixed = replace(
        rendering.ASSESSMENT,
        corrections=((Period.parse("2010"), 'the printed "none" is judged as "under way" (a slip; Ada)'),),
    )
    naming = replace(rendering.NAMING, states=states, unit="")
    (line,) = corrected(Language(language), naming, fixed)
    assert said in line.replace("\xa0", " ")


def test_a_state_that_is_not_declared_any_more_is_said_as_it_was():
    said = 'the printed "none" is doubtful (a slip; Ada)'
    fixed = replace(rendering.ASSESSMENT, corrections=((Period.parse("2010"), said),))
    assert corrected(Language("en"), rendering.NAMING, fixed) == (f"2010: {said}",)
