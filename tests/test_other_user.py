"""Somebody who may read the files of another user, but not write them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from carecmon.errors import StoreError
from carecmon.store import Store
from tests.conftest import Workspace

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which one indicator was checked."""
    place = Workspace(tmp_path_factory.mktemp("finished"))
    assert place.run("init").returncode == 0
    place.check("cpmm.samples")
    return place


@pytest.fixture
def workspace(finished):
    # Not below pytest's own folder: every run of pytest that begins closes that to other users.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Workspace(shutil.copytree(finished.folder, Path(folder, "mine")))


@pytest.fixture
def reader(workspace, finished):
    """Run carecmon as a user who may read the folder of a finished check and write nothing there."""
    workspace.folder.chmod(0o755)

    def call(*words):
        # Root does it first, elsewhere: the other user may not see where the modules of this interpreter lie.
        code = f"""
import contextlib, encodings.idna, encodings.utf_8_sig, encodings.unicode_escape, io, os, sys, traceback
from carecmon.cli import run
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    for options in ([], ["--config", "none.toml"], ["--as-of", "x"]):
        run([*sys.argv[1:], *options])
os.chdir({str(workspace.folder)!r})
os.setgid({NOBODY}); os.setuid({NOBODY})
sys.exit(run(sys.argv[1:]))
"""
        return subprocess.run(
            [sys.executable, "-c", code, *words], cwd=finished.folder, capture_output=True, text=True, timeout=120
        )

    return call


def test_what_is_stored_can_be_read_without_permission_to_write(reader, workspace):
    before = sorted(path.name for path in workspace.database.parent.iterdir())
    for words in (["status", "cpmm.samples"], ["show", "cpmm.samples"], ["history", "cpmm.samples"]):
        done = reader(*words)
        assert done.returncode == 0 and "2,420" in done.stdout, done.stderr
    assert sorted(path.name for path in workspace.database.parent.iterdir()) == before


def test_a_check_says_what_may_not_be_written_and_is_code_5(reader):
    done = reader("check", "--offline", "cpmm.samples")
    assert done.returncode == 5
    assert "its folder writable" in done.stderr


def test_doctor_says_that_a_check_would_fail(reader):
    done = reader("doctor")
    assert done.returncode == 1
    assert "you may read it, not write it" in done.stdout


def test_while_another_process_has_the_store_open_it_is_read_as_usual(reader, workspace):
    with Store.open(workspace.database) as store, store.writing():
        done = reader("status", "cpmm.samples")
    assert done.returncode == 0 and "2,420" in done.stdout, done.stderr


def test_a_log_that_nobody_else_can_read_is_an_error_with_its_remedy(reader, workspace):
    folder = workspace.folder / "crashed"
    folder.mkdir(mode=0o755)
    with Store.open(workspace.database) as store, store.writing():
        store._connection.run("create table left_in_the_log (a)")
        for end in ("", "-wal"):
            shutil.copy(f"{workspace.database}{end}", folder)
    text = workspace.config.read_text("utf-8").replace('"db/carecmon.db"', '"crashed/carecmon.db"')
    workspace.config.write_text(text, "utf-8")
    (folder / "carecmon.db-wal").write_bytes(b"not empty")
    done = reader("status", "cpmm.samples")
    assert done.returncode == 5
    assert "log beside it" in done.stderr and "Run carecmon check as that user" in done.stderr


@pytest.mark.parametrize("hidden", ["indicators.toml", "db"])
def test_what_may_not_even_be_looked_at_is_an_error_and_no_traceback(reader, workspace, hidden):
    (workspace.folder / hidden).chmod(0o600)
    done = reader("status", "cpmm.samples")
    assert done.returncode == (2 if hidden == "indicators.toml" else 5)
    assert "Traceback" not in done.stderr and hidden in done.stderr


def test_a_store_that_is_written_while_it_is_read_blindly_is_not_believed(workspace, monkeypatch):
    from carecmon.store import connection

    usual = connection.Connection._open

    def refused(self, how):
        if how == "mode=ro":
            raise connection.sqlite3.OperationalError("attempt to write a readonly database")
        usual(self, how)

    store = None
    with monkeypatch.context() as patched:
        patched.setattr(connection.Connection, "_open", refused)
        store = Store.open_readonly(workspace.database)
    os.utime(workspace.database)
    with pytest.raises(StoreError, match="run again"):
        store.close()


def test_one_of_the_group_may_write_what_another_one_stored(reader, workspace):
    """As docs/running.md says under "Several people": one group, a folder of it, and a umask that lets it write."""
    shutil.rmtree(workspace.folder / "db")
    os.chown(workspace.folder, -1, NOBODY)
    before = os.umask(0o007)
    try:
        workspace.folder.chmod(0o2771)
        assert workspace.run("run", "--due").returncode == 0
    finally:
        os.umask(before)
    workspace.folder.chmod(0o2771)  # the fixture's own rights are wider, and not those of a group
    for words in (["status", "cpmm.samples"], ["db", "verify"], ["check", "--offline"], ["db", "backup"]):
        done = reader(*words)
        assert done.returncode == 0, done.stdout + done.stderr
