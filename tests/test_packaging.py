"""What a wheel carries is complete, and nothing of anybody's own."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: What a wheel must carry, by folder in the checkout and in the wheel.
PACKED = {"carecmon": "carecmon", "plugins": "carecmon_plugins"}


def run(*command, cwd, ok=(0,)):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("CARECMON", "PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode in ok, f"{command} exited {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    checkout = folder / "checkout"
    ignore = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "*.db*", "raw")
    shutil.copytree(ROOT, checkout, ignore=ignore)
    # A database and raw answers of somebody's own must never be packed.
    (checkout / "db" / "carecmon.db").write_text("private")
    (checkout / "db" / "raw").mkdir()
    (checkout / "db" / "raw" / "answer").write_text("private")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, checkout, cwd=folder)
    return next(folder.glob("*.whl"))


def files_below(folder):
    return {
        path.relative_to(ROOT / folder).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", PACKED)
def test_the_wheel_carries_every_file_of(folder, wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = {f"{PACKED[folder]}/{name}" for name in files_below(folder)} - names
    assert not missing


def test_the_wheel_carries_the_schema_and_no_database(wheel):
    ours = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("carecmon_db/")}
    assert {"carecmon_db/migrations.py", "carecmon_db/schema.sql", "carecmon_db/README.md"} <= ours
    assert not [name for name in ours if "raw" in name or name.endswith(".db")]


def test_every_core_package_is_named_in_the_build():
    import tomllib

    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    found = {".".join(init.parent.relative_to(ROOT).parts) for init in (ROOT / "carecmon").rglob("__init__.py")}
    assert found | {"carecmon_db", "carecmon_plugins"} == set(named)
