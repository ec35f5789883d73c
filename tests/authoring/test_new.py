"""A plugin that was just written works: its own tests pass, and so does the contract."""

import subprocess
import sys

import pytest

KINDS = ["document", "http-json"]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "carecmon.testing", "-p", "no:cacheprovider", "-W", "error"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_passes_its_own_tests_and_the_contract_at_once(bench, kind):
    said = bench.run("plugins", "new", "clean_water", "--source", kind)
    assert "carecmon plugins test my-plugins/clean_water" in said.stderr
    folder = bench.plugins / "clean_water"
    done = subprocess.run(
        [*PYTEST, "--import-mode=importlib", folder], cwd=bench.folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert bench.lines("clean_water") == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_plugin_has_declarations_a_readme_known_values_and_tests(bench, kind):
    folder = bench.new("clean_water", kind)
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"__init__.py", "README.md", "tests/known.csv", "tests/test_clean_water.py"} <= written
    assert ("reader.py" in written) is (kind == "http-json") is ("figures.csv" not in written)


def test_two_new_plugins_do_not_get_in_each_others_way(bench):
    bench.new("one")
    bench.new("two", "http-json")
    assert bench.lines("one") == bench.lines("two") == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("clean-water", "letters, digits and underscores", id="a hyphen"),
        pytest.param("2030", "letters, digits and underscores", id="a number"),
        pytest.param("class", "letters, digits and underscores", id="a word of Python"),
        pytest.param("Water", "small Latin letters", id="a capital"),
        pytest.param("вода", "small Latin letters", id="Cyrillic"),
    ],
)
def test_a_name_that_no_plugin_can_have_is_refused(bench, name, said):
    assert said in bench.run("plugins", "new", name, code=2).stderr
    assert not bench.plugins.exists()


def test_what_exists_is_never_written_over(bench):
    folder = bench.new("water")
    (folder / "figures.csv").write_text("mine")
    assert "exists already" in bench.run("plugins", "new", "water", code=2).stderr
    assert (folder / "figures.csv").read_text() == "mine"


def test_it_goes_into_the_first_folder_that_the_settings_name_and_is_found_there(bench):
    (bench.folder / "indicators.toml").write_text('plugin_dirs = ["own"]\n[indicators."water.share"]\n')
    (bench.folder / "own").mkdir()
    done = bench.run("plugins", "new", "water")
    assert "plugin_dirs" not in done.stderr
    assert "56.0" not in bench.run("check", "--offline").stdout
    assert "63.0" in bench.run("check", "--offline").stdout
