"""Weeks in the life of an alert, as one person hears of it: real runs, a real store, our own clock."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from carecmon.judge.decision import decide
from carecmon.judge.silence import about
from carecmon.model.person import Answer, Case, Reason, Recipient, Told
from carecmon.model.silence import Acknowledgement, Silence
from carecmon.muting import beside_now
from carecmon.store import Store
from carecmon.verdicts import watch

CAREC = "speed{area=CAREC}"
GOOD = {"2015": 20.0, "2022": 30.0, "2023": 32.0}
BAD = {**GOOD, "2024": 22.0}
DAY = 86400.0


class Listener:
    """Asks the question after each run and keeps what was told, as the outbox does."""

    def __init__(self, place, **wants):
        self.place = place
        self.person = Recipient("aigul", ZoneInfo("Asia/Almaty"), **wants)
        self.told = []
        self.heard = []

    def run(self, days=0.0):
        """Run carecmon ``days`` later; return the reason of the answer."""
        self.place.now += timedelta(days=days)
        now = self.place.now
        self.place.check()
        self.told = [Told(one.at, one.news, one.severity, one.waiting and one.at > now) for one in self.told]
        with Store.open_readonly(self.place.settings().database) as store:
            alert = next((one for one in store.alerts().values() if one.subject == CAREC), None)
            if alert is None:
                return None
            beside = beside_now(self.place.settings(), self.place.registry(), store, now)[alert.fingerprint]
        (rule,) = self.place.settings().rules
        concerned = about(alert, watch(self.place.settings(), self.place.registry()))
        made = decide(Case(self.person, alert, rule, concerned, tuple(self.told), True, beside), now)
        if made.answer is not Answer.SKIP:
            due = made.until or now
            self.told.append(Told(due, made.news, alert.severity, made.answer is Answer.HOLD))
            self.heard.append((made.news, due.isoformat()[5:16]))
        return made.reason

    def write(self, do):
        with self.place.store() as store, store.writing():
            do(store.silences, next(iter(store.alerts())))


@pytest.fixture
def listener(place):
    place.rule("off", "off_track", official="true")
    place.says(GOOD)
    place.check()

    def made(**wants):
        return Listener(place, **wants)

    return made


def test_at_once_then_silence_then_reminders_until_somebody_takes_care_then_the_end(listener, place):
    one = listener(remind_after=3 * DAY)
    assert one.run(1) is None
    place.says(BAD)
    assert [one.run(1) for _ in range(5)] == [
        Reason.FIRST_NOTIFICATION, Reason.ALREADY_TOLD, Reason.ALREADY_TOLD, Reason.REMINDER, Reason.ALREADY_TOLD,
    ]  # fmt: skip
    one.write(lambda kept, mark: kept.acknowledge(Acknowledgement(mark, place.now, "ops", "asked Astana")))
    assert [one.run(1) for _ in range(3)] == [Reason.ALREADY_TOLD, Reason.ACKNOWLEDGED, Reason.ACKNOWLEDGED]
    place.says({**GOOD, "2024": 34.0})
    assert [one.run(1), one.run(1)] == [Reason.RESOLVED, Reason.ALREADY_TOLD]
    place.says(BAD)
    assert one.run(1) is Reason.FIRST_NOTIFICATION, "a new firing is news, and no longer acknowledged"


def test_what_fires_and_clears_between_two_digests_is_in_the_next_one(listener, place):
    one = listener(send="weekly", day=0)  # Mondays at nine in Almaty: four in UTC; it is Saturday
    place.says(BAD)
    assert one.run() is Reason.WAITS_FOR_DIGEST
    place.says({**GOOD, "2024": 34.0})
    assert one.run(1) is Reason.WAITS_FOR_DIGEST
    assert one.run(1) is Reason.ALREADY_TOLD
    assert one.heard == [(Reason.FIRST_NOTIFICATION, "06-03T04:00"), (Reason.RESOLVED, "06-03T04:00")]


def test_in_the_night_a_message_waits_for_the_morning_and_is_not_doubled_by_the_runs_until_then(listener, place):
    from datetime import time

    one = listener(quiet_hours=(time(20), time(7)))
    place.now = place.now.replace(hour=17)  # ten in the evening in Almaty
    place.says(BAD)
    assert [one.run(), one.run(0.1), one.run(0.1), one.run(1)] == [
        Reason.QUIET_HOURS, Reason.ALREADY_WAITING, Reason.ALREADY_WAITING, Reason.ALREADY_TOLD,
    ]  # fmt: skip
    assert one.heard == [(Reason.FIRST_NOTIFICATION, "06-02T02:00")]


def test_what_fires_in_a_silence_is_told_when_it_is_over_and_what_cleared_in_it_never(listener, place):
    one = listener()

    def silenced(kept, _):
        kept.add(Silence(0, place.now, place.now + timedelta(days=2.5), "ops", "survey paused"), place.now)

    with place.store() as store, store.writing():
        silenced(store.silences, None)
    place.says(BAD)
    assert [one.run(1) for _ in range(4)] == [
        Reason.SILENCED, Reason.SILENCED, Reason.SILENCE_EXPIRED, Reason.ALREADY_TOLD,
    ]  # fmt: skip
    place.says({**GOOD, "2024": 34.0})
    assert one.run(1) is Reason.RESOLVED
    one.write(silenced)
    place.says(BAD)
    assert one.run(1) is Reason.SILENCED
    place.says({**GOOD, "2024": 34.0})
    assert one.run(1) is Reason.FIRED_AND_CLEARED_UNSEEN
    assert len(one.heard) == 2
