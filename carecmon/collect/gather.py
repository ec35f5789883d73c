"""Ask sources for what is not stored yet. Start reading here; ``collect_plugin`` has what happens to one plugin."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from carecmon.collect.documents import new_editions
from carecmon.collect.process import Workshop, collect_plugin
from carecmon.collect.reception import Order, failed
from carecmon.collect.request import Address, Collected, Failed, Fetching, Gathered, Limits, Request, Unchanged, spell
from carecmon.errors import Fault, SourceError
from carecmon.model import Indicator

__all__ = ["Address", "Collected", "Failed", "Fetching", "Gathered", "Limits", "Request", "Unchanged", "gather"]

#: How many plugins ask the web at once: they wait more than they work.
LIVE_WORKERS = 8
#: A source that wants to be left alone no longer than so many seconds is waited for.
MOMENT = 5.0


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more comes of this source."""

    source: str


def gather(
    requests: Sequence[Request],
    *,
    indicators: Mapping[str, Indicator],
    today: date,
    limits: Limits | None = None,
    offline: bool = False,
    in_process: bool = False,
    skip_unknown: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Collected]:
    """Yield what the sources give, as it comes: any number of Gathered and Failed a source, or one Unchanged.

    1. Read the bundled documents; those that are stored already start nothing.
    2. For each plugin, one worker process fetches and parses its sources; several plugins work at once, but not
       several that ask the same host: they hand on what they found out about it.
    3. Each answer is checked when it is complete, and yielded. Nothing is locked meanwhile.

    ``indicators`` are all that are loaded; ``skip_unknown`` leaves out statements about others instead of refusing
    them, for when a plugin is broken. ``offline`` leaves live sources out: no worker has what it takes to ask.
    ``in_process`` runs plugins right here, without limits, for debugging. ``progress`` is called with the id of each
    source that is finished. Closing the iterator ends all workers.
    """
    workshop = Workshop(indicators, today, limits or Limits(), skip_unknown, in_process)
    by_plugin: dict[str, list[Request]] = {}
    for request in requests:
        if not (offline and request.source.live):
            by_plugin.setdefault(request.place.name, []).append(request)
    for result in _all(workshop, _groups(list(by_plugin.values()))):
        if not isinstance(result, Done):
            yield result
        elif progress is not None:
            progress(result.source)


def _groups(plugins: list[list[Request]]) -> list[list[list[Request]]]:
    """Return the plugins, those together that ask the same host."""
    groups: list[tuple[set[str], list[list[Request]]]] = []
    for requests in plugins:
        hosts = {host for request in requests for host in hosts_of(request)}
        together = [requests]
        apart = []
        for theirs, others in groups:
            if hosts.isdisjoint(theirs):
                apart.append((theirs, others))
            else:
                hosts, together = hosts | theirs, others + together
        groups = [*apart, (hosts, together)]
    return [together for _, together in groups]


def hosts_of(request: Request) -> frozenset[str]:
    """Return the hosts that a source asks, with their port where the address names it; none for documents."""
    if not request.source.live:
        return frozenset()
    own = urlsplit(request.address.base or request.source.api).netloc.rpartition("@")[2]
    return frozenset({own, *request.source.hosts} - {""})


def _all(workshop: Workshop, groups: list[list[list[Request]]]) -> Iterator[Collected | Done]:
    if workshop.in_process:
        for group in groups:
            for requests in group:
                yield from _of_plugin(workshop, requests)
        return
    with _crew(workshop, groups) as results:
        left = len(groups)
        while left:
            result = results.get()
            if result is None:
                left -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result


def _of_plugin(workshop: Workshop, requests: list[Request]) -> Iterator[Collected | Done]:
    orders = []
    for request in requests:
        order = None
        for host in hosts_of(request) if request.wait > 0 else ():
            workshop.learn(host, "", request.wait)
        if request.wait > MOMENT:
            yield _left_alone(request)
        elif request.source.live:
            order = Order(request, [])
        else:
            try:
                editions = new_editions(request)
            except SourceError as exc:
                yield failed(request, str(exc), "put the file back, or correct the declaration of the document", "")
            else:
                order = Order(request, editions) if editions else None
                if order is None:
                    yield Unchanged(request.source.id)
        if order is None:
            yield Done(request.source.id)
        else:
            orders.append(order)
    for result in collect_plugin(workshop, orders):
        yield Done(result) if isinstance(result, str) else result


def _left_alone(request: Request) -> Failed:
    said = failed(
        request, f"{request.source.id} asks to be left alone for {spell(request.wait)} more, and is",
        "nothing: it is asked again after that", "", transient=True,
    )  # fmt: skip
    return replace(said, kind=str(Fault.THROTTLED), retry_after=request.wait)


@dataclass(slots=True)
class _Crew:
    """Threads that each look after the worker process of one plugin at a time."""

    workshop: Workshop
    groups: queue.SimpleQueue[list[list[Request]]] = field(default_factory=queue.SimpleQueue)
    results: queue.SimpleQueue[Collected | Done | BaseException | None] = field(default_factory=queue.SimpleQueue)

    def work(self) -> None:
        while not self.workshop.closing.is_set():
            try:
                group = self.groups.get_nowait()
            except queue.Empty:
                return
            try:
                for requests in group:
                    for result in _of_plugin(self.workshop, requests):
                        self.results.put(result)
            except BaseException as exc:  # an error of ours: it belongs to whoever iterates
                self.results.put(exc)
            self.results.put(None)


@contextmanager
def _crew(
    workshop: Workshop, groups: list[list[list[Request]]]
) -> Iterator[queue.SimpleQueue[Collected | Done | BaseException | None]]:
    crew = _Crew(workshop)
    live = any(request.source.live for group in groups for requests in group for request in requests)
    most = max(workshop.workers, LIVE_WORKERS) if live and not workshop.limits.workers else workshop.workers
    for group in groups:
        crew.groups.put(group)
    threads = [
        threading.Thread(target=crew.work, name=f"collect-{number}", daemon=True)
        for number in range(min(most, len(groups)))
    ]
    for thread in threads:
        thread.start()
    try:
        yield crew.results
    finally:
        workshop.close()
        for thread in threads:
            thread.join()
