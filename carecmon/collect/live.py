"""Live sources, in the worker: ask, and hand over each answer with what ``parse`` makes of it, as it comes."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carecmon.collect.hosts import Hosts, HostStates
from carecmon.collect.request import Address, SetupError
from carecmon.collect.wire import pack_answer, pack_state, pieces
from carecmon.errors import Fault, SourceError
from carecmon.model import Answer, NotModified, Source
from carecmon.registry.explain import BrokenPluginError, explain, one_line
from carecmon.registry.isolation import Emit

Hide = Callable[[str], str]

#: The part of a source's time in which it may ask; in the rest the worker can still say what went wrong.
_ASKING = 0.95
_REMEDY = {
    Fault.BAD_REQUEST: "the source has changed, or the plugin asks for something that is not there",
    Fault.UNAUTHORISED: "give the source a key: name its environment variable as key_env in indicators.toml",
    Fault.THROTTLED: "nothing: it is asked again later; a lower rate for the source in indicators.toml may help",
    Fault.QUOTA: "nothing: it is asked again once the quota is filled up",
    Fault.TRUNCATED: "nothing if it is for once; else the plugin must ask for less at a time",
    Fault.OUTAGE: "nothing if it is for once; else see whether the address opens from this machine",
    Fault.GARBLED: "nothing if it is for once; else look at the address in a browser: the source has changed",
    Fault.REFUSED: "see that the address is right; the limits protect this machine",
    Fault.OTHER: "see what the plugin's README says about it",
}


@dataclass(frozen=True, slots=True)
class Live:
    """How a live source is asked: what settings say, and what its last fetch left behind."""

    address: Address
    state: Mapping[str, Any] = field(default_factory=dict)


class Asking:
    """Asks the live sources of one worker. ``states`` is what is known of hosts; nothing is connected before."""

    def __init__(self, states: HostStates, emit: Emit) -> None:
        from carecmon.collect.client import Clients

        self._lock = threading.Lock()
        self._pipe = emit
        self._hosts = Hosts(states, lambda *host: self.emit(("host", *host)))
        self._clients = Clients(self._hosts, lambda *how_far: self.emit(("progress", *how_far)))

    def emit(self, frame: tuple[Any, ...]) -> None:
        """Send one frame; threads may do so at once."""
        with self._lock:
            self._pipe(frame)

    def serve(self, source: Source, live: Live, seconds: float, parse: Callable[[Answer], None], folder: str) -> None:
        """Fetch; send each answer, and have it parsed; at last say what went wrong, if anything did."""
        try:
            client = self._clients.of(source, live.address, time.monotonic() + seconds * _ASKING)
            try:
                for item in _items(source, client, live.state):
                    self._take(item, parse, self.hide(live))
            finally:
                client.close()
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # sys.exit too: the next source is still to be asked
            self.emit(failure(exc, folder, self.hide(live)))
        for host, (dead, wait) in self._hosts.states().items():
            self.emit(("host", host, dead, wait))

    @staticmethod
    def hide(live: Live) -> Hide:
        """Return what takes the key of a source out of texts."""
        from carecmon.collect.redact import Redactor

        return Redactor.of([live.address.key_env]).text

    def close(self) -> None:
        """Close all connections."""
        self._clients.close()

    def _take(self, item: Answer | NotModified, parse: Callable[[Answer], None], hide: Hide) -> None:
        if isinstance(item, NotModified):
            self.emit(("unmodified", pack_state(item.state)))
            return
        item = replace(item, url=hide(item.url))  # it is kept, and the address of a signed file is a secret
        self.emit(("fetched", pack_answer(item)))
        for name, piece in pieces(item.body):
            self.emit(("body", name, piece))
        parse(item)


def failure(exc: BaseException, folder: str, hide: Hide = str) -> tuple[Any, ...]:
    """Return the frame that says what went wrong in ``fetch`` or ``parse``, with secrets hidden by ``hide``."""
    detail = hide("".join(traceback.format_exception(exc, limit=-8)))[-8000:]
    if isinstance(exc, SourceError):
        reason = one_line(hide(str(exc)))
        remedy = exc.remedy if isinstance(exc, SetupError) else _REMEDY[exc.kind]
        return "failed", reason, remedy, detail, exc.transient, str(exc.kind), exc.retry_after
    reason, remedy = explain(exc, folder)
    return "failed", hide(reason), remedy, detail, bool(getattr(exc, "transient", False)), "", None


def _items(source: Source, client: Any, state: Mapping[str, Any]) -> Iterator[Answer | NotModified]:
    assert source.fetch is not None
    items = source.fetch(client, state)
    if not hasattr(items, "__iter__") or isinstance(items, dict | str | bytes):
        raise BrokenPluginError(
            f"fetch of {source.id} returns {type(items).__name__}", "yield Answer or NotModified from it"
        )
    for item in items:
        if not isinstance(item, Answer | NotModified):
            raise BrokenPluginError(
                f"fetch of {source.id} gives {type(item).__name__} where an answer belongs",
                "yield carecmon.Answer or carecmon.NotModified",
            )
        if isinstance(item, Answer) and not isinstance(item.body, bytes | Mapping):
            raise BrokenPluginError(
                f"fetch of {source.id} gives an answer whose body is {type(item.body).__name__}",
                "keep the answer as it came: reply.body",
            )
        yield item
