"""What ``carecmon doctor`` asks. Each question gives answers; a bad one says what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from carecmon.config import Settings, check_against
from carecmon.errors import CarecmonError
from carecmon.intake import sources_of, wait_words, waiting
from carecmon.model import PluginState
from carecmon.registry import Registry
from carecmon.schedule.lock import running
from carecmon.schedule.plan import Standing, next_due
from carecmon.schedule.standings import standings
from carecmon.store import Store
from carecmon.store.figures import Figures, figures, quick_check, sqlite_version

#: Before these, two connections that write at the same moment can corrupt a database in WAL mode.
SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
#: A source that failed for so long is a failure, not bad luck; a message that waits so long too.
LONG, SLOW = timedelta(days=3), timedelta(days=1)
#: Free space, in bytes, below which the next run may fail, and below which it is worth knowing.
FULL, LOW = 200 << 20, 1 << 30
_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question found: ``good`` is None where it is worth knowing, but no failure."""

    topic: str
    good: bool | None
    text: str
    remedy: str = ""


def sqlite(version: tuple[int, ...]) -> Answer:
    """Say whether this SQLite has the bug that corrupts a database when two connections reset its log at once."""
    name = f"SQLite {'.'.join(map(str, version))}"
    fixed = version >= SAFE_SQLITE[0] or any(version[:2] == one[:2] and version >= one for one in SAFE_SQLITE)
    if fixed:
        return Answer("sqlite", True, name)
    return Answer(
        "sqlite", None, f"{name} has the WAL-reset bug; carecmon lets one process write at a time, which avoids it",
        "let nothing else write to the store, or install pysqlite3, which brings a newer one",
    )  # fmt: skip


def plugins(settings: Settings, registry: Registry) -> Iterator[Answer]:
    """Ask whether every plugin works, and whether the settings fit what they declare."""
    broken = [plugin for plugin in registry.plugins if plugin.state is PluginState.BROKEN]
    for plugin in broken:
        yield Answer("plugins", False, f"plugin {plugin.name}: {plugin.reason}", plugin.remedy)
    yield Answer("plugins", True, f"plugins: {len(registry.plugins)}, with {len(registry.indicators)} indicators")
    waits = waiting(settings, registry)
    if waits:
        yield Answer("sources", None, wait_words(settings, waits))
    missing = [name for name in settings.watched if name not in registry.indicators]
    if missing:
        remedy = "mend or install the plugin that declares them, or remove them from indicators.toml"
        yield Answer("plugins", False, f"watched, but not installed: {', '.join(missing)}", remedy)
    names = [*(plugin.name for plugin in broken), *registry.disabled]
    try:
        for warning in check_against(settings, registry.indicators, registry.sources, broken_plugins=names):
            yield Answer("settings", None, f"settings: {warning}")
    except CarecmonError as error:
        yield Answer("settings", False, f"settings: {error}", "mend these places in indicators.toml")


def secrets(settings: Settings, registry: Registry) -> Iterator[Answer]:
    """Ask whether the environment holds what the settings name; the values are never shown."""
    wanted = {f'[sources."{one.id}"]': settings.source(one.id).key_env for one in sources_of(settings, registry)} | {
        "[smtp]": settings.smtp.password_env if settings.smtp else None,
        "ping_url_env": settings.ping_url_env,
    }
    for channel in settings.channels.values():
        wanted[f"[channels.{channel.name}] url_env"] = channel.url_env
        wanted[f"[channels.{channel.name}] key_env"] = channel.key_env
    for where, name in wanted.items():
        if name and not os.environ.get(name, "").strip():
            yield Answer("environment", False, f"{name}, which {where} names, is not set", f"set {name} and try again")


def store(settings: Settings, registry: Registry, now: datetime) -> Iterator[Answer]:
    """Ask whether the store is whole, and what it says of sources, messages and time."""
    path = settings.database
    try:
        with Store.open_readonly(path) as found:
            yield sqlite(sqlite_version(found))
            damage = quick_check(found)
            if damage:
                yield Answer("store", False, f"store: {path} is damaged: {damage}", "restore a backup; docs/running.md")
                return
            counted = figures(found)
            yield Answer("store", True, f"store: {path}, {counted.releases} releases, {counted.observations:,} values")
            if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
                remedy = "make the file and its folder writable, or run carecmon as their owner"
                yield Answer("store", False, "store: you may read it, not write it, so no check of yours can", remedy)
            yield from _time(counted, now)
            yield from _outbox(counted, now)
            for one in standings(settings, registry, found):
                yield source(one, now, found.known(one.source).last_error or "")
    except CarecmonError as error:
        yield Answer("store", False, f"store: {error}")


