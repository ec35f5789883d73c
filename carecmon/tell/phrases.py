"""What verdicts, conditions, causes and news are called, in the reader's language."""

from __future__ import annotations

from carecmon.model import AlertState, Assessment, Cause, Severity, Status
from carecmon.tell.announcement import Announcement, Naming
from carecmon.tell.language import N_, Language

VERDICTS = {
    Status.ACHIEVED: N_("achieved"),
    Status.ON_TRACK: N_("on track"),
    Status.SLOW: N_("too slow"),
    Status.STAGNANT: N_("no progress"),
    Status.REVERSING: N_("moving away"),
    Status.NO_TARGET: N_("no target"),
    Status.NOT_ENOUGH_DATA: N_("not enough data"),
    Status.NO_DATA: N_("no data"),
    Status.DISCONTINUED: N_("discontinued"),
}
#: Shades that pass for text on white: calm, and none alone carries a meaning.
COLOURS = {
    Status.ACHIEVED: "#1b6e3c",
    Status.ON_TRACK: "#1b6e3c",
    Status.SLOW: "#8a5a00",
    Status.STAGNANT: "#a2480b",
    Status.REVERSING: "#a3231b",
}
GREY = "#5b6472"
SEVERITIES = {
    Severity.INFO: N_("information"),
    Severity.WARNING: N_("warning"),
    Severity.CRITICAL: N_("critical"),
}
SEVERITY_COLOURS = {Severity.INFO: "#2f5d8c", Severity.WARNING: "#8a5a00", Severity.CRITICAL: "#a3231b"}
CAUSES = {
    Cause.FIRST_ASSESSMENT: N_("judged for the first time"),
    Cause.NEW_PERIOD: N_("a figure for a new period was published"),
    Cause.REVISION: N_("an earlier figure was revised"),
    Cause.LATE_ARRIVAL: N_("a figure for an earlier period arrived late"),
    Cause.WITHDRAWAL: N_("a figure was withdrawn"),
    Cause.CORRECTION: N_("a correction was applied or lifted"),
    Cause.TARGET_CHANGED: N_("the target was changed in our settings, the data did not"),
    Cause.RULE_CHANGED: N_("the rule was changed in our settings, the data did not"),
    Cause.PLUGIN_CHANGED: N_("the program that reads the source was changed"),
    Cause.CLOCK: N_("time passed, and nothing new came"),
    Cause.SEVERAL: N_("several of these at once: new data, changed settings, time"),
}
NEWS = {
    "introduction": N_("introduction"),
    "first_notification": N_("first message"),
    "severity_raised": N_("severity raised"),
    "another_event": N_("once more"),
    "silence_expired": N_("still so after a silence"),
    "reminder": N_("reminder"),
    "resolved": N_("resolved"),
}
_GISTS = {
    "late": N_("the next figure is late"),
    "revised": N_("an earlier figure was revised"),
    "withdrawn": N_("a figure was withdrawn"),
    "contradiction": N_("the source contradicts itself or another"),
    "source_failing": N_("gives no complete answer"),
    "quarantined": N_("a release is held back until somebody looks at it"),
    "milestone_missed": N_("milestone missed"),
}
#: Of a source nothing is judged: what passes for the clock there is something that the source did, and so is a release
#: that waits for a decision or got one.
_AT_THE_SOURCE = N_("something at the source; no figure that is judged has changed")
_CAUSES_OF_SOURCES = {Cause.CLOCK: _AT_THE_SOURCE, Cause.REVISION: _AT_THE_SOURCE}


def cause(language: Language, notice: Announcement) -> str:
    """Return why an alert is in this state."""
    if notice.naming is None and notice.alert.cause in _CAUSES_OF_SOURCES:
        return language.gettext(_CAUSES_OF_SOURCES[notice.alert.cause])
    return language.gettext(CAUSES[notice.alert.cause])


def verdict(language: Language, assessment: Assessment) -> str:
    """Return a verdict in words. What is behind a working path is called that, never just off track."""
    said = language.gettext(VERDICTS[assessment.status])
    if assessment.status.off_track and not assessment.official:
        return language.gettext("behind our working path (%(verdict)s)") % {"verdict": said}
    return said


