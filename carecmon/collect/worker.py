"""The process that a plugin's code runs in: ``python -m carecmon.collect.worker FD job``.

It sends frames, in this order: ``ready``; for each source ``source``; for each of its answers ``answer``, any number
of ``rows``, ``claims`` and ``notice``, and ``end`` with their count, or ``failed``; after its answers ``done``; at last ``bye``.
A row is (period, value, status, note, the five texts of the cell, lower, upper, sample size), and rows travel in
runs of one series: (indicator, labels, rows). An exit without ``bye`` is a failure, whatever its code.
"""

from __future__ import annotations

import marshal
import os
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from carecmon.model import Answer, Claim, Covered, DatePrecision, Notice, Observation, Period, Published, Source
from carecmon.registry import isolation
from carecmon.registry.explain import BrokenPluginError, explain
from carecmon.registry.importing import declared_by, folder_of, import_plugin, new_manager, register
from carecmon.registry.place import Place

ROWS_IN_A_FRAME = 4096


@dataclass(frozen=True, slots=True)
class Work:
    """One source to serve: its id, its limits in seconds and MiB, and its answers, raw."""

    source: str
    time: float
    memory: int
    answers: tuple[Answer, ...]


def serve(plugin: object, name: str, folder: str, works: Iterator[Work], emit: isolation.Emit, *, alone: bool) -> None:
    """Parse every answer of every source, and send what comes of it. ``alone``: limits may be set on the process."""
    manager = new_manager()
    register(manager, plugin, name)
    sources = {source.id: source for source in declared_by(manager, plugin).sources}
    emit(("ready",))
    for work in works:
        emit(("source", work.source))
        if alone:
            isolation.limit_time(work.time)
            isolation.limit_memory(work.memory)
        for index, answer in enumerate(work.answers):
            emit(("answer", index))
            try:
                observations, claims = _send(_parse(sources.get(work.source), work.source, answer), emit)
            except KeyboardInterrupt:
                raise
            except BaseException as exc:  # sys.exit too: the next answer is still to be read
                detail = "".join(traceback.format_exception(exc, limit=-8))
                emit(("failed", *explain(exc, folder), detail[-8000:], bool(getattr(exc, "transient", False))))
            else:
                emit(("end", observations, claims))
        emit(("done",))
    emit(("bye",))


def _parse(source: Source | None, name: str, answer: Answer) -> Iterator[Any]:
    if source is None:
        raise BrokenPluginError(
            f"the plugin declares no source {name!r} in the worker process", "declare the same in every process"
        )
    items = source.parse(answer)
    if items is None or isinstance(items, dict | str | bytes):
        raise BrokenPluginError(
            f"parse of {name} returns {type(items).__name__}", "yield or return observations and claims"
        )
    return iter(items)


def _send(items: Iterator[Any], emit: isolation.Emit) -> tuple[int, int]:
    runs: list[tuple[Any, Any, list[tuple[Any, ...]]]] = []
    rows: list[tuple[Any, ...]] = []
    claims: list[tuple[Any, ...]] = []
    last: object = None
    observed = claimed = 0
    for item in items:
        if isinstance(item, Observation):
            if item.series is not last and item.series != last:
                rows = []
                runs.append((item.series.indicator, item.series.labels, rows))
                last = item.series
            rows.append(_row(item))
            observed += 1
            if observed % ROWS_IN_A_FRAME == 0:
                _emit(emit, "rows", runs)
                runs, last = [], None
        elif isinstance(item, Claim):
            claims.append(_claim(item))
            claimed += 1
            if claimed % ROWS_IN_A_FRAME == 0:
                _emit(emit, "claims", claims)
                claims = []
        elif isinstance(item, Notice):
            emit(("notice", str(item.text)))
        else:
            raise BrokenPluginError(
                f"parse gives {_shown(item)} where an observation or a claim belongs",
                "yield carecmon.Observation or carecmon.Claim",
            )
    _emit(emit, "rows", runs)
    _emit(emit, "claims", claims)
    return observed, claimed


def _emit(emit: isolation.Emit, what: str, content: list[Any]) -> None:
    if not content:
        return
    try:
        emit((what, content))
    except ValueError:  # marshal names neither the value nor its place
        emit((what, _plain(content)))


