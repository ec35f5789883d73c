"""A plain table: one head line, one line a row, folded only on a terminal and only where that hurts least."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

Cell = str | tuple[str, str]


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    right: Collection[str] = (),
    fold: Collection[str] = (),
    cut: bool = False,
) -> RenderableType:
    """Return a table of ``rows``; a cell is a text, or a text and its style.

    Columns in ``fold`` may break into lines on a terminal (``cut``); elsewhere nothing is folded or cut.
    """
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        justify: Any = "right" if head in right else "left"
        no_wrap = not cut or head not in fold
        drawn.add_column(head, justify=justify, no_wrap=no_wrap, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(*(cell if isinstance(cell, tuple) else (cell,))) for cell in row))
    return drawn
