"""Corrections: declared fixes for known errors of a source, laid over what it says and never written into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from carecmon.model.period import Period
from carecmon.model.series import Series


class CorrectionAction(StrEnum):
    """What a correction does to the cell while the error is still there."""

    DROP = "drop"  #: the cell is not judged
    OVERRIDE = "override"  #: ``value`` stands in for it
    SCALE = "scale"  #: it is multiplied by ``factor``
    FLAG = "flag"  #: it stays, and every output says what is wrong with it


@dataclass(frozen=True, slots=True)
class Correction:
    """A fix for one cell, with its evidence.

    ``expect`` is the erroneous value that must still be there, in the indicator's unit; where it no longer is, the
    correction is out of date and does nothing. ``source`` limits it to what that source says; without it every
    source that states ``expect`` is corrected. ``value`` belongs to override, ``factor`` to scale.
    """

    series: Series
    period: Period
    action: CorrectionAction
    reason: str
    who: str
    expect: float
    value: float | None = None
    factor: float | None = None
    source: str | None = None

    @staticmethod
    def read(table: Mapping[str, object]) -> Correction:
        """Return the correction that a table of ``corrections.toml`` says; raise ValueError naming the key."""
        unknown = sorted(set(table) - set(_KEYS))
        if unknown:
            raise ValueError(f"unknown key {unknown[0]!r}; a correction has {', '.join(_KEYS)}")
        action = _action(_text(table, "action"))
        needs = {CorrectionAction.OVERRIDE: "value", CorrectionAction.SCALE: "factor"}.get(action)
        for key in ("value", "factor"):
            if (key in table) != (key == needs):
                raise ValueError(
                    f"{action} needs {key}; add it" if key == needs else f"{key}: {action} has no {key}; take it out"
                )
        return Correction(
            Series.parse(_text(table, "series")),
            Period.parse(_text(table, "period")),
            action,
            _text(table, "reason"),
            _text(table, "who"),
            _number(table, "expect"),
            _number(table, "value") if needs == "value" else None,
            _number(table, "factor") if needs == "factor" else None,
            _text(table, "source") if "source" in table else None,
        )

    def __str__(self) -> str:
        return f"{self.action} {self.series} {self.period}"


_KEYS = ("series", "period", "action", "reason", "who", "expect", "value", "factor", "source")


def _action(word: str) -> CorrectionAction:
    if word not in list(CorrectionAction):
        raise ValueError(f"action: found {word!r}; it is one of {', '.join(CorrectionAction)}")
    return CorrectionAction(word)


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(
            f"{key}: found {value!r}; write a text" if key in table else f"no {key}; a correction needs it"
        )
    return value.strip()


def _number(table: Mapping[str, object], key: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(
            f"{key}: found {value!r}; write a number" if key in table else f"no {key}; a correction needs it"
        )
    return float(value)
