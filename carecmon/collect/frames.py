"""Observations and claims as plain rows, in frames for the pipe of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from carecmon.model import Claim, Notice, Observation
from carecmon.registry import isolation
from carecmon.registry.explain import BrokenPluginError

ROWS_IN_A_FRAME = 4096


def send(items: Iterator[Any], emit: isolation.Emit) -> tuple[int, int]:
    """Send what ``parse`` gives; return how many observations and claims that were."""
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
                f"parse gives {shown(item)} where an observation or a claim belongs",
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
        f"{shown(content)} stands in an observation or a claim", "give texts, numbers and None only"
    )


def shown(item: object) -> str:
    text = repr(item)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(item).__name__})"
