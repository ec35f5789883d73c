"""indicators.toml: what carecmon watches, against which targets, by which rules, and who is told.

Importing this package is cheap; pydantic is imported when a file is read or its schema asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carecmon.config.check import check_against
from carecmon.config.corrections import corrections_in
from carecmon.config.load import load, read
from carecmon.config.settings import (
    BUILT_IN_CHANNELS,
    ChannelSettings,
    Person,
    Retention,
    Settings,
    Smtp,
    SourceSettings,
    Watch,
    policy,
)
from carecmon.config.template import NAME, template, write_template
from carecmon.errors import ConfigError

__all__ = [
    "BUILT_IN_CHANNELS",
    "ENVIRONMENT",
    "NAME",
    "ChannelSettings",
    "Person",
    "Retention",
    "Settings",
    "Smtp",
    "SourceSettings",
    "Watch",
    "check_against",
    "corrections_in",
    "find",
    "load",
    "policy",
    "read",
    "schema",
    "template",
    "write_template",
]

ENVIRONMENT = "CARECMON_CONFIG"


def find(option: str | Path | None, environ: Mapping[str, str]) -> Path:
    """Return the configuration file: the option, else the environment variable, else ./indicators.toml.

    Raise ConfigError where it is not a file, saying which of the three named it.
    """
    named = environ.get(ENVIRONMENT)
    if option is not None:
        path, origin = Path(option), "--config says so"
    elif named:
        path, origin = Path(named), f"{ENVIRONMENT} says so"
    else:
        path, origin = Path(NAME), f"neither --config nor {ENVIRONMENT} names another"
    try:
        if not path.is_dir() and path.stat():
            return path
        problem = "is a folder, not a file"
    except (FileNotFoundError, NotADirectoryError):
        problem = "does not exist"
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror} ({origin})") from exc
    raise ConfigError(f"{path} {problem} ({origin}); write a new one with: carecmon init")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of indicators.toml, for editors."""
    from carecmon.config.file import File

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **File.model_json_schema()}
