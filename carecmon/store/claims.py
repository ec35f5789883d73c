"""Claims, kept whole with the release that makes them."""

from __future__ import annotations

from collections.abc import Sequence

from carecmon.model import Claim, Release
from carecmon.store import plain
from carecmon.store.connection import Connection
from carecmon.store.releases import editions


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
    chosen = {
        one.release.id: one.release
        for one in editions(connection, source)
        if one.release.id == release or (release is None and one.release.believed)
    }
    found = []
    for number in chosen:
        rows = connection.rows("select content from claim where release = ? order by id", [number])
        found += [(plain.claim(content), chosen[number]) for (content,) in rows]
    return found
