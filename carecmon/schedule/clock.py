"""The clock: APScheduler calls every so many seconds, and nothing else. What is due is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

#: Seconds from one tick to the next.
EVERY = 30.0


def beat(tick: Callable[[], None], wake: threading.Event, over: Callable[[], bool], every: float = EVERY) -> None:
    """Call ``tick`` at once and then every so many seconds, in this thread, until ``over()``.

    ``wake`` ends a wait early. The scheduler only wakes this thread, which alone does the work: signals arrive here.
    It follows the wall clock and so sleeps on when that is set back; then the limit of the wait, which follows no
    wall clock, takes its place.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
    )
    scheduler.add_job(wake.set, _interval(every), next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        while not over():
            wake.wait(every * 2)
            wake.clear()
            if not over():
                tick()
    finally:
        scheduler.shutdown(wait=False)


def _interval(every: float) -> Any:
    """Return an interval in UTC that builds no list of what was missed, however far the wall clock jumps ahead."""
    from apscheduler.triggers.interval import IntervalTrigger

    class Interval(IntervalTrigger):  # type: ignore[misc]  # it has no types
        def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
            late = previous is not None and now - previous > self.interval
            found: datetime | None = now + self.interval if late else super().get_next_fire_time(previous, now)
            return found

    return Interval(seconds=every, timezone=UTC)
