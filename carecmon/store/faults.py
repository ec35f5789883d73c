"""Fault points: where a test ends the process as a crash would. Outside tests they are refused.

``CARECMON_FAULT=commit:3`` kills the process when it passes the point ``commit`` for the third time, and is honoured
only with ``CARECMON_TESTING=1``.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

from carecmon.errors import ConfigError

FAULT = "CARECMON_FAULT"
TESTING = "CARECMON_TESTING"

#: In the order in which a run passes them.
POINTS = (
    "begin",  #: before a transaction begins, the lock file held
    "rows",  #: rows were written, the transaction goes on
    "answer",  #: a raw answer is on the disk, nothing of it committed
    "commit",  #: everything was written, nothing committed
    "committed",  #: just after a commit, the lock file still held
    "release",  #: between the transactions of two releases
    "judged",  #: judged, nothing of it written
    "kept",  #: verdicts and alerts written, the run not finished
)

_passed: Counter[str] = Counter()


def fault(point: str) -> None:
    """End the process here, by SIGKILL, where a test wants that; raise ConfigError outside tests."""
    wanted = os.environ.get(FAULT)
    if not wanted:
        return
    name, number = _read(wanted)
    _passed[point] += 1
    if name == point and _passed[point] == number:
        os.kill(os.getpid(), signal.SIGKILL)


def _read(wanted: str) -> tuple[str, int]:
    if os.environ.get(TESTING) != "1":
        raise ConfigError(f"{FAULT} is set, which is for tests only; unset it")
    name, _, number = wanted.partition(":")
    if name not in POINTS or not number.isdecimal() or int(number) < 1:
        raise ConfigError(f"{FAULT}={wanted!r}: write point:number, where point is one of {', '.join(POINTS)}")
    return name, int(number)
