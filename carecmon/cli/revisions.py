"""``carecmon revisions``: what sources said of the past, and then said differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import AsOfType, Session, as_of_option, say_as_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from carecmon.model import AsOf, Indicator
    from carecmon.store import Renaming, Revision, Store

REVISIONS = (
    *("kind", "series", "period", "value", "unit", "source", "edition", "published", "observed", "release"),
    *("from", "to", "change", "change_percent", "within_precision", "status", "correction"),
    *("document", "location", "row", "column", "raw", "raw_before"),
)

#: More of one kind are counted, not shown to people; --format csv has them all.
_MOST = 40


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--since",
    type=AsOfType(),
    metavar="[published:]DATE",
    help="Only what was observed, or published, on that day or later.",
)
@as_of_option
@data_format()
@click.pass_obj
def revisions(session: Session, ids: tuple[str, ...], since: AsOf | None, as_of: AsOf | None, form: str) -> None:
    """Show what changed in the past.

    Revised, withdrawn, added and relabelled values stand apart.
    A revision is one source saying something else in a later edition or answer. One smaller than the last printed
    digit is marked: it may be nothing but rounding. ID limits this to the named indicators.
    """
    chosen = {session.indicator(name).id for name in ids}
    store = session.open()
    if store is None:
        if form != "table":
            write_objects(form, [], REVISIONS)
        return
    with store:
        found = [one for one in _changes(store, since, as_of) if not chosen or one.series.indicator in chosen]
        renamed = [r for r in _renamings(store, since, as_of) if not chosen or r.today.indicator in chosen]
        say_as_of(session, store, as_of)
    objects = [*(revision_object(session, one) for one in found), *map(renaming_object, renamed)]
    if form == "table":
        show(*_page(session, objects, added_listed=bool(ids)))
    else:
        write_objects(form, objects, REVISIONS)


def _changes(store: Store, since: AsOf | None, as_of: AsOf | None) -> Iterator[Revision]:
    if since is None or not since.published:
        yield from store.revisions(since.beginning if since else None, as_of)
        return
    for one in store.revisions(None, as_of):
        day = one.published.day or one.observed.date()
        if day >= since.day:
            yield one


def _renamings(store: Store, since: AsOf | None, as_of: AsOf | None) -> list[Renaming]:
    return [one for one in store.renamings(as_of) if since is None or one.at >= since.beginning]


def revision_object(session: Session, one: Revision) -> dict[str, Any]:
    """Return a revision. ``change`` is in the unit, ``change_percent`` of the value before; None where neither fits."""
    from carecmon.judge.corrections import in_force, words
    from carecmon.model import Scale
    from carecmon.report import plain, value_of

    indicator = session.indicators.get(one.series.indicator)
    both = one.kind == "revised" and one.before is not None and one.after is not None
    change = one.after - one.before if both and one.after is not None and one.before is not None else None
    ratio = indicator is None or indicator.scale is Scale.RATIO
    correction = in_force(session.corrections, one.series, one.period, one.source, one.after)
    cell = one.cell
    return {
        "kind": one.kind,
        "series": str(one.series),
        "period": str(one.period),
        "value": value_of(one.after, indicator),
        "unit": indicator.unit if indicator else None,
        "source": one.source,
        "edition": one.edition,
        "published": None if one.published.day is None else str(one.published),
        "observed": plain(one.observed),
        "release": one.release,
        "from": value_of(one.before, indicator),
        "to": value_of(one.after, indicator),
        "change": plain(change),
        "change_percent": plain(100 * change / abs(one.before))
        if change is not None and one.before and ratio
        else None,
        "within_precision": None if change is None else _within(one, indicator),
        "status": one.status.word,
        "correction": words(correction, indicator) if correction else None,
        "document": cell.document if cell else None,
        "location": cell.location if cell else None,
        "row": cell.row if cell else None,
        "column": cell.column if cell else None,
        "raw": cell.raw if cell else None,
        "raw_before": one.was.raw if one.was else None,
    }


def renaming_object(one: Renaming) -> dict[str, Any]:
    """Return a renaming in the form of a revision: ``from`` and ``to`` are the names."""
    from carecmon.report import plain

    named = {"kind": "relabelled", "series": str(one.today), "observed": plain(one.at)}
    return {name: named.get(name) for name in REVISIONS} | {"from": str(one.former), "to": str(one.today)}


def _within(one: Revision, indicator: Indicator | None) -> bool:
    """Say whether a value moved by less than a unit of the last place that either printing shows."""
    from carecmon.judge.checks import printed_unit

    assert one.before is not None and one.after is not None
    precision = indicator.precision if indicator else None
    units = [
        printed_unit(value, cell.raw if cell else None, precision)
        for value, cell in ((one.before, one.was), (one.after, one.cell))
    ]
    return abs(one.after - one.before) < max(units) * (1 - 1e-9)


def _page(session: Session, objects: Sequence[dict[str, Any]], *, added_listed: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    if not objects:
        yield Text("Nothing changed.")
        return
    for kind, heads in _SECTIONS.items():
        here = [one for one in objects if one["kind"] == kind]
        if not here:
            continue
        yield Text(f"{kind.capitalize()} ({len(here):,})", "bold")
        if kind == "added" and not added_listed:
            yield from _added(here)
        else:
            yield _grid(session, kind, heads, here[:_MOST])
            if len(here) > _MOST:
                yield Text(f"and {len(here) - _MOST:,} more: --format csv has them all", "dim")
        yield Text()
    within = sum(bool(one["within_precision"]) for one in objects)
    if within:
        say(f"carecmon: {within} are smaller than the last printed digit (~)", quiet=session.quiet)


_SECTIONS = {
    "revised": ("Series", "Period", "From", "To", "Change", "Source", "Edition", "Cell"),
    "withdrawn": ("Series", "Period", "From", "Source", "Edition", "Observed"),
    "relabelled": ("From", "To", "Observed"),
    "added": ("Series", "Period", "To", "Source", "Edition", "Cell"),
}


def _grid(session: Session, kind: str, heads: Sequence[str], objects: Sequence[dict[str, Any]]) -> RenderableType:
    from carecmon.cli.grid import grid

    rows = [[_cell(session, one, head) for head in heads] for one in objects]
    right = ("From", "To", "Change") if kind != "relabelled" else ()
    return grid(heads, rows, right=right, fold=("Series", "From", "To", "Cell"), cut=terminal())


def _cell(session: Session, one: dict[str, Any], head: str) -> str | tuple[str, str]:
    if head == "Change":
        return _change(one)
    if head == "Cell":
        said = [one[name] for name in ("location", "row", "column") if one[name] not in (None, "not recorded")]
        corrected = f" (corrected: {one['correction']})" if one["correction"] else ""
        return f"{' / '.join(said)}{corrected}"
    if head == "Observed":
        return str(one["observed"])[:10]
    value = one[head.lower()]
    if head in ("From", "To") and one["kind"] != "relabelled" and value is not None:
        return _amount(session, one, head, value)
    return "" if value is None else str(value)


def _amount(session: Session, one: dict[str, Any], head: str, value: float | str) -> str:
    """Return a value with its unit, all its digits shown: a revision may be smaller than what is usually printed."""
    from carecmon.cli import words

    indicator = session.indicators.get(one["series"].partition("{")[0])
    if isinstance(value, str):  # the code of a state
        states = indicator.states if indicator else None
        return states[value].name.say(session.language) if states and value in states else value
    unit = words.short_unit(indicator) if indicator else ""
    if indicator and (head == "To" or one["kind"] == "withdrawn"):  # a long one stands once in a row
        unit = unit or words.long_unit(indicator)
    return f"{value:,.12g} {unit}".rstrip()


def _change(one: dict[str, Any]) -> str | tuple[str, str]:
    if one["change"] is None:
        return "" if one["status"] in ("normal", "missing") else str(one["status"])
    percent = "" if one["change_percent"] is None else f" ({one['change_percent']:+.1f} %)"
    text = f"{'~ ' if one['within_precision'] else ''}{one['change']:+,.6g}{percent}"
    return (text, "dim") if one["within_precision"] else text


def _added(objects: Sequence[dict[str, Any]]) -> Iterator[RenderableType]:
    from rich.text import Text

    counts: dict[tuple[str, str, str], int] = {}
    for one in objects:
        key = (one["source"], one["edition"], one["observed"][:10])
        counts[key] = counts.get(key, 0) + 1
    for (source, edition, observed), count in sorted(counts.items()):
        yield Text(f"  {count:>6,}  {f'{source} {edition}'.strip()}, observed {observed}")
    yield Text("  name an indicator, or use --format csv, to see each one", "dim")
