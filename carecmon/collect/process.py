"""One plugin: its worker process, and what is done when that fails."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from carecmon.collect.hosts import HostStates
from carecmon.collect.live import Live
from carecmon.collect.reception import Order, Reception, failed
from carecmon.collect.request import Collected, Failed, Limits
from carecmon.collect.worker import Work, pack, serve
from carecmon.model import Indicator
from carecmon.registry import isolation
from carecmon.registry.explain import explain, how_it_ended, one_line
from carecmon.registry.importing import folder_of, import_plugin

_SLOW = "find out why that line takes so long, or declare a larger time_limit for the source"
_GONE = "look for os._exit, closed file descriptors and libraries that crash; try --in-process"


@dataclass(slots=True)
class Workshop:
    """What all plugins of one run share; ``close`` ends every worker process.

    What one plugin finds out about a host is handed on to those that ask it later.
    """

    indicators: Mapping[str, Indicator]
    today: date
    limits: Limits
    skip_unknown: bool
    in_process: bool
    closing: threading.Event = field(default_factory=threading.Event)
    _hosts: dict[str, tuple[str, float]] = field(default_factory=dict)
    _children: set[isolation.Child] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.in_process = self.in_process or not isolation.SUPPORTED

    @property
    def workers(self) -> int:
        """How many plugins work at once."""
        return self.limits.workers or max(2, os.cpu_count() or 2)

    def reception(self, order: Order) -> Reception:
        """Return what receives the answers to ``order``."""
        return Reception(order, self.indicators, self.today, self.limits, self.skip_unknown)

    def learn(self, host: str, dead: str, wait: float) -> None:
        """Remember that a host is dead, or is to be left alone for so many seconds."""
        with self._lock:
            known, until = self._hosts.get(host, ("", 0.0))
            self._hosts[host] = (dead or known, max(until, time.monotonic() + wait))

    def hosts(self) -> HostStates:
        """Return what is known of hosts by now."""
        now = time.monotonic()
        with self._lock:
            return {host: (dead, max(until - now, 0.0)) for host, (dead, until) in self._hosts.items()}

    def enter(self, child: isolation.Child) -> None:
        """Remember a worker process, so that ``close`` ends it too."""
        with self._lock:
            self._children.add(child)
            if self.closing.is_set():
                child.kill()

    def leave(self, child: isolation.Child) -> None:
        """Forget a worker process: it is about to be reaped."""
        with self._lock:
            self._children.discard(child)

    def close(self) -> None:
        """End every worker process, now."""
        with self._lock:
            self.closing.set()
            for child in self._children:
                child.kill()


def collect_plugin(workshop: Workshop, orders: list[Order]) -> Iterator[Collected | str]:
    """Yield what comes of the sources of one plugin, and the id of each one that is finished.

    A source that takes its worker down is given up; the sources after it get a fresh one.
    """
    run = _in_process if workshop.in_process else _in_worker
    while orders and not workshop.closing.is_set():
        finished = 0
        for result in run(workshop, orders):
            finished += isinstance(result, str)
            yield result
        orders = orders[finished:]


def _in_worker(workshop: Workshop, orders: list[Order]) -> Iterator[Collected | str]:
    place = orders[0].request.place
    secrets = {name for order in orders for name in order.request.secrets}
    job = pack(place, workshop.limits.start, [_work(order, workshop.limits) for order in orders], workshop.hosts())
    child = isolation.Child("carecmon.collect.worker", {"job": job}, secrets=secrets)
    workshop.enter(child)
    try:
        yield from _receive(workshop, orders, child)
    finally:
        workshop.leave(child)
        child.close()


def _receive(workshop: Workshop, orders: list[Order], child: isolation.Child) -> Iterator[Collected | str]:
    """Receive until the first source that fails as a whole, that one included."""
    limit = workshop.limits.start
    deadline = time.monotonic() + limit + isolation.GRACE
    finished = 0
    ready = False
    reception: Reception | None = None
    try:
        while (frame := child.receive(deadline))[0] != "bye":
            if frame[0] == "broken":
                yield from _all_failed(orders[finished:], frame[1], frame[2], child.output)
                return
            if frame[0] == "ready":
                ready = True
            elif frame[0] == "host":
                workshop.learn(*frame[1:])
            elif frame[0] == "source":
                reception = workshop.reception(orders[finished])
                limit = _work(orders[finished], workshop.limits).time
                deadline = time.monotonic() + limit + isolation.GRACE
            elif frame[0] == "done":
                yield orders[finished].request.source.id
                finished += 1
                reception = None
            elif reception is not None:
                yield from reception.take(frame, child.output if frame[0] == "failed" else "")
    except (isolation.EndedError, isolation.OverdueError) as exc:
        if workshop.closing.is_set():
            return
        folder = folder_of(orders[0].request.place)
        reason, remedy = how_it_ended(exc, child.output, folder, limit, what="reading it", slow=_SLOW, gone=_GONE)
        if not ready:
            yield from _all_failed(orders, reason, remedy, child.output)
        elif reception is not None or not finished:
            request = orders[finished].request
            yield failed(request, reason, remedy, child.output, reception.edition if reception else None)
            yield request.source.id


def _all_failed(orders: list[Order], reason: str, remedy: str, output: str) -> Iterator[Failed | str]:
    for order in orders:
        yield failed(order.request, reason, remedy, output)
        yield order.request.source.id


def _work(order: Order, limits: Limits) -> Work:
    source = order.request.source
    answers = tuple(edition.answer() for edition in order.editions)
    return Work(
        source.id,
        min(source.time_limit, limits.time or source.time_limit),
        min(source.memory_limit, limits.memory or source.memory_limit),
        answers,
        Live(order.request.address, order.request.state) if source.live else None,
    )


def _in_process(workshop: Workshop, orders: list[Order]) -> Iterator[Collected | str]:
    """Do what a worker does, right here. Results come when the whole plugin is through."""
    place = orders[0].request.place
    left = list(orders)
    results: list[Collected | str] = []
    reception: Reception | None = None

    def emit(frame: isolation.Frame) -> None:
        nonlocal reception
        if frame[0] == "source":
            reception = workshop.reception(left[0])
        elif frame[0] == "host":
            workshop.learn(*frame[1:])
        elif frame[0] == "done":
            results.append(left.pop(0).request.source.id)
        elif reception is not None:
            results.extend(reception.take(frame))

    try:
        with contextlib.redirect_stdout(sys.stderr):
            plugin = import_plugin(place)
            works = (_work(order, workshop.limits) for order in orders)
            serve(plugin, place.name, folder_of(place), works, emit, states=workshop.hosts(), limit=lambda _: None)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:  # the same promise as with a process: other plugins go on
        reason, remedy = explain(exc, folder_of(place))
        results.extend(_all_failed(left, reason, remedy, one_line(exc)))
    yield from results
