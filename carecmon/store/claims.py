"""Claims, kept whole with the release that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from carecmon.model import Claim, Release, Series
from carecmon.store import plain
from carecmon.store.connection import Connection
from carecmon.store.releases import edition, editions
from carecmon.store.renaming import names, renamings


def save(connection: Connection, release: int, claims: Sequence[Claim]) -> None:
    """Store what a release claims, in the order of the document."""
    connection.many(
        "insert into claim (release, kind, series, period, value, content) values (?, ?, ?, ?, ?, ?)",
        [(release, one.kind, str(one.series), one.period.key, one.value, plain.dump(one)) for one in claims],
    )


def same(connection: Connection, release: int, claims: Sequence[Claim]) -> bool:
    """Say whether a release made exactly these claims."""
    stored = [row[0] for row in connection.rows("select content from claim where release = ? order by id", [release])]
    return stored == [plain.dump(one) for one in claims]


def read(connection: Connection, release: int | None, source: str | None) -> list[tuple[Claim, Release]]:
    """Return claims with their releases: of one release, of the believed ones of a source, or of all believed ones."""
    releases = [edition(connection, release)] if release is not None else editions(connection, source)
    chosen = {one.release.id: one.release for one in releases if release is not None or one.release.believed}
    today = names(connection)
    found = []
    for number in chosen:
        rows = connection.rows("select content from claim where release = ? order by id", [number])
        found += [(plain.claim(content), chosen[number]) for (content,) in rows]
    return [(_renamed(claim, today), release) for claim, release in found] if renamings(connection) else found


def _renamed(claim: Claim, today: Callable[[Series], Series]) -> Claim:
    return replace(
        claim,
        series=today(claim.series),
        of=None if claim.of is None else today(claim.of),
        parts=tuple(today(part) for part in claim.parts),
    )
