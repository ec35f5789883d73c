"""``carecmon status``: where series stand, by what is believed now or was believed then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from carecmon.cli.output import data_format, glyphs, say, show, width
from carecmon.cli.session import Session, as_of_option, no_check_yet, say_as_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from carecmon.model import AsOf, Assessment, Finding, Series


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Show every series, not only the headline ones.")
@data_format()
@click.pass_obj
def status(session: Session, ids: tuple[str, ...], as_of: AsOf | None, everything: bool, form: str) -> None:
    """Show where series stand, asking no source.

    With ID: every series of the named indicators. With --as-of: today's targets and rules on what was believed then.
    """
    chosen = session.chosen(ids)
    for name in chosen:
        if name not in session.watched:
            say(
                f"carecmon: {name} is not watched, so it is not judged; its values: carecmon history {name}",
                quiet=session.quiet,
            )
    if form == "table" and as_of is None and not (ids or everything):
        _headlines(session, chosen)
        return
    assessments, _ = judged(session, chosen, as_of) or (None, ())
    if form != "table":
        from carecmon.cli.verdicts import write_verdicts

        write_verdicts(form, assessments or (), session.indicators)
    elif assessments is not None:
        _print(session, chosen, assessments, everything or bool(ids))
    if as_of and assessments is not None:
        say("carecmon: judged by today's targets and rules", quiet=session.quiet)


def _headlines(session: Session, chosen: tuple[str, ...]) -> None:
    """Print the headline series; of the others, which can be many, only the names are read."""
    from carecmon.cli.headline import standing

    store = session.open()
    if store is None:
        return
    known: dict[str, list[Series]] = {name: [] for name in chosen}
    with store:
        if no_check_yet(store):
            return
        for series in store.judged():
            if series.indicator in known:
                known[series.indicator].append(series)
        headline = [one for name in chosen for one in standing(known[name], session.indicators[name])]
        found = store.assessments(chosen, *headline) if headline else []
    _print(session, chosen, found, everything=False, known=known)


def judged(
    session: Session, chosen: tuple[str, ...], as_of: AsOf | None
) -> tuple[list[Assessment], list[Finding]] | None:
    """Return the verdicts on the ``chosen`` indicators, and the findings that touch them; None before the first check.

    With ``as_of`` both are of what was believed then.
    """
    store = session.open()
    if store is None:
        return None
    with store:
        if no_check_yet(store):
            return None
        if as_of is None:
            verdicts = list(store.assessments(chosen))
            doubts = {id for one in verdicts for id in one.findings}
            return verdicts, [kept.finding for kept in store.findings() if kept.finding.id in doubts] if doubts else []
        from carecmon import run

        say_as_of(session, store, as_of)
        everything, found = run.look_back(session.settings, session.registry, store, as_of, session.now)
    for error in found.failed.values():
        say(f"carecmon: {error}", quiet=session.quiet)
    verdicts = [one for one in everything if one.series.indicator in chosen]
    doubts = {id for one in verdicts for id in one.findings}
    return verdicts, [one for one in found.findings if one.id in doubts]


def _print(
    session: Session,
    chosen: tuple[str, ...],
    assessments: list[Assessment],
    everything: bool,
    known: Mapping[str, Sequence[Series]] | None = None,
) -> None:
    from carecmon.cli.headline import by_sector
    from carecmon.cli.table import Look, table

    indicators = [session.indicators[name] for name in chosen]
    lines = by_sector(assessments, indicators, everything=everything, known=known)
    show(*table(lines, Look(width(), glyphs(), session.language)))
