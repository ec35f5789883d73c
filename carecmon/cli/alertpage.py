"""One alert as a page for people: what it says, what stands beside it, how it came to that, and who was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from carecmon.cli.output import terminal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from carecmon.model import Alert, Indicator
    from carecmon.model.silence import Beside
    from carecmon.store import PastTransition


def page(
    alert: Alert,
    past: Sequence[PastTransition],
    beside: Beside,
    told: Sequence[dict[str, Any]],
    indicator: Indicator | None,
) -> Iterator[RenderableType]:
    """Yield the parts of the page, from top to bottom."""
    from carecmon.cli import summary
    from carecmon.cli.evidence import seen
    from carecmon.cli.grid import grid

    yield f"Alert {alert.fingerprint}: {alert.message}"
    yield f"{alert.severity}, {alert.state} since {alert.since:%Y-%m-%d %H:%M} UTC; cause: {summary.cause(alert.cause)}"
    yield f"Rule {alert.rule} about {alert.subject}"
    yield from seen(alert.evidence, indicator)
    if beside.acknowledged:
        made = beside.acknowledged
        until = f" until {made.until:%Y-%m-%d}" if made.until else ""
        yield f"Acknowledged{until} by {made.author} on {made.at:%Y-%m-%d}: {made.reason}"
    for silence in beside.silences:
        yield f"Silenced until {silence.ends:%Y-%m-%d %H:%M} UTC by {silence.author}: {silence.reason}"
    if beside.inhibited_by:
        yield f"Nobody is told while alert {beside.inhibited_by} fires"
    rows = [
        [f"{one.at:%Y-%m-%d %H:%M}", one.transition.alert.state.value, summary.cause(one.transition.alert.cause),
         one.transition.alert.message]
        for one in past
    ]  # fmt: skip
    yield "\nHistory"
    yield grid(("When (UTC)", "State", "Cause", "What"), rows, fold=("What",), cut=terminal())
    if told:
        yield "\nTold"
        heads = tuple(told[0])
        yield grid(
            [head.capitalize() for head in heads], [[str(one[head]) for head in heads] for one in told], cut=terminal()
        )
