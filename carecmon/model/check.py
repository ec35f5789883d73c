"""Consistency checks, declared as data; judge/ knows what each kind means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carecmon.model.observation import Cell, Claim, Observation
    from carecmon.model.period import Period
    from carecmon.model.series import Series


class Severity(StrEnum):
    """How loud something is, quietest first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the quietest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a check found: the contradicted cell first, then the cells that contradict it.

    ``found`` and ``expected`` are texts with units, ``message`` is one sentence for people. ``severity`` is given
    where it differs from the check's.
    """

    series: Series
    period: Period
    cells: tuple[Cell, ...]
    found: str
    expected: str
    message: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its kind (``ordered``, ``bounds``, ``shares-sum`` ...), with what that kind needs to know.

    The kind ``custom`` calls ``function`` with the observations and claims of one release.
    """

    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.WARNING
    function: Callable[[Sequence[Observation], Sequence[Claim]], Iterable[Contradiction]] | None = None
