"""The main job as people and scripts meet it: a process, a folder, the published figures."""

import subprocess
import sys


def test_every_watched_indicator_is_judged_or_says_that_there_is_no_data(checked):
    outcomes = {one["id"]: one["outcome"] for one in checked.first["indicators"]}
    assert set(outcomes.values()) == {"judged", "no_data"}
    assert outcomes["aviation.freedoms"] == "no_data"


def test_every_first_alert_says_that_it_is_the_first_assessment(checked):
    assert {one["cause"] for one in checked.first["alerts"]} == {"first_assessment"}


def test_nothing_but_json_is_printed_for_a_script(checked):
    done = checked.check("--format", "json")
    assert done.stdout.startswith("{") and done.stdout.rstrip().endswith("}")


def test_a_second_run_says_that_nothing_changed_and_adds_no_row(workspace):
    workspace.check()
    tables = ("observation", "release", "claim", "cell", "assessment", "transition")
    before = {table: workspace.count(table) for table in tables}
    assert "Nothing changed since" in workspace.check().stdout
    assert {table: workspace.count(table) for table in tables} == before


def test_two_runs_at_once_double_nothing(workspace):
    first, second = workspace.start("check", "--offline"), workspace.start("check", "--offline")
    for process in (first, second):
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    alone = type(workspace)(workspace.folder / "alone")
    alone.folder.mkdir()
    alone.run("init")
    alone.check()
    for table in ("release", "observation", "claim", "assessment", "alert"):
        assert workspace.count(table) == alone.count(table)


def test_fail_on_gives_3_when_an_alert_that_loud_fires(workspace):
    workspace.plugin(values={"2015": 20.0, "2023": 20.1})
    workspace.target()
    workspace.check("speed", "--fail-on", "warning", code=3)
    workspace.check("speed")


def transition(workspace, *values):
    for number, these in enumerate(values):
        workspace.plugin(values=these, edition=str(number))
        if number == 0:
            workspace.target()
        report = workspace.report("speed")
    return next(one for one in report["alerts"] if one["rule"] == "off-track" and "speed" in one["series"])


def test_a_new_period_that_leaves_the_path_is_the_cause_of_its_alert(workspace):
    on_track = {"2015": 20.0, "2023": 30.0}
    assert transition(workspace, on_track, {**on_track, "2024": 24.0})["cause"] == "new_period"


def test_a_revision_that_leaves_the_path_is_the_cause_of_its_alert(workspace):
    assert transition(workspace, {"2015": 20.0, "2023": 30.0}, {"2015": 20.0, "2023": 22.0})["cause"] == "revision"


def test_a_transition_is_printed_once(workspace):
    workspace.plugin(values={"2015": 20.0, "2023": 20.1})
    workspace.target()
    first, second = workspace.check("speed"), workspace.check("speed")
    assert "makes no progress towards" in first.stdout.split("Look at first")[0]
    assert "makes no progress towards" not in second.stdout.split("Look at first")[0]


def test_a_dry_run_writes_nothing(workspace):
    workspace.check("--dry-run")
    assert not workspace.database.exists()


def test_offline_makes_no_connection_at_all(workspace):
    code = (
        "import socket, sys\n"
        "def refuse(*args, **kwargs): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = refuse; socket.create_connection = refuse\n"
        "sys.argv = ['carecmon', 'check', '--offline']\n"
        "from carecmon.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=workspace.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_looking_back_judges_what_was_believed_and_writes_nothing(checked):
    runs = checked.count("run")
    done = checked.run("check", "--as-of", "2020-01-01", "--format", "json")
    assert done.returncode == 0 and checked.count("run") == runs
    assert '"as_of": "2020-01-01"' in done.stdout


def test_a_check_of_some_indicators_reports_only_those(checked):
    report = checked.report("lpi.score")
    assert {one["indicator"] for one in report["assessments"]} == {"lpi.score"}
