"""Manners: how often one host is asked, how long it is left alone, and that a dead one is asked once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from carecmon.collect.request import LONGEST_WAIT, spell
from carecmon.errors import Fault, SourceError

#: A host by name: why it counts as dead (blank: it does not), and for how many seconds it is to be left alone.
HostStates = Mapping[str, tuple[str, float]]


@dataclass(slots=True)
class _Host:
    dead: str = ""
    ready: float = 0.0


class Hosts:
    """What is known of hosts in this run; shared by threads. ``tell`` is called with (name, dead, seconds to wait).

    ``states`` are what others found out before us.
    """

    def __init__(self, states: HostStates, tell: Callable[[str, str, float], None] = lambda *_: None) -> None:
        now = time.monotonic()
        self._hosts = {name: _Host(dead, now + wait) for name, (dead, wait) in states.items()}
        self._tell = tell
        self._lock = threading.Lock()

    def check(self, name: str) -> None:
        """Raise SourceError where the host is known not to answer."""
        if dead := self._of(name).dead:
            raise SourceError(f"{name} is not asked again in this run: {dead}", kind=Fault.OUTAGE)

    @contextmanager
    def turn(
        self, name: str, rate: float, slots: threading.Semaphore, until: float, over: threading.Event
    ) -> Iterator[None]:
        """Wait until the host may be asked again, and ask inside; ``rate`` in requests a second, 0 for any number.

        Raises SourceError where it is dead, or where its turn would not come by ``until``.
        """
        self.check(name)
        if not slots.acquire(timeout=max(until - time.monotonic(), 0.0)):
            raise SourceError(f"{name}: the time is up before its turn came", kind=Fault.OUTAGE)
        try:
            over.wait(max(self._reserve(name, rate, until) - time.monotonic(), 0.0))
            self.check(name)
            yield
        finally:
            slots.release()

    def _reserve(self, name: str, rate: float, until: float) -> float:
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            now = time.monotonic()
            turn = max(now, host.ready)
            if turn > until:
                left = turn - now
                raise SourceError(
                    f"{name} asks to be left alone for {spell(left)} more", kind=Fault.THROTTLED, retry_after=left
                )
            if rate:
                host.ready = turn + 1 / rate
            return turn

    def hold(self, name: str, seconds: float) -> None:
        """Leave a host alone for so long."""
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
            host.ready = max(host.ready, time.monotonic() + min(seconds, LONGEST_WAIT))
        self._tell(name, "", min(seconds, LONGEST_WAIT))

    def bury(self, name: str, why: str) -> None:
        """Do not ask a host again in this run."""
        self._of(name).dead = why
        self._tell(name, why, 0.0)

    def states(self) -> dict[str, tuple[str, float]]:
        """Return what those who come after us must know."""
        now = time.monotonic()
        with self._lock:
            return {name: (host.dead, max(host.ready - now, 0.0)) for name, host in self._hosts.items()}

    def _of(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host())
