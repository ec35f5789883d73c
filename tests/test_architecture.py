"""The layers, enforced. If this fails, the change is in the wrong place."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parent.parent / "carecmon"

#: Part of carecmon -> the parts it may import. Siblings are strangers; run.py introduces them.
MAY_IMPORT = {
    "model": {"errors"},
    "errors": set(),
    "hookspecs": set(),
    "codelists": {"model"},
    "sources": {"codelists", "model"},
    "registry": {"errors", "hookspecs", "model"},
    "config": {"errors", "model"},
    "collect": {"errors", "model", "registry"},
    "store": {"errors", "model"},
    "judge": {"errors", "model"},
    "tell": {"errors", "model"},
    "report": {"errors", "model"},
    "export": {"errors", "model", "store"},
    "holding": {"collect", "config", "judge", "model", "registry", "store"},
    "ingest": {"collect", "config", "errors", "holding", "model", "registry", "store"},
    "intake": {"collect", "config", "holding", "model", "registry", "store"},
    "findings": {"config", "judge", "model", "registry", "store"},
    "names": {"model", "store"},
    "reparse": {"collect", "config", "errors", "holding", "model", "registry", "store"},
    "verdicts": {"config", "errors", "findings", "judge", "model", "names", "registry", "store"},
    "muting": {"config", "judge", "model", "registry", "store", "verdicts"},
    "policytest": {"config", "errors", "judge", "model"},
    "replay": {"config", "errors", "judge", "model", "registry", "store", "verdicts"},
    "account": {"config", "intake", "model", "registry", "store", "verdicts"},
    "run": {
        "account",
        "config",
        "errors",
        "findings",
        "intake",
        "judge",
        "model",
        "muting",
        "names",
        "registry",
        "store",
        "telling",
        "verdicts",
    },
    "telling": {"config", "errors", "judge", "model", "muting", "registry", "store", "tell"},
    "schedule": {
        "collect",
        "config",
        "errors",
        "intake",
        "judge",
        "model",
        "registry",
        "report",
        "run",
        "store",
        "telling",
        "verdicts",
    },
    "cli": {"errors", "model"},
    "authoring": {"collect", "errors", "hookspecs", "judge", "model", "registry"},
    "testing": {"authoring", "errors", "model"},
    "__init__": {"hookspecs", "model"},
    "__main__": {"cli"},
}

#: Every third-party package has one home, or two.
HOME = {
    "apscheduler": {"schedule"},
    "babel": {"tell"},
    "carecmon_db": {"store"},
    "carecmon_plugins": {"registry"},
    "click": {"cli"},
    "cronsim": {"config", "schedule"},
    "filelock": {"schedule", "store"},
    "httpx": {"collect"},
    "jinja2": {"tell"},
    "openpyxl": {"sources"},
    "pluggy": {"hookspecs", "registry"},
    "prometheus_client": {"schedule"},
    "pydantic": {"collect", "config"},
    "pytest": {"testing"},
    "rich": {"cli"},
    "sqlite_utils": {"store"},
    "vl_convert": {"tell"},
}

HEAVY = {
    "apscheduler",
    "babel",
    "httpx",
    "jinja2",
    "openpyxl",
    "pydantic",
    "rich",
    "smtplib",
    "sqlite_utils",
    "vl_convert",
}


def part_of(path):
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def is_for_typing(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def statements(body, everywhere):
    """Yield the statements that are executed on import, or, ``everywhere``, also those inside functions."""
    for node in body:
        if is_for_typing(node):
            continue
        yield node
        if everywhere or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.iter_child_nodes(node):
                yield from statements([inner], everywhere)


def imports(path, everywhere=False):
    """Yield what a module imports: never what is only for typing."""
    for node in statements(ast.parse(path.read_text("utf-8")).body, everywhere):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from names if node.module == "carecmon" else [node.module]


MODULES = sorted(CORE.rglob("*.py"))


def name(path):
    return str(path.relative_to(CORE))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_only_what_its_part_may(path):
    part = part_of(path)
    for imported in imports(path):
        top, *rest = imported.split(".")
        if top == "carecmon" and rest:
            assert rest[0] in MAY_IMPORT[part] | {part}, f"carecmon/{part} must not import {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_third_party_package_has_one_home(path):
    for imported in imports(path, everywhere=True):
        top = imported.split(".")[0]
        if top != "carecmon" and top not in sys.stdlib_module_names:
            assert part_of(path) in HOME[top], f"{top} belongs in {HOME[top]}, not in {name(path)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_siblings_do_not_know_each_other_even_inside_functions(path):
    siblings = {"collect", "judge", "store", "tell"}
    if part_of(path) in siblings:
        reached = {i.split(".")[1] for i in imports(path, everywhere=True) if i.startswith("carecmon.")}
        assert not reached & (siblings - {part_of(path)})


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_judging_is_pure(path):
    if part_of(path) == "judge":
        impure = {"datetime.now", "os", "pathlib", "random", "socket", "sqlite3", "subprocess", "time"}
        assert not set(imports(path, everywhere=True)) & impure
        assert ".now(" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_stay_small(path):
    source = path.read_text("utf-8")
    assert source.count("\n") <= 300, f"{name(path)} is more than one idea"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node):
                lines -= node.body[0].end_lineno - node.body[0].lineno + 1
            assert lines <= 40, f"{name(path)}: {node.name} has {lines} lines"


def modules_loaded_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_starts_without_the_heavy_packages():
    assert modules_loaded_by("import carecmon.cli").isdisjoint(HEAVY)


def test_help_is_printed_without_the_heavy_packages():
    code = (
        "from click.testing import CliRunner; from carecmon.cli import cli;"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0"
    )
    assert modules_loaded_by(code).isdisjoint(HEAVY)


def test_loading_the_shipped_plugins_does_not_load_the_heavy_packages():
    loaded = modules_loaded_by("from carecmon import registry; registry.load()")
    assert loaded.isdisjoint(HEAVY)
