"""Reading one table of a test file: every mistake is a ConfigError that says where it is and what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from carecmon.errors import ConfigError

Read = TypeVar("Read")
Word = TypeVar("Word", bound=StrEnum)
_DURATION = re.compile(r"(\d+) (hour|day|week)s?")
_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_ABSENT: Any = object()


def at_start_of(day: date) -> datetime:
    """Return the first moment of ``day``, UTC."""
    return datetime.combine(day, time.min, UTC)


def at_end_of(day: date) -> datetime:
    """Return the last moment of ``day``, UTC."""
    return datetime.combine(day, time.max, UTC)


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table, and where it stands."""

    raw: Mapping[str, Any]
    where: str
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.keys:
            self.only(*self.keys)

    def only(self, *keys: str) -> None:
        """Raise ConfigError for a key that is not one of these."""
        for key in self.raw:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise ConfigError(f"{self.where}: unknown key {key!r}{hint} (known: {', '.join(keys)})")

    def has(self, key: str) -> bool:
        """Say whether it is written."""
        return key in self.raw

    def text(self, key: str, default: str = _ABSENT) -> str:
        """Return a text."""
        found = self._get(key, default)
        if not isinstance(found, str) or (not found.strip() and found is not default):
            raise self.error(key, found, "write a text")
        return found

    def read(self, key: str, reader: Callable[[str], Read]) -> Read:
        """Return what ``reader`` makes of a text or number."""
        found = self._get(key, _ABSENT)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise self.error(key, found, "write a text")
        return self.guard(lambda: reader(str(found)), key)

    def guard(self, read: Callable[[], Read], key: str = "") -> Read:
        """Return what ``read`` returns; a ValueError becomes a ConfigError that says where."""
        try:
            return read()
        except ValueError as exc:
            raise ConfigError(f"{self.where}{f'.{key}' if key else ''}: {exc}") from exc

    def one_of(self, key: str, words: type[Word], default: Word | None = None) -> Word | None:
        """Return one of ``words``, or ``default``."""
        if not self.has(key):
            return default
        if self.raw[key] not in list(words):
            raise self.error(key, self.raw[key], f"write one of {', '.join(words)}")
        return words(self.raw[key])

    def number(self, key: str, default: float | None = None) -> float | None:
        """Return a number."""
        found = self.raw.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float | None):
            raise self.error(key, found, "write a number")
        return found

    def moment(self, key: str, of_day: Callable[[date], datetime], default: date = _ABSENT) -> datetime:
        """Return a time, UTC unless it says otherwise; of a day alone the moment that ``of_day`` gives."""
        found = self._get(key, default)
        if isinstance(found, datetime):
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if not isinstance(found, date):
            raise self.error(key, found, "write a day, such as 2024-06-01 without quotes")
        return of_day(found)

    def duration(self, key: str) -> timedelta | None:
        """Return a length of time such as ``1 day``, None where there is none."""
        if not self.has(key):
            return None
        match = _DURATION.fullmatch(self.text(key))
        if match is None or not int(match[1]):
            raise self.error(key, self.raw[key], 'write such as "12 hours", "1 day" or "2 weeks"')
        return int(match[1]) * _LENGTHS[match[2]]

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """Return the tables of a list."""
        found = self._get(key, _ABSENT if required else [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.error(key, found, "write a list of tables")
        return [Table(one, f"{self.where}, {key}[{number}]{_called(one)}") for number, one in enumerate(found)]

    def named(self, key: str) -> dict[str, Table]:
        """Return the tables below ``key``, by name."""
        found = self.raw.get(key, {})
        if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
            raise self.error(key, found, f'write [{key}."NAME"]')
        return {name: Table(one, f'{self.where}, {key}."{name}"') for name, one in found.items()}

    def error(self, key: str, found: object, remedy: str) -> ConfigError:
        """Return the error for the value of ``key``."""
        said = "nothing" if found is _ABSENT else repr(found)
        return ConfigError(f"{self.where}.{key}: found {said}; {remedy}")

    def _get(self, key: str, default: Any) -> Any:
        if key not in self.raw and default is _ABSENT:
            raise self.error(key, _ABSENT, "it is needed")
        return self.raw.get(key, default)


def _called(raw: Mapping[str, Any]) -> str:
    name = raw.get("name")
    return f" ({name})" if isinstance(name, str) else ""
