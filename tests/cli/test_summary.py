"""What stands below the table."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from carecmon.cli import summary
from carecmon.model import AlertState, AsOf, Cause, Severity, SourceOutcome


@pytest.fixture
def known(made):
    return {indicator.id: indicator for indicator in made.INDICATORS}


def text(parts, width=200):
    console = Console(file=io.StringIO(), width=width)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def changed(made, *alerts, **more):
    return made.finished(transitions=[made.transition(alert) for alert in alerts], **more)


def test_alerts_that_changed_are_told_once_with_their_cause_the_loudest_first(made, known):
    quiet = made.alert("cpmm.bcp-time{area=CAREC,mode=road}", Severity.INFO, message="behind our working path")
    loud = made.alert("road.fatalities{area=CAREC}", Severity.CRITICAL, cause=Cause.REVISION, message="reversing")
    said = text(summary.transitions(changed(made, quiet, loud), known)).splitlines()
    assert said[0] == "2 alerts changed:"
    assert said[1].split() == ["critical", "firing", "reversing", "(revision)"]
    assert said[2].endswith("behind our working path (first assessment)")


def test_an_alert_that_ended_says_what_it_was(made, known):
    ended = made.alert("road.fatalities{area=CAREC}", state=AlertState.RESOLVED, message="")
    report = made.finished(transitions=[made.transition(ended, AlertState.FIRING)])
    said = text(summary.transitions(report, known))
    assert "resolved, was firing" in said and "Road crash fatalities (CAREC)" in said


def test_in_a_first_run_information_is_gathered_by_rule(made, known):
    quiet = [made.alert(f"road.fatalities{{area={area}}}", Severity.INFO) for area in ("KAZ", "AFG")]
    quiet += [made.alert("cpmm.bcp-time{area=CAREC,mode=road}", Severity.INFO)]
    said = text(summary.transitions(changed(made, *quiet, first_run=True), known)).splitlines()
    assert said == [
        "3 alerts changed:",
        "  info  firing  off-track-official, 3: road.fatalities 2, cpmm.bcp-time (first assessment)",
        "  each of them: carecmon alerts",
    ]
    assert summary.news(changed(made, *quiet, first_run=True)) == set()
    assert len(summary.news(changed(made, *quiet))) == 3


def test_of_more_than_ten_changes_the_loudest_are_told_and_the_others_gathered(made, known):
    many = [made.alert(f"road.fatalities{{area=a-{n}}}", rule=f"rule-{n // 4}") for n in range(12)]
    ended = made.alert("cpmm.bcp-time{area=CAREC,mode=road}", Severity.INFO, AlertState.RESOLVED, "late")
    report = changed(made, *many, ended)
    said = text(summary.transitions(report, known)).splitlines()
    assert said[0] == "13 alerts changed:" and len(said) == 14
    assert said[11].split(maxsplit=2) == [
        "warning", "firing", "rule-2, 2: road.fatalities 2 (first assessment)",
    ]  # fmt: skip
    assert said[12].split(maxsplit=2) == ["info", "resolved", "late, 1: cpmm.bcp-time (first assessment)"]
    assert said[13] == "  each of them: carecmon alerts"


def test_a_rule_with_more_than_a_few_changes_has_one_line(made, known):
    areas = ("AFG", "AZE", "CHN", "GEO", "KAZ", "KGZ")
    late = [made.alert(f"road.fatalities{{area={area}}}", Severity.INFO, message=f"late {area}") for area in areas]
    loud = made.alert("road.fatalities{area=CAREC}", Severity.WARNING, message="reversing")
    said = text(summary.transitions(changed(made, *late, loud), known))
    assert "late AFG" not in said and "road.fatalities 6" in said and "reversing" in said
    few = text(summary.transitions(changed(made, *late[:5], loud), known))
    assert all(f"late {area}" in few for area in areas[:5])


def test_an_alert_that_fires_for_another_event_says_so(made, known):
    again = made.alert("road.fatalities{area=CAREC}", message="-20.8 is not possible")
    said = text(summary.transitions(made.finished(transitions=[made.transition(again, AlertState.FIRING)]), known))
    assert "firing, for something new" in said and "was firing" not in said


def test_a_long_line_folds_under_its_own_beginning(made, known):
    long = made.alert("road.fatalities{area=CAREC}", message="word " * 40)
    lines = text(summary.transitions(changed(made, long), known), width=60).splitlines()
    assert all(line.index("word") == lines[1].index("word") for line in lines[1:-1])


def test_a_broken_plugin_comes_with_its_reason_and_remedy(made):
    broken = made.PluginReport("water", made.PluginState.BROKEN, "SyntaxError in line 3.", "correct the file")
    assert list(summary.problems(made.finished(plugins=[broken]))) == [
        ("plugin water is broken: SyntaxError in line 3", "correct the file")
    ]


def test_a_failing_source_says_what_is_used_in_its_place_and_is_named_once(made):
    source = made.SourceReport("feed", "p", SourceOutcome.FAILED, error="no answer", newest=made.NOW)
    plugin = made.PluginReport("p", made.PluginState.FAILED, "no answer")
    indicator = made.IndicatorReport("a", "s", "", made.Outcome.FAILED, error="feed: no answer")
    report = made.finished(sources=[source], plugins=[plugin], indicators=[indicator])
    ((what, remedy),) = summary.problems(report)
    assert what == "source feed failed: no answer"
    assert "using what was obtained on 2026-11-22" in remedy
    ((_, remedy),) = summary.problems(replace(report, sources=[replace(source, newest=None)]))
    assert "nothing older" in remedy


def test_nothing_changed_says_since_when(made):
    quiet = made.finished(sources=[made.SourceReport("s", "p", SourceOutcome.UNCHANGED, newest=made.NOW)])
    assert "Nothing changed since 2026-11-22 09:30 UTC." in list(summary.notes(quiet))
    assert not any("Nothing changed" in note for note in summary.notes(made.finished()))


def test_offline_and_unwatched_indicators_are_said(made):
    live = made.SourceReport("worldbank", "p", SourceOutcome.OFFLINE)
    notes = list(summary.notes(made.finished(offline=True, sources=[live], not_watched=1)))
    assert notes[0] == "Offline: live sources were not asked (worldbank)."
    assert notes[1] == "1 installed indicator is not watched: carecmon indicators"


def test_a_run_that_writes_nothing_says_so(made):
    assert "A dry run: nothing was written, nothing sent." in list(summary.notes(made.finished(id=None)))
    past = made.finished(id=None, as_of=AsOf.parse("2024-06-01"), offline=True)
    assert list(summary.notes(past)) == ["As of 2024-06-01. Nothing was written."]


def test_what_to_look_at_first_is_numbered(made):
    assert text(summary.look_first(["First this.", "Then that."])).splitlines() == [
        "Look at first:",
        "  1.  First this.",
        "  2.  Then that.",
    ]
    assert list(summary.look_first([])) == []


def test_a_failing_source_with_something_older_is_said_below_the_table_and_nothing_changed_is_not(made):
    failed = made.SourceReport("feed", "p", SourceOutcome.FAILED, error="no answer", newest=made.NOW)
    assert list(summary.notes(made.finished(sources=[failed]))) == [
        "1 source failed; judged on what was stored: feed of 2026-11-22 09:30 UTC"
    ]


def test_new_figures_are_counted_by_source(made):
    source = made.SourceReport("annex", "p", SourceOutcome.RECORDED, (3,), "", made.NOW, 12, 3, 1)
    said = list(summary.notes(made.finished(sources=[source])))
    assert said == ["New figures: annex: 12 added, 3 revised, 1 withdrawn (carecmon revisions --since 2026-11-22)"]
    assert list(summary.notes(made.finished(sources=[source], first_run=True))) == []
