"""Assessments, alerts and their transitions: the newest ones, and how it came to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carecmon.model import Alert, AlertState, Assessment, Cause, Series, Severity, Transition
from carecmon.store import plain
from carecmon.store.connection import Connection, Row
from carecmon.store.times import moment, stamp


@dataclass(frozen=True, slots=True)
class PastTransition:
    """A transition as stored: when it happened, in which run, and the newest release (by id) that was known then."""

    id: int
    at: datetime
    run: int
    last_release: int | None
    transition: Transition


#: Stands where a verdict would: the series is not judged any more.
_GONE = "not_watched"
_NEWEST = "id in (select max(id) from assessment group by series)"


def save_assessments(
    connection: Connection, run: int, now: datetime, assessments: Iterable[Assessment], gone: Iterable[Series]
) -> int:
    """Append the assessments that differ from the newest stored ones of their series; return how many did.

    Series that are ``gone`` have no verdict from now on; their earlier ones stay.
    """
    before: dict[str, str] = dict(connection.rows(f"select series, content from assessment where {_NEWEST}"))
    at = stamp(now)
    rows = [
        (run, at, one.series.indicator, str(one.series), one.status, one.freshness, content)
        for one in assessments
        if before.get(str(one.series)) != (content := plain.dump(one))
    ]
    ended = [(run, at, one.indicator, str(one), _GONE, "", "") for one in gone if before.get(str(one))]
    connection.many(
        "insert into assessment (run, at, indicator, series, status, freshness, content) values (?, ?, ?, ?, ?, ?, ?)",
        [*rows, *ended],
    )
    return len(rows)


def judged(connection: Connection) -> list[Series]:
    """Return the series that have a verdict, sorted."""
    rows = connection.rows(f"select series from assessment where {_NEWEST} and status <> ?", [_GONE])
    return sorted(Series.parse(name) for (name,) in rows)


def assessments(
    connection: Connection, indicators: Iterable[str] | None, series: Iterable[Series] | None = None
) -> list[Assessment]:
    """Return the newest assessment of each series, sorted by series."""
    chosen = None if indicators is None else set(indicators)
    named = "" if series is None else " and series in (select value from json_each(?))"
    rows = connection.rows(
        f"select indicator, content from assessment where {_NEWEST} and status <> ?{named}",
        [_GONE] if series is None else [_GONE, json.dumps([str(one) for one in series])],
    )
    found = [plain.assessment(content) for indicator, content in rows if chosen is None or indicator in chosen]
    return sorted(found, key=lambda one: one.series)


def alerts(connection: Connection, then: datetime | None = None) -> dict[str, Alert]:
    """Return every alert there ever was in its present state, or those there were ``then``, by fingerprint.

    Of those of then, what they said is what their last transition said.
    """
    if then is None:
        rows = connection.rows(
            "select fingerprint, rule, subject, severity, state, cause, since, message, evidence, progress from alert"
            " order by fingerprint"
        )
    else:
        rows = connection.rows(
            "select fingerprint, rule, subject, severity, after, cause, since, message, evidence, '{}' from transition"
            " where id in (select max(id) from transition where at <= ? group by fingerprint) order by fingerprint",
            [stamp(then)],
        )
    return {row[0]: _alert(row) for row in rows}


def touch(connection: Connection, alerts: Iterable[Alert]) -> None:
    """Store alerts as they are now, without a transition: counters, messages, evidence."""
    for one in alerts:
        _put(connection, one, None)


def save_transitions(connection: Connection, run: int, now: datetime, transitions: Iterable[Transition]) -> list[int]:
    """Append transitions and put their alerts into the new state; return the ids of the transitions."""
    at, ids = stamp(now), []
    for one in transitions:
        alert = one.alert
        number = connection.run(
            "insert into transition (fingerprint, run, at, rule, subject, severity, before, after, cause, since,"
            " message, evidence, last_release)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select max(id) from release))",
            [alert.fingerprint, run, at, alert.rule, alert.subject, alert.severity, one.before, alert.state,
             alert.cause, stamp(alert.since), alert.message, plain.dump(alert.evidence)],
        )  # fmt: skip
        _put(connection, alert, number)
        ids.append(number)
    return ids


def transitions(connection: Connection, fingerprint: str | None) -> list[PastTransition]:
    """Return the transitions of one alert, or of all, oldest first."""
    rows = connection.rows(
        "select fingerprint, rule, subject, severity, after, cause, since, message, evidence, '{}', id, at, run,"
        " last_release, before from transition"
        f"{' where fingerprint = ?' if fingerprint is not None else ''} order by id",
        [] if fingerprint is None else [fingerprint],
    )
    return [
        PastTransition(number, moment(at), run, release, Transition(AlertState(before), _alert(row[:10])))
        for row in rows
        for number, at, run, release, before in [row[10:]]
    ]


def _put(connection: Connection, one: Alert, transition: int | None) -> None:
    connection.run(
        "insert into alert (fingerprint, rule, subject, severity, state, cause, since, message, evidence, progress,"
        " transition) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (fingerprint) do update set"
        " severity = excluded.severity, state = excluded.state, cause = excluded.cause, since = excluded.since,"
        " message = excluded.message, evidence = excluded.evidence, progress = excluded.progress,"
        " transition = coalesce(excluded.transition, transition)",
        [one.fingerprint, one.rule, one.subject, one.severity, one.state, one.cause, stamp(one.since), one.message,
         plain.dump(one.evidence), plain.dump(one.progress), transition],
    )  # fmt: skip


def _alert(row: Row) -> Alert:
    mark, rule, subject, severity, state, cause, since, message, evidence, progress = row
    return Alert(
        mark, rule, subject, Severity(severity), AlertState(state), Cause(cause), moment(since), message,
        json.loads(evidence), json.loads(progress),
    )  # fmt: skip
