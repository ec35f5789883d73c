"""Which columns of the table of verdicts are printed, how wide, and how a line stands where there is little room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

#: Columns in the order they are printed. On a narrow terminal they go from the highest rank on; rank 0 always stays.
RANKS = {
    "indicator": 0,
    "value": 0,
    "period": 0,
    "change": 1,
    "baseline": 5,
    "expected": 4,
    "target": 0,
    "whose": 0,
    "status": 0,
    "next value": 3,
    "trend": 2,
}
GAP = 2
INDENT = 2
#: A title with less room than this stands on a line of its own, above its values.
_NARROWEST = 26
#: More room than this a title gets only when all else has what it needs.
_COMFORTABLE = 44
#: What these hold folds on a terminal, in names of states and before ``since``, rather than widening every line.
FOLDS = {"value": 13, "change": 12, "baseline": 16, "expected": 13, "target": 14}
#: Which of them get room first, where there is some to spare.
_GROWING = ("change", "value", "target", "baseline", "expected")
#: Said on a line of their own where nothing else helps.
BELOW = ("target", "whose")

Cell = tuple[str, str]
Row = dict[str, Cell]


class Form(Enum):
    """How the line of one series stands."""

    LINE = "its name and its values on one line"
    STACKED = "its name above its values"
    NARROW = "its name, its values and its target below each other"


@dataclass(frozen=True, slots=True)
class Columns:
    """The width of each column that is printed, in terminal cells; the columns left out; how lines stand."""

    widths: Mapping[str, int]
    left_out: Sequence[str] = ()
    form: Form = Form.LINE


def fit(rows: Sequence[Row], available: int | None) -> Columns:
    """Return the columns that are printed. A column without any text is not.

    With ``available`` None all are, at full width. Else names of states fold, then the least important columns go.
    Where the title would become too narrow it is no column at all, and stands above its values.
    """
    from rich.cells import cell_len

    natural = {
        name: max(cell_len(name), *(cell_len(one[name][0]) for one in rows))
        for name in RANKS
        if any(one[name][0] for one in rows)
    }
    if available is None or "indicator" not in natural:
        return Columns(natural)
    widths = {name: min(width, FOLDS.get(name, width)) for name, width in natural.items()}
    title = widths.pop("indicator")
    form = _form(widths, min(title, _NARROWEST), available)
    beside = min(title, _NARROWEST) + GAP if form is Form.LINE else INDENT
    room = available - INDENT - beside
    if form is Form.NARROW:
        widths = {name: width for name, width in widths.items() if name not in BELOW}
    for name in sorted(widths, key=lambda n: -RANKS[n]):
        if _total(widths) <= room or not RANKS[name]:
            break
        del widths[name]
    missing = [name for name in RANKS if name in natural and name not in ("indicator", *BELOW, *widths)]
    spare = room - _total(widths)
    if form is not Form.LINE:
        return Columns(_grown(widths, natural, _GROWING, spare), missing, form)
    widths = _grown(widths, natural, ("change",), spare)
    titled = min(title, max(_COMFORTABLE, beside - GAP))
    widths = _grown(widths, natural, _GROWING, available - INDENT - titled - GAP - _total(widths))
    return Columns({"indicator": min(title, available - INDENT - GAP - _total(widths)), **widths}, missing)


def _form(widths: Mapping[str, int], title: int, available: int) -> Form:
    always = _total({name: width for name, width in widths.items() if not RANKS[name]})
    if INDENT + title + GAP + always <= available:
        return Form.LINE
    return Form.STACKED if 2 * INDENT + always <= available else Form.NARROW


def _grown(widths: Mapping[str, int], natural: Mapping[str, int], names: Sequence[str], spare: int) -> dict[str, int]:
    """Return ``widths`` with the columns called ``names`` as wide as they would like to be, while there is room."""
    found = dict(widths)
    for name in names:
        more = min(natural[name] - found[name], spare) if name in found else 0
        if more > 0:
            found[name] += more
            spare -= more
    return found


def _total(widths: Mapping[str, int]) -> int:
    return sum(widths.values()) + GAP * max(len(widths) - 1, 0)
