"""A package of somebody else, built and installed like any other, is checked, alerted about and exported."""

import csv
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

PROJECT = """
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"
[project]
name = "carecmon-wells"
version = "3.1"
dependencies = ["carecmon"]
[project.entry-points.carecmon]
wells = "carecmon_wells"
[tool.setuptools]
packages = ["carecmon_wells"]
[tool.setuptools.package-data]
carecmon_wells = ["*.csv"]
"""

#: Half of what the target wants is not reached by a series that stands still: a warning by the shipped rules.
SETTINGS = """
[indicators."wells.share"]
[[targets]]
indicator = "wells.share"
value = 95
year = 2030
base_period = "2022"
official = true
citation = "a test"
[[rules]]
id = "behind"
condition = "off_track"
severity = "warning"
"""


def run(*command, cwd, ok=(0,)):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CARECMON", "PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode in ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Give the Python of an environment that has nothing of its own but a third-party wheel.

    carecmon and what it needs are seen through a path to the environment of the tests, which spares installing them
    again; an installation from a wheel of carecmon is tested with the packaging.
    """
    folder = tmp_path_factory.mktemp("third-party")
    run(sys.executable, "-m", "carecmon", "plugins", "new", "wells", "--to", folder / "written", cwd=folder)
    (folder / "written" / "wells").rename(folder / "carecmon_wells")
    (folder / "pyproject.toml").write_text(PROJECT)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", folder, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "environment", with_pip=False)
    python = folder / "environment" / "bin" / "python"
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip())
    ours = [sysconfig.get_path("purelib"), str(Path(__file__).parents[2])]
    (own / "tests.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in ours))
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=folder)
    assert (own / "carecmon_wells" / "figures.csv").exists()
    return python


@pytest.fixture(scope="module")
def folder(python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    (folder / "indicators.toml").write_text(SETTINGS)
    return folder


def carecmon(python, folder, *words, ok=(0,)):
    return run(python, "-m", "carecmon", *words, cwd=folder, ok=ok).stdout


def test_it_is_found_by_its_entry_point_with_the_version_of_its_package(python, folder):
    plugins = {one["name"]: one for one in json.loads(carecmon(python, folder, "plugins", "list", "--format", "json"))}
    assert (plugins["wells"]["state"], plugins["wells"]["version"]) == ("loaded", "3.1")
    assert "carecmon_wells of carecmon-wells" in plugins["wells"]["origin"]


def test_its_indicator_is_checked_and_alerted(python, folder):
    report = json.loads(carecmon(python, folder, "check", "--offline", "--format", "json"))
    judged = {one["series"]: one for one in report["assessments"]}
    assert judged["wells.share{area=KAZ}"]["value"] == 63.0
    assert judged["wells.share{area=KAZ}"]["status"] in ("slow", "stagnant")
    alerts = json.loads(carecmon(python, folder, "alerts", "--format", "json"))
    assert {(one["rule"], one["severity"]) for one in alerts} >= {("behind", "warning")}
    assert any("wells.share{area=KAZ}" in json.dumps(one) for one in alerts)


def test_its_figures_are_exported_with_where_they_come_from(python, folder):
    carecmon(python, folder, "check", "--offline", "--format", "json")
    carecmon(python, folder, "export", "--to", "out")
    with (folder / "out" / "observations.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["indicator"] == "wells.share"]
    assert {row["value"] for row in rows} == {"61.5", "63", "55.2", "57.9"}
    package = json.loads((folder / "out" / "datapackage.json").read_text("utf-8"))
    assert "Example Institute" in json.dumps(package["sources"])


def test_it_keeps_the_contract_also_where_it_is_installed(python, folder):
    lines = json.loads(carecmon(python, folder, "plugins", "test", "wells", "--format", "json", ok=(0, 1)))
    failed = [one for one in lines if one["passed"] is False]
    # Its tests, and the known values with them, were left out of the package.
    assert [one["line"] for one in failed] == ["a known value holds"]
