"""The checks that authors of plugins write, run where they cannot hold us up: in a worker process for each plugin.

Started as ``python -m carecmon.registry.examining FD place``; it says ``ready``, reads paths of files with requests
from stdin, one a line, says ``begun`` once it has read one, and answers each with ``found`` and what was found, or with
``broken``, reason and remedy.
"""

from __future__ import annotations

import faulthandler
import marshal
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from carecmon.errors import PluginError
from carecmon.model import Cell, Check, Claim, Contradiction, Indicator, Observation, Period, Series, Severity, Source
from carecmon.registry import isolation
from carecmon.registry.asking import Asked, read_asked, read_figures, write
from carecmon.registry.explain import BrokenPluginError, explain, how_it_ended, one_line
from carecmon.registry.importing import Declared, declared_by, folder_of, import_plugin, new_manager, register
from carecmon.registry.loading import Registry
from carecmon.registry.place import Place

_SLOW = "find out why that line takes so long"
_GONE = "look for os._exit, closed file descriptors and libraries that crash"
#: Seconds and MiB for one run of a check that an indicator declares; those of a source have the limits of that source.
TIME, MEMORY = 60.0, 1024

Function = Callable[[Sequence[Observation], Sequence[Claim]], Iterable[Contradiction]]
Declarer = TypeVar("Declarer", Source, Indicator)


@dataclass(slots=True)
class Examining:
    """Lends sources and indicators whose custom checks run in a worker process; leaving the context ends those.

    ``in_process`` lends them as they are, for debugging. A plugin whose check took its worker down gets no other.
    """

    registry: Registry
    in_process: bool = False
    _workers: dict[str, _Worker] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Examining:
        self._open.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    def sources(self) -> Mapping[str, Source]:
        """Return every source by id."""
        return {id: self._lent("source", one, one.time_limit, one.memory_limit)
                for id, one in self.registry.sources.items()}  # fmt: skip

    def indicators(self) -> Mapping[str, Indicator]:
        """Return every indicator by id."""
        return {id: self._lent("indicator", one, TIME, MEMORY) for id, one in self.registry.indicators.items()}

    def _lent(self, noun: str, one: Declarer, seconds: float, memory: int) -> Declarer:
        direct = self.in_process or not isolation.SUPPORTED
        if direct or all(check.function is None for check in one.checks):
            return one
        return replace(
            one,
            checks=tuple(
                replace(check, function=partial(self._run, Asked(noun, one.id, position, seconds, memory)))
                if check.function
                else check
                for position, check in enumerate(one.checks)
            ),
        )

    def _run(
        self, asked: Asked, observations: Sequence[Observation], claims: Sequence[Claim]
    ) -> Iterable[Contradiction]:
        owners = self.registry.owner_of_source if asked.noun == "source" else self.registry.owner_of_indicator
        owner = owners[asked.id]
        if owner not in self._workers:
            self._workers[owner] = _Worker(self.registry.places[owner], self._open)
        return self._workers[owner].run(asked, observations, claims)


class _Worker:
    """The worker process of one plugin, started when it is first needed."""

    def __init__(self, place: Place, open_: ExitStack) -> None:
        self._place = place
        self._child = open_.enter_context(
            isolation.Child("carecmon.registry.examining", {"place": marshal.dumps(astuple(place))}, asks=True)
        )
        self._ended: PluginError | None = None
        self._started = False

    def run(self, asked: Asked, observations: Sequence[Observation], claims: Sequence[Claim]) -> list[Contradiction]:
        """Return what the check gives; raise PluginError, with what to do, where it gives nothing usable."""
        if self._ended is not None:
            raise self._ended
        limit = isolation.STARTING
        try:
            if not self._started:
                self._answer(isolation.STARTING)
                self._started = True
            self._child.ask(partial(write, asked, observations, claims))
            answer = self._answer(isolation.STARTING)
            if answer[0] == "begun":  # reading a large release is not the check's time
                limit = asked.seconds
                answer = self._answer(limit)
        except (isolation.EndedError, isolation.OverdueError) as exc:
            self._child.kill()
            reason, remedy = how_it_ended(
                exc, self._child.output, folder_of(self._place), limit, what="it", slow=_SLOW, gone=_GONE
            )
            self._ended = _error(f"{reason}; no other check of the plugin was run", remedy)
            raise self._ended from None
        if answer[0] == "broken":
            raise _error(*answer[1:])
        return [_unpacked(one) for one in answer[1]]

    def _answer(self, seconds: float) -> isolation.Frame:
        return self._child.receive(time.monotonic() + seconds + isolation.GRACE)


def _error(reason: str, remedy: str) -> PluginError:
    return PluginError(f"{reason} ({remedy})")


def _packed(one: object) -> tuple[Any, ...]:
    if not isinstance(one, Contradiction):
        raise BrokenPluginError(
            f"it gives {one_line(repr(one), 80)} ({type(one).__name__})", "yield carecmon.Contradiction"
        )
    try:
        series, cells = one.series, [astuple(cell) for cell in one.cells]
        severity = None if one.severity is None else str(Severity(one.severity))
        texts = (str(one.found), str(one.expected), str(one.message))
        return (str(series.indicator), dict(series.labels), one.period.key, cells, *texts, severity)
    except (AttributeError, TypeError, ValueError) as exc:
        raise BrokenPluginError(
            f"it gives a contradiction made of the wrong things: {exc}", "compare it with carecmon.Contradiction"
        ) from exc


def _unpacked(packed: tuple[Any, ...]) -> Contradiction:
    indicator, labels, period, cells, found, expected, message, severity = packed
    return Contradiction(
        Series.of(indicator, labels), Period.from_key(period), tuple(Cell(*cell) for cell in cells),
        found, expected, message, None if severity is None else Severity(severity),
    )  # fmt: skip


def _function(declared: Declared, asked: Asked) -> Function:
    declarers: Iterable[Source | Indicator] = declared.sources if asked.noun == "source" else declared.indicators
    checks: Sequence[Check] = next((one.checks for one in declarers if one.id == asked.id), ())
    function = checks[asked.position].function if asked.position < len(checks) else None
    if function is None:
        raise BrokenPluginError(
            f"the plugin declares no such check of {asked.id} in its worker process",
            "declare the same in every process",
        )
    return function


def _found(request: Path, declared: Declared, folder: str, emit: isolation.Emit) -> isolation.Frame:
    try:
        isolation.limit_time(isolation.STARTING)
        with request.open("rb") as file:
            request.unlink()  # gone once it is read, however that ends
            asked = read_asked(file)
            isolation.limit_memory(asked.memory)
            figures = read_figures(file)
        emit(("begun",))
        isolation.limit_time(asked.seconds)
        return ("found", [_packed(one) for one in _function(declared, asked)(*figures)])
    except BaseException as exc:  # sys.exit too: the next check is still to be run
        return ("broken", *explain(exc, folder))
    finally:
        faulthandler.cancel_dump_traceback_later()


def main(fd: int, job: str) -> None:
    """Import the plugin, then run its checks as they are asked for."""
    emit = isolation.connect(fd)
    requests = isolation.requests()
    place = Place(*marshal.loads(Path(job).read_bytes()))
    isolation.limit_time(isolation.STARTING)
    plugin = import_plugin(place)
    manager = new_manager()
    register(manager, plugin, place.name)
    declared = declared_by(manager, plugin)
    faulthandler.cancel_dump_traceback_later()
    emit(("ready",))
    for request in requests:
        emit(_found(Path(request), declared, folder_of(place), emit))
    sys.stdout.flush()
    os._exit(0)  # threads that the plugin has started must not keep us here


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
