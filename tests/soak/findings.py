"""What a soak has left behind, and what of it is wrong."""

import hashlib
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from itertools import pairwise
from zoneinfo import ZoneInfo

from carecmon.model import AlertState
from carecmon.store import Store
from tests.soak.world import INDICATORS, SOURCES, START, figures, schedule_of


def look(folder, mails, end, step):
    """Return counts, and a sentence for each thing that is wrong."""
    path = folder / "db" / "carecmon.db"
    with Store.open_readonly(path) as store, sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        wrong = [f"verify: {one.what}" for one in store.care.verify().problems]
        asked = _asked(db)
        wrong += _schedule(asked, end, step)
        wrong += _believed(store, asked, step)
        wrong += _doubled(db)
        told, more = _told(store, db, mails)
        wrong += more
        count = lambda table: db.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: E731
        counts = {
            "runs": count("run"),
            "runs that crashed": count("run where finished is null"),
            "sources asked": count("fetch"),
            "of them failed": count("fetch where outcome = 'failed'"),
            "releases": count("release"),
            "observations": count("observation"),
            "transitions": count("transition"),
            **told,
        }
    return counts, wrong


def _asked(db):
    """Return, by source, when it was asked and whether that failed."""
    rows = db.execute("select source.name, at, outcome from fetch join source on source.id = source order by fetch.id")
    asked = defaultdict(list)
    for source, at, outcome in rows:
        asked[source].append((datetime.fromisoformat(at.replace("Z", "+00:00")), outcome == "failed"))
    return asked


def _schedule(asked, end, step):
    """Each source was asked at every time that it was due, within a tick, and at no other."""
    for number in range(SOURCES):
        name, (schedule, zone) = f"source-{number}", schedule_of(number)
        tries = asked[name]
        if not tries or tries[0][0] > START + step:
            yield f"{name} was not asked at the start"
            continue
        failures = 0
        for (at, failed), (then, _) in pairwise([*tries, (None, None)]):
            failures = failures + 1 if failed else 0
            due = _expected(schedule, ZoneInfo(zone), at, failures)
            if then is None:
                if due <= end - step:
                    yield f"{name}: due at {due}, never asked again"
            elif then < due:
                yield f"{name}: asked at {then}, due only at {due}"
            # What it asked to be left alone for is not in the log of fetches: at most two hours.
            elif then - due > step * (4 if failed else 1):
                yield f"{name}: due at {due}, asked at {then}"


def _expected(schedule, zone, at, failures):
    """Return when a source that was asked ``at`` is due next: counted here by hand, not by what is tested."""
    if failures:
        return at + min(timedelta(minutes=5) * 2 ** (failures - 1), timedelta(days=1))
    if schedule.startswith("every "):
        number, unit = schedule.split()[1:]
        return at + int(number) * timedelta(days=7 if unit.startswith("week") else 1)
    minute, hour, _, _, weekday = schedule.split()
    day = at.astimezone(zone).date()
    while True:
        # Local 02:30 does not exist on the day the clocks go forward; what it becomes is the end of the gap.
        local = datetime.combine(day, time(int(hour), int(minute)), zone)
        exact = local.astimezone(UTC)
        if exact.astimezone(zone).time() != local.time():
            exact = exact.replace(minute=0)
        if day.isoweekday() % 7 == int(weekday) and exact > at:
            return exact
        day += timedelta(days=1)


def _believed(store, asked, step):
    """What is believed as of each time that a source answered is what it said then."""
    for number in range(SOURCES):
        for at, failed in asked[f"source-{number}"]:
            if failed:
                continue
            said = figures(number, at)
            found = {
                belief.series.indicator: {point.period.end.year: point.value for point in points}
                for belief in store.beliefs(list(said), at + step / 2)  # a run takes its time
                for points in belief.by_source.values()
            }
            if found != said:
                yield f"source-{number} as of {at}: believed {found}, published {said}"
                break


def _doubled(db):
    """No version of a cell repeats the one before it, and no release the release before it."""
    rows = db.execute("select stream, period, value, status from observation order by stream, period, rank")
    for before, after in pairwise(rows.fetchall()):
        if before == after:
            yield f"the cell {before} is stored twice"
    for before, after in pairwise(db.execute("select source, digest from release order by source, rank").fetchall()):
        if before == after:
            yield f"the release {before} is stored twice"


def _told(store, db, mails):
    """Every alert reached whoever is told at once; no message came under two Message-IDs."""
    wrong = []
    open_ones = db.execute("select id, state, person from delivery where state not in ('sent', 'waiting')").fetchall()
    wrong += [f"delivery {one} is still {state} ({person})" for one, state, person in open_ones]
    arrived, bodies = set(), defaultdict(set)
    for to, raw in mails:
        mail = message_from_bytes(raw)
        arrived.add(mail["Message-ID"].strip("<> \r\n"))
        text = b"".join(part.get_payload(decode=True) or b"" for part in mail.walk() if not part.is_multipart())
        bodies[to, mail["Subject"], hashlib.sha256(text).hexdigest()].add(mail["Message-ID"])
    wrong += [f"the same mail to {key[0]} came as {ids}" for key, ids in bodies.items() if len(ids) > 1]
    sent = {one for (one,) in db.execute("select message_id from delivery where state = 'sent'")}
    wrong += [f"{one} counts as sent and never arrived" for one in sent - arrived]
    wrong += [f"{one} arrived and is none of ours" for one in arrived - sent]
    twice = db.execute(
        "select d.person, i.fingerprint, i.at, i.kind, count(*) from delivery_item i join delivery d on d.id = delivery"
        " where d.state <> 'dropped' group by 1, 2, 3, 4 having count(*) > 1"
    )
    wrong += [f"told twice: {row}" for row in twice]
    wrong += _unheard(store, db)
    return {"mails that arrived": len(mails), "under different Message-IDs": len(arrived)}, wrong


def _unheard(store, db):
    """Each time that an alert began to fire, the person who is told at once got a message between then and the next."""
    told = defaultdict(list)
    for mark, at in db.execute(
        "select fingerprint, at from delivery_item i join delivery d on d.id = i.delivery"
        " where d.person = 'now' and d.state = 'sent'"
    ):
        told[mark].append(datetime.fromisoformat(at.replace("Z", "+00:00")))
    by_alert = defaultdict(list)
    for one in store.transitions():
        by_alert[one.transition.alert.fingerprint].append((one.at, one.transition.alert.state))
    for mark, steps in by_alert.items():
        for (at, state), (then, _) in pairwise([*steps, (None, None)]):
            heard = any(at <= when and (then is None or when < then) for when in told[mark])
            if state is AlertState.FIRING and not heard:
                yield f"the alert {mark} fired at {at}, and nobody was told before {then}"


assert len(INDICATORS) == 40
