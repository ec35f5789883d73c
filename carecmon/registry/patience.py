"""A time limit for a plugin's code that runs in our own process: hooks that observe, and channels.

The system's timer interrupts whatever waits or computes in Python, and what C looks for signals, such as regular
expressions. Code in C that never does is beyond it, and so is what ends the process.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Seconds for a hook that observes a run, and for a channel to carry one message.
PATIENCE = 60.0
#: By how many seconds a timer may ring early and still be ours.
_EARLY = 0.05


class TooLongError(BaseException):
    """Time is up. No Exception, so that a plugin does not catch it by accident."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooLongError where the code inside takes longer than so many seconds.

    Without effect outside the main thread, and where the system has no such timer. Somebody else's timer goes on: one
    that is set already is left alone, one that is set meanwhile (by a signal that asks us to end) rings for them.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:
        yield
        return
    until = time.monotonic() + seconds
    before = signal.getsignal(signal.SIGALRM)
    signal.signal(signal.SIGALRM, _ring(before, until, seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        if abs(left - (until - time.monotonic())) < _EARLY:  # else it is somebody else's by now
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(before: Any, until: float, seconds: float) -> Callable[[int, FrameType | None], None]:
    def ring(number: int, frame: FrameType | None) -> None:
        if time.monotonic() >= until - _EARLY:
            raise TooLongError(f"it took longer than {seconds:g} s, so it was interrupted")
        if callable(before):
            before(number, frame)

    return ring