def _row(item: Observation) -> tuple[Any, ...]:
    cell = item.cell
    try:
        value, lower, upper = item.value, item.lower, item.upper
        if value.__class__ is not float:
            value = _number(value)
        if lower is not None or upper is not None:
            lower, upper = _number(lower), _number(upper)
        return (
            item.period.key, value, int(item.status), item.note,
            cell.document, cell.location, cell.row, cell.column, cell.raw, lower, upper, item.sample_size,
        )  # fmt: skip
    except (AttributeError, TypeError, ValueError) as exc:
        raise BrokenPluginError(
            f"an observation of {item.series} is made of the wrong things: {exc} (period {item.period!r},"
            f" value {item.value!r}, status {item.status!r})",
            "period is a Period, value a number or None, cell a Cell, status an ObservationStatus",
        ) from exc


def _claim(item: Claim) -> tuple[Any, ...]:
    cell = item.cell
    try:
        return (
            str(item.kind), _series(item.series), item.period.key, _number(item.value),
            (cell.document, cell.location, cell.row, cell.column, cell.raw),
            None if item.base_period is None else item.base_period.key, str(item.qualifier),
            None if item.of is None else _series(item.of), [_series(part) for part in item.parts],
            None if item.printed_period is None else item.printed_period.key, item.note,
        )  # fmt: skip
    except (AttributeError, TypeError, ValueError) as exc:
        raise BrokenPluginError(
            f"a claim about {item.series} is made of the wrong things: {exc}", "compare it with carecmon.Claim"
        ) from exc


def _series(series: Any) -> tuple[Any, Any]:
    return series.indicator, series.labels


def _number(value: Any) -> float | None:
    """Return numbers of any library as a float: marshal would send some of them as bytes."""
    if value is None or value.__class__ is float:
        return value
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__"):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _plain(content: Any) -> Any:
    """Return ``content`` with subclasses of plain types made plain; raise BrokenPluginError for anything else."""
    if isinstance(content, list):
        return [_plain(item) for item in content]
    if isinstance(content, tuple):
        return tuple(_plain(item) for item in content)
    for kind in (bool, str, int, float):
        if isinstance(content, kind):
            return kind(content)
    if content is None:
        return None
    raise BrokenPluginError(
        f"{_shown(content)} stands in an observation or a claim", "give texts, numbers and None only"
    )


def _shown(item: object) -> str:
    text = repr(item)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(item).__name__})"


def pack(place: Place, start: float, works: list[Work]) -> bytes:
    """Return a job as bytes: the place of the plugin, then one source after the other."""
    from dataclasses import astuple

    parts = [marshal.dumps((astuple(place), start, len(works)))]
    for work in works:
        answers = [
            (
                dict(answer.body) if not isinstance(answer.body, bytes) else answer.body,
                answer.url, answer.edition,
                (None if answer.published.day is None else answer.published.day.isoformat(),
                 str(answer.published.precision)),
                [(c.indicator, c.first.key, c.last.key, dict(c.select)) for c in answer.covers],
                answer.document, answer.note,
            )
            for answer in work.answers
        ]  # fmt: skip
        parts.append(marshal.dumps((work.source, work.time, work.memory, answers)))
    return b"".join(parts)


def _unpack(raw: tuple[Any, ...]) -> Answer:
    from datetime import date

    body, url, edition, (day, precision), covers, document, note = raw
    published = Published(None if day is None else date.fromisoformat(day), DatePrecision(precision))
    covered = tuple(Covered(i, Period.from_key(a), Period.from_key(b), select) for i, a, b, select in covers)
    return Answer(body, url, edition, published, covered, document, note)


def main(fd: int, job: str) -> None:
    """Import the plugin of the job and serve its sources."""
    emit = isolation.connect(fd)
    with open(job, "rb") as file:  # noqa: PTH123
        fields, start, count = marshal.load(file)
        place = Place(*fields)

        def works() -> Iterator[Work]:
            for _ in range(count):
                source, time, memory, answers = marshal.load(file)
                yield Work(source, time, memory, tuple(_unpack(raw) for raw in answers))

        isolation.limit_time(start)
        try:
            plugin = import_plugin(place)
            serve(plugin, place.name, folder_of(place), works(), emit, alone=True)
        except BaseException as exc:  # sys.exit too: the parent must hear why
            emit(("broken", *explain(exc, folder_of(place))))
    sys.stdout.flush()
    os._exit(0)  # threads that the plugin has started must not keep us here


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
