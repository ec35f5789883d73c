"""What single values may look like. Each parser raises ValueError saying what to write, not what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from difflib import get_close_matches
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from carecmon.model import Period

_CHANGE = re.compile(r"([+\-\u2212])\s*(\d+(?:\.\d+)?)\s*%")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:a|per)\s+year")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(minute|hour|day|week|month|year)s?")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629746, "year": 31556952}
_ENV = re.compile(r"[A-Z][A-Z0-9_]*")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOURS = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)")
_CRON_FIELD = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/[1-9]\d*)?")
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
#: What months and days may be called instead, by the place of the field.
_CRON_NAMES = {
    3: ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    4: ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
FROM_CALENDAR = "release calendar"


def near(word: str, known: list[str]) -> str:
    """Return "; did you mean ...?" with the known word nearest to ``word``, or nothing."""
    found = get_close_matches(word, known, n=1) or get_close_matches(word.casefold(), known, n=1)
    return f'; did you mean "{found[0]}"?' if found else ""


def text(value: object, what: str) -> str:
    """Return ``value`` where it is text of one line; ``what`` says what was wanted."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(what)
    if any(ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029" for letter in value):
        raise ValueError(f"{what}, without line breaks or control characters")
    return value.strip()


def change(value: object) -> float:
    """Read ``-50 %`` as -0.5."""
    what = 'write a change against the base period with its sign, such as "-50 %" or "+20 %"'
    match = _CHANGE.fullmatch(text(value, what))
    if match is None:
        raise ValueError(what)
    fraction = float(match[2]) / 100
    if match[1] == "+":
        return fraction
    if fraction > 1:
        raise ValueError("nothing can fall by more than 100 %")
    return -fraction


def rate(value: object) -> float:
    """Read ``1.5 % a year`` as 0.015."""
    what = 'write a yearly improvement, such as "1.5 % a year"; the indicator says which way is better'
    match = _RATE.fullmatch(text(value, what))
    if match is None or not 0 < float(match[1]) < 100:
        raise ValueError(what)
    return float(match[1]) / 100


def seconds(value: object) -> float:
    """Read ``3 days`` as seconds."""
    what = 'write a length of time, such as "3 days", "12 hours" or "30 minutes"'
    match = _SPAN.fullmatch(text(value, what))
    if match is None or float(match[1]) == 0:
        raise ValueError(what)
    return float(match[1]) * _SECONDS[match[2]]


def period(value: object) -> Period:
    """Read a reference period; a bare year may be a number, a day a TOML date."""
    if isinstance(value, date):
        value = value.isoformat()
    try:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        return Period.parse(str(value))
    except ValueError:
        raise ValueError('write a reference period, such as 2010, "2023-Q2", "2023-05" or "2017/2018"') from None


def env_name(value: object) -> str:
    """Return the name of an environment variable; never repeat what is not one, for it may be the secret itself."""
    what = (
        "write the NAME of the environment variable that holds the secret, in capitals, such as COMTRADE_KEY;"
        " the secret itself is never written in this file (what was found is not shown)"
    )
    if not isinstance(value, str) or _ENV.fullmatch(value) is None or _looks_like_a_key(value):
        raise ValueError(what)
    return value


def _looks_like_a_key(name: str) -> bool:
    return len(name) >= 20 and "_" not in name


def email(value: object) -> str:
    """Return a plain address: no display name, no quoting, no line break."""
    if not isinstance(value, str) or len(value) > 254 or _EMAIL.fullmatch(value) is None:
        raise ValueError("write a plain e-mail address, such as ops@example.org")
    return value


def zone(value: object) -> ZoneInfo:
    """Return the time zone of that IANA name."""
    what = 'write a time zone by its IANA name, such as "UTC" or "Asia/Almaty"'
    name = text(value, what)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(what + near(name, sorted(available_timezones()))) from None


def address(value: object) -> str:
    """Return an http or https address without user or password in it."""
    what = "write an address that begins with https:// or http://, without a user name or password in it"
    try:
        parts = urlsplit(text(value, what))
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(what)
    return str(value).strip()


def clock(value: object) -> time:
    """Return the time of day that ``09:30`` or a TOML time says, in minutes."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    what = 'write a time of day, such as "09:30"'
    try:
        if re.fullmatch(r"\d\d:\d\d", text(value, what)) is None:
            raise ValueError
        return time.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(what) from None


def hours(value: object) -> tuple[time, time]:
    """Return the begin and the end of ``20:00-07:00``, which may run over midnight."""
    what = 'write quiet hours from and until, such as "20:00-07:00"'
    match = _HOURS.fullmatch(text(value, what))
    if match is None or match[1] == match[2]:
        raise ValueError(what)
    return clock(match[1]), clock(match[2])


def schedule(value: object) -> str:
    """Return a schedule as written, where it is a cron expression, an interval or the release calendar."""
    what = (
        'write five cron fields, such as "0 6 * * 1" (minute, hour, day, month, day of the week),'
        f' an interval, such as "every 6 hours", or "{FROM_CALENDAR}" (from the day that a release is due)'
    )
    written = " ".join(text(value, what).split())
    if written == FROM_CALENDAR:
        return written
    if written.startswith("every "):
        seconds(written.removeprefix("every "))
        return written
    fields = [_numbered(field, _CRON_NAMES.get(place, ())) for place, field in enumerate(written.split(" "))]
    if len(fields) != 5 or not all(map(_is_cron, fields, _CRON_RANGES)):
        raise ValueError(what)
    if not _ever(written):
        raise ValueError(f"{what}; no day is ever like this")
    return written


def _ever(cron: str) -> bool:
    from cronsim import CronSim, CronSimError

    try:
        return next(CronSim(cron, datetime(2026, 1, 1)), None) is not None
    except CronSimError:
        return False


def _numbered(field: str, names: Sequence[str]) -> str:
    """Return a field with numbers in the place of ``names``."""
    return re.sub("[a-z]+", lambda word: str(names.index(word[0])) if word[0] in names else word[0], field.lower())


def _is_cron(field: str, bounds: tuple[int, int]) -> bool:
    for part in field.split(","):
        match = _CRON_FIELD.fullmatch(part)
        if match is None:
            return False
        ends = [int(end) for end in match.groups() if end is not None]
        if ends != sorted(ends) or not all(bounds[0] <= end <= bounds[1] for end in ends):
            return False
    return True
