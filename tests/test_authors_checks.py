"""Checks that authors of plugins write: what they find is a finding, and what they do wrong holds up nobody."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Workspace

PACE = """
import os, sys, time
from pathlib import Path
from carecmon import Better, Cell, Check, Contradiction, Document, Indicator, Observation, Period, Series, Source
from carecmon import Text, hookimpl
def parse(answer):
    yield Observation(Series("pace"), Period.parse("2020"), 3.0, Cell("survey", "table 1", "2020", "pace", "3.0"))
def said(one):
    return Contradiction(one.series, one.period, (one.cell,), "3 km/h", "an even number", "It is odd.")
def odd(observations, claims):
    {does}
    return [said(one) for one in observations if one.value % 2]
def low(observations, claims):
    return [said(one) for one in observations if one.value < 0]
@hookimpl
def register_sources():
    survey = Document("survey", edition="1", data=(Path(__file__).with_name("survey.txt"),))
    return [Source("pace-survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (survey,), time_limit=1.0,
                   checks=(Check("custom", function=low), Check("custom", function=odd)))]
@hookimpl
def register_indicators():
    return [Indicator("pace", Text("Pace"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("pace-survey",))]
"""
RULE = '[[rules]]\nid = "odd"\ncondition = "contradiction"\nseverity = "warning"'


def writes(place, does="pass"):
    place.plugin("pace", source=PACE.replace("{does}", does))
    (place.folder / "my-plugins" / "survey.txt").write_text("as published")


def check(place, day, *words, code=0):
    done = place.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline", "--format", "json", *words, code=code)
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("words", [(), ("--in-process",)])
def test_what_an_authors_check_finds_is_a_finding_of_its_source(bare, words):
    writes(bare, "print('a remark')")
    report, _ = check(bare, 1, *words)
    (finding,) = report["findings"]
    assert (finding["check"], finding["source"], finding["message"]) == ("custom", "pace-survey", "It is odd.")
    assert finding["cells"][0]["raw"] == "3.0"


#: What the check does -> what is said about it.
WRONG = {
    "hangs": ("time.sleep(60)", "pace.py, line 11: it took longer than 1 s, so it was ended"),
    "hangs in C": ("sum(range(10**12))", "it took longer than 1 s, so it was ended"),
    "exits": ("sys.exit(3)", "pace.py, line 11: it calls sys.exit(3) (remove that call"),
    "exits hard": ("os._exit(0)", "its worker process ended by itself, with exit code 0, before it was done"),
    "crashes": ("__import__('ctypes').string_at(0)", "pace.py, line 11: its worker process was ended by SIGSEGV"),
    "eats memory": ("hoard = bytearray(1 << 40)", "pace.py, line 11: it needs more memory than it may have"),
    "fails": ("1 / 0", "pace.py, line 11: ZeroDivisionError: division by zero (correct that line"),
    "gives texts": ("return ['odd']", "it gives 'odd' (str) (yield carecmon.Contradiction)"),
    "gives nothing": ("return None", "TypeError: 'NoneType' object is not iterable"),
    "gives a text for a period": (
        "return [Contradiction(observations[0].series, '2020', (), '', '', '')]",
        "it gives a contradiction made of the wrong things: 'str' object has no attribute 'key'",
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A folder whose check has found something; tests only copy it."""
    place = Workspace(tmp_path_factory.mktemp("found"))
    place.config.write_text("plugin_dirs = []\n", "utf-8")
    place.add(RULE)
    writes(place)
    assert len(check(place, 1)[0]["findings"]) == 1
    return place


@pytest.mark.parametrize(("does", "words"), WRONG.values(), ids=WRONG)
def test_a_check_that_goes_wrong_is_named_holds_up_nobody_and_takes_no_finding_back(found, tmp_path, does, words):
    place = Workspace(Path(shutil.copytree(found.folder, tmp_path / "found")))
    writes(place, does)
    report, said = check(place, 2)
    assert "the checks of pace-survey 1 failed: the custom check that pace-survey declares failed: " in said
    assert words in said and "Traceback" not in said
    assert [one["message"] for one in report["findings"]] == ["It is odd."], "nobody has looked: it still stands"
    assert [one["state"] for one in report["alerts"]] == ["firing"]
    assert ("pace", "failed") in {(one["name"], one["state"]) for one in report["plugins"]}
    assert report["assessments"][0]["value"] == 3
    writes(place)
    assert "failed" not in check(place, 3)[1], "mended, it is run again"


def test_a_check_that_hangs_is_not_run_again_for_the_next_edition(bare):
    writes(bare, "print('begun', file=open(__file__ + '.log', 'a'), flush=True); time.sleep(60)")
    plugin = bare.folder / "my-plugins" / "pace.py"
    again = '(survey, Document("again", edition="2", data=(Path(__file__).with_name("survey.txt"),)))'
    plugin.write_text(plugin.read_text("utf-8").replace("(survey,)", again), "utf-8")
    check(bare, 1)
    assert (bare.folder / "my-plugins" / "pace.py.log").read_text() == "begun\n"


#: What a check may do -> what it finds all the same.
ODD_WAYS = {
    "changes folder": "os.chdir('/')",
    "reads what nobody types": "assert sys.stdin.readline() == ''; assert os.read(0, 1) == b''",
    "asks somebody": "__import__('subprocess').run(['cat'], check=True)",
}


def editions(place, does, count):
    """Let the survey have several editions, each of which says the same."""
    writes(place, does)
    plugin = place.folder / "my-plugins" / "pace.py"
    more = 'tuple(Document(f"s{n}", edition=str(n), data=survey.data) for n in range(COUNT))'.replace(
        "COUNT", str(count)
    )
    plugin.write_text(plugin.read_text("utf-8").replace("(survey,)", more), "utf-8")


@pytest.mark.parametrize("does", ODD_WAYS.values(), ids=ODD_WAYS)
def test_a_check_may_change_its_folder_and_read_stdin(bare, does):
    editions(bare, does, 2)
    report, said = check(bare, 1)
    assert "failed" not in said and len(report["findings"]) == 2


def test_a_check_runs_once_for_each_edition_and_leaves_no_request_behind(bare, tmp_path):
    writing = "print(len(list(Path('.').resolve().glob('asked-*'))), file=open(__file__ + '.log', 'a'))"
    editions(bare, writing, 5)
    report, _ = check(bare, 1)
    assert len(report["findings"]) == 5
    assert (bare.folder / "my-plugins" / "pace.py.log").read_text().split() == ["0"] * 5


def test_the_kit_for_authors_ends_a_check_that_hangs(bare):
    writes(bare, "time.sleep(60)")
    done = bare.run("plugins", "test", "pace")
    assert done.returncode == 1
    words = " ".join(done.stdout.split())
    assert "pace-survey: its checks run" in words and "it took longer than 1 s, so it was ended" in words


INDICATOR = PACE[: PACE.index("@hookimpl\ndef register_sources")] + PACE[PACE.index("@hookimpl\ndef register_ind") :]
SOURCE = PACE[: PACE.index("@hookimpl\ndef register_ind")]


@pytest.mark.parametrize("broken", ["pace", "survey"])
def test_a_finding_stands_while_the_plugin_of_its_source_or_of_its_indicator_is_broken(bare, broken):
    bare.add(RULE)
    declared = INDICATOR.replace("{does}", "pass").replace(
        '("pace-survey",))]', '("pace-survey",), bounds=(10.0, None))]'
    )
    bare.plugin("pace", source=declared)
    source = SOURCE.replace("{does}", "pass").replace('Check("custom", function=odd)', "")
    (bare.folder / "my-plugins" / "survey.py").write_text(source, "utf-8")
    (bare.folder / "my-plugins" / "survey.txt").write_text("as published")
    assert [one["check"] for one in check(bare, 1)[0]["findings"]] == ["bounds"]
    plugin = bare.folder / "my-plugins" / f"{broken}.py"
    whole = plugin.read_text("utf-8")
    plugin.write_text("raise RuntimeError('no')", "utf-8")
    report, _ = check(bare, 2, code=1)
    assert [one["check"] for one in report["findings"]] == ["bounds"]
    assert [one["state"] for one in report["alerts"]] == ["firing"]
    plugin.write_text(whole.replace("bounds=(10.0, None)", "bounds=(1.0, None)"), "utf-8")
    report, _ = check(bare, 3)
    assert (report["findings"] == []) == (broken == "pace"), "bounds that were corrected take it back, once looked at"
