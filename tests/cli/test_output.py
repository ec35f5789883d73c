"""Terminals, pipes, files and encodings."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from carecmon.cli import output

CARECMON = [sys.executable, "-m", "carecmon"]
ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")


def on_a_terminal(folder, *words, **environment):
    """Run carecmon with a terminal as its stdout; return what it drew there."""
    ours, theirs = pty.openpty()
    settings = {**os.environ, "COLUMNS": "100", "TERM": "xterm-256color", **environment}
    process = subprocess.Popen([*CARECMON, *words], cwd=folder, stdout=theirs, stderr=subprocess.PIPE, env=settings)
    os.close(theirs)
    drawn = b""
    try:
        while chunk := os.read(ours, 65536):
            drawn += chunk
    except OSError:
        pass  # on Linux the end of a terminal is an error
    os.close(ours)
    _, err = process.communicate()
    assert process.returncode == 0, err
    return drawn.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour_and_is_never_overrun(checked):
    drawn = on_a_terminal(checked.folder, "status")
    assert COLOUR.search(drawn)
    assert max(len(line) for line in ANSI.sub("", drawn).splitlines()) <= 100


def test_on_a_narrow_terminal_cells_have_a_table_of_their_own(checked):
    drawn = ANSI.sub("", on_a_terminal(checked.folder, "show", "road.fatalities"))
    values, cells = drawn.split("Where these values are printed")
    assert "82,000 deaths" in values and "table 1" in cells
    assert "Where these values" not in on_a_terminal(checked.folder, "show", "road.fatalities", COLUMNS="180")


def test_no_color_keeps_the_words_and_the_symbols(checked):
    drawn = on_a_terminal(checked.folder, "status", NO_COLOR="1")
    assert not COLOUR.search(drawn)
    assert "▼ reversing" in drawn and "OFFICIAL" in drawn


def test_a_pipe_gets_neither_colour_nor_folded_nor_cut_lines(checked):
    done = checked.run("status", env={**os.environ, "COLUMNS": "40", "FORCE_COLOR": "1"})
    assert "\x1b" not in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "Road fatalities" in line]
    assert "82,000" in line and "41,000 in 2030" in line and "OFFICIAL" in line
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())


def test_an_encoding_without_blocks_gets_ascii(checked):
    done = checked.run("status", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii() and "! reversing" in done.stdout


@pytest.mark.parametrize("words", [["status"], ["alerts", "--format", "json"], ["history", "lpi.score{area=KAZ}"]])
def test_a_reader_who_has_seen_enough_is_no_error(checked, words):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*CARECMON, *words], cwd=checked.folder, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_progress_is_shown_on_stderr_and_only_to_somebody_who_watches(checked):
    done = checked.run("check", "--offline", "--dry-run", "--format", "json")
    assert [line for line in done.stderr.splitlines() if not line.startswith("carecmon: waiting to be enabled")] == []
    assert json.loads(done.stdout)["run"]["id"] is None


def test_csv_writes_numbers_bare_and_guards_what_would_run(capsys):
    output.write_csv(["a", "b", "c", "d"], [[-1.5, "=1+1", None, True], [2, "+660", ["x", "y"], False]])
    assert capsys.readouterr().out.splitlines() == ["a,b,c,d", "-1.5,'=1+1,,true", '2,+660,"[""x"", ""y""]",false']


def test_json_never_holds_a_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        output.write_json({"value": float("nan")})
