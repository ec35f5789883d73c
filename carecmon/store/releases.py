"""Releases and the decisions on them: what is accepted, since when, and who sees what as of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carecmon.errors import UsageError
from carecmon.model import AsOf, Release
from carecmon.store.connection import Connection, Row
from carecmon.store.ranks import Ranked, ranked
from carecmon.store.succession import materialise, secure
from carecmon.store.times import moment, moment_or_none, published, stamp

When = AsOf | datetime | None

_RELEASE = (
    "select release.id, source.name, edition, published, precision, observed, url, digest, quarantine,"
    " reader_version, release.note, decision.accepted, decision.at, release.rank, release.source, release.ordering,"
    " coalesce(release.scope, 0)"
    " from release join source on source.id = release.source left join decision on decision.id ="
    " (select max(id) from decision where release = release.id{in_force})"
)


@dataclass(frozen=True, slots=True)
class Edition:
    """A release with its place in the store."""

    release: Release
    source: int
    rank: int
    ordering: str
    scope: int


def latest_moment(connection: Connection, now: datetime) -> str:
    """Return ``now``, or the newest moment recorded where the clock went back: times of the store never do."""
    observed, decided = connection.first(
        "select coalesce((select observed from release order by id desc limit 1), ''),"
        " coalesce((select at from decision order by id desc limit 1), '')"
    ) or ("", "")
    return max(stamp(now), str(observed), str(decided))


def editions(connection: Connection, source: str | None = None, when: When = None) -> list[Edition]:
    """Return the releases of one source, or of all, in their order; as of a day, those seen then, as they stood."""
    seen, parameters, in_force = "", [], ""
    if isinstance(when, AsOf) and when.published:
        seen, parameters = "coalesce(published, substr(observed, 1, 10)) <= ?", [when.day.isoformat()]
    elif when is not None:
        moment_text = stamp(when.moment if isinstance(when, AsOf) else when)
        seen, in_force = "observed <= ?", f" and at <= '{moment_text}'"
        parameters = [moment_text]
    if source is not None:
        seen = f"{seen} and source.name = ?" if seen else "source.name = ?"
        parameters = [*parameters, source]
    rows = connection.rows(
        f"{_RELEASE.format(in_force=in_force)}{f' where {seen}' if seen else ''} order by source.name, release.rank",
        parameters,
    )
    return [_edition(row) for row in rows]


def edition(connection: Connection, release: int) -> Edition:
    """Return one release; raise UsageError where there is none."""
    row = connection.first(f"{_RELEASE.format(in_force='')} where release.id = ?", [release])
    if row is None:
        raise UsageError(f"there is no release {release}; `carecmon releases list` shows those that there are")
    return _edition(row)


def newest(connection: Connection, source: int) -> Release | None:
    """Return the release that is last in the order of its source among those that are believed."""
    row = connection.first(
        f"{_RELEASE.format(in_force='')} where release.source = ? and release.believed_since is not null"
        " order by release.rank desc limit 1",
        [source],
    )
    return _edition(row).release if row else None


def accept(connection: Connection, release: int, author: str, reason: str, now: datetime) -> bool:
    """Believe a release from now on; return False where it already is."""
    here, others = _among(connection, release)
    if here.since is not None:
        return False
    at = latest_moment(connection, now)
    joining = Ranked(here.id, here.rank, here.scope, here.observed, here.published, at)
    secure(connection, joining, others, leaving=False)
    decide(connection, release, True, author, reason, at)
    return True


def reject(connection: Connection, release: int, author: str, reason: str, now: datetime) -> bool:
    """Stop believing a release, or settle that one in quarantine is not believed; return False where it is rejected."""
    here, others = _among(connection, release)
    at = latest_moment(connection, now)
    if here.since is not None:
        materialise(connection, here, others)
        secure(connection, here, others, leaving=True)
    elif edition(connection, release).release.rejected is not None:
        return False
    decide(connection, release, False, author, reason, at)
    return True


def decide(connection: Connection, release: int, accepted: bool, author: str, reason: str, at: str) -> None:
    """Note a decision; it is in force from ``at`` on."""
    connection.run(
        "insert into decision (release, at, accepted, author, reason) values (?, ?, ?, ?, ?)",
        [release, at, int(accepted), author, reason],
    )
    connection.run("update release set believed_since = ? where id = ?", [at if accepted else None, release])


@dataclass(frozen=True, slots=True)
class Seen:
    """Which releases of one source are believed: those up to rank ``last``, without ``hidden``."""

    last: int
    hidden: frozenset[int]
    #: rank -> release, for those believed
    releases: dict[int, Edition]

    @property
    def where(self) -> str:
        """The condition on ``observation.rank`` that says so, in SQL."""
        without = f" and rank not in ({','.join(map(str, sorted(self.hidden)))})" if self.hidden else ""
        return f"rank <= {self.last}{without}"


def seen(connection: Connection, when: When) -> dict[int, Seen]:
    """Return by source what is believed now, or was as of a day; sources without a believed release are left out."""
    believed: dict[int, dict[int, Edition]] = {}
    for one in editions(connection, when=when):
        if one.release.believed:
            believed.setdefault(one.source, {})[one.rank] = one
    ranks: dict[int, set[int]] = {}
    for source, rank in connection.rows("select source, rank from release"):
        ranks.setdefault(source, set()).add(rank)
    return {source: _seen(ranks[source], releases) for source, releases in believed.items()}


def _seen(ranks: Iterable[int], releases: dict[int, Edition]) -> Seen:
    last = max(releases)
    return Seen(last, frozenset(rank for rank in ranks if rank < last and rank not in releases), releases)


def _among(connection: Connection, release: int) -> tuple[Ranked, list[Ranked]]:
    releases = ranked(connection, edition(connection, release).source)
    here = next(one for one in releases if one.id == release)
    return here, [one for one in releases if one is not here]


def _edition(row: Row) -> Edition:
    number, source, name, day, precision, observed, url, digest, quarantine, version, note, *rest = row
    accepted, at, rank, source_number, ordering, scope = rest
    decided = moment_or_none(at)
    release = Release(
        number,
        source,
        name,
        published(day, precision),
        moment(observed),
        url,
        digest,
        decided if accepted else None,
        decided if accepted == 0 else None,
        quarantine,
        version,
        note,
    )
    return Edition(release, source_number, rank, ordering, scope)


def answers(connection: Connection, release: int) -> dict[str, str]:
    """Return the raw answers of a release: name to SHA-256."""
    return dict(connection.rows("select name, sha256 from answer where release = ? order by name", [release]))
