"""Ask sources for what is not stored yet. Start reading here; ``collect_plugin`` has what happens to one plugin."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from carecmon.collect.documents import new_editions
from carecmon.collect.process import Workshop, collect_plugin
from carecmon.collect.reception import Order, failed
from carecmon.collect.request import Collected, Failed, Gathered, Limits, Request, Unchanged
from carecmon.errors import SourceError
from carecmon.model import Indicator

__all__ = ["Collected", "Failed", "Gathered", "Limits", "Request", "Unchanged", "gather"]


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
    2. For each plugin, one worker process parses its sources; several plugins work at once.
    3. Each answer is checked when it is complete, and yielded. Nothing is locked meanwhile.

    ``indicators`` are all that are loaded; ``skip_unknown`` leaves out statements about others instead of refusing
    them, for when a plugin is broken. ``offline`` leaves live sources out. ``in_process`` runs plugins right here,
    without limits, for debugging. ``progress`` is called with the id of each source that is finished. Closing the
    iterator ends all workers.
    """
    workshop = Workshop(indicators, today, limits or Limits(), skip_unknown, in_process)
    by_plugin: dict[str, list[Request]] = {}
    for request in requests:
        if not (offline and request.source.live):
            by_plugin.setdefault(request.place.name, []).append(request)
    for result in _all(workshop, list(by_plugin.values())):
        if not isinstance(result, Done):
            yield result
        elif progress is not None:
            progress(result.source)


def _all(workshop: Workshop, plugins: list[list[Request]]) -> Iterator[Collected | Done]:
    if workshop.in_process:
        for requests in plugins:
            yield from _of_plugin(workshop, requests)
        return
    with _crew(workshop, plugins) as results:
        left = len(plugins)
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
        if request.source.live:
            yield failed(
                request, f"{request.source.id} is a live source, and fetching is not built yet",
                "run with --offline, or disable the source in indicators.toml", "",
            )  # fmt: skip
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


@dataclass(slots=True)
class _Crew:
    """Threads that each look after the worker process of one plugin at a time."""

    workshop: Workshop
    plugins: queue.SimpleQueue[list[Request]] = field(default_factory=queue.SimpleQueue)
    results: queue.SimpleQueue[Collected | Done | BaseException | None] = field(default_factory=queue.SimpleQueue)

    def work(self) -> None:
        while not self.workshop.closing.is_set():
            try:
                requests = self.plugins.get_nowait()
            except queue.Empty:
                return
            try:
                for result in _of_plugin(self.workshop, requests):
                    self.results.put(result)
            except BaseException as exc:  # an error of ours: it belongs to whoever iterates
                self.results.put(exc)
            self.results.put(None)


@contextmanager
def _crew(
    workshop: Workshop, plugins: list[list[Request]]
) -> Iterator[queue.SimpleQueue[Collected | Done | BaseException | None]]:
    crew = _Crew(workshop)
    for requests in plugins:
        crew.plugins.put(requests)
    threads = [
        threading.Thread(target=crew.work, name=f"collect-{number}", daemon=True)
        for number in range(min(workshop.workers, len(plugins)))
    ]
    for thread in threads:
        thread.start()
    try:
        yield crew.results
    finally:
        workshop.close()
        for thread in threads:
            thread.join()
