"""How the scheduler ends: told to, it finishes what it is at, or abandons it, within ten seconds.

Abandoning loses nothing: what was recorded is kept, workers are ended, a transaction is rolled back, and what was not
finished is due again at the next start.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from carecmon.errors import ExitCode

#: Seconds until what is being done is abandoned, and until the process ends even where it hangs in foreign code.
GRACE, LAST = 5.0, 9.0


class AbandonedError(KeyboardInterrupt):
    """The time to finish is over. As with Ctrl-C, nothing but the end of the process catches it."""


@dataclass(slots=True)
class Stop:
    """Whether somebody asked for the end, and the exit code that this gives. ``wake`` ends any waiting."""

    wake: threading.Event = field(default_factory=threading.Event)
    asked: bool = False
    busy: bool = False
    abandoned: bool = False
    code: ExitCode = ExitCode.OK

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """Handle SIGTERM and SIGINT: a second one does not wait any longer."""
        again, self.asked = self.asked, True
        self.code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.OK
        self.wake.set()
        if self.busy:
            if again or not hasattr(signal, "setitimer"):
                raise AbandonedError
            signal.setitimer(signal.ITIMER_REAL, GRACE)

    def abandon(self, _number: int, _frame: FrameType | None) -> None:
        """Handle the end of the time to finish."""
        if self.busy:
            raise AbandonedError


@contextmanager
def stopping() -> Iterator[Stop]:
    """Listen to signals, in the main thread, and say to whoever works that it is to end."""
    stop = Stop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.signal(number, stop.ask) for number in numbers}
    if hasattr(signal, "SIGALRM"):
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, stop.abandon)
    listening = _LastResort()
    try:
        yield stop
    except AbandonedError:
        stop.abandoned = True
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        listening.close()


class _LastResort:
    """Ends the process where a handler cannot run, because the main thread hangs outside Python."""

    def __init__(self) -> None:
        self._hear, self._tell = socket.socketpair()
        self._tell.setblocking(False)
        self._before = signal.set_wakeup_fd(self._tell.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="last-resort", daemon=True).start()

    def _listen(self) -> None:
        ends = (signal.SIGINT, signal.SIGTERM)
        with suppress(OSError):
            while heard := self._hear.recv(1):
                if heard[0] in ends:
                    code = int(ExitCode.INTERRUPTED if heard[0] == signal.SIGINT else ExitCode.OK)
                    timer = threading.Timer(LAST, _end, [code])
                    timer.daemon = True
                    timer.start()
                    return

    def close(self) -> None:
        """Stop listening."""
        signal.set_wakeup_fd(self._before)
        self._tell.close()


def _end(code: int) -> None:
    with suppress(Exception):
        sys.stderr.write("carecmon: what was being done does not end; the process is ended\n")
        sys.stderr.flush()
    os._exit(code)
