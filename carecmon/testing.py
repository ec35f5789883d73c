"""pytest kit for carecmon and for plugin authors: ``addopts = ["-p", "carecmon.testing"]``.

What a plugin declares, and the contract it must keep (for tests in the folder ``tests`` of a plugin)::

    def test_it_keeps_the_contract(contract):
        assert contract == []

    def test_a_figure_as_published(plugin, recorded):
        answer, = recorded(plugin.sources["water-survey"]).answers()
        ...

``plugin`` has ``sources`` and ``indicators`` by id. ``recorded(source)`` is a Client that answers from the files in
``tests/recorded/SOURCE/``; an address that is not there fails with the file to write. ``store`` is an empty store,
``clock`` a time that goes on when you say so, ``outbox`` a channel that keeps what it is given.

A web server of your own, on loopback, that answers as you script it::

    def test_the_second_page_is_asked_for(source_server, source_client):
        server = source_server()
        server.add("/v2/data", {"rows": [1]}, query={"page": "1"}, etag='"one"')
        server.add("/v2/data", "<html>", query={"page": "2"}, content_type="text/html", times=1)
        client = source_client(SOURCE, server.url)          # a real Client; key="..." gives it a key
        answers = list(SOURCE.fetch(client, {}))
        assert [asked.query["page"] for asked in server.requests] == ["1", "2"]

``server.requests`` are what arrived: ``path``, ``query`` (a dict), ``headers`` (lower case). Of several answers that
fit a request, the one added last is given; one with ``times`` only so often. Where nothing fits: 404.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from carecmon.authoring.server import Asked, Body, SourceServer
from carecmon.errors import DeliveryError
from carecmon.model import Client, Source

if TYPE_CHECKING:
    from carecmon.authoring.place import Plugin
    from carecmon.authoring.recording import Recorded
    from carecmon.store import Store
    from carecmon.tell.channels import Destination, Message

__all__ = ["Asked", "Body", "Clock", "Outbox", "SourceServer"]


@dataclass(slots=True)
class Clock:
    """A time, UTC, that goes on only when a test says so."""

    now: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def forward(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> datetime:
        """Let time pass, and return what it is then."""
        self.now += timedelta(days=days, hours=hours, seconds=seconds)
        return self.now


@dataclass(slots=True)
class Outbox:
    """A channel that keeps what it is given. Set ``error`` to have it refuse everything from then on."""

    name: str = "outbox"
    form: str = "text"
    sent: list[Message] = field(default_factory=list)
    destinations: list[Destination] = field(default_factory=list)
    error: DeliveryError | None = None

    def send(self, message: Message, to: Destination) -> None:
        """Keep one message; raise what ``error`` holds."""
        if self.error is not None:
            raise self.error
        self.sent.append(message)
        self.destinations.append(to)


@pytest.fixture
def plugin(request: pytest.FixtureRequest) -> Plugin:
    """Give the plugin in whose folder ``tests`` the test lies, imported and asked what it declares."""
    from carecmon.authoring.place import place_of, plugin_at

    return plugin_at(place_of(_folder(request)))


@pytest.fixture
def contract(request: pytest.FixtureRequest) -> list[str]:
    """Give what is wrong with the plugin in whose folder ``tests`` the test lies: an empty list, if all is well."""
    from carecmon import registry
    from carecmon.authoring.contract import failures, lines_of

    folder = _folder(request)
    loaded = registry.load([folder.parent], entry_points=False)
    return [str(line) for line in failures(list(lines_of(loaded, folder.name, now=datetime.now(UTC))))]


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Callable[..., Recorded]:
    """Give a function that makes a Client of recorded answers: ``recorded(SOURCE)``.

    They lie in ``recorded/SOURCE/`` beside the test, in the folder ``tests`` of a plugin, or below a folder you name.
    """
    from carecmon.authoring.recording import RECORDED, Recorded

    def client(source: Source, folder: Path | None = None) -> Recorded:
        return Recorded(source, (folder or _folder(request) / RECORDED) / source.id)

    return client


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store, in a folder that is gone after the test."""
    from carecmon.store import Store

    with Store.open(tmp_path / "db" / "carecmon.db") as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """Give a time that goes on only when the test says so."""
    return Clock()


@pytest.fixture
def outbox() -> Outbox:
    """Give a channel that keeps what it is given."""
    return Outbox()


def _folder(request: pytest.FixtureRequest) -> Path:
    for folder in request.path.parents:
        if folder.name == "tests" and (folder.parent / "__init__.py").exists():
            return folder.parent
    raise pytest.UsageError(f"{request.path} does not lie in the folder tests of a plugin")


@pytest.fixture
def source_server() -> Iterator[Callable[..., SourceServer]]:
    """Give a function that starts a scripted web server on loopback: ``source_server()``."""
    servers: list[SourceServer] = []

    def start(certificate: tuple[Path, Path] | None = None) -> SourceServer:
        servers.append(SourceServer(certificate))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def source_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Client]]:
    """Give a function that makes the Client of a source, sent to ``base_url``: ``source_client(SOURCE, server.url)``.

    ``key`` is what its key would be; ``rate`` requests a second, by default as many as it likes; ``seconds`` how long
    the fetch may take; ``private`` are the hosts that need not be public, by default that of ``base_url``.
    """
    from carecmon.collect.client import Clients
    from carecmon.collect.request import Address

    clients = Clients()

    def make(
        source: Source,
        base_url: str,
        *,
        key: str | None = None,
        rate: float = 0.0,
        seconds: float = 60.0,
        private: tuple[str, ...] | None = None,
    ) -> Client:
        if key is not None:
            monkeypatch.setenv("SOURCE_TEST_KEY", key)
        hosts = (urlsplit(base_url).hostname or "",) if private is None else private
        address = Address(base_url, "SOURCE_TEST_KEY" if key is not None else "", hosts, rate)
        return clients.of(source, address, time.monotonic() + seconds)

    yield make
    clients.close()
