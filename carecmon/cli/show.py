"""``carecmon show``: one indicator, whole: definition, sources, targets, every series and its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import data_format, glyphs, show, terminal, width, write_csv, write_json
from carecmon.cli.session import Session, as_of_option
from carecmon.cli.status import judged

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from carecmon.model import AsOf, Assessment, Cell, Finding, Indicator, Series, Target

#: On a narrower terminal the cells have a table of their own.
_WIDE = 150
#: Nobody reads more on a terminal.
_MOST_SERIES = 500
#: The reasons of more series are in the other formats.
_MOST_REASONS = 100


@click.command("show")
@click.argument("id")
@as_of_option
@data_format()
@click.pass_obj
def show_(session: Session, id: str, as_of: AsOf | None, form: str) -> None:
    """Show one indicator, whole.

    Its definition, sources, targets with citation or rationale, and every series with the cell of its value.
    """
    indicator = session.indicator(id)
    found, findings = judged(session, (indicator.id,), as_of) or ([], [])
    cells = _cells(session, found, as_of)
    if form == "table":
        show(*_page(session, indicator, found, cells), *_doubts(indicator, found, findings, session.language))
        return
    described = described_object(session, indicator, found, cells, findings)
    if form == "json":
        write_json(described)
        return
    from carecmon.cli.verdicts import COLUMNS

    heads = (*COLUMNS, "document", "location", "row", "column", "raw")
    write_csv(heads, ([_flat(one, head) for head in heads] for one in described["series"]))


def _flat(one: dict[str, Any], head: str) -> Any:
    if head in ("sources", "findings"):
        return " ".join(one[head])
    if head == "corrections":
        return "; ".join(f"{said['period']}: {said['says']}" for said in one[head])
    return one[head] if head in one else (one["cell"] or {}).get(head)


def _cells(session: Session, found: Sequence[Assessment], as_of: AsOf | None) -> dict[Series, Cell]:
    """Return the cell of the value that each verdict rests on."""
    store = session.open() if found else None
    if store is None:
        return {}
    judged = {a.series: a for a in found}
    cells: dict[Series, Cell] = {}
    with store:
        # One series is cheap to look up alone; for several, everything is read once.
        stated = store.history(found[0].series, as_of) if len(found) == 1 else store.all_observations(as_of=as_of)
        for vintage in stated:
            a = judged.get(vintage.series)
            if a is not None and vintage.period == a.period and vintage.value == a.value and vintage.cell:
                cells.setdefault(a.series, vintage.cell)
    return cells


def _doubts(
    indicator: Indicator, found: Sequence[Assessment], findings: Sequence[Finding], said: str
) -> Iterator[RenderableType]:
    """Yield the corrections in force, and the open findings about the values shown."""
    from rich.text import Text

    from carecmon.cli import words

    corrected = [(a, period, says) for a in found for period, says in a.corrections]
    if corrected:
        yield Text("\nCorrections in force (*)", "bold")
        for a, period, says in corrected:
            yield _indented(Text(f"{words.names(a.series, indicator, said) or 'all'}, {period}: {says}"))
    if findings:
        yield Text("\nOpen findings that touch these values (!)", "bold")
        for finding in findings:
            yield _indented(Text(f"{finding.id}  {finding.severity.value}  {finding.check}: {finding.message}"))


def _indented(text: Text, by: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(text, (0, 0, 0, by), expand=False)


def described_object(
    session: Session,
    indicator: Indicator,
    found: Sequence[Assessment],
    cells: dict[Series, Cell],
    findings: Sequence[Finding] = (),
) -> dict[str, Any]:
    """Return the indicator and all its series as one JSON object."""
    from dataclasses import asdict

    from carecmon.report import assessment_object, finding_object

    return {
        "id": indicator.id,
        "title": {"en": indicator.title.en, "ru": indicator.title.ru, "zh": indicator.title.zh},
        "sector": indicator.sector,
        "pillar": indicator.pillar,
        "unit": indicator.unit,
        "better": indicator.better.value,
        "definition": indicator.definition,
        "discontinued": str(indicator.discontinued.since) if indicator.discontinued else None,
        "dimensions": [dimension.name for dimension in indicator.dimensions],
        "sources": list(indicator.sources),
        "targets": [target_object(target) for target in _targets(session, indicator)],
        "series": [
            {**assessment_object(a, indicator), "cell": asdict(cells[a.series]) if a.series in cells else None}
            for a in found
        ],
        "findings": [finding_object(finding) for finding in findings],
    }


def target_object(target: Target) -> dict[str, Any]:
    """Return a target as it is written, and who says so."""
    from carecmon.cli.targets import target_words

    return {
        "official": target.official,
        "select": dict(target.select),
        "says": target_words(target),
        "year": target.year,
        "citation": target.citation,
        "rationale": target.rationale,
    }


def _targets(session: Session, indicator: Indicator) -> list[Target]:
    from fnmatch import fnmatchcase

    return [target for target in session.settings.targets if fnmatchcase(indicator.id, target.indicator)]


def _page(
    session: Session, indicator: Indicator, found: Sequence[Assessment], cells: dict[Series, Cell]
) -> Iterator[RenderableType]:
    from rich.text import Text

    from carecmon.cli import words
    from carecmon.cli.grid import grid

    said = session.language
    yield from _head(indicator, said)
    yield from _sources(session, indicator)
    yield from _target_lines(session, indicator)
    yield Text("\nWhere each series stands", "bold")
    if not found:
        yield Text("  Nothing is recorded yet.", "dim")
        return
    ordered = sorted(found, key=lambda a: words.place(a.series, indicator))
    whole = len(ordered)
    if terminal():
        ordered = ordered[:_MOST_SERIES]
    at = {a.series: str(cells[a.series]) for a in ordered if a.series in cells}
    beside = (width() or _WIDE) >= _WIDE
    yield _series(indicator, ordered, at if beside else {}, said)
    if len(ordered) < whole:
        yield Text(f"and {whole - len(ordered):,} more: carecmon show {indicator.id} --format csv", "dim")
    if at and not beside:
        yield Text("\nWhere these values are printed", "bold")
        names = [[words.names(series, indicator, said) or "all", cell] for series, cell in at.items()]
        yield grid(("Series", "Cell"), names, fold=("Series", "Cell"), cut=True)
    yield Text("\nWhy, and what to copy for carecmon history", "bold")
    for a in ordered[:_MOST_REASONS]:
        yield Text(f"  '{a.series}'")
        yield _indented(Text(a.why, "dim"), 4)
    if whole > _MOST_REASONS:
        yield Text(f"  and {whole - _MOST_REASONS:,} more: carecmon show {indicator.id} --format csv", "dim")


def _head(indicator: Indicator, said: str) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text.assemble((indicator.title.say(said), "bold"), f"  {indicator.id}")
    yield Text(f"{indicator.sector}, {indicator.pillar}" if indicator.pillar else indicator.sector, "dim")
    yield Text()
    yield Text(indicator.definition)
    unit = (
        "states, worst first: " + ", ".join(s.name.say(said) for s in indicator.states)
        if indicator.states
        else indicator.unit
    )
    better = {"higher": "higher is better", "lower": "lower is better"}.get(
        indicator.better.value, "neither way is better"
    )
    yield Text(f"Unit: {unit}; {better}; {indicator.cadence.value}.")
    if indicator.discontinued:
        after = f" Successor: {indicator.discontinued.successor}." if indicator.discontinued.successor else ""
        yield Text(
            f"Discontinued since {indicator.discontinued.since}: {indicator.discontinued.reason}{after}", "yellow"
        )


def _sources(session: Session, indicator: Indicator) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text("\nSources, the preferred first", "bold")
    watch = session.settings.watch.get(indicator.id)
    for name in (watch.prefer if watch else ()) or indicator.sources:
        source = session.registry.sources.get(name)
        if source is None:
            yield _indented(Text(f"{name}: no plugin declares it", "yellow"))
        else:
            said = f"{name}: {source.publisher}, {source.title.say(session.language)}. {source.url}"
            yield _indented(Text(said))


def _target_lines(session: Session, indicator: Indicator) -> Iterator[RenderableType]:
    from rich.text import Text

    from carecmon.cli.targets import target_words

    targets = _targets(session, indicator)
    yield Text("\nTargets, the first that fits a series counts" if targets else "\nNo target.", "bold")
    for target in targets:
        whose, style = ("OFFICIAL", "bold") if target.official else ("working", "italic")
        where = ", ".join(f"{name} {code}" for name, code in target.select.items() if code != "*")
        source = target.citation if target.official else target.rationale
        asked = f"  {target_words(target)}{f' ({where})' if where else ''}. "
        yield _indented(Text.assemble((whose, style), asked, (source or "", "dim")))


def _marks(a: Assessment) -> str:
    from carecmon.cli import words

    return f"{words.mark(a, a.period)}{words.contradicted(a)}"


def _series(
    indicator: Indicator, found: Sequence[Assessment], cells: dict[Series, str], language: str
) -> RenderableType:
    from carecmon.cli import words
    from carecmon.cli.grid import grid
    from carecmon.cli.spark import trend

    unicode = glyphs()
    rows: list[list[str | tuple[str, str]]] = [
        [
            words.names(a.series, indicator, language) or "all",
            (f"{words.value_text(a.value, indicator, language)}{_marks(a)}", "bold"),
            words.period_text(a.period),
            (f"{words.change_text(a, indicator)}{words.since_text(a, indicator)}", words.change_style(a, indicator)),
            (f"{words.target_text(a, indicator, language)} {words.authority(a)}".strip(), words.authority_style(a)),
            (words.status_words(a.status, unicode), words.status_style(a)),
            (trend(a, unicode), "cyan"),
            *([cells.get(a.series, "")] if cells else ()),
        ]
        for a in found
    ]
    heads = ("Series", "Value", "Period", "Change", "Target", "Status", "Trend", *(("Cell",) if cells else ()))
    return grid(
        heads,
        rows,
        right=("Value", "Change"),
        fold=("Series", "Target", "Cell"),
        optional=("Trend", "Change"),
        cut=terminal(),
    )
