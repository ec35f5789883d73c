"""Standard streams that are full, closed or left early, and texts that would steer a terminal."""

import io
import os
import subprocess
import sys

import pytest

from carecmon.cli import output
from tests.cli.test_output import on_a_terminal

CARECMON = [sys.executable, "-m", "carecmon"]
CHECK = ["check", "cpmm.samples", "--offline", "--dry-run"]
COMMANDS = [["status", "--format", "json"], ["show", "lpi.score"], CHECK, ["doctor"], ["--help"]]

#: What clears a screen, sets a title, colours, goes back to the begin of the line, and turns the direction of writing.
EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\x08\r\u202e"


def shell(checked, words, redirection):
    """Run carecmon as a shell does, with a stream redirected; return the exit code, stdout and stderr."""
    command = f'exec "$@" {redirection}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", *CARECMON, *words], cwd=checked.folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_results_that_cannot_be_written_are_an_error_of_one_line(checked, words):
    code, _, err = shell(checked, words, "> /dev/full")
    assert code == 1
    assert err.splitlines()[-1] == "carecmon: cannot write the results: No space left on device"
    assert "Traceback" not in err


@pytest.mark.parametrize("words", COMMANDS[:-1], ids=" ".join)
def test_a_closed_stdout_is_an_error_and_no_file_of_ours_gets_what_was_meant_for_it(checked, words):
    code, _, err = shell(checked, words, ">&-")
    assert code == 1
    assert err.splitlines()[-1] == "carecmon: cannot write the results: stdout is closed"
    assert checked.run("db", "verify").returncode == 0


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_where_nobody_can_hear_what_is_said_the_results_are_no_worse(checked, words, redirection):
    code, out, _ = shell(checked, words, redirection)
    assert (code, len(out) > 100) == (0, True)


@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_an_error_that_nobody_can_hear_keeps_its_code(checked, redirection):
    assert shell(checked, ["show", "nope"], redirection)[0] == 2
    assert shell(checked, ["show"], redirection)[0] == 2


def test_a_check_whose_reader_leaves_early_still_stores_its_results(workspace):
    read, write = os.pipe()
    os.close(read)
    words = ["sh", *CARECMON, "check", "--offline", "cpmm.swd"]
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@"; echo $? > code', *words], cwd=workspace.folder, stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert (workspace.folder / "code").read_text().strip() == "0", done.stderr
    assert workspace.count("assessment") > 20


@pytest.fixture
def hostile(bare):
    """A checked folder with a source whose texts would steer a terminal."""
    bare.plugin("speed")
    path = bare.folder / "my-plugins" / "speed.py"
    text = path.read_text("utf-8")
    for plain in ("Example Institute", "Survey", "A test.", "Test speed"):
        text = text.replace(f'"{plain}"', f'"{plain}" + EVIL')
    text = text.replace('Cell("survey")', 'Cell("survey", "p. 1" + EVIL, "row" + EVIL, "column", "21" + EVIL)')
    path.write_text(f"EVIL = {EVIL!r}\n{text}", "utf-8")
    broken = bare.folder / "my-plugins" / "broken.py"
    broken.write_text(f"raise RuntimeError({EVIL!r})", "utf-8")
    bare.check(code=1)
    return bare


@pytest.mark.parametrize("words", [["status"], ["show", "speed"], ["history", "speed"], ["sources"], ["indicators"]])
def test_texts_of_a_source_steer_no_terminal(hostile, words):
    drawn = on_a_terminal(hostile.folder, *words)
    piped = hostile.run(*words).stdout
    for said in (output._STYLE.sub("", drawn), piped):
        assert not output._CONTROL.search(said)
    assert "\x1b" not in piped


def test_errors_of_a_plugin_steer_no_terminal(hostile):
    err = hostile.run("plugins", "list").stderr
    assert "plugin broken" in err and "\x1b" not in err and "\x07" not in err


def test_a_script_gets_the_text_whole_and_escaped(hostile):
    (one, *_) = hostile.objects("history", "speed")
    assert one["raw"] == "21" + EVIL
    raw = hostile.run("history", "speed", "--format", "json").stdout
    assert not output._CONTROL.search(raw) and "\\u202e" in raw


def test_what_is_drawn_for_a_terminal_is_written_in_one_piece(monkeypatch):
    from rich.text import Text

    class Stream(io.StringIO):
        writes = 0

        def write(self, text):
            self.writes += 1
            return super().write(text)

    stream = Stream()
    monkeypatch.setattr(sys, "stdout", stream)
    output.show(Text("one"), Text("two"))
    assert (stream.getvalue(), stream.writes) == ("one\ntwo\n", 1)
