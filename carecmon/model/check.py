"""Consistency checks, declared as data; judge/ knows what each kind means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
class Check:
    """A check by its kind (``ordered``, ``bounds``, ``shares-sum`` ...), with what that kind needs to know."""

    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.WARNING
