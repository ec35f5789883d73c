"""What a source's ``fetch`` is given to ask the web with, and what can come back. collect/ implements it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from carecmon.errors import Fault

#: Where a state lists the addresses whose newest answer is not believed: what was made of it must not be, either.
NOT_BELIEVED = "not_believed"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply is no good answer; it becomes a SourceError of this ``kind``.

    ``retry_after`` is how many seconds the source wants to be left alone. What is THROTTLED is asked again by
    itself; ``again`` asks for that with another kind.
    """

    kind: Fault
    message: str
    retry_after: float | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One GET request.

    ``url`` begins with ``client.base``: ``Ask(f"{client.base}/v2/country")``. That is ``base_url`` of the source's
    settings, else ``Source.api``, never ending with a slash. Where settings name a ``base_url``, an address that
    begins with ``Source.api`` (a link to the next page, say) is sent there, too. Other addresses go out as they are.

    ``accept`` are the content types that a good answer has; ``etag`` and ``last_modified`` make the request
    conditional. ``key_header`` is the header that carries the source's key, where there is one; a key never goes
    into the address. ``tag`` is whatever the plugin wants back with the reply.

    ``classify`` is asked first about every complete reply, of whatever status: it returns a Problem, or None, and
    then the rules that hold for every source are asked. It needs nothing but ``reply.status``, ``headers``, ``body``.
    ``deadline`` is in seconds from connect to last byte; ``max_bytes`` how long the decoded answer may be.
    """

    url: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: tuple[str, ...] = ("application/json",)
    etag: str | None = None
    last_modified: str | None = None
    key_header: str | None = None
    tag: Any = None
    classify: Callable[[Reply], Problem | None] | None = None
    deadline: float = 30.0
    max_bytes: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer: complete, decoded, of an accepted type, with status 200 or 304.

    ``url`` has no secrets in it; the names of ``headers`` are lower case. ``body`` is empty where ``not_modified``.
    """

    ask: Ask
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def not_modified(self) -> bool:
        """Whether the server said that nothing changed."""
        return self.status == 304

    @property
    def etag(self) -> str | None:
        """The validator for the next conditional request."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The time validator for the next conditional request."""
        return self.headers.get("last-modified")

    def json(self) -> Any:
        """Return the body as JSON; raise SourceError where it is none, holds NaN or infinity, or repeats a key."""
        from carecmon.model.payload import json_of

        return json_of(self.body, self.url)

    def text(self, encoding: str = "utf-8-sig") -> str:
        """Return the body as text, strictly decoded; raise SourceError where it is not in ``encoding``."""
        from carecmon.model.payload import text_of

        return text_of(self.body, self.url, encoding)


class Client(Protocol):
    """What ``fetch(client, state)`` asks with. Every method raises SourceError for what is no good answer.

    Polite by itself: rate, concurrency, retries, deadlines and ``Retry-After`` are its business, not the plugin's.
    """

    @property
    def base(self) -> str:
        """The address that requests begin with, without a slash at its end."""

    @property
    def has_key(self) -> bool:
        """Whether the settings name an environment variable for this source's key, and it is set."""

    def get(self, ask: Ask) -> Reply:
        """Ask once, and again where that is worth it."""

    def get_all(self, asks: Iterable[Ask]) -> Iterator[Reply]:
        """Ask in parallel, as far as the host allows; yield replies in the order of ``asks``."""

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell the person who waits how far a long fetch is."""
