"""A folder at its beginning: init writes only once, and who reads is told that nothing was checked yet."""

import json
import sqlite3

import pytest

from carecmon.cli import run

KAZ = "cpmm.bcp-time{area=KAZ,direction=outbound,mode=road}"


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("alerts",),
        ("findings",),
        ("releases", "list"),
        ("history", KAZ),
        ("show", "cpmm.swd"),
        ("export",),
    ],
)
def test_before_the_first_check_reading_commands_say_so_and_exit_with_0(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    capsys.readouterr()
    assert run(list(words)) == 0
    assert "no check has run yet" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("status",), ("alerts",), ("findings",), ("history", KAZ)])
def test_before_the_first_check_scripts_get_an_empty_list(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init"])
    capsys.readouterr()
    assert run([*words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize("words", [("status",), ("show", "cpmm.swd"), ("history", KAZ), ("export",), ("db", "verify")])
@pytest.mark.parametrize("begun", [False, True], ids=["an empty file", "a database without a table"])
def test_a_store_that_was_never_filled_is_no_store_yet(words, begun, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init"])
    (tmp_path / "db").mkdir()
    database = sqlite3.connect(tmp_path / "db" / "carecmon.db")
    if begun:
        database.execute("pragma journal_mode = wal")
    database.close()
    capsys.readouterr()
    assert (tmp_path / "db" / "carecmon.db").stat().st_size == (4096 if begun else 0)
    assert run(list(words)) == 0
    assert "no check has run yet" in capsys.readouterr().err


def test_init_refuses_where_a_configuration_exists(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    assert run(["init"]) == 2
    assert "exists already" in capsys.readouterr().err
