"""What alerts and silences are chosen by must exist: a mistyped name would fit nothing, and nobody would know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from carecmon.cli.session import Session, unknown
from carecmon.errors import UsageError

if TYPE_CHECKING:
    from carecmon.store import Store


def must_exist(
    session: Session,
    store: Store,
    *,
    rule: str = "*",
    indicator: str = "*",
    sector: str = "*",
    subject: str = "*",
    labels: Mapping[str, str] | None = None,
) -> None:
    """Raise UsageError, with near matches, where nothing of that name exists, or ever had an alert.

    What exists and does not fire now is fine. Patterns must fit something.
    """
    from carecmon.model import Series

    past = list(store.alerts().values())
    about = [Series.parse(one.subject) for one in past if one.subject not in session.registry.sources]
    declared = session.indicators.values()
    rules = {one.id for one in session.settings.rules} | {one.rule for one in past}
    names = {one.id for one in declared} | {one.indicator for one in about}
    names |= {alias for one in declared for alias in one.aliases}
    _fits("rule", rule, rules, "the [[rules]] in indicators.toml")
    _fits("indicator", indicator, names, "carecmon indicators")
    _fits("sector", sector, {one.sector for one in declared}, "carecmon indicators")
    if not _declared(session, subject):
        subjects = {one.subject for one in past} | {str(one) for one in store.series()} | {*session.registry.sources}
        _fits("series or source", subject, subjects, "carecmon status --all, carecmon sources")
    codes: dict[str, set[str]] = {}
    for one in declared:
        for dimension in one.dimensions:
            codes.setdefault(dimension.name, set()).update(code.code for code in dimension.codes)
    for series in about:
        for name, code in series.labels:
            codes.setdefault(name, set()).add(code)
    for name, code in (labels or {}).items():
        _fits("label", name, codes, "carecmon show ID")
        _fits(f"{name} called", code, codes[name], "carecmon show ID")


def _declared(session: Session, subject: str) -> bool:
    """Say whether this is a series that an indicator declares: it need not have a value yet."""
    from carecmon.model import Series

    try:
        series = Series.parse(subject)
    except ValueError:
        return False
    return series.indicator in session.indicators and session.indicators[series.indicator].declares(series)


def _fits(kind: str, pattern: str, known: Iterable[str], command: str) -> None:
    names = sorted(known)
    if pattern == "*" or any(fnmatchcase(one, pattern) for one in names):
        return
    if any(letter in pattern for letter in "*?["):
        raise UsageError(f"there is no {kind} that fits {pattern!r} (all of them: {command})")
    raise unknown(kind, pattern, names, command)
