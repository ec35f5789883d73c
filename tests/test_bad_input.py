"""Everything that can be wrong on the way in: a clear error that says what to do, the right code, nothing lost."""

import resource
import shutil
import sqlite3
import subprocess
import sys

import pytest


def said(done, code, *words):
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, f"{word!r} is not in\n{done.stderr}"


def test_broken_toml_is_named_with_its_place(workspace):
    workspace.config.write_text('database = "a.db\n')
    said(workspace.run("check", "--offline"), 2, "indicators.toml", "line 1")


def test_an_unknown_indicator_in_the_configuration_is_named_with_a_suggestion(workspace):
    workspace.add('[indicators."cpmm.swdd"]')
    said(workspace.run("check", "--offline"), 2, "cpmm.swdd", "cpmm.swd")


def test_an_unknown_indicator_on_the_command_line_is_named_with_a_suggestion(workspace):
    said(workspace.run("check", "cpmm.swdd", "--offline"), 2, "cpmm.swdd", "cpmm.swd")


def test_several_mistakes_are_named_at_once(workspace):
    workspace.add('colour = "blue"\n[[rules]]\nid = "x"\ncondition = "of_track"\nseverity = "loud"')
    said(workspace.run("check", "--offline"), 2, "severity", "condition")


def test_a_missing_configuration_names_the_way_to_a_new_one(tmp_path):
    done = subprocess.run([sys.executable, "-m", "carecmon", "check"], cwd=tmp_path, capture_output=True, text=True)
    said(done, 2, "carecmon init")


BROKEN = {
    "cannot be imported": "raise RuntimeError('the file server is away')",
    "has a syntax error": "def parse(answer:\n",
    "misspells a hook": "from carecmon import hookimpl\n@hookimpl\ndef register_indicator():\n    return []",
    "exits": "import sys\nsys.exit(0)",
    "exits hard": "import os\nos._exit(0)",
    "declares garbage": "from carecmon import hookimpl\n@hookimpl\ndef register_indicators():\n    return {'a': 1}",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_a_plugin_that(settled, source):
    """... costs only its own indicators: the run goes on, names it, and ends with 1."""
    settled.plugin("speed", source=source)
    report = settled.report(code=1)
    plugin = next(one for one in report["plugins"] if one["name"] == "speed")
    assert plugin["state"] == "broken" and plugin["reason"] and plugin["remedy"]
    outcomes = {one["id"]: one["outcome"] for one in report["indicators"]}
    assert (outcomes["speed"], outcomes["cpmm.swd"]) == ("failed", "judged")


FAILING = {
    "raises while it parses": "raise ValueError('a page without a table')",
    "exits hard while it parses": "import os; os._exit(0)",
    "hangs while it parses": "import time; time.sleep(300)",
    "eats memory while it parses": "x = bytearray(3 << 30)",
    "says a value that is not a number": (
        "yield Observation(Series('speed'), Period.parse('2024'), float('nan'), Cell('survey'))"
    ),
}


@pytest.mark.parametrize("before", FAILING.values(), ids=FAILING)
def test_a_source_that(settled, before):
    """... costs only its own indicators, and the run ends in time."""
    settled.plugin("speed", before=before, limit=3)
    report = settled.report(code=1)
    plugin = next(one for one in report["plugins"] if one["name"] == "speed")
    assert plugin["state"] == "failed" and plugin["reason"]
    outcomes = {one["id"]: one["outcome"] for one in report["indicators"]}
    assert (outcomes["speed"], outcomes["cpmm.swd"]) == ("failed", "judged")


def test_a_source_in_which_nothing_is_found_is_said_once(workspace):
    workspace.plugin("speed", before="return")
    said = "source speed-survey: not one observation was found in its answer"
    assert said in workspace.check("speed").stderr
    assert said not in workspace.check("speed").stderr


def test_an_indicator_declared_twice_names_both_plugins(settled):
    settled.plugin("speed")
    shutil.copy(settled.folder / "my-plugins" / "speed.py", settled.folder / "my-plugins" / "twin.py")
    report = settled.report(code=1)
    reasons = [one["reason"] for one in report["plugins"] if one["state"] == "broken"]
    assert any("speed" in reason and "already declared" in reason for reason in reasons)


def test_a_failing_source_with_an_older_vintage_is_still_judged(workspace):
    workspace.plugin("speed", {"2015": 20.0, "2023": 30.0})
    workspace.report("speed")
    workspace.plugin("speed", before="raise ValueError('away')")
    done = workspace.run("check", "speed", "--offline", "--format", "json")
    assert done.returncode == 0
    assert '"outcome": "judged"' in done.stdout and "away" in done.stdout


def test_a_store_in_a_place_that_cannot_be_written_is_code_5(workspace):
    (workspace.folder / "db").write_text("a file where the folder should be")
    said(workspace.run("check", "--offline"), 5, "db")


def test_a_corrupt_store_is_code_5_and_is_left_as_it_is(workspace):
    workspace.database.parent.mkdir()
    workspace.database.write_bytes(b"this is not a database" * 400)
    said(workspace.run("check", "--offline"), 5, str(workspace.database))
    assert workspace.database.read_bytes().startswith(b"this is not")


def test_a_store_of_a_newer_carecmon_is_code_5_and_says_to_update(workspace):
    workspace.check("lpi.score")
    with sqlite3.connect(workspace.database) as db:
        db.execute("pragma user_version = 999")
    said(workspace.run("check", "--offline"), 5, "newer")


def test_a_full_disk_is_code_5_and_what_was_stored_stays(workspace):
    workspace.check("lpi.score")
    stored = workspace.count("observation")

    def little_space():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    done = workspace.run("check", "--offline", preexec_fn=little_space)
    said(done, 5)
    assert workspace.count("observation") >= stored
    workspace.check()


def test_ctrl_c_is_code_130_and_the_next_run_finishes_the_work(workspace, interrupt_when):
    marker = workspace.folder / "parsing"
    workspace.plugin("speed", before=f"import time; open({str(marker)!r}, 'w').close(); time.sleep(60)")
    _, err, code = interrupt_when(workspace.start("check", "--offline"), marker.exists)
    assert code == 130 and "Traceback" not in err
    workspace.plugin("speed")
    assert workspace.report("speed")["indicators"][0]["outcome"] == "judged"
