import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from carecmon.collect.documents import digest_of
from carecmon.collect.gather import Failed, Gathered, Limits, Unchanged, gather
from carecmon.collect.process import Workshop
from carecmon.registry import isolation

TODAY = date(2026, 1, 1)


def test_a_document_becomes_a_draft_with_everything_it_states(plugins):
    plugins.write(
        "mine",
        "def parse(answer):\n"
        "    assert answer.body == {'mine.csv': b'a,b\\n1,2\\n'} and answer.document == 'doc-1'\n"
        "    yield obs(2.0, '2021', lower=1.5, upper=2.5, sample_size=7, note='n')\n"
        "    yield obs(None, '2020', status=ObservationStatus.MISSING)\n"
        "    yield obs(9.0, area='AFG')\n"
        "    yield Claim(ClaimKind.CHANGE, Series.of('mine.speed', area='KAZ'), Period.parse('2021'), 0.5,\n"
        "                Cell('doc'), Period.parse('2020'))\n",
    )
    draft = plugins.draft()
    afg, kaz = draft.batches
    assert (str(afg.series), str(kaz.series)) == ("mine.speed{area=AFG}", "mine.speed{area=KAZ}")
    assert [row[1:] for row in kaz.rows] == [(None, 3, None), (2.0, 0, "n")]
    assert kaz.cells[1] == ("doc", "Table 1", "not recorded", "not recorded", "not recorded", 1.5, 2.5, 7)
    assert [claim.value for claim in draft.claims] == [0.5]
    assert (draft.source, draft.edition, draft.document, draft.reader_version) == ("mine", "1", "doc-1", "1")
    assert draft.digest == digest_of({"mine.csv": b"a,b\n1,2\n"})
    assert draft.body == {"mine.csv": b"a,b\n1,2\n"}


def test_batches_can_be_read_twice(plugins):
    plugins.write("mine", "def parse(a): yield obs()")
    draft = plugins.draft()
    assert list(draft.batches) == list(draft.batches) != []


def test_a_known_document_starts_no_worker(plugins, monkeypatch):
    plugins.write("mine", "def parse(a): yield obs()")
    known = {("1", digest_of({"mine.csv": b"a,b\n1,2\n"}), "1")}
    loaded = plugins.load()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    requests = plugins.requests(loaded, known=known)
    assert list(gather(requests, indicators=loaded.indicators, today=TODAY)) == [Unchanged("mine")]


def test_a_new_reader_version_reads_a_known_document_again(plugins):
    plugins.write("mine", "def parse(a): yield obs()\nMORE = dict(reader_version='2')")
    known = {("1", digest_of({"mine.csv": b"a,b\n1,2\n"}), "1")}
    assert plugins.draft(known=known).reader_version == "2"


def test_only_the_editions_that_are_new_are_read(plugins):
    plugins.write("mine", "def parse(a): yield obs(float(a.edition))\nMORE = dict(editions=('1', '2'))")
    known = {("1", digest_of({"mine.csv": b"a,b\n1,2\n"}), "1")}
    assert plugins.draft(known=known).edition == "2"


def test_the_digest_does_not_depend_on_the_order_of_files_and_tells_them_apart():
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})
    assert len({digest_of(body) for body in ({"a": b"1b"}, {"a1": b"b"}, {"a": b"1", "b": b""}, {"a": b""})}) == 4


def test_a_missing_file_costs_its_source_and_is_named(plugins):
    plugins.write("mine", "def parse(a): yield obs()")
    plugins.write("other", "def parse(a): yield obs()")
    (plugins.folder / "mine.csv").unlink()
    by_source = {result.source: result for result in plugins.collect()}
    assert f"the file {plugins.folder / 'mine.csv'} of the document doc-1 cannot be read" in by_source["mine"].error
    assert isinstance(by_source["other"], Gathered)


