"""Where a value is printed, as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carecmon.export import Stated
    from carecmon.model import Cell, Source


def cell_of(value: Stated, sources: Mapping[str, Source]) -> Cell | None:
    """Return the cell of a value; where only its document is known, that, and "not recorded" for the rest.

    None for an answer of a live source that has no document.
    """
    from carecmon.model import Cell

    if value.cell is not None:
        return value.cell
    source = sources.get(value.source)
    documents = source.documents if source else ()
    return next((Cell(one.id) for one in documents if one.edition == value.edition), None)
