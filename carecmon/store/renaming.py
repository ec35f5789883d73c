"""Series that are called something else than they were: renamed in place, and every renaming noted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from carecmon.model import AsOf, Series
from carecmon.store.connection import Connection
from carecmon.store.coverage import Patterns
from carecmon.store.times import moment, stamp


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a series was called before ``at``, and what it is called since."""

    at: datetime
    former: Series
    today: Series


def rename(
    connection: Connection, pairs: Iterable[tuple[Series, Series]], now: datetime
) -> list[tuple[Series, Series]]:
    """Give series their names of today; return the pairs where that name is taken, which stay as they are.

    Values, vintages and coverage go with the series: a name is all that changes, and ``renaming`` keeps the old one.
    """
    taken = []
    for former, today in pairs:
        if connection.first("select 1 from series where name = ?", [str(today)]) is not None:
            taken.append((former, today))
            continue
        connection.run(
            "update series set name = ?, indicator = ? where name = ?", [str(today), today.indicator, str(former)]
        )
        connection.run(
            "insert into renaming (at, former, today) values (?, ?, ?)", [stamp(now), str(former), str(today)]
        )
        if former.indicator != today.indicator:
            _rename_patterns(connection, former.indicator, today.indicator)
    return taken


def renamings(connection: Connection, as_of: AsOf | datetime | None = None) -> list[Renaming]:
    """Return every renaming, oldest first; as of a day those until then."""
    rows = connection.rows("select at, former, today from renaming order by id")
    found = [Renaming(moment(at), Series.parse(former), Series.parse(today)) for at, former, today in rows]
    if as_of is None or (isinstance(as_of, AsOf) and as_of.published):
        return found
    last = as_of.moment if isinstance(as_of, AsOf) else as_of
    return [one for one in found if one.at <= last]


def names(connection: Connection) -> Callable[[Series], Series]:
    """Return the function that gives the name of today of a series as it was called at any time."""
    later = {one.former: one.today for one in renamings(connection)}

    def today(series: Series) -> Series:
        for _ in range(len(later)):
            if series not in later:
                break
            series = later[series]
        return series

    return today


def _rename_patterns(connection: Connection, former: str, today: str) -> None:
    for scope, text in connection.rows("select id, patterns from scope where patterns <> '[]'"):
        entries = Patterns.parse(text).entries
        renamed = tuple((today if name == former else name, *rest) for name, *rest in entries)
        if renamed != entries:
            connection.run(
                "update scope set patterns = ? where id = ?", [json.dumps(renamed, ensure_ascii=False), scope]
            )
