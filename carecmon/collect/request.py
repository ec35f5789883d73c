"""What is asked of a source, and what can come of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from carecmon.errors import SourceError
from carecmon.model import Draft, Source
from carecmon.model.quarantine import Impossible
from carecmon.registry.place import Place

#: Longer than this no source is left alone, whatever it says. Seconds.
LONGEST_WAIT = 6 * 3600.0
#: But for a quota of calls, which is filled up once a day.
LONGEST_QUOTA = 24 * 3600.0


def spell(seconds: float) -> str:
    """Return a wait as people say it."""
    if seconds >= 7200:
        return f"{seconds / 3600:.0f} hours"
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def sendable(value: str) -> bool:
    """Say whether a header can carry ``value`` everywhere: printable ASCII alone."""
    return value.isascii() and value.isprintable()


class SetupError(SourceError):
    """What the environment says of proxies, certificates or keys cannot be used, so nobody can be asked."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Address:
    """How settings change the way a live source is asked.

    ``base`` replaces the address of its interface; ``key_env`` names the environment variable that holds its key;
    ``private`` are hosts that may be private ones, as written in addresses; ``rate`` replaces its requests a second.
    """

    base: str = ""
    key_env: str = ""
    private: tuple[str, ...] = ()
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One source to ask, and where the plugin is that declares it.

    ``known`` holds (edition, digest, reader version) of every release of the source that is stored. ``state`` is
    what its last fetch left behind. ``secrets`` are names of environment variables that its plugin may see;
    ``feeds`` are indicators that prefer this source although they do not name it themselves. ``wait`` is for how
    many seconds more it wants to be left alone.
    """

    source: Source
    place: Place
    known: Collection[tuple[str, str, str]] = frozenset()
    state: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    feeds: frozenset[str] = frozenset()
    address: Address = Address()
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much collecting may take. ``None`` leaves it to the machine or to what the source declares.

    ``workers`` processes at once; ``start`` seconds for importing a plugin; ``time`` seconds and ``memory`` MiB
    for each source at most; ``spool`` bytes of an answer kept in memory before a file takes it.
    """

    workers: int | None = None
    start: float = 30.0
    time: float | None = None
    memory: int | None = None
    spool: int = 4 << 20


@dataclass(frozen=True, slots=True)
class Gathered:
    """One answer of a source, complete and checked; ``stated`` counts its observations and claims.

    ``impossible`` are values that it states and that cannot be.
    """

    source: str
    draft: Draft
    warnings: tuple[str, ...] = ()
    stated: int = 0
    impossible: tuple[Impossible, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source has nothing that is not stored already; ``state``, where not empty, is what to keep of asking it."""

    source: str
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetching:
    """How far a long fetch is, for people who wait."""

    source: str
    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An answer of a source, or the source as a whole, could not be had. What it gave before that stays.

    ``detail`` is the end of what the plugin printed, with the traceback where there is one. ``kind`` is a Fault
    where the source itself is to blame; ``retry_after`` is how many seconds it wants to be left alone.
    """

    source: str
    plugin: str
    error: str
    remedy: str
    transient: bool = False
    detail: str = ""
    kind: str = ""
    retry_after: float | None = None


Collected = Gathered | Unchanged | Failed | Fetching
