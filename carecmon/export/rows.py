"""Observations and claims as rows of text, every cell a string, an empty string where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple, Protocol

from carecmon.export.guard import guard
from carecmon.model import Cell, Claim, ClaimKind, Indicator, ObservationStatus, Period, Published, Scale, Series


class Column(NamedTuple):
    """A column of an exported file, as datapackage.json describes it."""

    name: str
    type: str
    description: str


_PLACE = (
    Column("document", "string", "the document or address that the number was read from"),
    Column("location", "string", "page or table; 'not recorded' where that is the truth"),
    Column("row", "string", "row of the cell, as printed"),
    Column("column", "string", "column of the cell, as printed"),
    Column("raw", "string", "text of the cell as printed, misprints too"),
)
_ORIGIN = (
    Column("source", "string", "id of the source that says so"),
    Column("edition", "string", "edition of the source"),
    Column("published", "string", "when the edition was published, as exactly as is known; empty: unknown"),
    Column("observed", "datetime", "when carecmon recorded it, UTC"),
)

OBSERVATIONS = (
    Column("series", "string", "indicator and labels"),
    Column("indicator", "string", "id of the indicator"),
    Column("period", "string", "reference period"),
    Column("value", "any", "the source's value in 'unit', or the code of a state; empty: missing or withdrawn"),
    Column("unit", "string", "unit of value; 'state' for a code of a state"),
    Column("status", "string", "normal, estimated, provisional, missing or withdrawn"),
    *_ORIGIN,
    *_PLACE,
    Column("judged", "boolean", "whether this is the value that is judged, among what the sources say"),
    Column("judged_value", "any", "the value that is judged in its place: value, or what a correction makes of it"),
    Column("correction", "string", "the correction in force on this cell; value is the source's all the same"),
    Column("note", "string", "what a reader should know"),
    Column("lower", "number", "lower end of the interval that the source prints with the value, in 'unit'"),
    Column("upper", "number", "upper end of that interval"),
    Column("sample_size", "integer", "number of samples behind the value, where the source prints it"),
)

CLAIMS = (
    Column("kind", "string", "change, growth, real-growth, deflator, share, total or restatement"),
    Column("series", "string", "the series it is about"),
    Column("indicator", "string", "id of the indicator"),
    Column("period", "string", "the reference period it is about"),
    Column("base_period", "string", "the period it is compared with"),
    Column("value", "any", "the number claimed, or the code of a state that is restated; empty: the text is garbled"),
    Column("unit", "string", "percent for growths and shares, else the unit of the series"),
    Column("qualifier", "string", "exact, about, more than or less than"),
    Column("of", "string", "the series that a share is a share of"),
    Column("parts", "string", "the series that a total is the total of, separated by blanks"),
    Column("printed_period", "string", "the period as printed, where that is a misprint"),
    Column("note", "string", "what a reader should know"),
    *_ORIGIN,
    *_PLACE,
)


class Origin(Protocol):
    """Which release of which source says something."""

    @property
    def source(self) -> str: ...
    @property
    def edition(self) -> str: ...
    @property
    def published(self) -> Published: ...
    @property
    def observed(self) -> datetime: ...


class Stated(Origin, Protocol):
    """One value that a source gives one period of a series."""

    @property
    def series(self) -> Series: ...
    @property
    def period(self) -> Period: ...
    @property
    def value(self) -> float | None: ...
    @property
    def status(self) -> ObservationStatus: ...
    @property
    def cell(self) -> Cell | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def sample_size(self) -> int | None: ...


Prefer = Callable[[Series], Iterable[str]]
#: Says which correction is in force on a value, empty where none is.
Corrected = Callable[[Stated], str]
#: Returns what is judged in place of a value: what a correction makes of it, None where that drops it.
Overlaid = Callable[[Stated], float | None]
#: Says where a value is printed.
Placed = Callable[[Stated], Cell | None]
Row = tuple[str, ...]


def observation_rows(
    stated: Iterable[Stated],
    indicators: Mapping[str, Indicator],
    prefer: Prefer,
    corrected: Corrected = lambda value: "",
    overlaid: Overlaid = lambda value: value.value,
    placed: Placed = lambda value: value.cell,
) -> Iterator[Row]:
    """Yield the rows of OBSERVATIONS, by series, period, source, then edition.

    ``stated`` comes series by series. ``prefer`` gives the sources of a series in the order in which they are
    believed; where a source has several editions the last one of ``stated`` counts. Corrections are laid over the
    values before one is chosen. Missing, withdrawn and dropped values are never judged.
    """
    for series, group in groupby(stated, key=lambda value: value.series):
        values = list(group)
        order = {source: place for place, source in enumerate(prefer(series))}
        judged = _judged(values, order, overlaid)
        # Python's sort is stable: editions keep the order in which the store believes them.
        for value in sorted(values, key=lambda v: (v.period, v.source)):
            indicator = indicators.get(series.indicator)
            chosen = judged.get(value.period) is value
            as_judged = ("true", _value(overlaid(value), indicator)) if chosen else ("false", "")
            yield _observation(value, indicator, placed(value), as_judged, corrected(value))


def _judged(values: list[Stated], order: Mapping[str, int], overlaid: Overlaid) -> dict[Period, Stated]:
    newest: dict[tuple[Period, str], Stated] = {(value.period, value.source): value for value in values}
    chosen: dict[Period, Stated] = {}
    for value in sorted(newest.values(), key=lambda v: (order.get(v.source, len(order)), v.source)):
        if overlaid(value) is not None:
            chosen.setdefault(value.period, value)
    return chosen


def _observation(value: Stated, indicator: Indicator | None, cell: Cell | None, judged: Row, correction: str) -> Row:
    state = indicator is not None and indicator.scale is Scale.STATE
    return (
        str(value.series),
        value.series.indicator,
        str(value.period),
        _value(value.value, indicator),
        "state" if state else guard(indicator.unit if indicator else ""),
        value.status.word,
        *_origin(value),
        *_place(cell),
        *judged,
        guard(correction),
        guard(value.note or ""),
        number(value.lower),
        number(value.upper),
        number(value.sample_size),
    )


def claim_rows(claims: Iterable[tuple[Claim, Origin]], indicators: Mapping[str, Indicator]) -> Iterator[Row]:
    """Yield the rows of CLAIMS, by series, period, kind, source, edition and cell."""
    rows = []
    for claim, release in claims:
        indicator = indicators.get(claim.series.indicator)
        percent = claim.kind.value in ("growth", "real-growth", "deflator", "share")
        rows.append(
            (
                claim.kind.value,
                str(claim.series),
                claim.series.indicator,
                str(claim.period),
                str(claim.base_period or ""),
                _value(claim.value, indicator) if claim.kind is ClaimKind.RESTATEMENT else number(claim.value),
                "percent" if percent else guard(indicator.unit if indicator else ""),
                claim.qualifier.value,
                str(claim.of or ""),
                " ".join(map(str, claim.parts)),
                str(claim.printed_period or ""),
                guard(claim.note or ""),
                *_origin(release),
                *_place(claim.cell),
            )
        )
    places = [name for name, _, _ in CLAIMS]
    key = [
        places.index(name) for name in ("series", "period", "kind", "source", "edition", "location", "row", "column")
    ]
    yield from sorted(rows, key=lambda row: [row[place] for place in key])


def number(value: float | None) -> str:
    """Return ``value`` as a bare number with the 15 digits that a float holds for sure, no thousands separator.

    What comes behind them is no source's figure: 0.30000000000000004 is 0.3.
    """
    if value is None:
        return ""
    exact = float(f"{value:.15g}")
    return str(int(exact)) if exact.is_integer() and abs(exact) < 1e15 else repr(exact)


def _value(value: float | None, indicator: Indicator | None) -> str:
    if value is not None and indicator is not None and indicator.scale is Scale.STATE and indicator.states:
        # A correction can scale a state to what is none.
        is_state = float(value).is_integer() and 0 <= value < len(indicator.states)
        return guard(indicator.state_code(value)) if is_state else number(value)
    return number(value)


def _origin(said: Origin) -> Row:
    published = "" if said.published.day is None else str(said.published)
    return guard(said.source), guard(said.edition), published, f"{said.observed.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _place(cell: Cell | None) -> Row:
    if cell is None:
        return ("",) * len(_PLACE)
    return tuple(guard(text) for text in (cell.document, cell.location, cell.row, cell.column, cell.raw))
