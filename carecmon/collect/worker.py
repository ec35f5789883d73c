"""The process that a plugin's code runs in: ``python -m carecmon.collect.worker FD job``.

It sends frames, in this order: ``ready``; for each source ``source``; for each of its answers ``answer``, any number
of ``rows``, ``claims`` and ``notice``, and ``end`` with the count of the first two, or ``failed``; after its answers
``done``; at last ``bye``.
A row is (period, value, status, note, the five texts of the cell, lower, upper, sample size), and rows travel in
runs of one series: (indicator, labels, rows). An exit without ``bye`` is a failure, whatever its code.
"""

from __future__ import annotations

import json
import marshal
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from typing import Any

from carecmon.collect.frames import send
from carecmon.collect.hosts import HostStates
from carecmon.collect.live import Asking, Hide, Live, failure
from carecmon.collect.request import Address
from carecmon.collect.wire import pack_answer, pack_state, unpack_answer
from carecmon.model import Answer, Source
from carecmon.registry import isolation
from carecmon.registry.explain import BrokenPluginError, explain
from carecmon.registry.importing import declared_by, folder_of, import_plugin, new_manager, register
from carecmon.registry.place import Place


@dataclass(frozen=True, slots=True)
class Work:
    """One source to serve: its id, its limits in seconds and MiB; its answers, raw, or how it is asked for them."""

    source: str
    time: float
    memory: int
    answers: tuple[Answer, ...] = ()
    live: Live | None = None


@dataclass(slots=True)
class Bench:
    """Where one plugin's sources are served. ``states`` is what is known of hosts."""

    sources: dict[str, Source]
    folder: str
    states: HostStates
    emit: isolation.Emit
    _asking: Asking | None = None

    def serve(self, work: Work) -> None:
        """Serve one source, from ``source`` to ``done``."""
        self.emit(("source", work.source))
        if work.live is None:
            for index, answer in enumerate(work.answers):
                self._read(work.source, answer, index, self.emit)
        else:
            self._ask(work, work.live)
        self.emit(("done",))

    def close(self) -> None:
        """Close all connections."""
        if self._asking is not None:
            self._asking.close()

    def _ask(self, work: Work, live: Live) -> None:
        source = self.sources.get(work.source)
        if source is None:
            self.emit(failure(_undeclared(work.source), self.folder))
            return
        if self._asking is None:
            self._asking = Asking(self.states, self.emit)
        asking, hide = self._asking, self._asking.hide(live)

        def parse(answer: Answer) -> None:
            self._read(work.source, answer, 0, asking.emit, hide)

        asking.serve(source, live, work.time, parse, self.folder)

    def _read(self, name: str, answer: Answer, index: int, emit: isolation.Emit, hide: Hide = str) -> None:
        emit(("answer", index))
        try:
            observations, claims = send(_parse(self.sources.get(name), name, answer), emit)
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # sys.exit too: the next answer is still to be read
            emit(failure(exc, self.folder, hide))
        else:
            emit(("end", observations, claims))


def serve(
    plugin: object,
    name: str,
    folder: str,
    works: Iterator[Work],
    emit: isolation.Emit,
    *,
    states: HostStates,
    limit: Callable[[Work], None],
) -> None:
    """Serve every source, and send what comes of it; ``limit`` is called before each of them."""
    manager = new_manager()
    register(manager, plugin, name)
    bench = Bench({source.id: source for source in declared_by(manager, plugin).sources}, folder, states, emit)
    emit(("ready",))
    try:
        for work in works:
            limit(work)
            bench.serve(work)
    finally:
        bench.close()
    emit(("bye",))


def _undeclared(name: str) -> BrokenPluginError:
    return BrokenPluginError(
        f"the plugin declares no source {name!r} in the worker process", "declare the same in every process"
    )


def _parse(source: Source | None, name: str, answer: Answer) -> Iterator[Any]:
    if source is None:
        raise _undeclared(name)
    items = source.parse(answer)
    if items is None or isinstance(items, dict | str | bytes):
        raise BrokenPluginError(
            f"parse of {name} returns {type(items).__name__}", "yield or return observations and claims"
        )
    return iter(items)


def pack(place: Place, start: float, works: list[Work], states: HostStates) -> bytes:
    """Return a job as bytes: the place of the plugin, then one source after the other."""
    parts = [marshal.dumps((astuple(place), start, dict(states), len(works)))]
    for work in works:
        answers = [
            (pack_answer(answer), answer.body if isinstance(answer.body, bytes) else dict(answer.body))
            for answer in work.answers
        ]
        live = (astuple(work.live.address), pack_state(work.live.state)) if work.live else None
        parts.append(marshal.dumps((work.source, work.time, work.memory, answers, live)))
    return b"".join(parts)


def _unpack(raw: Any) -> Work:
    source, time, memory, answers, live = raw
    read = tuple(unpack_answer(answer, body) for answer, body in answers)
    return Work(source, time, memory, read, live and Live(Address(*live[0]), json.loads(live[1])))


def _limit(work: Work) -> None:
    isolation.limit_time(work.time)
    isolation.limit_memory(work.memory)


def main(fd: int, job: str) -> None:
    """Import the plugin of the job and serve its sources."""
    emit = isolation.connect(fd)
    with open(job, "rb") as file:  # noqa: PTH123
        fields, start, states, count = marshal.load(file)
        place = Place(*fields)

        def works() -> Iterator[Work]:
            for _ in range(count):
                yield _unpack(marshal.load(file))

        isolation.limit_time(start)
        threading.stack_size(1 << 20)  # so does each thread's stack
        try:
            plugin = import_plugin(place)
            serve(plugin, place.name, folder_of(place), works(), emit, states=states, limit=_limit)
        except BaseException as exc:  # sys.exit too: the parent must hear why
            emit(("broken", *explain(exc, folder_of(place))))
    sys.stdout.flush()
    os._exit(0)  # threads that the plugin has started must not keep us here


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
