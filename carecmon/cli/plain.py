"""The table of verdicts for a file or a pipe: one whole line a series, never cut, drawn without rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from carecmon.cli.headline import Lines

Cell = tuple[str, str]
Row = Mapping[str, Cell]
Group = tuple[str, str, Sequence[Lines]]


def plain(
    groups: Sequence[Group],
    rows: Mapping[str, Sequence[Row]],
    widths: Mapping[str, int],
    *,
    right: Sequence[str],
    gap: int,
    indent: int,
) -> Iterator[str]:
    """Yield the lines of the table; ``rows`` are by indicator, ``widths`` in terminal cells."""

    def line(texts: Mapping[str, str]) -> str:
        cells = (padded(texts[name], width, name in right) for name, width in widths.items())
        return f"{' ' * indent}{(' ' * gap).join(cells)}".rstrip()

    yield line({name: name.capitalize() for name in widths})
    for sector, pillar, group in groups:
        yield ""
        yield f"{sector}  {pillar}".rstrip()
        for lines in group:
            yield from (line({name: text for name, (text, _) in row.items()}) for row in rows[lines.indicator.id])
            if lines.more:
                yield f"{' ' * 2 * indent}and {lines.more:,} more: carecmon status {lines.indicator.id}"
            if lines.error:
                yield f"{' ' * 2 * indent}{lines.error}"


def padded(text: str, width: int, right: bool) -> str:
    """Return ``text`` with blanks up to ``width`` terminal cells."""
    blanks = " " * (width - cells(text))
    return f"{blanks}{text}" if right else f"{text}{blanks}"


def cells(text: str) -> int:
    """Return how many cells of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