READS_ITS_FILE = """
def parse(a):
    for line in a.body["mine.csv"].decode().splitlines()[1:]:
        series, period, value = line.split(";")
        yield Observation(Series.parse(series), Period.parse(period), float(value), Cell("doc"))
"""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param("mine.speed{area=KAS};2020;1", "mine.speed{area=KAS}: area=KAS is not in the", id="code"),
        pytest.param("mine.spede{area=KAZ};2020;1", "mine.spede{area=KAZ}: no plugin declares", id="indicator"),
        pytest.param("mine.state;2021;7", "doc: mine.state 2021: value is 7;", id="a state that is none"),
    ],
)
def test_what_breaks_the_contract_is_named_with_the_line_of_the_file_it_stands_in(plugins, wrong, said):
    plugins.write("mine", READS_ITS_FILE, f"series;period;value\nmine.speed{{area=KAZ}};2020;1\n{wrong}\n")
    (failure,) = plugins.collect(skip_unknown=False)
    assert failure.error.startswith(f"mine: mine.csv, line 3: {said}"), failure.error
    assert "correct that line" in failure.remedy


def test_answers_that_were_complete_stay_when_a_later_one_fails(plugins):
    plugins.write(
        "mine",
        "import os\nMORE = dict(editions=('1', '2', '3'))\ndef parse(a):\n    yield obs()\n"
        "    if a.edition == '2': raise ValueError('no')\n    if a.edition == '3': os._exit(0)",
    )
    first, second, third = plugins.collect()
    assert first.draft.edition == "1"
    assert second.error.startswith("document doc-2: ") and "ValueError: no" in second.error
    assert third.error.startswith("document doc-3: ") and "exit code 0" in third.error


def test_sources_after_one_that_hangs_are_read_by_a_fresh_worker(plugins):
    plugins.write(
        "mine",
        "import os, time\ndef slow(a):\n    time.sleep(60)\n"
        "def pid(a): yield obs(float(os.getpid()), area='AFG')\n"
        "SOURCES = [source('mine', slow, time_limit=0.5), source('mine.second', pid)]",
    )
    first, second = plugins.collect()
    assert isinstance(first, Failed) and first.source == "mine"
    assert isinstance(second, Gathered) and second.source == "mine.second"
    assert plugins.seconds < 4


def test_all_sources_of_a_plugin_share_one_worker_and_no_other_plugin_does(plugins):
    code = "import os\ndef parse(a): yield obs(float(os.getpid()))\n"
    two = code + "SOURCES = [source('one', parse), source('one.second', parse)]"
    plugins.write("one", two)
    plugins.write("two", code)
    pids = {r.source: next(iter(r.draft.batches)).rows[0][1] for r in plugins.collect()}
    assert pids["one"] == pids["one.second"] != pids["two"]


def test_plugins_work_at_the_same_time(plugins):
    for name in ("one", "two"):
        plugins.write(name, "import time\ndef parse(a):\n    time.sleep(1.0)\n    yield obs()")
    assert len(plugins.collect(limits=Limits(workers=2))) == 2
    assert plugins.seconds < 1.9


def test_a_worker_sees_no_secret_but_those_declared_for_it(plugins, monkeypatch):
    monkeypatch.setenv("MY_KEY", "one")
    monkeypatch.setenv("SMTP_PASSWORD", "two")
    plugins.write(
        "mine", "import os\ndef parse(a): raise ValueError(os.environ.get('MY_KEY'), 'SMTP_PASSWORD' in os.environ)"
    )
    loaded = plugins.load()
    for secrets, seen in ((("MY_KEY",), "('one', False)"), ((), "(None, False)")):
        requests = plugins.requests(loaded, secrets=secrets)
        (failure,) = gather(requests, indicators=loaded.indicators, today=TODAY)
        assert seen in failure.error


def test_a_worker_starts_in_an_empty_folder_of_its_own_that_is_gone_afterwards(plugins):
    plugins.write("mine", "import os\ndef parse(a): raise ValueError(os.getcwd(), sorted(os.listdir()))")
    words = plugins.failure().error.split("'")
    assert "carecmon-" in words[1] and words[3] == "job"
    assert not Path(words[1]).exists()


def test_offline_leaves_live_sources_out(plugins, monkeypatch):
    plugins.write("mine", "def parse(a): yield obs()\nMORE = dict(documents=(), fetch=print)")
    loaded = plugins.load()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    assert list(gather(plugins.requests(loaded), indicators=loaded.indicators, today=TODAY, offline=True)) == []


