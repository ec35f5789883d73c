"""corrections.toml: declared fixes for errors that sources printed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from carecmon.errors import ConfigError
from carecmon.model import Correction

NAME = "corrections.toml"


def corrections_in(folders: Iterable[Path]) -> tuple[Correction, ...]:
    """Return the corrections in the folders' files of that name; the first file that has one for a cell decides.

    Raises ConfigError listing every entry that cannot be read, by file and number.
    """
    found: dict[tuple[object, ...], Correction] = {}
    problems: list[str] = []
    for path in dict.fromkeys(folder.resolve() / NAME for folder in folders):
        if path.is_file():
            here = _read(path, problems)
            for correction in here:
                found.setdefault((correction.series, correction.period, correction.source), correction)
    if problems:
        raise ConfigError("\n  ".join(["corrections that cannot be used:", *problems]))
    return tuple(found.values())


def _read(path: Path, problems: list[str]) -> list[Correction]:
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        problems.append(f"{path} is not TOML in UTF-8: {exc}")
        return []
    except OSError as exc:
        problems.append(f"{path} cannot be read: {exc.strerror}")
        return []
    problems += (f"{path}: unknown key {key}; write [[corrections]]" for key in tables if key != "corrections")
    entries = tables.get("corrections", [])
    if not isinstance(entries, list):
        problems.append(f"{path}: corrections is not a list of tables; write [[corrections]]")
        return []
    read = []
    for number, entry in enumerate(entries):
        try:
            read.append(Correction.read(entry))
        except ValueError as exc:
            problems.append(f"{path}: corrections[{number}]: {exc}")
    return read
