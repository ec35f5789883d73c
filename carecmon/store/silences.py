"""Silences and acknowledgements: only ever appended to. The newest edit counts, and every older one is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from carecmon.errors import UsageError
from carecmon.model import Severity
from carecmon.model.silence import Acknowledgement, Silence, SilenceEdit
from carecmon.store.connection import Connection
from carecmon.store.times import moment, moment_or_none, stamp, stamp_or_none


class Silences:
    """What stands beside alerts. Whatever writes is called inside ``Store.writing()``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, silence: Silence, now: datetime) -> Silence:
        """Keep a new silence, whatever its id; return it with the id that it got."""
        if silence.ends <= silence.starts:
            raise UsageError(f"a silence cannot end ({silence.ends}) before it starts ({silence.starts})")
        number = self._connection.run(
            "insert into silence (starts, rule, indicator, sector, subject, labels, severity)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [stamp(silence.starts), silence.rule, silence.indicator, silence.sector, silence.subject,
             json.dumps(dict(silence.select), sort_keys=True), silence.severity],
        )  # fmt: skip
        self._edit(number, now, silence.ends, silence.author, silence.reason)
        return replace(silence, id=number)

    def end(self, silence: int, ends: datetime, *, author: str, reason: str, now: datetime) -> None:
        """Let a silence end at another time, in the past never; raise UsageError where there is none of this id."""
        if not self._connection.first("select 1 from silence where id = ?", [silence]):
            raise UsageError(f"there is no silence {silence}; `carecmon silence list --all` shows those that there are")
        self._edit(silence, now, max(ends, now), author, reason)

    def all(self, then: datetime | None = None) -> list[Silence]:
        """Return every silence there ever was, by id, with the end that it has now; or those there were ``then``."""
        rows = self._connection.rows(
            "select silence.id, starts, rule, indicator, sector, subject, labels, severity, made.author, made.reason,"
            " edit.ends from silence"
            " join silence_edit made on made.id = (select min(e.id) from silence_edit e where e.silence = silence.id)"
            " join silence_edit edit on edit.id = (select max(e.id) from silence_edit e where e.silence = silence.id"
            " and (?1 is null or e.at <= ?1)) order by silence.id",
            [stamp_or_none(then)],
        )
        return [
            Silence(
                number, moment(starts), moment(ends), author, reason, rule, indicator, sector, subject,
                json.loads(labels), None if severity is None else Severity(severity),
            )
            for number, starts, rule, indicator, sector, subject, labels, severity, author, reason, ends in rows
        ]  # fmt: skip

    def edits(self, silence: int | None = None) -> list[SilenceEdit]:
        """Return the edits of one silence, or of all, oldest first."""
        rows = self._connection.rows(
            "select silence, at, ends, author, reason from silence_edit where ?1 is null or silence = ?1 order by id",
            [silence],
        )
        return [SilenceEdit(one, moment(at), moment(ends), author, reason) for one, at, ends, author, reason in rows]

    def acknowledge(self, made: Acknowledgement) -> None:
        """Keep an acknowledgement; it takes the place of an older one of the same alert."""
        self._connection.run(
            "insert into acknowledgement (fingerprint, at, until, author, reason) values (?, ?, ?, ?, ?)",
            [made.fingerprint, stamp(made.at), stamp_or_none(made.until), made.author, made.reason],
        )

    def acknowledgements(self, fingerprint: str | None = None, then: datetime | None = None) -> list[Acknowledgement]:
        """Return the acknowledgements of one alert, or of all, oldest first; each says when its alert resolved.

        With ``then`` only what was known at that moment.
        """
        rows = self._connection.rows(
            "select fingerprint, at, author, reason, until,"
            " (select min(t.at) from transition t where t.fingerprint = a.fingerprint and t.at > a.at"
            " and t.after in ('resolved', 'inactive') and (?2 is null or t.at <= ?2))"
            " from acknowledgement a where (?1 is null or fingerprint = ?1) and (?2 is null or a.at <= ?2) order by id",
            [fingerprint, stamp_or_none(then)],
        )
        return [
            Acknowledgement(mark, moment(at), author, reason, moment_or_none(until), moment_or_none(ended))
            for mark, at, author, reason, until, ended in rows
        ]

    def newest(self, then: datetime | None = None) -> dict[str, Acknowledgement]:
        """Return the newest acknowledgement of each alert, by fingerprint; with ``then`` the newest of that moment."""
        return {one.fingerprint: one for one in self.acknowledgements(then=then)}

    def _edit(self, silence: int, now: datetime, ends: datetime, author: str, reason: str) -> None:
        self._connection.run(
            "insert into silence_edit (silence, at, ends, author, reason) values (?, ?, ?, ?, ?)",
            [silence, stamp(now), stamp(ends), author, reason],
        )
