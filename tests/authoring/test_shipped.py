"""Every plugin that comes with carecmon keeps the contract that is asked of others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from carecmon import registry
from carecmon.authoring.contract import failures, lines_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PLUGINS = sorted(path.parent.name for path in (Path(__file__).parents[2] / "plugins").glob("*/__init__.py"))


@pytest.fixture(scope="module")
def loaded():
    return registry.load(entry_points=False)


@pytest.mark.parametrize("name", PLUGINS)
def test_a_shipped_plugin_keeps_the_contract(loaded, name):
    lines = list(lines_of(loaded, name, now=NOW))
    assert [str(line) for line in failures(lines)] == []
    assert [line.passed for line in lines if "interface" in line.what] == [True]
