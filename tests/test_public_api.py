"""What plugins rely on: listed, typed, and changed only with a line in CHANGELOG.md."""

import dataclasses
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import carecmon

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import api  # noqa: E402

LISTED = api.REFERENCE.read_text("utf-8").splitlines()


def test_what_differs_from_the_last_release_is_named_in_the_changelog():
    changes = api.unreleased((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert api.undeclared(LISTED, api.described(), changes) == [], "name these in CHANGELOG.md under Unreleased"


@pytest.mark.parametrize(
    ("before", "now", "changes", "missing"),
    [
        pytest.param(["Cell.row: str"], ["Cell.row: str"], "", [], id="nothing differs"),
        pytest.param(["Cell.row: str"], [], "", ["Cell.row"], id="something is gone"),
        pytest.param([], ["Cell.page: str"], "- something else", ["Cell.page"], id="something is new"),
        pytest.param([], ["Cell.page: str"], "- `Cell.page`: the page.", [], id="something is new and named"),
        pytest.param([], ["Cell.page: str"], "- Cells have a `page`.", [], id="named without its class"),
        pytest.param(["Cell.row: str"], ["Cell.row: int"], "", ["Cell.row"], id="a type"),
        pytest.param(["Cell.row: str = ''"], ["Cell.row: str = '-'"], "", ["Cell.row"], id="a default"),
        pytest.param(["hook h(a)"], ["hook h(a, b)"], "", ["h"], id="the arguments of a hook"),
        pytest.param(["class A(object)"], ["class A(Exception)"], "- `A` is an error.", [], id="a base"),
    ],
)
def test_a_change_without_a_line_in_the_changelog_is_found(before, now, changes, missing):
    assert api.undeclared(before, now, changes) == missing


def test_only_what_stands_under_unreleased_counts():
    assert api.unreleased("# C\n\n## Unreleased\n\n- `a`\n\n## 0.1\n\n- `b`\n").strip() == "- `a`"


def test_every_public_name_can_be_imported_and_is_explained():
    for name in carecmon.__all__:
        thing = getattr(carecmon, name)
        if inspect.isclass(thing):
            assert thing.__doc__ and not thing.__doc__.startswith(f"{name}("), f"{name} has no docstring"


def public_functions():
    for name in carecmon.__all__:
        thing = getattr(carecmon, name)
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
                function = value.fget if isinstance(value, property) else function
                made = dataclasses.is_dataclass(thing) and member.startswith("__")
                if inspect.isfunction(function) and not made and function.__module__.startswith("carecmon"):
                    yield pytest.param(function, id=f"{name}.{member}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_every_public_method_is_typed(function):
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    untyped = [p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name != "self"]
    assert untyped == []


def test_types_reach_those_who_use_them(tmp_path):
    assert (ROOT / "carecmon" / "py.typed").exists()
    (tmp_path / "plugin.py").write_text(
        "from carecmon import Period, Series\n"
        "right: str = str(Series.of('water', area='KAZ'))\n"
        "wrong: int = Period.parse('2023').end\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "plugin.py"],
        cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "MYPYPATH": str(ROOT)},
    )  # fmt: skip
    assert 'plugin.py:3: error: Incompatible types in assignment (expression has type "date"' in done.stdout
    assert "Found 1 error" in done.stdout
