"""The corrections that are declared, and what each does now: a part of ``carecmon findings``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from carecmon.cli.lists import listing

if TYPE_CHECKING:
    from carecmon.cli.session import Session
    from carecmon.model import Correction, Series, SeriesBelief

CORRECTIONS = ("series", "period", "source", "action", "printed", "judged", "state", "reason", "who")


def list_corrections(session: Session, form: str, source: str | None) -> None:
    """List the corrections of ``source``, or all: those beside indicators.toml, then those of plugins."""
    declared = [one for one in session.corrections if source is None or one.source in (None, source)]
    store = session.open()
    beliefs: dict[Series, SeriesBelief] = {}
    if store is not None:
        with store:
            beliefs = {one.series: one for one in store.beliefs({one.series.indicator for one in declared})}
    objects = [_object(session, one, beliefs) for one in declared]
    shown = ("series", "period", "source", "action", "printed", "judged", "state", "reason")
    listing(form, objects, CORRECTIONS, shown, ("reason", "series"), _style, ("action", "source"))


def _object(session: Session, one: Correction, beliefs: dict[Series, SeriesBelief]) -> dict[str, Any]:
    from carecmon.judge.corrections import apply, laid_over
    from carecmon.model import SeriesBelief
    from carecmon.report import value_of

    indicator = session.indicators.get(one.series.indicator)
    _, (note,) = apply(beliefs.get(one.series, SeriesBelief(one.series, {})), [one], indicator)
    return {
        "series": str(one.series),
        "period": str(one.period),
        "source": one.source,
        "action": one.action.value,
        "printed": value_of(one.expect, indicator),
        "judged": value_of(laid_over(one.expect, one), indicator),
        "state": note.state.value,
        "reason": one.reason,
        "who": one.who,
    }


def _style(name: str, one: dict[str, Any]) -> str:
    return "yellow" if name == "state" and one["state"] != "applied" else ""
