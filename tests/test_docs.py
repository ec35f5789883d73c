"""Documentation that drifts from the code fails here."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "docs/indicators.md"]


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
