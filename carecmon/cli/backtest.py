"""``carecmon backtest``: what a rule would have raised over everything stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from carecmon.cli.moment import MomentType
from carecmon.cli.output import data_format, say, show, terminal, write_objects
from carecmon.cli.session import Session, unknown

if TYPE_CHECKING:
    from carecmon.judge.backtest import Raised

COLUMNS = (
    *("at", "series", "severity", "cause", "message", "came"),
    *("resolved", "resolved_by", "taken_back", "taken_back_by"),
)


@click.command()
@click.argument("rule")
@click.option(
    "--since", type=MomentType(end=False), metavar="DATE", help="Only what would have fired from this day on."
)
@click.option("--published", is_flag=True, help="Releases come when they were published, not when they were fetched.")
@data_format()
@click.pass_obj
def backtest(session: Session, rule: str, since: datetime | None, published: bool, form: str) -> None:
    """Say what RULE would have raised in the past.

    And which of it a later revision took back: those would have been false alarms.

    The stored releases are replayed in the order in which they came, judged by today's targets, rule and code.
    """
    from carecmon.replay import replay

    rules = {one.id: one for one in session.settings.rules}
    if rule not in rules:
        raise unknown("rule", rule, sorted(rules), "the [[rules]] of indicators.toml")
    store = session.open()
    found: list[Raised] = []
    if store is not None:
        with store:
            chosen = rules[rule]
            found = replay(session.settings, session.registry, store, chosen, now=session.now, published=published)
    found = [one for one in found if since is None or one.alert.since >= since]
    if form != "table":
        write_objects(form, [_object(one) for one in found], COLUMNS)
    elif store is not None:
        _show(session, rule, found)


def _object(one: Raised) -> dict[str, Any]:
    from carecmon.report import plain

    return {
        "at": plain(one.alert.since),
        "series": one.alert.subject,
        "severity": one.alert.severity.value,
        "cause": one.alert.cause.value,
        "message": one.alert.message,
        "came": one.came or None,
        "resolved": plain(one.resolved) if one.resolved else None,
        "resolved_by": one.resolved_by.value if one.resolved_by else None,
        "taken_back": plain(one.taken_back) if one.taken_back else None,
        "taken_back_by": one.taken_back_by or None,
    }


def _show(session: Session, rule: str, found: Sequence[Raised]) -> None:
    from carecmon.cli import summary
    from carecmon.cli.grid import grid

    if not found:
        show(f"{rule} would have raised nothing.")
        return
    rows = [
        [
            f"{one.alert.since:%Y-%m-%d}",
            one.alert.message,
            summary.cause(one.alert.cause),
            one.came,
            f"{one.resolved:%Y-%m-%d}, {summary.cause(one.resolved_by)}" if one.resolved and one.resolved_by else "",
            f"{one.taken_back:%Y-%m-%d} by {one.taken_back_by}" if one.taken_back else "",
        ]
        for one in found
    ]
    heads = ("Fired", "What", "Cause", "Release", "Resolved", "Taken back")
    show(grid(heads, rows, fold=("What", "Release", "Taken back"), cut=terminal()))
    resolved, back = (sum(getattr(one, name) is not None for one in found) for name in ("resolved", "taken_back"))
    still = len(found) - resolved
    say(
        f"carecmon: {rule} would have fired {len(found)} times; {still} would fire still,"
        f" {back} a later revision took back",
        quiet=session.quiet,
    )
