"""Tell this person now? One sentence a case."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from carecmon.judge.decision import OPS_ONLY, decide, to_introduce
from carecmon.model import Alert, AlertState, Cause, Condition, Rule, Severity, fingerprint
from carecmon.model.person import Answer, Case, Decision, Reason, Recipient, Told
from carecmon.model.silence import Acknowledgement, Beside, Silence

NOW = datetime(2024, 6, 5, 10, tzinfo=UTC)  # a Wednesday
ALMATY = ZoneInfo("Asia/Almaty")  # five hours ahead
SERIES = "cpmm.swd{area=CAREC,mode=all}"
NIGHT = (time(20), time(7))
INFO, WARNING, CRITICAL = Severity


def hours(number):
    return timedelta(hours=number)


def at(text):
    return datetime.fromisoformat(f"2024-06-{text}:00+00:00")


def person(**more):
    return Recipient("aigul", UTC, **more)


def alert(state=AlertState.FIRING, severity=WARNING, since=NOW, **more):
    given = {"rule": "off-track", "subject": SERIES, "cause": Cause.NEW_PERIOD, "message": "It is too slow.", **more}
    return Alert(fingerprint(given["rule"], given["subject"]), severity=severity, state=state, since=since, **given)


def rule(condition=Condition.OFF_TRACK, **more):
    return Rule("off-track", condition, WARNING, **more)


def told(news=Reason.FIRST_NOTIFICATION, ago=48, severity=WARNING, waiting=False):
    return Told(NOW - hours(ago), news, severity, waiting)


def silence(ends=1, starts=-24):
    return Silence(1, NOW + hours(starts), NOW + hours(ends), "ops", "known")


def acknowledged():
    return Beside(acknowledged=Acknowledgement("f", NOW - hours(3), "ops", "we are on it"))


def case(who=None, what=None, by=None, **more):
    about = {"about": (("cpmm.swd", "transport"),), **more}
    return Case(who or person(), what or alert(), rule() if by is None else by, **about)


def tell(news):
    return Decision(Answer.TELL, news, news)


def hold(reason, until, news=Reason.FIRST_NOTIFICATION):
    return Decision(Answer.HOLD, reason, news, until)


def skip(reason):
    return Decision(Answer.SKIP, reason)


R, S = Reason, AlertState
REVISED = alert(evidence={"condition": "revised", "events": ["survey 2022 30.0 20.0"]})
ASKED = rule(opt_in=True)
ASKS = person(opt_in=("off-track",))
FAILING = rule(Condition.SOURCE_FAILING)

CASES = {
    # What there is to tell
    "an alert that fires and was never told is told": (case(), tell(R.FIRST_NOTIFICATION)),
    "one that recovers still fires": (case(what=alert(S.RECOVERING)), tell(R.FIRST_NOTIFICATION)),
    "one that was told is not told again": (case(told=(told(),)), skip(R.ALREADY_TOLD)),
    "a second revision is news, although the alert fires already": (
        case(what=REVISED, told=(told(),)), tell(R.ANOTHER_EVENT),
    ),
    "a revision that was told is not told again": (case(what=REVISED, told=(told(ago=0),)), skip(R.ALREADY_TOLD)),
    "a second revision is held beside the first, whose message still waits": (
        case(person(quiet_hours=(time(9), time(12))), REVISED, told=(told(ago=1, waiting=True),)),
        hold(R.QUIET_HOURS, at("05T12:00"), R.ANOTHER_EVENT),
    ),
    "a revision that came in a silence is told when the silence is over": (
        case(what=replace(REVISED, since=NOW - hours(2)), told=(told(ago=5),), beside=Beside(silence_ended=NOW)),
        tell(R.ANOTHER_EVENT),
    ),
    "that nothing more was revised is no news": (
        case(what=replace(REVISED, state=S.RESOLVED), told=(told(),)), skip(R.EVENT_IS_OVER),
    ),
    "one that became louder is told again": (
        case(what=alert(severity=CRITICAL), told=(told(),)), tell(R.SEVERITY_RAISED)),
    "one that became louder is told so once": (
        case(what=alert(severity=CRITICAL), told=(told(), told(R.SEVERITY_RAISED, 2, CRITICAL))), skip(R.ALREADY_TOLD)),
    "one that is as loud again as it was told before is no news": (
        case(what=alert(severity=CRITICAL), told=(told(severity=CRITICAL), told(R.REMINDER, 2))), skip(R.ALREADY_TOLD)),
    "one that became quieter is no news": (
        case(person(severities=tuple(Severity)), alert(severity=INFO), told=(told(),)), skip(R.ALREADY_TOLD)),
    "one that resolved is told to whoever heard that it fires": (
        case(what=alert(S.RESOLVED), told=(told(),)), tell(R.RESOLVED)),
    "one that resolved is told so once": (
        case(what=alert(S.RESOLVED, since=NOW - hours(1)), told=(told(), told(R.RESOLVED, 1))), skip(R.ALREADY_TOLD)),
    "one that fired and cleared unseen is none the more told because it once was before": (
        case(what=alert(S.RESOLVED), told=(told(), told(R.RESOLVED, 1))), skip(R.FIRED_AND_CLEARED_UNSEEN)),
    "one that fired and cleared before anybody heard of it is no news": (
        case(what=alert(S.RESOLVED)), skip(R.FIRED_AND_CLEARED_UNSEEN)),
    "one that fires again after it resolved is told again": (
        case(told=(told(), told(R.RESOLVED, 24))), tell(R.FIRST_NOTIFICATION)),
    "one that only waits is not told": (case(what=alert(S.PENDING)), skip(R.NOT_FIRING)),
    "one that never fired is not told": (case(what=alert(S.INACTIVE)), skip(R.NOT_FIRING)),
    # Introductions
    "what fires when a person is new stands in their introduction": (case(introduced=False), tell(R.INTRODUCTION)),
    "what was in the introduction is not told again": (
        case(introduced=False, told=(told(R.INTRODUCTION),)), skip(R.ALREADY_TOLD)),
    "what was in the introduction is told when it resolves": (
        case(what=alert(S.RESOLVED), told=(told(R.INTRODUCTION),)), tell(R.RESOLVED)),
    "an introduction does not wait for the digest": (
        case(person(send="weekly"), introduced=False), tell(R.INTRODUCTION)),
    "an introduction waits for the end of the night": (
        case(person(quiet_hours=(time(9), time(12))), introduced=False),
        hold(R.QUIET_HOURS, at("05T12:00"), R.INTRODUCTION)),
    "an introduction leaves out what the person does not want to hear": (
        case(what=alert(severity=INFO), introduced=False), skip(R.SEVERITY)),
    # Who wants to hear it
    "a severity that was not asked for is not told": (case(what=alert(severity=INFO)), skip(R.SEVERITY)),
    "another sector is not told": (case(person(sectors=("energy",))), skip(R.SECTOR)),
    "another indicator is not told": (case(person(indicators=("lpi.*",))), skip(R.INDICATOR)),
    "an indicator that a pattern names is told": (case(person(indicators=("cpmm.*",))), tell(R.FIRST_NOTIFICATION)),
    "the sector and the indicator must be of one thing": (
        case(person(sectors=("energy",), indicators=("cpmm.*",)),
             about=(("cpmm.swd", "transport"), ("energy.access", "energy"))), skip(R.INDICATOR)),
    "what concerns several sectors reaches each of them": (
        case(person(sectors=("energy",)), about=(("cpmm.swd", "transport"), ("energy.access", "energy"))),
        tell(R.FIRST_NOTIFICATION)),
    "a rule that one must ask for reaches nobody who did not": (case(by=ASKED), skip(R.OPTED_OUT)),
    "a rule that was asked for comes in the next digest, also to who hears of others at once": (
        case(ASKS, by=ASKED), hold(R.WAITS_FOR_DIGEST, at("06T09:00"))),
    "asking for a rule counts more than its severity": (
        case(ASKS, alert(severity=INFO), ASKED), hold(R.WAITS_FOR_DIGEST, at("06T09:00"))),
    "a failing source is not told to a coordinator": (case(by=FAILING), skip(R.OPS_ONLY)),
    "a failing source is told to ops people of any sector": (
        case(person(ops=True, sectors=("energy",)), by=FAILING), tell(R.FIRST_NOTIFICATION)),
    "an ops person hears of the other alerts of their own sectors only": (
        case(person(ops=True, sectors=("energy",))), skip(R.SECTOR)),
    # What stands beside it
    "a silenced alert is not told": (case(beside=Beside((silence(),))), skip(R.SILENCED)),
    "an alert that still fires when its silence is over is told, and why now": (
        case(what=alert(since=NOW - hours(9)), beside=Beside(silence_ended=NOW - hours(1))), tell(R.SILENCE_EXPIRED)),
    "whoever knew of it hears, once, that the silence is over": (
        case(told=(told(),), beside=Beside(silence_ended=NOW - hours(1))), tell(R.SILENCE_EXPIRED)),
    "the end of a silence is not announced twice": (
        case(told=(told(), told(R.SILENCE_EXPIRED, 0)), beside=Beside(silence_ended=NOW - hours(1))),
        skip(R.ALREADY_TOLD)),
    "a silence that ended before it fired is of no account": (
        case(beside=Beside(silence_ended=NOW - hours(99))), tell(R.FIRST_NOTIFICATION)),
    "an alert that a louder one makes pointless is not told": (
        case(beside=Beside(inhibited_by="abc")), skip(R.INHIBITED)),
    "an acknowledged alert is still told to whoever did not hear of it": (
        case(beside=acknowledged()), tell(R.FIRST_NOTIFICATION)),
    "an acknowledged alert that becomes louder is told again": (
        case(what=alert(severity=CRITICAL), told=(told(),), beside=acknowledged()), tell(R.SEVERITY_RAISED)),
    "a resolved notice is owed although the alert is silenced now": (
        case(what=alert(S.RESOLVED), told=(told(),), beside=Beside((silence(),))), tell(R.RESOLVED)),
    "a resolved notice is owed although the rule is gone and the person's severities were edited": (
        replace(case(person(severities=(CRITICAL,)), alert(S.RESOLVED), told=(told(),)), rule=None), tell(R.RESOLVED)),
    "whoever did not hear of a silenced alert hears nothing when it resolves": (
        case(what=alert(S.RESOLVED), beside=Beside((silence(),))), skip(R.FIRED_AND_CLEARED_UNSEEN)),
    # Reminders
    "a reminder comes when the time is over": (
        case(person(remind_after=86400.0), told=(told(ago=24),)), tell(R.REMINDER)),
    "a reminder does not come before": (case(person(remind_after=86400.0), told=(told(ago=23),)), skip(R.ALREADY_TOLD)),
    "the next reminder counts from the last": (
        case(person(remind_after=86400.0), told=(told(ago=48), told(R.REMINDER, 23))), skip(R.ALREADY_TOLD)),
    "nobody is reminded of what is acknowledged": (
        case(person(remind_after=86400.0), told=(told(ago=24),), beside=acknowledged()), skip(R.ACKNOWLEDGED)),
    "nobody is reminded of what is silenced": (
        case(person(remind_after=86400.0), told=(told(ago=24),), beside=Beside((silence(),))), skip(R.SILENCED)),
    "who wants no reminders gets none": (case(told=(told(ago=9999),)), skip(R.ALREADY_TOLD)),
    # Digests
    "a daily digest comes at its hour": (
        case(person(send="daily", hour=time(12))), hold(R.WAITS_FOR_DIGEST, at("05T12:00"))),
    "what comes after the hour waits for tomorrow": (
        case(person(send="daily", hour=time(9))), hold(R.WAITS_FOR_DIGEST, at("06T09:00"))),
    "at the hour itself the digest goes out": (case(person(send="daily", hour=time(10))), tell(R.FIRST_NOTIFICATION)),
    "a weekly digest comes on its day": (
        case(person(send="weekly", day=0)), hold(R.WAITS_FOR_DIGEST, at("10T09:00"))),
    "a weekly digest of today comes today while its hour is ahead": (
        case(person(send="weekly", day=2, hour=time(11))), hold(R.WAITS_FOR_DIGEST, at("05T11:00"))),
    "an hour is that of the person's own clock": (
        case(Recipient("a", ALMATY, send="daily", hour=time(16))), hold(R.WAITS_FOR_DIGEST, at("05T11:00"))),
    "a critical alert waits for the digest too": (
        case(person(send="daily", hour=time(12)), alert(severity=CRITICAL)),
        hold(R.WAITS_FOR_DIGEST, at("05T12:00"))),
    "what waits already is not added twice": (
        case(person(send="daily"), told=(told(waiting=True),)), skip(R.ALREADY_WAITING)),
    "what becomes louder while it waits is added": (
        case(person(send="daily", hour=time(12)), alert(severity=CRITICAL), told=(told(waiting=True),)),
        hold(R.WAITS_FOR_DIGEST, at("05T12:00"), R.SEVERITY_RAISED)),
    "what resolves while it waits is told with the rest, not dropped": (
        case(person(send="daily", hour=time(12)), alert(S.RESOLVED), told=(told(waiting=True),)),
        hold(R.WAITS_FOR_DIGEST, at("05T12:00"), R.RESOLVED)),
    "a digest whose hour is in the quiet hours comes when they end": (
        case(person(send="daily", hour=time(21), quiet_hours=NIGHT)), hold(R.WAITS_FOR_DIGEST, at("06T07:00"))),
    # Quiet hours
    "in quiet hours a message waits until they end": (
        case(person(quiet_hours=(time(9), time(12)))), hold(R.QUIET_HOURS, at("05T12:00"))),
    "quiet hours over midnight end in the morning": (
        case(Recipient("a", ZoneInfo("Etc/GMT-14"), quiet_hours=NIGHT)), hold(R.QUIET_HOURS, at("05T17:00"))),
    "when quiet hours end, messages go out": (
        case(person(quiet_hours=(time(8), time(10)))), tell(R.FIRST_NOTIFICATION)),
    "a critical alert pierces": (
        case(person(quiet_hours=(time(9), time(12))), alert(severity=CRITICAL)), tell(R.FIRST_NOTIFICATION)),
    "a critical alert waits where it may not pierce": (
        case(person(quiet_hours=(time(9), time(12)), critical_pierces=False), alert(severity=CRITICAL)),
        hold(R.QUIET_HOURS, at("05T12:00"))),
    "good news of a critical alert wakes nobody": (
        case(person(quiet_hours=(time(9), time(12))), alert(S.RESOLVED, CRITICAL), told=(told(severity=CRITICAL),)),
        hold(R.QUIET_HOURS, at("05T12:00"), R.RESOLVED)),
    "a reminder waits for the morning": (
        case(person(quiet_hours=(time(9), time(12)), remind_after=3600.0), told=(told(),)),
        hold(R.QUIET_HOURS, at("05T12:00"), R.REMINDER)),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "answer"), CASES.values(), ids=CASES)
def test_tell_this_person_now(asked, answer):
    assert decide(asked, NOW) == answer


def test_every_reason_is_in_the_table():
    assert {answer.reason for _, answer in CASES.values()} == set(Reason)


def test_only_conditions_about_sources_are_for_ops_alone():
    assert set(OPS_ONLY) == {Condition.SOURCE_FAILING, Condition.QUARANTINED}


def test_people_are_introduced_to_the_indicators_of_their_sectors_that_they_never_heard_of():
    sectors = {"cpmm.swd": "transport", "cpmm.swod": "transport", "energy.access": "energy"}
    assert to_introduce(person(sectors=("transport",)), sectors, {"cpmm.swod"}) == ("cpmm.swd",)
