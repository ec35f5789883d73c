"""From the text of indicators.toml to Settings, or one ConfigError that lists everything that is wrong with it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from carecmon.config.settings import ChannelSettings, Person, Retention, Settings, Smtp, SourceSettings, Watch
from carecmon.errors import ConfigError
from carecmon.model import Hold, Rule, Target, TargetKind

if TYPE_CHECKING:
    from carecmon.config.file import File, HoldTable, PersonTable, RuleTable, SmtpTable, SourceTable, TargetTable

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def load(path: Path) -> Settings:
    """Return what the file at ``path`` says; raise ConfigError listing every problem in it."""
    return read(_read(path), path)


def read(raw: dict[str, Any], path: Path) -> Settings:
    """Return what ``raw``, the TOML of ``path``, says; raise ConfigError listing every problem in it."""
    # Looking for plugins of pydantic, of which we use none, takes longer than reading the file.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from pydantic import ValidationError

    from carecmon.config import problems, references
    from carecmon.config.file import File

    file = None
    found: list[str] = []
    try:
        file = File.model_validate(raw)
    except ValidationError as exc:
        found += problems.sentences(exc, raw)
    found += references.problems(raw)
    if file is not None:
        found += _missing_folders(file, path)
    if found or file is None:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise ConfigError("\n  ".join([f"{path} has {count}:", *found]))
    return _settings(file, path.absolute())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path} is not TOML: {exc}. Mend that place and try again") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not text in UTF-8 (byte {exc.start}); save it as UTF-8") from exc
    except FileNotFoundError as exc:
        raise ConfigError(f"{path} does not exist; write one with: carecmon init") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc


def _missing_folders(file: File, path: Path) -> Iterator[str]:
    for index, folder in enumerate(file.plugin_dirs):
        if not _is_folder(_inside(path.absolute(), folder)):
            yield f'plugin_dirs[{index}]: found "{folder}", which is not a folder; paths are relative to {path.name}'
    if file.templates and not _is_folder(_inside(path.absolute(), file.templates)):
        yield f'templates: found "{file.templates}", which is not a folder; paths are relative to {path.name}'


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder on the way may not be entered
        return False


def _inside(path: Path, written: str) -> Path:
    return path.parent / Path(written).expanduser()


def _settings(file: File, path: Path) -> Settings:
    return Settings(
        path,
        _inside(path, file.database),
        tuple(_inside(path, folder) for folder in file.plugin_dirs),
        file.language,
        file.time_zone,
        {name: Watch(it.enabled, tuple(it.prefer), it.method) for name, it in file.indicators.items()},
        {name: _source(it) for name, it in file.sources.items()},
        tuple(target for table in file.targets for target in _targets(table)),
        tuple(_rule(table) for table in file.rules),
        {name: _person(name, table, file) for name, table in file.people.items()},
        _smtp(file.smtp) if file.smtp else None,
        {
            name: ChannelSettings(
                name, it.kind, it.url, it.url_env, it.key_env, _inside(path, it.path) if it.path else None, it.options
            )
            for name, it in file.channels.items()
        },
        _inside(path, file.templates) if file.templates else None,
        Retention(file.retention.raw, file.retention.logs) if file.retention else Retention(),
        file.ping_url_env,
    )


def _source(it: SourceTable) -> SourceSettings:
    return SourceSettings(
        it.enabled,
        it.schedule,
        it.base_url,
        it.key_env,
        tuple(host.lower() for host in it.allow_private_hosts),
        it.rate,
        it.time_zone,
        it.jitter or 0.0,
    )


def _targets(table: TargetTable) -> Iterator[Target]:
    if table.value is not None:
        kind = TargetKind.VALUE
    elif table.change is not None or table.improve is not None:
        kind = TargetKind.RELATIVE
    else:
        kind = TargetKind.MILESTONE if table.state is not None else TargetKind.DIRECTION
    for indicator in table.indicator:
        yield Target(
            kind,
            table.official,
            indicator,
            table.select,
            table.year,
            table.value,
            table.change,
            table.improve,
            table.state,
            table.base_period,
            table.base_until,
            table.baseline,
            table.citation,
            table.rationale,
        )


def _rule(table: RuleTable) -> Rule:
    return Rule(
        table.id,
        table.condition,
        table.severity,
        table.indicator,
        table.sector,
        table.select,
        table.official,
        table.value,
        table.clear,
        _hold(table.hold),
        table.opt_in,
    )


def _hold(table: HoldTable | None) -> Hold:
    return Hold(table.observations or 0, table.evaluations or 0, table.time or 0.0) if table else Hold()


def _person(name: str, table: PersonTable, file: File) -> Person:
    from datetime import time

    from carecmon.config.fields import DAYS

    return Person(
        name=name,
        email=table.email,
        full_name=table.name or name,
        language=table.language or file.language,
        time_zone=table.time_zone or file.time_zone,
        sectors=tuple(table.sectors),
        indicators=tuple(table.indicators),
        severities=tuple(table.severities),
        send=cast("Any", table.send),
        day=DAYS.index(table.day or "monday"),
        hour=table.hour or time(9),
        quiet_hours=table.quiet_hours,
        critical_pierces=table.critical_pierces,
        remind_after=table.remind_after,
        opt_in=tuple(table.opt_in),
        channels=tuple(table.channels),
        ops=table.ops,
    )


def _smtp(table: SmtpTable) -> Smtp:
    return Smtp(
        table.host,
        table.sender,
        table.port or _PORTS[table.security],
        cast("Any", table.security),
        table.user,
        table.password_env,
        table.reply_to,
        table.ops,
    )
