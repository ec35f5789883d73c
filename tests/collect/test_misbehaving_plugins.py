"""Plugins that do everything wrong while they read, all in one run: each costs only its own source."""

import os
import time
from pathlib import Path

import pytest

from carecmon.collect.gather import Failed, Gathered

#: name -> (code, what the error says, what the remedy says)
BAD = {
    "closes_files": (
        "import os\ndef parse(a):\n    os.closerange(0, 256)\n    yield obs()",
        "its worker process",
        "closed file descriptors",
    ),
    "crashes": (
        "import ctypes\ndef parse(a):\n    yield obs()\n    ctypes.string_at(0)",
        "{file}, line {line}: its worker process was ended by SIGSEGV",
        "libraries that crash",
    ),
    "eats_memory": (
        "MORE = dict(memory_limit=256)\ndef parse(a):\n    hoard = []\n"
        "    while True: hoard.append(bytearray(1 << 24))",
        "it needs more memory than it may have",
        "memory_limit",
    ),
    "exits": ("import sys\ndef parse(a):\n    yield obs()\n    sys.exit(0)",
        "it calls sys.exit(0)", "remove that call"),
    "exits_hard": (
        "import os\ndef parse(a):\n    yield obs()\n    os._exit(0)",
        "its worker process ended by itself, with exit code 0, before it was done",
        "os._exit",
    ),
    "forks": (
        "import os, time\nMORE = dict(time_limit=1.0)\ndef parse(a):\n    yield obs()\n    if os.fork() == 0:\n"
        "        Path(__file__).with_suffix('.pid').write_text(str(os.getpid()))\n        time.sleep(60)\n"
        "    os._exit(0)",
        "ended by itself, with exit code 0",
        "os._exit",
    ),
    "gives_dicts": ("def parse(a): yield {'area': 'KAZ'}", "parse gives {'area': 'KAZ'} (dict)", "Observation"),
    "gives_none": ("def parse(a): pass", "parse of gives-none returns NoneType", "yield or return"),
    "gives_text_period": (
        "import dataclasses\ndef parse(a): yield dataclasses.replace(obs(), period='2020')",
        "period '2020'",
        "period is a Period",
    ),
    "hangs": (
        "import time\nMORE = dict(time_limit=1.0)\ndef parse(a):\n    yield obs()\n    time.sleep(60)",
        "{file}, line {line}: reading it took longer than 1 s",
        "larger time_limit",
    ),
    "hangs_in_c": (
        "import re\nMORE = dict(time_limit=1.0)\ndef parse(a):\n"
        "    re.match('(a+)+$', 'a' * 64 + 'b')\n    yield obs()",
        "reading it took longer than 1 s",
        "larger time_limit",
    ),
    "ignores_signals": (
        "import signal, time\nMORE = dict(time_limit=1.0)\ndef parse(a):\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    import faulthandler; faulthandler.cancel_dump_traceback_later()\n    while True: time.sleep(1)",
        "reading it took longer than 1 s",
        "larger time_limit",
    ),
    "infinite": ("def parse(a): yield obs(float('inf'))", "value is inf; a finite number is wanted", "correct what"),
    "nan": (
        "def parse(a): yield obs(float('nan'))",
        "nan: doc / Table 1: nan.speed{area=KAZ} 2020: value is nan; a finite number is wanted",
        "correct what parse makes",
    ),
    "prints_much": (
        "def parse(a):\n    yield obs()\n    for _ in range(200): print('x' * 10_000)\n"
        "    raise ValueError('at the end')",
        "{file}, line {line}: ValueError: at the end",
        "correct that line",
    ),
    "raises": ("def parse(a):\n    yield obs()\n    1 / 0",
        "{file}, line {line}: ZeroDivisionError", "correct that line"),
    "two_values": (
        "def parse(a): yield from (obs(1.0), obs(2.5))",
        "two-values.speed{area=KAZ} 2020 is stated twice, as 1 and as 2.5",
        "correct what parse makes",
    ),
    "unknown_label": (
        "def parse(a): yield obs(area='kaz')",
        "area=kaz is not in the code list 'places'; near it: KAZ",
        "correct what parse makes",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def results(shared_plugins):
    for name, (code, _, _) in BAD.items():
        shared_plugins.write(name, code)
    shared_plugins.write("good", "def parse(a):\n    print('noise')\n    yield obs(42.0)")
    shared_plugins.write(
        "changes_folder",
        "import os\ndef first(a):\n    os.chdir('/')\n    yield obs()\ndef second(a): yield obs(2.0, area='AFG')\n"
        "SOURCES = [source('changes-folder', first), source('changes-folder.second', second)]",
    )
    found = {}
    for result in shared_plugins.collect():
        found.setdefault(result.source, []).append(result)
    return found


@pytest.mark.parametrize("name", BAD)
def test_a_plugin_that_misbehaves_is_named_with_reason_and_remedy(results, shared_plugins, name):
    (failure,) = results[name.replace("_", "-")]
    _, error, remedy = BAD[name]
    file = shared_plugins.folder / f"{name}.py"
    line = file.read_text().count("\n") + 1
    assert isinstance(failure, Failed)
    assert failure.plugin == name
    assert error.replace("{file}", str(file)).replace("{line}", str(line)) in failure.error
    assert remedy in failure.remedy
    assert not failure.transient


def test_the_others_arrive_all_the_same(results):
    (result,) = results["good"]
    assert isinstance(result, Gathered)
    assert [batch.rows[0][1] for batch in result.draft.batches] == [42.0]
    assert all(
        isinstance(result, Gathered)
        for name in results
        if name.replace("-", "_") not in BAD
        for result in results[name]
    )


def test_a_plugin_that_changes_the_working_directory_still_gives_both_sources(results, shared_plugins):
    assert isinstance(results["changes-folder"][0], Gathered)
    assert isinstance(results["changes-folder.second"][0], Gathered)


def test_every_source_is_reported_finished_once(results, shared_plugins):
    assert sorted(shared_plugins.finished) == sorted(results)


def test_the_run_ends_in_time(results, shared_plugins):
    assert shared_plugins.seconds < 20


def test_what_a_plugin_prints_is_kept_up_to_a_limit_and_goes_nowhere_else(results, capfd):
    detail = results["prints-much"][0].detail
    assert "xxx" in detail and "ValueError: at the end" in detail
    assert 60_000 < len(detail) < 80_000
    assert capfd.readouterr().out == ""


def test_a_child_that_stays_behind_is_ended_with_its_worker(results, shared_plugins):
    pid = int((shared_plugins.folder / "forks.pid").read_text())
    for _ in range(50):
        if not alive(pid):
            break
        time.sleep(0.1)
    assert not alive(pid)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
