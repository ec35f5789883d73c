"""Every plugin that comes with carecmon keeps the contract that is asked of others."""

import ast
import sys
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


#: What the tests of a shipped plugin may import beside the standard library: what any author has.
OPEN = {"carecmon", "carecmon_plugins", "hypothesis", "openpyxl", "pytest"}
TESTS = sorted((Path(__file__).parents[2] / "plugins").glob("*/tests/test_*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: f"{path.parents[1].name} {path.stem}")
def test_a_shipped_plugin_is_tested_with_what_others_have(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - OPEN - set(sys.stdlib_module_names) == set()
