"""A plain table: one head line, one line a row; on a terminal too narrow for it, less of it, or one field a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from carecmon.cli.plain import cells, padded

if TYPE_CHECKING:
    from rich.console import RenderableType

Cell = str | tuple[str, str]
_GAP = 2
#: Between Chinese characters a line may break anywhere.
_WIDE = r"\u3000-\u9fff\uff00-\uffef"
#: What is never broken: a word, an id, a number, a moment.
_WHOLE = re.compile(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d|[{_WIDE}]|[^\s{_WIDE}]+")
#: A column of text narrower than this reads worse than one field a line.
_NARROWEST = 16
#: So does a text that takes more lines than this in its column.
_TALLEST = 8


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    right: Collection[str] = (),
    fold: Collection[str] = (),
    optional: Sequence[str] = (),
    cut: bool = False,
) -> RenderableType:
    """Return a table of ``rows``; a cell is a text, or a text and its style.

    Columns in ``fold`` may break between words on a terminal (``cut``); where that does not do, those in ``optional``
    are left out one by one, and named below; at last each field has a line of its own. Elsewhere nothing is folded.
    """
    if not cut:
        return _plain(heads, rows, right)
    from carecmon.cli.output import width

    available = width()
    for number in range(len(optional) + 1):
        kept = [place for place, head in enumerate(heads) if head not in optional[:number]]
        fewer = [[row[place] for place in kept] for row in rows]
        shown = [heads[place] for place in kept]
        widths = fitted(shown, [[_text(cell) for cell in row] for row in fewer], fold, available)
        if widths is not None:
            return _named_below(_table(shown, fewer, widths, right), optional[:number])
    return _records(heads, rows)


def _plain(heads: Sequence[str], rows: Sequence[Sequence[Cell]], right: Collection[str]) -> str:
    """Return the table as text, drawn without rich: it may have very many lines."""
    lines = [list(heads), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(cells, column)) for column in zip(*lines, strict=True)]
    drawn = (
        (" " * _GAP).join(
            padded(text, width, head in right) for text, width, head in zip(line, widths, heads, strict=True)
        )
        for line in lines
    )
    return "\n".join(line.rstrip() for line in drawn)


def _named_below(drawn: RenderableType, left_out: Sequence[str]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    if not left_out:
        return drawn
    named = ", ".join(head.lower() for head in left_out)
    return Group(drawn, Text(), Text(f"No room for: {named}. A wider terminal or --format csv shows them.", "dim"))


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Mapping[str, int], right: Collection[str]
) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, show_edge=False, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    for head in heads:
        justify: Any = "right" if head in right else "left"
        drawn.add_column(head, justify=justify, width=widths.get(head), no_wrap=head not in widths, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(*(cell if isinstance(cell, tuple) else (cell,))) for cell in row))
    return drawn


def fitted(
    heads: Sequence[str], rows: Sequence[Sequence[str]], fold: Collection[str], available: int | None
) -> Mapping[str, int] | None:
    """Return the widths of the columns that must fold to fit, None where no folding between words is enough."""
    columns = dict(zip(heads, zip(*rows, strict=True), strict=True)) if rows else {head: () for head in heads}
    full = {head: max(cells(text) for text in (head, *texts)) for head, texts in columns.items()}
    over = sum(full.values()) + _GAP * len(full) - (available or 0)
    if available is None or over <= 0:
        return {}
    least = {
        head: max(min(full[head], _NARROWEST), *(cells(word) for text in (head, *texts) for word in _words(text)))
        for head, texts in columns.items()
        if head in fold
    }
    room = {head: full[head] - width for head, width in least.items()}
    if sum(room.values()) < over:
        return None
    widths = {head: full[head] for head in least}
    while over > 0:
        # The one that then has the fewest lines gives way.
        head = min((one for one in widths if widths[one] > least[one]), key=lambda one: full[one] / (widths[one] - 1))
        widths[head] -= 1
        over -= 1
    return widths if all(full[head] <= _TALLEST * width for head, width in widths.items()) else None


def _words(text: str) -> list[str]:
    return _WHOLE.findall(text)


def _records(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> RenderableType:
    """Return one field a line, each behind its name, a blank line between rows; empty fields are left out."""
    from rich.cells import cell_len
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    named = max(map(cell_len, heads))
    parts: list[RenderableType] = []
    for row in rows:
        record = Table.grid(padding=(0, _GAP, 0, 0))
        record.add_column(style="dim", width=named, no_wrap=True)
        record.add_column(overflow="fold")
        for head, cell in zip(heads, row, strict=True):
            if _text(cell):
                record.add_row(head, Text(*(cell if isinstance(cell, tuple) else (cell,))))
        parts += [record, Text()]
    return Group(*parts[:-1])


def _text(cell: Cell) -> str:
    return cell[0] if isinstance(cell, tuple) else cell