def source(one: Standing, now: datetime, error: str = "") -> Answer:
    """Say when a source last gave what it should, and when it is asked next."""
    planned = next_due(one, now)
    due = "due now" if planned <= now else f"next due {planned:%Y-%m-%d %H:%M} UTC"
    ok = f"last success {one.last_ok:%Y-%m-%d %H:%M} UTC" if one.last_ok else "no success yet"
    if one.last_try is None:
        return Answer("sources", None, f"source {one.source}: never asked, due now", "carecmon check asks it")
    if not one.failures:
        return Answer("sources", True, f"source {one.source}: {ok}, {due}")
    long = one.last_ok is None or now - one.last_ok > LONG
    times = "once" if one.failures == 1 else f"{one.failures} times"
    text = f"source {one.source}: failed {times}, {ok}, {due}: {error}"
    alone = one.backoff_until is not None and one.backoff_until > now
    remedy = f"nothing: it wants to be left alone until {one.backoff_until:%Y-%m-%d %H:%M} UTC, and is" if alone else ""
    return Answer("sources", False if long else None, text, remedy or "carecmon -v check asks again")


def disk(folder: Path) -> Answer:
    """Say how much space is left where the store lies."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"disk: {free / 2**30:.1f} GiB free in {folder}"
    if free >= LOW:
        return Answer("disk", True, text)
    return Answer("disk", False if free < FULL else None, text, "free some space, or set [retention]")


def scheduler(database: Path) -> Answer:
    """Say who looks after the store by itself."""
    who = running(database)
    if who:
        return Answer("scheduler", True, f"carecmon run is at work: {who}")
    return Answer("scheduler", None, "carecmon run is not at work", "start it, or let a timer call carecmon run --due")


def smtp(settings: Settings) -> Answer:
    """Connect to the mail server and log in; no mail is sent."""
    from carecmon.tell.channels.trial import try_server
    from carecmon.telling.carriers import server_of

    server = server_of(settings)
    if server is None:
        return Answer("smtp", False, "there is no [smtp] in indicators.toml", "write one; its example says how")
    if server.lacking:
        return Answer("smtp", False, server.lacking, "set it and try again")
    try:
        try_server(server)
    except CarecmonError as error:
        return Answer("smtp", False, str(error), "compare [smtp] with what the operator of the server says")
    return Answer("smtp", True, f"the mail server {server.host}:{server.port} takes us")


def _time(counted: Figures, now: datetime) -> Iterator[Answer]:
    if counted.newest is not None and counted.newest > now + _MINUTES:
        yield Answer(
            "clock", False, f"clock: it is {now:%Y-%m-%d %H:%M} UTC, but the store was last written at"
            f" {counted.newest:%Y-%m-%d %H:%M} UTC", "set the clock of this computer, or let it be set (NTP)",
        )  # fmt: skip
    else:
        yield Answer("clock", True, f"clock: {now:%Y-%m-%d %H:%M} UTC, not before what is stored")


def _outbox(counted: Figures, now: datetime) -> Iterator[Answer]:
    dead, queued, held = (counted.messages.get(state, 0) for state in ("dead", "queued", "waiting"))
    said = f"{_messages(queued)} queued, {held} waiting for their hour, {dead} dead"
    if dead:
        remedy = "carecmon notify log says why; carecmon notify retry sends them again"
        yield Answer("outbox", False, f"outbox: {said}", remedy)
    if counted.waiting_since is not None and now - counted.waiting_since > SLOW:
        yield Answer(
            "outbox", False, f"outbox: {_messages(queued)} queued, the oldest since"
            f" {counted.waiting_since:%Y-%m-%d %H:%M} UTC", "carecmon doctor --smtp tries the mail server",
        )  # fmt: skip
    elif not dead:
        yield Answer("outbox", True, f"outbox: {said}")


def _messages(number: int) -> str:
    return "1 message" if number == 1 else f"{number} messages"
