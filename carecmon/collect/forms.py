"""The form of what comes through the pipe. The only pydantic besides the configuration."""

from __future__ import annotations

from functools import cache
from types import GenericAlias
from typing import Annotated, Any

from carecmon.collect.labels import BrokenContractError
from carecmon.model import ClaimKind, Period, Qualifier, Series

Run = tuple[str, tuple[tuple[str, str], ...], list[tuple[Any, ...]]]

_ROW = (
    "period", "value", "status", "note", "cell.document", "cell.location", "cell.row", "cell.column", "cell.raw",
    "lower", "upper", "sample_size",
)  # fmt: skip
_CLAIM = (
    "kind", "series", "period", "value", "cell", "base_period", "qualifier", "of", "parts", "printed_period", "note",
)  # fmt: skip


@cache
def _adapters() -> tuple[Any, Any]:
    """Return what checks rows and what checks claims. Built on first use: that alone takes a tenth of a second."""
    from pydantic import ConfigDict, Field, TypeAdapter

    number: Any = Annotated[float, Field(allow_inf_nan=False)] | None
    text: Any = Annotated[str, Field(min_length=1)]
    count: Any = Annotated[int, Field(ge=0)]
    labels: Any = tuple[tuple[str, str], ...]
    cell = (text, text, text, text, text)
    row: Any = GenericAlias(tuple, (int, number, count, str | None, *cell, number, number, count | None))
    run: Any = GenericAlias(tuple, (str, labels, GenericAlias(list, row)))
    series: Any = GenericAlias(tuple, (str, labels))
    claim: Any = GenericAlias(
        tuple,
        (
            ClaimKind, series, int, number, GenericAlias(tuple, cell), int | None, Qualifier, series | None,
            GenericAlias(list, series), int | None, str | None,
        ),
    )  # fmt: skip
    runs: Any = GenericAlias(list, run)
    claims: Any = GenericAlias(list, claim)
    return TypeAdapter(runs, config=ConfigDict(strict=True)), TypeAdapter(claims)


def checked_runs(source: str, content: Any) -> list[Run]:
    """Return runs of rows whose every field is of its kind; raise BrokenContractError naming the one that is not."""
    from pydantic import ValidationError

    try:
        runs: list[Run] = _adapters()[0].validate_python(content)
    except ValidationError as exc:
        error = exc.errors(include_url=False)[0]
        run, part, *rest = error["loc"]
        indicator, labels, rows = content[run]
        if part != 2 or len(rest) < 2:
            raise BrokenContractError(f"{source}: {indicator!r} with the labels {labels!r} is not a series") from None
        row = rows[rest[0]]
        raise BrokenContractError(
            f"{source}: {place_of(row)}{Series(indicator, labels)} {period_text(row[0])}:"
            f" {_ROW[int(rest[1])]} is {error['input']!r}; {_wanted(error['msg'])}"
        ) from None
    return runs


def checked_claims(source: str, content: Any) -> list[tuple[Any, ...]]:
    """Return claims whose every field is of its kind; raise BrokenContractError naming the one that is not."""
    from pydantic import ValidationError

    try:
        claims: list[tuple[Any, ...]] = _adapters()[1].validate_python(content)
    except ValidationError as exc:
        error = exc.errors(include_url=False)[0]
        claim, field = error["loc"][:2]
        kind, (indicator, labels), period, *_ = content[claim]
        raise BrokenContractError(
            f"{source}: a claim ({kind}) about {indicator} {dict(labels)} {period_text(period)}:"
            f" {_CLAIM[int(field)]} is {error['input']!r}; {_wanted(error['msg'])}"
        ) from None
    return claims


def place_of(row: tuple[Any, ...]) -> str:
    """Return where a row is printed, as words to put before a reason; nothing where that is not recorded."""
    words = [str(part) for part in row[4:8] if part and part != "not recorded"]
    return f"{' / '.join(words)}: " if words else ""


def period_text(key: Any) -> str:
    """Return the period of a key as it is written, or the key itself where it is none."""
    try:
        return str(Period.from_key(key))
    except (TypeError, ValueError, OverflowError):
        return f"period {key!r}"


def _wanted(message: str) -> str:
    return message.removeprefix("Input should be ").removeprefix("Value error, ").strip() + " is wanted"
