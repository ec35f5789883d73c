"""Documentation that drifts from the code fails here."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "docs/indicators.md"]
sys.path.insert(0, str(ROOT / "docs"))

import reference  # noqa: E402


@pytest.mark.parametrize("page", PAGES)
def test_the_generated_parts_of_a_page_are_current(page):
    done = subprocess.run([sys.executable, "-m", "cogapp", "--check", page], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"run: make docs\n{done.stdout}{done.stderr}"


def markdown_pages():
    return [
        p for p in sorted(ROOT.rglob("*.md")) if not any(part.startswith(".") for part in p.relative_to(ROOT).parts)
    ]


@pytest.mark.parametrize("page", markdown_pages(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_inside_the_repository_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("folder", sorted(p.parent for p in ROOT.glob("plugins/*/__init__.py")), ids=lambda p: p.name)
def test_every_plugin_has_a_readme_and_tests(folder):
    assert (folder / "README.md").exists()
    assert list(folder.glob("tests/test_*.py"))


def example(page, name):
    text = (ROOT / page).read_text("utf-8")
    return re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.S)[1]


def test_the_plugin_of_the_documentation_is_judged_by_the_next_check(tmp_path):
    (tmp_path / "my-plugins").mkdir()
    (tmp_path / "my-plugins" / "water.py").write_text(example("plugins/README.md", "water.py"))
    carecmon = [sys.executable, "-m", "carecmon"]
    subprocess.run([*carecmon, "init"], cwd=tmp_path, check=True, capture_output=True)
    config = tmp_path / "indicators.toml"
    first, rest = example("plugins/README.md", "indicators.toml").split("\n", 1)
    # As a person would: the first line replaces the template's, the rest goes to the end.
    text = re.sub(r"^plugin_dirs = .*$", first, config.read_text("utf-8"), count=1, flags=re.M)
    config.write_text(f"{text}\n{rest}")
    assert tomllib.loads(config.read_text("utf-8"))["plugin_dirs"] == ["my-plugins"]
    done = subprocess.run([*carecmon, "check", "water.safe", "--offline"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "74.2" in done.stdout and "working" in done.stdout


@pytest.mark.parametrize("page", reference.PAGES)
def test_a_reference_page_is_what_the_code_says(page):
    written = (reference.FOLDER / page).read_text("utf-8")
    assert written == reference.PAGES[page](), "run: python docs/reference.py"


TYPES = {
    "text": str,
    "time": str,
    "value": (str, int, float),
    "number": (int, float),
    "object": dict,
    "true": bool,
    "false": bool,
    "null": type(None),
}


@pytest.mark.parametrize("part", reference.JSON_PARTS)
def test_every_key_of_the_json_has_the_type_that_the_reference_says(part, checked):
    whole = checked.objects("check", "--offline", "--dry-run")
    told = {name: kind for name, kind, _ in reference.fields(part)}
    found = whole.get(part, whole)
    for one in found if isinstance(found, list) else [found]:
        assert list(one) == list(told)
        for name, kind in told.items():
            alternatives = [kind] if kind.startswith("list of") else re.split(", | or ", kind)
            types = [list if word.startswith("list of") else TYPES[word] for word in alternatives]
            assert any(isinstance(one[name], type) for type in types), f"{part}.{name} is {one[name]!r}, not {kind}"
            if kind.startswith("list of"):
                inside = TYPES[kind.removeprefix("list of ").removesuffix("s")]
                assert all(isinstance(each, inside) for each in one[name]), f"{part}.{name}"


def test_the_reference_knows_every_public_name_hook_and_kind_of_check():
    import carecmon
    from carecmon.judge.checks import KINDS

    text = "".join((reference.FOLDER / page).read_text("utf-8") for page in reference.PAGES)
    names = [name for name in carecmon.__all__ if name != "hookimpl"]
    assert [name for name in (*names, *KINDS) if f"`{name}`" not in text] == []


#: Examples that a test of their own runs: pages, and the test.
ELSEWHERE = {
    "plugins/README.md": "test_the_plugin_of_the_documentation_is_judged_by_the_next_check",
    "docs/plugins.md": "tests/authoring/test_guide.py",
}


def blocks():
    for page in markdown_pages():
        if "reference" in page.parts or ".github" in page.parts:
            continue
        for at, block in enumerate(
            re.findall(r"^(<!--.*?-->\n)?```(\w*)\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
        ):
            yield pytest.param(page, *block, id=f"{page.relative_to(ROOT)} {at + 1}")


BLOCKS = list(blocks())


@pytest.mark.parametrize(("page", "marker", "language", "text"), [one for one in BLOCKS if one.values[2] == "python"])
def test_every_python_example_runs_here_or_in_a_test_of_its_own(page, marker, language, text):
    named = re.match(r"<!-- example: (\S+) -->", marker)
    if named and named[1] != "run":
        assert str(page.relative_to(ROOT)) in ELSEWHERE, f"no test runs the example {named[1]} of {page.name}"
    else:
        exec(compile(text, f"{page.name}", "exec"), {"__name__": "example"})


@pytest.mark.parametrize(("page", "marker", "language", "text"), [one for one in BLOCKS if one.values[2] == "toml"])
def test_every_toml_example_is_toml_and_what_belongs_into_the_settings_is_accepted_there(
    page, marker, language, text, tmp_path
):
    from carecmon import config

    told = tomllib.loads(text)
    known = set(config.schema()["properties"])
    if set(told) <= known and "example: pyproject.toml" not in marker:
        path = tmp_path / "indicators.toml"
        path.write_text(text, "utf-8")
        (tmp_path / "my-plugins").mkdir()
        config.load(path)


def commands():
    for page, _, language, text in (one.values for one in BLOCKS):
        for line in text.splitlines() if language in ("", "sh", "console") else ():
            if line.startswith("carecmon "):
                yield pytest.param(line, id=f"{page.name}: {line[:60]}")


@pytest.mark.parametrize("line", list(commands()))
def test_every_command_of_the_documentation_exists_with_its_options(line):
    from carecmon.cli import cli

    command, words = cli, shlex.split(re.split(r"\s{2,}|\s#", line)[0])[1:]
    while isinstance(command, click.Group):
        found = next((word for word in words if word in command.commands), None)
        assert found, f"there is no command in: {line}"
        words = words[words.index(found) + 1 :]
        command = command.commands[found]
        if not words or not any(word in getattr(command, "commands", ()) for word in words):
            break
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert [word for word in words if word.startswith("--") and word.partition("=")[0] not in known] == []
