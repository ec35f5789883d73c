"""The store: one SQLite file, the raw answers beside it, and everything that may be asked of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from carecmon.errors import StoreError
from carecmon.model import (
    Alert,
    AsOf,
    Assessment,
    Claim,
    Draft,
    Finding,
    Observation,
    Point,
    Recorded,
    Release,
    Series,
    SeriesBelief,
    Transition,
)
from carecmon.store import (
    beliefs,
    claims,
    fetches,
    findings,
    history,
    record,
    releases,
    renaming,
    runs,
    schema,
    verdicts,
)
from carecmon.store.care import Care
from carecmon.store.connection import Connection
from carecmon.store.fetches import Known
from carecmon.store.file import holds_something
from carecmon.store.findings import FindingAcknowledgement, KeptFinding
from carecmon.store.history import Past, Revision, Vintage
from carecmon.store.raw import Raw
from carecmon.store.releases import When
from carecmon.store.renaming import Renaming
from carecmon.store.runs import Run
from carecmon.store.silences import Silences
from carecmon.store.verdicts import PastTransition


class Store:
    """Open it with ``open`` or ``open_readonly``. Whatever writes is called inside ``writing()``.

    Every method may raise StoreError, which says what is wrong with the file and what to do about it. A store
    belongs to the thread that opened it. Times given must have a time zone.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.path = connection.path
        self.raw = Raw(connection.path.parent / "raw")
        self.silences = Silences(connection)
        self.care = Care(connection, self.raw)

    @staticmethod
    def exists(path: Path) -> bool:
        """Say whether there is a store at ``path``; a file in which nothing was ever stored is none."""
        return holds_something(path)

    @classmethod
    def open(cls, path: Path, *, wait: float | None = None) -> Self:
        """Open the store for writing; create it, with its folder, or bring it to the present schema.

        ``wait`` is how many seconds to wait for another process that writes; by default what the environment
        variable CARECMON_LOCK_WAIT says, or 30.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(
                f"the folder of the store {path} cannot be made: {exc}. Make it writable, or name another `database` in"
                " indicators.toml"
            ) from exc
        return cls._prepared(Connection(path, readonly=False, wait=wait), schema.prepare)

    @classmethod
    def open_readonly(cls, path: Path) -> Self:
        """Open the store for reading, also while another process writes."""
        if not cls.exists(path):
            raise StoreError(f"no check has run yet: there is no store at {path}. Run `carecmon check` first")
        return cls._prepared(Connection(path, readonly=True), schema.require)

    @classmethod
    def _prepared(cls, connection: Connection, prepare: Any) -> Self:
        try:
            prepare(connection)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def writing(self) -> AbstractContextManager[None]:
        """Hold the write lock; what is written inside is stored whole at its end, or not at all."""
        return self._connection.writing()

    def reading(self) -> AbstractContextManager[None]:
        """Let all that is read inside belong to one moment."""
        return self._connection.reading()

    def version(self) -> int:
        """Return a number that differs once another process or connection has written anything."""
        return self._connection.version()

    def schema(self) -> str:
        """Return the schema as SQL."""
        return schema.schema(self._connection)

    def backup(self, to: Path) -> None:
        """Copy the database to a new file, also while others write."""
        self._connection.backup(to)

    # Runs and fetches

    def start_run(self, now: datetime, *, kind: str, offline: bool, policy_json: str, version: str) -> int:
        """Begin a run of this ``version`` of carecmon; return its id."""
        return runs.start(self._connection, now, kind, offline, policy_json, version)

    def finish_run(self, run: int, now: datetime, summary: Mapping[str, Any]) -> None:
        """End a run; ``summary`` is kept as JSON."""
        runs.finish(self._connection, run, now, summary)

    def last_run(self, *, finished: bool = False) -> Run | None:
        """Return the newest run, with ``finished`` the newest that came to its end; None before the first."""
        return runs.last(self._connection, finished=finished)

    def known(self, source: str) -> Known:
        """Return what is known of a source before it is asked."""
        return fetches.known(self._connection, source)

    def note_fetch(
        self,
        source: str,
        run: int | None,
        now: datetime,
        outcome: str,
        error: str | None = None,
        state: Mapping[str, Any] | None = None,
        retry_after: datetime | None = None,
    ) -> None:
        """Keep what asking a source gave; ``outcome`` is a SourceOutcome, ``state`` what its next fetch is handed."""
        fetches.note(self._connection, source, run, now, outcome, error, state, retry_after)

    # Releases

    def record(self, draft: Draft, observed: datetime, run: int | None) -> Recorded:
        """Record a draft as a release, unless it repeats one; its batches are read once, as they come.

        A reading of an answer that was read before (``Draft.rereads``, or the same bytes of a document read by
        another reader version) also covers what the earlier reading covered. A release is held in quarantine where
        the draft says so, or where it withdraws or rescales too much.
        """
        return record.record(self._connection, self.raw, draft, observed, run)

    def accept(self, release: int, *, author: str, reason: str, now: datetime) -> bool:
        """Believe a release from now on; return False where it already is. UsageError where it does not exist."""
        return releases.accept(self._connection, release, author, reason, now)

    def reject(self, release: int, *, author: str, reason: str, now: datetime) -> bool:
        """Stop believing a release; return False where it is rejected already. UsageError where it does not exist."""
        return releases.reject(self._connection, release, author, reason, now)

    def release(self, release: int) -> Release:
        """Return one release; raise UsageError where it does not exist."""
        return releases.edition(self._connection, release).release

    def releases(self, source: str | None = None, as_of: When = None) -> list[Release]:
        """Return releases by source and in its order; as of a day those seen then, with the decision then in force."""
        return [one.release for one in releases.editions(self._connection, source, as_of)]

    def imprecise(self, as_of: AsOf) -> int:
        """Count the releases that ``as_of`` sees whose day of publication is not known exactly."""
        return sum(one.published.precision != "day" for one in self.releases(as_of=as_of) if one.believed)

    def answers(self, release: int) -> dict[str, str]:
        """Return the raw answers of a release: name to SHA-256."""
        return releases.answers(self._connection, release)

    def statement(self, release: int) -> Iterator[Observation]:
        """Yield what a release states, as printed, sorted by series and period."""
        return history.statement(self._connection, release)

    def claims(self, release: int | None = None, source: str | None = None) -> list[tuple[Claim, Release]]:
        """Return claims with their release: of one release, or of the believed ones (of one source)."""
        return claims.read(self._connection, release, source)

    # Names

    def rename(self, pairs: Iterable[tuple[Series, Series]], now: datetime) -> list[tuple[Series, Series]]:
        """Call series from now on as the second of each pair; return the pairs whose second name is taken already."""
        return renaming.rename(self._connection, pairs, now)

    def renamings(self, as_of: When = None) -> list[Renaming]:
        """Return what series were called before, oldest first."""
        return renaming.renamings(self._connection, as_of)

    # What is believed, and was

    def series(self, indicator: str | None = None) -> list[Series]:
        """Return every series of which anything was ever stated, sorted."""
        return beliefs.stated(self._connection, indicator)

    def beliefs(
        self, indicators: Iterable[str] | None = None, as_of: When = None, *, withdrawn: bool = False
    ) -> Iterator[SeriesBelief]:
        """Yield what is believed, sorted by series: points ascending, missing ones kept, withdrawn ones if asked for.

        A point names the release whose row holds its value; later releases that say the same may have none.
        """
        return beliefs.beliefs(self._connection, indicators, as_of, withdrawn=withdrawn)

    def newest(self, as_of: When = None) -> list[tuple[Series, Point]]:
        """Return the newest stated point of each series and source, sorted."""
        return beliefs.newest(self._connection, as_of)

    def panel(self, as_of: When = None) -> Iterator[tuple[int, int, float | None, int, int]]:
        """Yield (stream, period key, value, status, rank) of all that is believed, as numbers, fast."""
        return beliefs.panel(self._connection, as_of)

    def history(self, series: Series, as_of: When = None, *, vintages: bool = False) -> list[Vintage]:
        """Return what each source says of a series, by period; with ``vintages`` what each release said.

        A document says something in each of its editions, a live feed only where it changed.
        """
        return list(Past(self._connection, as_of).series(series, vintages=vintages))

    def all_observations(self, *, vintages: bool = False, as_of: When = None) -> Iterator[Vintage]:
        """Yield what ``history`` returns, for every series."""
        return Past(self._connection, as_of).everything(vintages=vintages)

    def revisions(self, since: datetime | None = None, as_of: When = None) -> Iterator[Revision]:
        """Yield where a release says something else than the one before it, if observed at ``since`` or later."""
        return Past(self._connection, as_of).revisions(since)

    # Verdicts

    def save_assessments(
        self, run: int, now: datetime, assessments: Iterable[Assessment], gone: Iterable[Series] = ()
    ) -> int:
        """Append those that differ from the newest of their series; series ``gone`` have none from now on."""
        return verdicts.save_assessments(self._connection, run, now, assessments, gone)

    def judged(self) -> list[Series]:
        """Return every series that has a newest assessment, sorted."""
        return verdicts.judged(self._connection)

    def assessments(self, indicators: Iterable[str] | None = None, *series: Series) -> list[Assessment]:
        """Return the newest assessment of each series, or of those named, sorted."""
        return verdicts.assessments(self._connection, indicators, series or None)

    def alerts(self, then: datetime | None = None) -> dict[str, Alert]:
        """Return every alert there ever was by fingerprint, in its present state or in that which it had ``then``."""
        return verdicts.alerts(self._connection, then)

    def touch_alerts(self, alerts: Iterable[Alert]) -> None:
        """Store alerts as they are now, without a transition: progress, message, evidence."""
        verdicts.touch(self._connection, alerts)

    def save_transitions(self, run: int, now: datetime, transitions: Iterable[Transition]) -> list[int]:
        """Append transitions and put their alerts into the new state; return the ids of the transitions."""
        return verdicts.save_transitions(self._connection, run, now, transitions)

    def transitions(self, fingerprint: str | None = None) -> list[PastTransition]:
        """Return the transitions of one alert, or of all, oldest first."""
        return verdicts.transitions(self._connection, fingerprint)

    def save_findings(self, now: datetime, found: Iterable[Finding], standing: Collection[str] = ()) -> None:
        """Store what the checks find now; what is not found, nor (by its id) ``standing`` all the same, is gone."""
        findings.save(self._connection, now, found, standing)

    def findings(self, *, gone: bool = False) -> list[KeptFinding]:
        """Return the findings that stand, with ``gone`` also those that do not any more, oldest first."""
        return findings.read(self._connection, gone=gone)

    def acknowledge_finding(self, finding: str, made: FindingAcknowledgement) -> None:
        """Keep who acknowledges a finding or takes that back; raise UsageError where that cannot be."""
        findings.acknowledge(self._connection, finding, made)
