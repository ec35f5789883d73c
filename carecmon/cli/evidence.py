"""What an alert was raised on, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carecmon.model import Indicator

#: Shown of the evidence, in this order.
_EVIDENCE = ("status", "value", "period", "expected", "target", "official", "method", "freshness", "sources", "error")


def seen(evidence: Mapping[str, object], indicator: Indicator | None) -> Iterator[str]:
    """Yield a line with what the check saw when the alert came to its state."""
    said = []
    for name in _EVIDENCE:
        value = evidence.get(name)
        if value in (None, "", [], ()):
            continue
        if name in ("value", "expected") and indicator is not None and indicator.states:
            value = _state(float(str(value)), indicator)
        said.append(f"{name} {', '.join(map(str, value)) if isinstance(value, list | tuple) else value}")
    if said:
        yield f"Seen then: {'; '.join(said)}"


def _state(value: float, indicator: Indicator) -> str:
    """Return a state by its name; what a path expects may lie between two."""
    if value.is_integer():
        return indicator.state_name(value)
    return f"between {indicator.state_name(float(int(value)))} and {indicator.state_name(float(int(value) + 1))}"
