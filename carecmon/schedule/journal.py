"""What the scheduler says while it works: lines for people or JSON for machines, without secrets."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from carecmon.collect.redact import Redactor
from carecmon.config import Settings

_NAME = "carecmon"


class Journal:
    """Writes one line for each thing that happens. ``run`` is the id that lines carry, None between runs."""

    def __init__(self, form: str = "text", stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.run: int | None = None
        self.redactor = Redactor()
        self._handler = logging.StreamHandler(stream or sys.stderr)
        self._handler.setFormatter(_Json(self) if form == "json" else _Text(self))
        self._logger = logging.getLogger(_NAME)
        self._logger.setLevel(logging.WARNING if quiet else logging.INFO)
        logging.getLogger().addHandler(self._handler)

    def hide(self, settings: Settings) -> None:
        """Hide from now on whatever the environment variables hold that ``settings`` name."""
        names = [settings.ping_url_env, settings.smtp.password_env if settings.smtp else None]
        names += [source.key_env for source in settings.sources.values()]
        names += [name for channel in settings.channels.values() for name in (channel.url_env, channel.key_env)]
        self.redactor = Redactor.of([name for name in names if name])

    def info(self, message: str, **facts: Any) -> None:
        """Say what happened."""
        self._logger.info("%s", message, extra={"facts": facts})

    def warning(self, message: str, **facts: Any) -> None:
        """Say what somebody should know."""
        self._logger.warning("%s", message, extra={"facts": facts})

    def error(self, message: str, *, bug: bool = False, **facts: Any) -> None:
        """Say what somebody must mend; ``bug`` adds where in the program it is."""
        self._logger.error("%s", message, extra={"facts": facts}, exc_info=bug)

    def close(self) -> None:
        """Write nothing more."""
        logging.getLogger().removeHandler(self._handler)


class _Text(logging.Formatter):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, run, message and facts, a line, without secrets."""
        facts = "".join(f" {name}={value}" for name, value in getattr(record, "facts", {}).items())
        run = f" run {self._journal.run}:" if self._journal.run is not None else ""
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info and record.exc_info[0] else ""
        line = f"{_time(record)} {record.levelname.lower()}{run} {record.getMessage()}{facts}{trace}"
        return self._journal.redactor.text(line)


class _Json(logging.Formatter):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object, a line, without secrets."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "run": self._journal.run,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["traceback"] = self.formatException(record.exc_info)
        return self._journal.redactor.text(json.dumps(line, ensure_ascii=False, default=str))


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
