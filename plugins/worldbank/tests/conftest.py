"""A World Bank for each test, and fetching from it."""

import pytest
from carecmon_plugins.worldbank import WORLD_BANK
from carecmon_plugins.worldbank.tests.bank import Bank

from carecmon import SourceError


@pytest.fixture
def server(source_server):
    return source_server()


@pytest.fixture
def bank(server):
    return Bank(server)


@pytest.fixture
def fetch(server, source_client):
    def fetch(state=None):
        return list(WORLD_BANK.fetch(source_client(WORLD_BANK, server.url), state or {}))

    return fetch


@pytest.fixture
def failing(bank, source_client):
    """Give a function that fetches until the source fails, and returns what came before that, and the error."""

    def failing(state=None):
        results = []
        with pytest.raises(SourceError) as caught:
            for result in WORLD_BANK.fetch(source_client(WORLD_BANK, bank.server.url), state or {}):
                results.append(result)
        return results, caught.value

    return failing


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.001)
