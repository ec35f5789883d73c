"""The clock itself: ticks come, however the wall clock behaves."""

import threading
import time
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from carecmon.schedule.clock import _interval, beat

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ticks(count, every, within=10.0):
    """Let so many ticks come; return when each came, in seconds after the first."""
    came, wake = [], threading.Event()
    began = time.monotonic()
    beat(
        lambda: came.append(time.monotonic()),
        wake,
        lambda: len(came) >= count or time.monotonic() > began + within,
        every,
    )
    return [at - came[0] for at in came]


def test_the_first_tick_comes_at_once_and_the_others_every_so_often():
    began = time.monotonic()
    came = ticks(4, 0.5, within=60)
    assert len(came) == 4 and came == sorted(came)
    assert time.monotonic() - began > 1.4, "no tick comes before its time; a busy machine may let one come late"


def test_ticks_come_also_where_the_scheduler_sleeps_because_the_wall_clock_was_set_back(monkeypatch):
    monkeypatch.setattr(BackgroundScheduler, "start", lambda self: None)
    monkeypatch.setattr(BackgroundScheduler, "shutdown", lambda self, wait: None)
    came = ticks(3, 0.2)
    assert len(came) == 3


def test_a_jump_of_the_wall_clock_by_a_year_is_one_tick_and_no_list_of_a_million():
    interval = _interval(30)
    usual = interval.get_next_fire_time(NOW, NOW + timedelta(seconds=1))
    assert usual == NOW + timedelta(seconds=30)
    year = NOW + timedelta(days=365)
    assert interval.get_next_fire_time(NOW, year) == year + timedelta(seconds=30)


def test_a_wake_ends_the_wait_early():
    came, wake = [], threading.Event()
    threading.Timer(0.5, wake.set).start()
    began = time.monotonic()

    def tick():
        came.append(time.monotonic() - began)

    beat(tick, wake, lambda: len(came) >= 2, 30)
    assert len(came) == 2 and came[1] < 5
