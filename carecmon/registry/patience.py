"""A time limit for a plugin's code that runs in our own process: hooks that observe, and channels.

The system's timer interrupts whatever waits or computes in Python, and what C looks for signals, such as regular
expressions. Code in C that never does is beyond it, and so is what ends the process, and a loop that catches every
interruption (``except: pass`` around all it does) and goes on.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

#: Seconds for a hook that observes a run, and for a channel to carry one message.
HOOK_LIMIT = 60.0
#: Seconds from one interruption to the next, for code that catches one and goes on. Our timer is known by it.
_AGAIN = 1.0


class TooLongError(BaseException):
    """Time is up. No Exception, so that a plugin does not catch it by accident."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooLongError where the code inside takes longer than so many seconds, also where it catches that itself.

    Without effect outside the main thread, and where the system has no such timer. Somebody else's timer goes on: one
    that is set already is left alone, one that is set meanwhile (by a signal that asks us to end) rings for them.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:
        yield
        return
    limit = _Limit(signal.getsignal(signal.SIGALRM), seconds)
    signal.signal(signal.SIGALRM, limit.ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        if limit.ours():
            limit.over = True  # one that was on its way already rings for nobody
            signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, limit.before)
    if limit.rung:
        raise limit.error()


@dataclass(slots=True)
class _Limit:
    """The time limit in force. ``before`` is whom the timer rang for until now."""

    before: Any
    seconds: float
    rung: bool = False
    over: bool = False

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Interrupt what takes too long, or pass on what rings for somebody else."""
        if self.over:
            return
        if self.ours():
            self.rung = True
            raise self.error()
        if callable(self.before):
            self.before(number, frame)

    def ours(self) -> bool:
        """Say whether the timer is still ours: whoever sets it meanwhile lets it ring once."""
        return signal.getitimer(signal.ITIMER_REAL)[1] == _AGAIN

    def error(self) -> TooLongError:
        """Return what to say of code that took too long."""
        return TooLongError(f"it took longer than {self.seconds:g} s, so it was interrupted")
