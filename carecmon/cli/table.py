"""The table of verdicts: one line for each series, as many columns as fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carecmon.cli import words
from carecmon.cli.columns import FOLDS, GAP, INDENT, RANKS, Columns, Form, Row, fit
from carecmon.cli.headline import Lines, Pillars
from carecmon.cli.labels import shared
from carecmon.cli.plain import plain
from carecmon.cli.spark import trend
from carecmon.model import Assessment, Freshness, Indicator

if TYPE_CHECKING:
    from rich.console import RenderableType

_RIGHT = ("value", "change", "baseline", "expected")
_ENDLESS = 10_000


@dataclass(frozen=True, slots=True)
class Look:
    """How to print: columns available (None: endless), whether blocks and symbols can be shown, the language."""

    width: int | None = None
    unicode: bool = True
    language: str = "en"


def row(
    a: Assessment, indicator: Indicator, look: Look, *, grouped: bool = False, leave: frozenset[str] = frozenset()
) -> Row:
    """Return the cells of one line, each with its style; ``grouped`` below its title, so with labels only.

    The dimensions in ``leave`` are not said.
    """
    said = look.language
    if grouped:
        called = f"{' ' * INDENT}{words.names(a.series, indicator, said, leave) or 'all'}"
    else:
        called = words.title(a.series, indicator, said, unit=True, leave=leave)
    late = a.freshness in (Freshness.LATE, Freshness.MISSING)
    cells = {
        "indicator": (called, ""),
        "value": (f"{words.value_text(a.value, indicator, said)}{_marks(a)}", "bold"),
        "period": (words.period_text(a.period), ""),
        "change": (_change(a, indicator), words.change_style(a, indicator)),
        "baseline": (_baseline(a, indicator, said), "dim"),
        "expected": (words.bare_text(a.expected, indicator, said), ""),
        "target": (words.target_text(a, indicator, said), words.authority_style(a)),
        "whose": (words.authority(a), words.authority_style(a)),
        "status": (words.status_words(a.status, look.unicode), words.status_style(a)),
        "next value": (_freshness(a), "yellow" if late else "dim"),
        "trend": (trend(a, look.unicode), "cyan"),
    }
    return cells


def _baseline(a: Assessment, indicator: Indicator, language: str) -> str:
    text = words.bare_text(a.baseline, indicator, language)
    return f"{text}{words.mark(a, a.baseline_period)} in {a.baseline_period}" if text and a.baseline_period else text


def _marks(a: Assessment) -> str:
    return f"{words.mark(a, a.period)}{words.contradicted(a)}" if a.value is not None else ""


def _change(a: Assessment, indicator: Indicator) -> str:
    text = words.change_text(a, indicator)
    return f"{text}{words.mark(a, a.period, a.previous_period)}{words.since_text(a, indicator)}" if text else ""


def _legend(rows: Iterable[Row]) -> str:
    """Return what the marks mean that stand in ``rows``, empty where none does."""
    cells = [row[name][0] for row in rows for name in ("value", "change", "baseline")]
    said = []
    if any("*" in text for text in cells):
        said.append("* a correction is in force")
    if any(row["value"][0].endswith("!") for row in rows):
        said.append("! an open finding touches this value")
    return f"{'; '.join(said)}: carecmon show ID" if said else ""


def _freshness(a: Assessment) -> str:
    if a.freshness is Freshness.DISCONTINUED:  # the status says that already
        return ""
    return a.freshness.value if a.calendar or a.freshness is not Freshness.EXPECTED else "no calendar"


def empty_row(lines: Lines, look: Look) -> Row:
    """Return the cells of an indicator that has no series at all."""
    from carecmon.model import Status

    status = ("! failed" if not look.unicode else "✗ failed", "bold red") if lines.error else None
    mark = words.MARKS[Status.NO_DATA]
    row: Row = dict.fromkeys(RANKS, ("", ""))
    row["indicator"] = (lines.indicator.title.say(look.language), "")
    row["status"] = status or (words.status_words(Status.NO_DATA, look.unicode), mark.style)
    return row


def table(sectors: Mapping[str, Pillars], look: Look) -> Iterator[RenderableType]:
    """Yield the parts of the table: a heading for each sector and pillar, then its lines."""
    groups = [(sector, pillar, group) for sector, pillars in sectors.items() for pillar, group in pillars.items()]
    rows = {lines.indicator.id: _rows(lines, look) for _, _, group in groups for lines in group}
    if not rows:
        return
    drawn = [one for of in rows.values() for one in of]
    columns = fit(drawn, look.width)
    legend = _legend(drawn)
    if look.width is None:
        headed = [(_heading(sector), pillar, group) for sector, pillar, group in groups]
        yield from plain(headed, rows, columns.widths, right=_RIGHT, gap=GAP, indent=INDENT)
        yield from ("", legend) if legend else ()
        return
    yield from _drawn_groups(groups, rows, columns, look)
    if legend:
        from rich.text import Text

        yield Text()
        yield Text(legend, "dim")
    if columns.left_out:
        from rich.text import Text

        yield Text()
        yield Text(f"No room for: {', '.join(columns.left_out)}. A wider terminal or --format csv shows them.", "dim")


def _drawn_groups(
    groups: Sequence[tuple[str, str, Sequence[Lines]]],
    rows: Mapping[str, Sequence[Row]],
    columns: Columns,
    look: Look,
) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    heads = _drawn([{name: (name.capitalize(), "dim") for name in columns.widths}], columns.widths)
    yield heads if columns.form is Form.LINE else Padding(heads, (0, 0, 0, INDENT), expand=False)
    for sector, pillar, group in groups:
        yield Text()
        yield Text(f"{_heading(sector)}  {pillar}".rstrip(), "bold")
        for lines in group:
            yield from _lines(lines, rows[lines.indicator.id], columns, look)


def _lines(lines: Lines, rows: Sequence[Row], columns: Columns, look: Look) -> Iterator[RenderableType]:
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.text import Text

    deeper = (0, 0, 0, 2 * INDENT)
    grouped = _grouped(lines, look)
    if not grouped and lines.shown and cell_len(rows[0]["indicator"][0]) > columns.widths.get("indicator", _ENDLESS):
        grouped, rows = True, [row(lines.shown[0], lines.indicator, look, grouped=True, leave=lines.leave)]
    if grouped:
        heading = _title(lines, look)
        yield Padding(Text(heading), (0, 0, 0, INDENT), expand=False)
    if columns.form is Form.LINE:
        yield _drawn(rows, columns.widths)
    else:
        for one in rows:
            yield Padding(Text(*one["indicator"]), (0, 0, 0, INDENT), expand=False)
            yield Padding(_drawn([one], columns.widths), (0, 0, 0, INDENT), expand=False)
            if columns.form is Form.NARROW and one["whose"][0]:
                yield Padding(_below(one), (0, 0, 0, 3 * INDENT), expand=False)
    if lines.more:
        yield Padding(
            Text(f"and {lines.more:,} more: carecmon status {lines.indicator.id}", "dim"), deeper, expand=False
        )
    if lines.error:
        yield Padding(Text(lines.error, "red"), deeper, expand=False)


def _below(one: Row) -> RenderableType:
    from rich.text import Text

    (target, style), (whose, _) = one["target"], one["whose"]
    return Text(f"target: {target}, {whose}" if target else f"target: {whose}", style)


def _rows(lines: Lines, look: Look) -> list[Row]:
    grouped = _grouped(lines, look)
    leave = lines.leave | _shared(lines) if grouped else lines.leave
    return [row(a, lines.indicator, look, grouped=grouped, leave=leave) for a in lines.shown] or [
        empty_row(lines, look)
    ]


def _shared(lines: Lines) -> frozenset[str]:
    return shared([a.series for a in lines.shown], lines.leave)


def _title(lines: Lines, look: Look) -> str:
    """Return the title above several lines, with the labels that all of them have."""
    common = _shared(lines)
    if not common:
        return words.indicator_title(lines.indicator, look.language)
    others = {name for name, _ in lines.shown[0].series.labels} - common
    return words.title(lines.shown[0].series, lines.indicator, look.language, unit=True, leave=others)


def _grouped(lines: Lines, look: Look) -> bool:
    """Say whether the title stands above its lines; not in a file, where every line must speak for itself."""
    return look.width is not None and len(lines.shown) > 1


def _heading(sector: str) -> str:
    return sector.replace("-", " ").replace("_", " ").upper()


def _drawn(rows: Sequence[Row], widths: Mapping[str, int]) -> RenderableType:
    from rich.padding import Padding
    from rich.table import Table

    drawn = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, GAP, 0, 0))
    for name, width in widths.items():
        justify: Any = "right" if name in _RIGHT else "left"
        drawn.add_column(width=width, justify=justify, no_wrap=name not in ("indicator", *FOLDS), overflow="fold")
    for one in rows:
        drawn.add_row(*(_cell(*one[name]) for name in widths))
    return Padding(drawn, (0, 0, 0, INDENT), expand=False)


def _cell(text: str, style: str) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    # What folds goes on below its own beginning.
    deep = len(text) - len(text.lstrip())
    return Padding(Text(text.lstrip(), style), (0, 0, 0, deep), expand=False) if deep else Text(text, style)
