"""What the scheduler knows of itself, for whoever asks from another thread: is it alive, and is it well?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

#: Seconds after which a tick that has not ended hangs, and after which one that has not begun is missed.
LONGEST_TICK, LONGEST_SILENCE = 4 * 3600.0, 300.0


@dataclass(slots=True)
class Pulse:
    """``problems`` are what somebody must mend, by where it is; ``runs`` counts finished runs by exit code."""

    began: float = field(default_factory=time.monotonic)
    problems: dict[str, str] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)
    durations: list[float] = field(default_factory=list)
    revisions: int = 0
    last_run: datetime | None = None
    last_tick: datetime | None = None
    config_valid: bool = True
    _working: bool = False
    _beat: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def tick(self, now: datetime) -> Iterator[None]:
        """Be at work."""
        with self._lock:
            self._working, self._beat, self.last_tick = True, time.monotonic(), now
        try:
            yield
        finally:
            with self._lock:
                self._working, self._beat = False, time.monotonic()

    def ran(self, code: int, seconds: float, now: datetime, revisions: int) -> None:
        """Count a run that finished."""
        with self._lock:
            self.runs[code] = self.runs.get(code, 0) + 1
            self.durations.append(seconds)
            self.revisions += revisions
            self.last_run = now

    def mend(self, where: str, problem: str | None) -> None:
        """Note what is wrong at one place, None where nothing is any more."""
        with self._lock:
            if problem is None:
                self.problems.pop(where, None)
            else:
                self.problems[where] = problem

    def dead(self) -> str:
        """Return why it does not live any more, empty where it does. A first run that takes its time is alive."""
        with self._lock:
            since = time.monotonic() - self._beat
            if self._working and since > LONGEST_TICK:
                return f"the present tick began {since:.0f} s ago and has not ended"
            if not self._working and since > LONGEST_SILENCE:
                return f"the last tick ended {since:.0f} s ago"
        return ""

    def unready(self) -> list[str]:
        """Return what keeps it from doing its work, nothing where it does."""
        with self._lock:
            waiting = [] if self.last_run or (self.last_tick and not self._working) else ["the first tick goes on"]
            return [*waiting, *(f"{where}: {problem}" for where, problem in self.problems.items())]
