"""Runs, and the policy that each of them judged by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from carecmon.store.connection import Connection
from carecmon.store.times import moment, moment_or_none, stamp


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``last_release`` is the newest release (by id) when it finished; ``finished`` is None after a crash."""

    id: int
    kind: str
    started: datetime
    finished: datetime | None
    offline: bool
    policy_json: str
    version: str
    last_release: int | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)


def start(connection: Connection, now: datetime, kind: str, offline: bool, policy_json: str, version: str) -> int:
    """Begin a run; a policy that is already known is not stored again."""
    digest = hashlib.sha256(policy_json.encode()).hexdigest()
    row = connection.first("select id from policy where digest = ?", [digest])
    policy = (
        row[0] if row else connection.run("insert into policy (digest, content) values (?, ?)", [digest, policy_json])
    )
    return connection.run(
        "insert into run (kind, started, offline, policy, version) values (?, ?, ?, ?, ?)",
        [kind, stamp(now), int(offline), policy, version],
    )


def finish(connection: Connection, run: int, now: datetime, summary: Mapping[str, Any]) -> None:
    """End a run."""
    connection.run(
        "update run set finished = ?, summary = ?, last_release = (select max(id) from release) where id = ?",
        [stamp(now), json.dumps(dict(summary), ensure_ascii=False, sort_keys=True), run],
    )


def last(connection: Connection, *, finished: bool) -> Run | None:
    """Return the newest run, or the one that finished last."""
    row = connection.first(
        "select run.id, kind, started, finished, offline, policy.content, version, last_release, summary"
        " from run join policy on policy.id = run.policy"
        f"{' where finished is not null order by finished desc,' if finished else ' order by'} run.id desc limit 1"
    )
    if row is None:
        return None
    number, kind, started, ended, offline, policy, version, release, summary = row
    return Run(
        number, kind, moment(started), moment_or_none(ended), bool(offline), policy, version, release,
        json.loads(summary or "{}"),
    )  # fmt: skip
