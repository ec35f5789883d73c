"""What the scheduler knows of itself, for whoever asks from another thread: is it alive, and is it well?"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

#: Seconds for one step of a tick, beside what a source declares: judging, or a mail server that takes its ten minutes.
LONGEST_STEP = 900.0
#: Seconds after which a tick that has not begun is missed, where ticks are not rarer anyway.
LONGEST_SILENCE = 300.0


#: Upper bounds of the durations of runs, in seconds.
BOUNDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


@dataclass(slots=True)
class Durations:
    """How long runs took, counted by ``BOUNDS``: a scheduler that lives for years must not grow with them."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return how many took at most so long, by bound, as Prometheus wants them."""
        return list(zip([*map(str, BOUNDS), "+Inf"], accumulate(self.counts), strict=True))


@dataclass(slots=True)
class Pulse:
    """``problems`` are what somebody must mend, by where it is; ``runs`` counts finished runs by exit code.

    ``every`` is how many seconds lie between ticks.
    """

    every: float = 0.0
    began: float = field(default_factory=time.monotonic)
    problems: dict[str, str] = field(default_factory=dict)
    runs: dict[int, int] = field(default_factory=dict)
    durations: Durations = field(default_factory=Durations)
    revisions: int = 0
    last_run: datetime | None = None
    last_tick: datetime | None = None
    config_valid: bool = True
    _working: bool = False
    _beat: float = field(default_factory=time.monotonic)
    _slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def tick(self, now: datetime) -> Iterator[None]:
        """Be at work."""
        with self._lock:
            self._working, self._beat, self._slowest, self.last_tick = True, time.monotonic(), 0.0, now
        try:
            yield
        finally:
            with self._lock:
                self._working, self._beat = False, time.monotonic()

    def alive(self, slowest: float | None = None) -> None:
        """Give a sign of life; from now on a step may take ``slowest`` seconds, as the slowest source declares."""
        with self._lock:
            self._beat = time.monotonic()
            if slowest is not None:
                self._slowest = slowest

    def ran(self, code: int, seconds: float, now: datetime, revisions: int) -> None:
        """Count a run that finished."""
        with self._lock:
            self.runs[code] = self.runs.get(code, 0) + 1
            self.durations.add(seconds)
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
            working, since, slowest = self._working, time.monotonic() - self._beat, self._slowest
        if working and since > slowest + LONGEST_STEP:
            may = f"its slowest step may take {slowest + LONGEST_STEP:.0f} s"
            return f"the present tick has given no sign of life for {since:.0f} s; {may}"
        if not working and since > max(LONGEST_SILENCE, 3 * self.every):
            return f"the last tick ended {since:.0f} s ago; there should be one every {self.every:.0f} s"
        return ""

    def unready(self) -> list[str]:
        """Return what keeps it from doing its work, nothing where it does."""
        with self._lock:
            waiting = [] if self.last_run or (self.last_tick and not self._working) else ["the first tick goes on"]
            return [*waiting, *(f"{where}: {problem}" for where, problem in self.problems.items())]