def test_in_process_gives_the_same_and_still_contains_exceptions(plugins, capsys):
    plugins.write("good", "def parse(a):\n    print('noise')\n    yield obs(3.0)")
    plugins.write("bad", "def parse(a):\n    yield obs()\n    raise SystemExit(2)")
    apart = {r.source: r for r in plugins.collect()}
    here = {r.source: r for r in plugins.collect(in_process=True)}
    assert list(here["good"].draft.batches) == list(apart["good"].draft.batches)
    assert here["bad"].error == apart["bad"].error
    assert capsys.readouterr().out == ""


def test_closing_the_iterator_ends_the_workers(plugins):
    plugins.write("fast", "def parse(a): yield obs()")
    plugins.write("slow", "import time\ndef parse(a): time.sleep(60)\nMORE = dict(time_limit=60.0)")
    loaded = plugins.load()
    began = time.monotonic()
    results = gather(plugins.requests(loaded), indicators=loaded.indicators, today=TODAY)
    assert isinstance(next(results), Gathered)
    results.close()
    assert time.monotonic() - began < 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("collect-")]


def test_an_error_of_our_own_is_not_taken_for_a_plugins(plugins, monkeypatch):
    plugins.write("mine", "def parse(a): yield obs()")
    monkeypatch.setattr(Workshop, "reception", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        plugins.collect()


def test_a_hung_worker_ends_even_when_its_parent_is_gone(plugins, tmp_path):
    trace = tmp_path / "pid"
    plugins.write(
        "mine",
        f"import os, time\nMORE = dict(time_limit=2.0)\ndef parse(a):\n"
        f"    Path({str(trace)!r}).write_text(str(os.getpid()))\n    time.sleep(60)",
    )
    code = (
        f"import sys; sys.path.insert(0, {str(plugins.folder)!r})\n"
        "from pathlib import Path; from datetime import date; from carecmon import registry\n"
        "from carecmon.collect.gather import gather, Request\n"
        f"r = registry.load([Path({str(plugins.folder)!r})], entry_points=False)\n"
        "list(gather([Request(r.sources['mine'], r.places['mine'])], indicators=r.indicators, today=date(2026, 1, 1)))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)})
    until = time.monotonic() + 10
    while not trace.exists() or not trace.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    pid = trace.read_text()
    while time.monotonic() < until and alive(pid):
        time.sleep(0.1)
    assert not alive(pid)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_grandchild_that_escapes_with_our_pipe_does_not_hold_up_the_run(plugins):
    plugins.write(
        "mine",
        "import os, time\ndef parse(a):\n    yield obs()\n    if os.fork() == 0:\n        os.setsid()\n"
        "        Path(__file__).with_suffix('.pid').write_text(str(os.getpid()))\n        time.sleep(30)\n"
        "    time.sleep(0.5)\n    os._exit(0)",
    )
    failure = plugins.failure()
    os.kill(int((plugins.folder / "mine.pid").read_text()), signal.SIGKILL)
    assert "exit code 0" in failure.error
    assert plugins.seconds < 4


def test_what_a_plugin_prints_about_other_files_is_not_taken_for_the_place_where_it_failed(plugins):
    plugins.write(
        "mine",
        "import os\ndef parse(a):\n    print('Timeout (of mine), File \"other.py\", line 7', flush=True)\n"
        "    os._exit(1)",
    )
    assert plugins.failure().error == "its worker process ended by itself, with exit code 1, before it was done"


def test_a_worker_imports_nothing_heavy(plugins):
    plugins.write("mine", "import sys\ndef parse(a): raise ValueError(sorted(set(sys.modules) & HEAVY))\n"
        "HEAVY = {'pydantic', 'httpx', 'sqlite_utils', 'rich', 'click', 'subprocess', 'tempfile'}")  # fmt: skip
    assert "ValueError: []" in plugins.failure().error


def test_a_frame_that_is_damaged_or_foreign_is_refused(tmp_path, monkeypatch):
    (tmp_path / "talker.py").write_text(
        "import os, sys, time\nos.write(int(sys.argv[1]), b'garbage that is long')\ntime.sleep(9)"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with isolation.Child("talker", {}) as child, pytest.raises(isolation.EndedError, match="something else"):
        child.receive(time.monotonic() + 5)
