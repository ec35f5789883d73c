"""What the keys of one table must agree on. Each function returns what is wrong, in the words of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from carecmon.config.secrets import looks_secret
from carecmon.model import Condition

if TYPE_CHECKING:
    from carecmon.config.file import ChannelTable, HoldTable, PersonTable, RuleTable, SmtpTable, TargetTable

Anything = TypeVar("Anything")
FORMS = ("value", "change", "improve", "state", "direction")
#: Form of a target -> keys that it must have, and keys that mean nothing beside it.
_NEEDS = {
    "value": (("year",), ("base_until",)),
    "change": (("year", "base_period"), ("base_until",)),
    "improve": (("year", "base_until"), ("base_period", "baseline")),
    "state": (("year",), ("base_period", "base_until", "baseline")),
    "direction": ((), ("year", "base_until", "baseline")),
}
_LEVELS = (Condition.ABOVE, Condition.BELOW)
_CHANGES = (Condition.CHANGED, Condition.REVISED)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def checked(table: Anything, problems: Iterable[str]) -> Anything:
    """Return ``table``; raise ValueError with a line for each of ``problems``."""
    lines = "\n".join(problems)
    if lines:
        raise ValueError(lines)
    return table


def target(table: TargetTable) -> Iterator[str]:
    """A target has exactly one form, what that form needs, and says who wants it."""
    forms = [form for form in FORMS if getattr(table, form) is not None]
    if len(forms) != 1:
        yield f"found {' and '.join(forms) or 'none'} of {', '.join(FORMS)}; a target has exactly one of them"
    else:
        needs, forbids = _NEEDS[forms[0]]
        yield from (f"{forms[0]} needs {key}" for key in needs if getattr(table, key) is None)
        yield from (f"{key} means nothing beside {forms[0]}" for key in forbids if getattr(table, key) is not None)
    if table.official and table.citation is None:
        yield "an official target needs a citation: where is it published?"
    if not table.official and table.rationale is None:
        yield "a working target (official = false) needs a rationale: why is it what it is?"
    if table.baseline is not None and table.base_period is None and "improve" not in forms:
        yield "baseline needs base_period: the period that it is the value of"
    for key in ("base_period", "base_until"):
        base = getattr(table, key)
        if base is not None and table.year is not None and base.end.year >= table.year:
            yield f"{key} {base} is not before year {table.year}"


def rule(table: RuleTable) -> Iterator[str]:
    """A threshold belongs to the conditions that compare with one, and lets go on its own side."""
    condition = table.condition
    if condition in _LEVELS and table.value is None:
        yield f'"{condition}" needs value: the threshold, in the indicator\'s unit'
    if condition not in (*_LEVELS, *_CHANGES) and table.value is not None:
        yield f'value means nothing for "{condition}"; it is for above, below, changed and revised'
    if condition in _CHANGES and table.value is not None and table.value < 0:
        yield f'value of "{condition}" is the smallest change that counts, in percent: not below 0'
    if table.clear is not None and condition not in _LEVELS:
        yield f'clear means nothing for "{condition}"; it is for above and below'
    elif table.clear is not None and table.value is not None:
        if condition is Condition.ABOVE and table.clear > table.value:
            yield f"clear {table.clear:g} is above value {table.value:g}: the alert would let go while it still holds"
        if condition is Condition.BELOW and table.clear < table.value:
            yield f"clear {table.clear:g} is below value {table.value:g}: the alert would let go while it still holds"


def hold(table: HoldTable) -> Iterator[str]:
    """A hold is measured in one thing."""
    keys = [key for key in ("observations", "evaluations", "time") if getattr(table, key) is not None]
    if len(keys) != 1:
        found = " and ".join(keys) or "nothing"
        yield f'found {found}; write one of {{ observations = 2 }}, {{ evaluations = 3 }} and {{ time = "3 days" }}'


def person(table: PersonTable) -> Iterator[str]:
    """Days and hours belong to digests."""
    if table.day is not None and table.send != "weekly":
        yield f'day means nothing with send = "{table.send}"; it is for "weekly"'
    if table.hour is not None and table.send == "immediately":
        yield 'hour means nothing with send = "immediately"; it is for "daily" and "weekly"'


def smtp(table: SmtpTable) -> Iterator[str]:
    """A user has a password, and a password travels protected."""
    if (table.user is None) != (table.password_env is None):
        yield "user and password_env go together: both, or neither"
    if table.password_env is not None and table.security == "none" and table.host not in _LOOPBACK:
        yield 'a password is not sent unprotected: security must be "starttls" or "tls"'


def channel(table: ChannelTable) -> Iterator[str]:
    """One address, and no secret among the options."""
    if table.url is not None and table.url_env is not None:
        yield "url and url_env are two addresses; write one of them"
    for key in table.options:
        if looks_secret(key):
            yield f"options.{key} looks like a secret; name the environment variable that holds it with key_env"
