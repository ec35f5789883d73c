"""What indicators.toml says, checked: immutable values for the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from carecmon.model import Correction, Policy, Rule, Source, Target
from carecmon.model.person import Recipient

#: A source whose first fetch costs more requests is asked only where somebody enables it.
FREE_REQUESTS = 2
#: Channels that need no [channels.NAME].
BUILT_IN_CHANNELS = ("email", "console")


@dataclass(frozen=True, slots=True)
class Watch:
    """How one indicator is watched; ``prefer`` empty and ``method`` None mean the defaults."""

    enabled: bool = True
    prefer: tuple[str, ...] = ()
    method: str | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How one source is asked. ``key_env`` is the name of an environment variable, never the key.

    ``enabled`` None leaves it to what the source's first fetch costs. ``allow_private_hosts`` are hosts, as written in
    addresses, that need not be public; ``rate`` is in requests a second, 0 for any number, None for the source's own.
    ``schedule`` is in ``time_zone``, None for that of the file, and spread by up to ``jitter`` seconds.
    """

    enabled: bool | None = None
    schedule: str | None = None
    base_url: str | None = None
    key_env: str | None = None
    allow_private_hosts: tuple[str, ...] = ()
    rate: float | None = None
    time_zone: ZoneInfo | None = None
    jitter: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Recipient):
    """Who is told what when, and how they are reached."""

    time_zone: ZoneInfo
    email: str | None
    full_name: str
    language: str
    channels: tuple[str, ...] = ("email",)


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server. ``password_env`` is the name of an environment variable, never the password."""

    host: str
    sender: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str | None = None
    password_env: str | None = None
    reply_to: str | None = None
    ops: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel beside e-mail and console; ``kind`` is what the channel's plugin calls itself."""

    name: str
    kind: str
    url: str | None = None
    url_env: str | None = None
    key_env: str | None = None
    path: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long, in seconds, ``carecmon run`` keeps what no figure depends on; None for ever."""

    raw: float | None = None
    logs: float | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that indicators.toml says. Paths are absolute."""

    path: Path
    database: Path
    plugin_dirs: tuple[Path, ...] = ()
    language: str = "en"
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    watch: Mapping[str, Watch] = field(default_factory=dict)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    rules: tuple[Rule, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    smtp: Smtp | None = None
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    templates: Path | None = None
    retention: Retention = field(default_factory=Retention)
    ping_url_env: str | None = None

    @property
    def watched(self) -> tuple[str, ...]:
        """The ids of the indicators that are judged, sorted."""
        return tuple(sorted(indicator for indicator, watch in self.watch.items() if watch.enabled))

    def source(self, source: str) -> SourceSettings:
        """Return how ``source`` is asked; by default at its own address, without a key."""
        return self.sources.get(source, SourceSettings())

    def enabled(self, source: Source) -> bool:
        """Whether ``source`` is asked: as written, else unless its first fetch costs more than two requests."""
        written = self.source(source.id).enabled
        return source.requests <= FREE_REQUESTS if written is None else written


def policy(settings: Settings, versions: Mapping[str, str], corrections: tuple[Correction, ...] = ()) -> Policy:
    """Return what judging depends on; ``versions`` is the plugin's version by the id of the indicator it declares."""
    watched = settings.watched
    return Policy(
        settings.targets,
        settings.rules,
        {name: method for name in watched if (method := settings.watch[name].method) is not None},
        {name: prefer for name in watched if (prefer := settings.watch[name].prefer)},
        watched,
        {name: versions[name] for name in watched if name in versions},
        corrections,
    )
