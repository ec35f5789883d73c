"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import click

from carecmon.cli.session import who


class MomentType(click.ParamType["datetime"]):
    """``2024-06-01`` or ``2024-06-01T18:00``, UTC unless it says otherwise; a day alone is its end, or its start."""

    name = "moment"

    def __init__(self, *, end: bool) -> None:
        self._alone = time.max if end else time.min

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment, or end with exit code 2."""
        if isinstance(value, datetime):
            return value
        try:
            if len(str(value)) == len("2024-06-01"):
                return datetime.combine(date.fromisoformat(value), self._alone, UTC)
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment; write 2024-06-01 or 2024-06-01T18:00 (UTC)", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def author_option(command: Any) -> Any:
    """Return ``command`` with the option ``--author``, by default the user who runs carecmon."""
    return click.option("--author", default=who, show_default="your user name", help="Who decides this.")(command)
