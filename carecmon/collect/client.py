"""What ``fetch`` asks with: polite, patient where that is worth it, and without secrets in what it says."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from carecmon.collect.classify import problem_of
from carecmon.collect.hosts import Hosts
from carecmon.collect.parallel import in_order
from carecmon.collect.redact import Redactor
from carecmon.collect.request import LONGEST_QUOTA, LONGEST_WAIT, Address, SetupError, sendable
from carecmon.errors import Fault, SourceError
from carecmon.model.fetching import Ask, Problem, Reply

if TYPE_CHECKING:
    from carecmon.collect.transport import Session
    from carecmon.model import Source

TRIES = 3
#: Seconds before the second try; doubled for each further one, and spread, so that many do not come at once.
PAUSE = 0.5
#: Seconds that a run waits for one host; who wants more is asked in a later run.
HOST_WAIT = 60.0
THREADS = 32

Progress = Callable[[int, int, str], None]


class SourceClient:
    """The Client of one source. ``until`` is when its time is up, by time.monotonic."""

    def __init__(
        self, source: Source, address: Address, session: Session, hosts: Hosts, until: float, tell: Progress
    ) -> None:
        self._source = source
        self._address = address
        self._session = session
        self._hosts = hosts
        self._until = until
        self._tell = tell
        self._key = _key_in(address.key_env)
        self._redactor = Redactor([self._key])
        self._rate = source.rate if address.rate is None else address.rate
        self._slots: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    @property
    def base(self) -> str:
        """The address that requests begin with, without a slash at its end."""
        return (self._address.base or self._source.api).rstrip("/")

    @property
    def has_key(self) -> bool:
        """Whether there is a key for this source."""
        return bool(self._key)

    def get(self, ask: Ask) -> Reply:
        """Ask once, and up to twice more where that is worth it; raise SourceError for what is no good answer."""
        url = self._aimed(ask.url)
        host = urlsplit(url).netloc.rpartition("@")[2]
        for tried in range(1, TRIES + 1):
            with self._hosts.turn(host, self._rate, self._slots_of(host), self._until, self._over):
                found = self._try(ask, url, host, last=tried == TRIES)
            if isinstance(found, Reply):
                return found
            wait = found.retry_after
            if wait is None:
                wait = PAUSE * 2 ** (tried - 1) * random.uniform(0.5, 1.5)
            else:
                self._hosts.hold(host, wait)
            again = found.again or found.kind is Fault.THROTTLED
            enough = tried == TRIES or wait > HOST_WAIT or time.monotonic() + wait > self._until
            if not again or enough or self._over.wait(wait):
                raise self._error(url, found, tried)
        raise AssertionError("the last try returns or raises")

    def get_all(self, asks: Iterable[Ask]) -> Iterator[Reply]:
        """Ask in parallel, as far as the hosts allow; yield replies in the order of ``asks``.

        What fails raises in its place, after the replies before it; nothing more is asked then.
        """
        threads = min(THREADS, self._source.concurrency * (1 + len(self._source.hosts)))
        return in_order(self.get, asks, threads, f"ask {self._source.id}")

    def progress(self, done: int, total: int, what: str) -> None:
        """Tell the person who waits how far a long fetch is."""
        with self._lock:
            self._tell(int(done), int(total), self._redactor.text(str(what)))

    def close(self) -> None:
        """Wake whoever waits, so that it ends."""
        self._over.set()

    def _aimed(self, url: str) -> str:
        """Return where a request goes: settings may have put another address in the place of the source's own."""
        own = self._source.api.rstrip("/")
        rest = url.removeprefix(own)
        moved = self._address.base and own and len(rest) < len(url) and rest[:1] in ("", "/", "?", "#")
        return f"{self.base}{rest}" if moved else url

    def _try(self, ask: Ask, url: str, host: str, *, last: bool) -> Reply | Problem:
        from carecmon.collect.transport import TransportError

        try:
            reply = self._ask(ask, url)
        except TransportError as exc:
            if exc.dead or (last and exc.kind is Fault.OUTAGE):
                self._hosts.bury(host, self._redactor.text(str(exc)))
            return Problem(exc.kind, str(exc), None, exc.again)
        return problem_of(reply) or reply

    def _ask(self, ask: Ask, url: str) -> Reply:
        headers = {"Accept": ", ".join(ask.accept) or "*/*", **ask.headers}
        for name, value in (("If-None-Match", ask.etag), ("If-Modified-Since", ask.last_modified)):
            if value and sendable(value):  # what a server sent need not be what one may send
                headers[name] = value
        came = self._session.get(
            url,
            ask.params,
            headers,
            key={ask.key_header: self._key} if ask.key_header and self._key else {},
            until=min(time.monotonic() + ask.deadline, self._until),
            max_bytes=ask.max_bytes,
        )
        hide = self._redactor
        named = {name: hide.text(value) for name, value in came.headers.items()}
        return Reply(ask, hide.text(came.url), came.status, named, hide.body(came.body))

    def _slots_of(self, host: str) -> threading.Semaphore:
        with self._lock:
            return self._slots.setdefault(host, threading.Semaphore(max(1, self._source.concurrency)))

    def _error(self, url: str, problem: Problem, tried: int) -> SourceError:
        times = f" (asked {tried} times)" if tried > 1 else ""
        longest = LONGEST_QUOTA if problem.kind is Fault.QUOTA else LONGEST_WAIT
        wait = None if problem.retry_after is None else min(problem.retry_after, longest)
        message = self._redactor.text(f"{url}: {problem.message}{times}")
        return SourceError(message, kind=problem.kind, retry_after=wait)


def _key_in(name: str) -> str:
    """Return the key that a variable holds, without the end of line that a file of secrets has; SetupError if odd."""
    key = os.environ.get(name, "").strip() if name else ""
    if sendable(key):
        return key
    raise SetupError(f"the key in {name} holds a character that no header can carry", f"set {name} to the key alone")


@dataclass(slots=True)
class Clients:
    """Makes the clients of one process; connections and what is known of hosts are shared."""

    hosts: Hosts = field(default_factory=lambda: Hosts({}))
    tell: Progress = lambda *_: None
    _sessions: dict[tuple[str, tuple[str, ...]], Session] = field(default_factory=dict)

    def of(self, source: Source, address: Address, until: float) -> SourceClient:
        """Return the client of one source; ``until`` is when its time is up, by time.monotonic."""
        from carecmon.collect.transport import Session

        # Connections to private hosts are not lent to those who may not have them.
        sharing = address.key_env, tuple(sorted(address.private))
        if sharing not in self._sessions:
            self._sessions[sharing] = Session(address.private, Redactor.of([address.key_env]))
        return SourceClient(source, address, self._sessions[sharing], self.hosts, until, self.tell)

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
