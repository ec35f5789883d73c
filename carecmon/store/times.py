"""Moments as the store writes them: UTC, of one width, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, date, datetime

from carecmon.model import DatePrecision, Published


def stamp(moment: datetime) -> str:
    """Return ``moment`` as stored; raise ValueError where it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; the store keeps moments in UTC")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def stamp_or_none(moment: datetime | None) -> str | None:
    """Return ``moment`` as stored, None as None."""
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    """Return the moment stored as ``text``."""
    return datetime.fromisoformat(text)


def moment_or_none(text: str | None) -> datetime | None:
    """Return the moment stored as ``text``, None as None."""
    return None if text is None else moment(text)


def published(day: str | None, precision: str) -> Published:
    """Return the publication date stored in these two columns."""
    return Published(None if day is None else date.fromisoformat(day), DatePrecision(precision))
