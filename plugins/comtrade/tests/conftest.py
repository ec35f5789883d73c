"""A Comtrade for each test, and fetching from it."""

import pytest
from carecmon_plugins.comtrade import COMTRADE
from carecmon_plugins.comtrade.tests.trade import Trade

from carecmon import SourceError


@pytest.fixture
def trade(source_server):
    return Trade(source_server())


@pytest.fixture
def fetch(trade, source_client):
    def fetch(state=None, key=None):
        return list(COMTRADE.fetch(source_client(COMTRADE, trade.server.url, key=key), state or {}))

    return fetch


@pytest.fixture
def failing(trade, source_client):
    """Give a function that fetches until the source fails, and returns what came before that, and the error."""

    def failing(state=None, key=None):
        results = []
        with pytest.raises(SourceError) as caught:
            for result in COMTRADE.fetch(source_client(COMTRADE, trade.server.url, key=key), state or {}):
                results.append(result)
        return results, caught.value

    return failing


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("carecmon.collect.client.PAUSE", 0.001)