def colour(assessment: Assessment) -> str:
    """Return the colour of a verdict; a working path is never as loud as an official target."""
    if assessment.status.off_track and not assessment.official:
        return COLOURS[Status.SLOW]
    return COLOURS.get(assessment.status, GREY)


def authority(language: Language, official: bool | None) -> str:
    """Say whose target it is, unmistakably; nothing where there is none."""
    if official is None:
        return ""
    return language.gettext("OFFICIAL TARGET") if official else language.gettext("WORKING PATH, NOT OFFICIAL")


def whose(language: Language, official: bool | None) -> str:
    """Say whose target it is, inside a sentence."""
    return language.gettext("official target") if official else language.gettext("our working path, not official")


def value(language: Language, naming: Naming, assessment: Assessment) -> str:
    """Return the latest value with its period."""
    if assessment.value is None or assessment.period is None:
        return language.gettext("no value")
    return language.gettext("%(value)s in %(period)s") % {
        "value": language.amount(assessment.value, naming),
        "period": language.period(assessment.period),
    }


def target(language: Language, naming: Naming, assessment: Assessment) -> str:
    """Return the target with its year, or in words where it has no number."""
    if assessment.official is None:
        return language.gettext("none")
    if assessment.target is None:
        if naming.better == "neither" or assessment.target_year is not None:
            return language.gettext("not yet a number")
        return (
            language.gettext("higher every year") if naming.better == "higher" else language.gettext("lower every year")
        )
    amount = language.amount(assessment.target, naming)
    if assessment.target_year is None:
        return amount
    return language.gettext("%(value)s by %(year)s") % {"value": amount, "year": assessment.target_year}


def gist(language: Language, notice: Announcement) -> str:
    """Return in a few words what an alert says: for subjects and headings."""
    naming, assessment = notice.naming, notice.assessment
    if notice.alert.state is AlertState.RESOLVED:
        return _cleared(language, notice)
    if notice.condition in _GISTS:
        return language.gettext(_GISTS[notice.condition])
    if naming is None or assessment is None:
        return notice.alert.rule
    if notice.condition in ("above", "below") and notice.threshold is not None:
        form = N_("above %(threshold)s") if notice.condition == "above" else N_("below %(threshold)s")
        return language.gettext(form) % {"threshold": language.amount(notice.threshold, naming)}
    if notice.condition == "changed" and assessment.change is not None:
        change = language.amount(assessment.change, naming, sign=True)
        return language.gettext("changed by %(change)s") % {"change": change}
    return verdict(language, assessment)


def _cleared(language: Language, notice: Announcement) -> str:
    if notice.naming is None or notice.assessment is None:
        return language.gettext("resolved")
    if notice.alert.cause is Cause.RULE_CHANGED:
        return language.gettext("no longer watched by this rule")
    if notice.condition in ("off_track", "reversed", "milestone_missed"):
        return language.gettext(VERDICTS[notice.assessment.status])
    return language.gettext("resolved")


def gap(language: Language, naming: Naming, assessment: Assessment) -> str:
    """Return how far the value is from where the path to the target has it at the same period."""
    if assessment.value is None or assessment.expected is None:
        return ""
    if naming.states:
        if assessment.progress is None or assessment.elapsed is None:
            return ""
        words = language.gettext("%(steps)s of the steps in %(time)s of the time")
        return words % {"steps": language.percent(assessment.progress), "time": language.percent(assessment.elapsed)}
    away = assessment.value - assessment.expected
    amount = language.amount(abs(away), naming)
    if round(abs(away), naming.precision) == 0:
        return language.gettext("none at the printed precision")
    if assessment.expected:
        share = language.percent(away / assessment.expected)
        amount += f"（{share}）" if language.code == "zh" else f" ({share})"
    better = {"higher": 1, "lower": -1}.get(naming.better, 0)
    if not better:
        toward = (assessment.target or 0) - (assessment.baseline or 0)
        better = 1 if toward >= 0 else -1
    words = language.gettext("ahead by %(gap)s") if away * better > 0 else language.gettext("behind by %(gap)s")
    return words % {"gap": amount}
