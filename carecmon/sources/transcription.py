"""Transcriptions: published figures typed into CSV files, one row a cell, as printed, misprints too.

Columns (those that are always blank may be left out):

``kind``            ``observation``, or a kind of claim (``change``, ``growth``, ``share`` ...)
``series``          ``cpmm.swd{area=CAREC,mode=all}``
``period``          the reference period
``value``           the number in the indicator's unit, or the code of a state; blank where the cell has none
``raw``             the text of the cell as printed; where it has digits, the value must be among its numbers
``location``        page, table or paragraph
``row``, ``column`` their headings as printed
``status``          ``estimated``, ``provisional``, ``missing``; blank for normal
``note``            what a reader of the number must know
``document``        the document's id, where it is not the answer's
``lower``, ``upper``, ``sample_size``   uncertainty as printed
``base_period``, ``qualifier``, ``of``, ``parts`` (separated by ``;``), ``printed_period``   for claims
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from carecmon.model import (
    NOT_RECORDED,
    Answer,
    Cell,
    Claim,
    ClaimKind,
    CodeList,
    Observation,
    ObservationStatus,
    Period,
    Qualifier,
    Series,
)
from carecmon.sources.figures import prints

COLUMNS = (
    "kind", "series", "period", "value", "raw", "location", "row", "column", "status", "note", "document",
    "lower", "upper", "sample_size", "base_period", "qualifier", "of", "parts", "printed_period",
)  # fmt: skip
_REQUIRED = ("kind", "series", "period", "value")

_Kind = TypeVar("_Kind", bound=StrEnum)


def reader(states: Mapping[str, CodeList] | None = None) -> Parse:
    """Return a ``parse`` for transcriptions; ``states`` are the lists of indicators whose values are states."""
    return Parse(states or {})


class Parse:
    """Reads every file of an answer; raises ValueError naming file and line where a row cannot be read."""

    def __init__(self, states: Mapping[str, CodeList]) -> None:
        self._positions = {
            indicator: {state.code: float(position) for position, state in enumerate(codes)}
            for indicator, codes in states.items()
        }

    def __call__(self, answer: Answer) -> Iterator[Observation | Claim]:
        files = answer.body if isinstance(answer.body, Mapping) else {answer.url: answer.body}
        for name, content in files.items():
            rows = csv.DictReader(io.StringIO(_decoded(name, content), newline=""))
            _check_heading(name, rows.fieldnames or ())
            for row in rows:
                try:
                    yield self._read(row, answer)
                except (KeyError, ValueError, TypeError) as exc:
                    raise ValueError(f"{name}, line {rows.line_num}: {exc}") from exc

    def _read(self, row: Mapping[str, str | None], answer: Answer) -> Observation | Claim:
        if None in row or None in row.values():
            raise ValueError("the row has more or fewer fields than the heading")
        text = {column: (value or "").strip() for column, value in row.items()}
        series = Series.parse(text["series"])
        period = Period.parse(text["period"])
        cell = Cell(
            text.get("document") or answer.document,
            text.get("location") or NOT_RECORDED,
            text.get("row") or NOT_RECORDED,
            text.get("column") or NOT_RECORDED,
            text.get("raw") or NOT_RECORDED,
        )
        note = text.get("note") or None
        value = self._value(series.indicator, text["value"], text.get("raw", ""), note)
        if text["kind"] == "observation":
            return Observation(
                series,
                period,
                value,
                cell,
                _status(text.get("status") or "normal", value),
                note,
                _number(text.get("lower")),
                _number(text.get("upper")),
                int(text["sample_size"]) if text.get("sample_size") else None,
            )
        return Claim(
            _one_of(ClaimKind, text["kind"], "kind", "observation"),
            series,
            period,
            value,
            cell,
            Period.parse(text["base_period"]) if text.get("base_period") else None,
            _one_of(Qualifier, text.get("qualifier") or "exact", "qualifier"),
            Series.parse(text["of"]) if text.get("of") else None,
            tuple(Series.parse(part) for part in text.get("parts", "").split(";") if part.strip()),
            Period.parse(text["printed_period"]) if text.get("printed_period") else None,
            note,
        )

    def _value(self, indicator: str, text: str, raw: str, note: str | None) -> float | None:
        positions = self._positions.get(indicator)
        if positions is not None and text:
            if text not in positions:
                raise ValueError(f"{text!r} is not a state of {indicator}; its states are {', '.join(positions)}")
            return positions[text]
        value = _number(text)
        if value is not None and not note and not prints(raw, value):
            raise ValueError(
                f"the value is {text}, but the printed text is {raw!r}; correct the one that is mistyped, or say in"
                " note how the value comes from the print"
            )
        return value


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise ValueError(f"{name}, line {line}: the file is not UTF-8; save it as UTF-8") from None


def _one_of(kinds: type[_Kind], word: str, column: str, *more: str) -> _Kind:
    try:
        return kinds(word)
    except ValueError:
        allowed = ", ".join([*more, *kinds])
        raise ValueError(f"{column}: found {word!r}; it is one of {allowed}") from None


def _check_heading(name: str, heading: Sequence[str]) -> None:
    unknown = sorted(set(heading) - set(COLUMNS))
    if unknown:
        raise ValueError(f"{name}: unknown columns {unknown}; a transcription has {', '.join(COLUMNS)}")
    lacking = [column for column in _REQUIRED if column not in heading]
    if lacking:
        raise ValueError(f"{name}: no column {', '.join(lacking)}; a transcription needs {', '.join(_REQUIRED)}")


def _status(word: str, value: float | None) -> ObservationStatus:
    allowed = [status.word for status in ObservationStatus if status is not ObservationStatus.WITHDRAWN]
    if word not in allowed:
        raise ValueError(f"{word!r} is not an observation status; it is one of {', '.join(allowed)}, or blank")
    status = ObservationStatus[word.upper()]
    if (value is None) != (status is ObservationStatus.MISSING):
        raise ValueError(
            "the value is blank but the status is not missing; write missing where the source prints no value"
            if value is None
            else f"the status is missing but there is a value, {value:g}; leave one of them blank"
        )
    return status


def _number(text: str | None) -> float | None:
    return float(text) if text else None
