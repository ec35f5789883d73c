"""The systemd units under docs/, as far as they can be tried without being installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
UNITS = ("carecmon.service", "carecmon-tick.service", "carecmon.timer")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    for name in UNITS:
        text = (DOCS / name).read_text("utf-8").replace("/srv/carecmon/.venv/bin/carecmon", "/bin/true")
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *UNITS], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_of_the_timer_does_what_is_due_and_ends(post):
    post.plugin()
    assert post.run(*_words("carecmon-tick.service")).returncode == 0
    assert post.asked() == 1


def test_the_command_of_the_service_is_understood(post):
    words = _words("carecmon.service")
    assert "unknown" not in post.run(*words, "--help").stderr
    post.config.write_text("databse = 1")
    done = post.run(*words)
    assert done.returncode == 2 and "databse" in done.stderr, "it is the settings that are refused, not the command"
    assert "RestartPreventExitStatus=2" in (DOCS / "carecmon.service").read_text("utf-8")


def _words(name):
    (line,) = [line for line in (DOCS / name).read_text("utf-8").splitlines() if line.startswith("ExecStart=")]
    return line.split()[1:]
