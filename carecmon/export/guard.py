"""Text cells that a spreadsheet would run as a formula get an apostrophe in front.

Printed numbers stay as they are: ``+660``, ``-4.2``, ``(1.7)`` and a lone ``-`` can do nothing in a spreadsheet, and
are what readers of ``raw`` look for. To undo: ``unguard``, which takes one apostrophe off a text that has one in front
of such a beginning.
"""

from __future__ import annotations

import re

#: What begins a formula, in the full-width forms too; apostrophes in front are doubled, so that undoing is exact.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")
_BLANKS = " \u00a0\u2009\u202f"
_NUMBER = re.compile(f"[+\\-＋－]?[{_BLANKS}]*[0-9.,{_BLANKS}]*%?")


def guard(text: str) -> str:
    """Return ``text`` as it is safe in a cell of a CSV file."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(cell: str) -> str:
    """Return the text that ``guard`` made ``cell`` of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
