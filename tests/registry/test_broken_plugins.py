"""Every way a plugin can be broken, all in one folder: each costs only itself, and is told with reason and remedy."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from carecmon import registry
from carecmon.model import PluginState

HEAD = "from carecmon import *\n"
TITLED = HEAD + "def one(id, **more): return Indicator(id, Text('T'), 's', 'p', 'km', Better.HIGHER, 'd', **more)\n"
SOURCE = (
    HEAD + "from pathlib import Path\n"
    "def source(id, **more): return Source(id, 'P', Text('T'), '', '', '', **{**dict(parse=print,"
    " documents=(Document('d', '1', (Path(__file__),)),)), **more})\n"
)


def indicators(body):
    return f"{TITLED}@hookimpl\ndef register_indicators(): return {body}\n"


def sources(body):
    return f"{SOURCE}@hookimpl\ndef register_sources(): return {body}\n"


#: name -> (code, what the reason says, what the remedy says)
BROKEN = {
    "bad_id": (indicators("[one('Road Speed')]"), "'Road Speed' cannot be the id", "small Latin letters"),
    "bad_return": (indicators("{'a': 1}"), "bad_return.py, line 3: register_indicators returns {'a': 1} (dict)", "ret"),
    "both_ways": (sources("[source('b', fetch=print)]"), "source b: it has both documents and fetch", "declare"),
    "crashes": (
        f"{HEAD}import ctypes\nctypes.string_at(0)",
        "crashes.py, line 3: its worker process was ended by SIGSEGV",
        "libraries that crash",
    ),
    "eats_memory": (f"{HEAD}hoard = bytearray(3 << 30)", "eats_memory.py, line 2: it needs more memory", "smaller"),
    "exits": ("import sys\nsys.exit(0)", "exits.py, line 2: it calls sys.exit(0)", "remove that call"),
    "exits_hard": (
        "import os\nos._exit(0)",
        "its worker process ended by itself, with exit code 0",
        "os._exit",
    ),
    "hangs": ("import time\ntime.sleep(99)", "hangs.py, line 2: importing it took longer than 1 s", "do nothing but"),
    "hangs_in_hook": (
        f"{HEAD}@hookimpl\ndef register_sources():\n    while True: pass",
        "hangs_in_hook.py, line 4: importing it took longer than 1 s",
        "do nothing but",
    ),
    "has_none": (indicators("[None]"), "returns None (NoneType) among its indicators", "carecmon.Indicator"),
    "headless": (
        indicators("[one('h', headline=({'area': 'CAREC'},))]"),
        "indicator h: headline speaks of the dimension 'area', which it has not",
        "its dimensions are: none",
    ),
    "stocked": (
        indicators("[one('s', stock={'measure': 'total'})]"),
        "indicator s: stock speaks of the dimension 'measure', which it has not",
        "its dimensions are: none",
    ),
    "stocky": (
        indicators("[one('s', stock='yes')]"),
        "indicator s: stock is 'yes'",
        "give True, or the labels of the series that are stocks",
    ),
    "misspelt": (
        f"{HEAD}\n@hookimpl\ndef register_indicator(): return []",
        "misspelt.py, line 3: there is no hook 'register_indicator'",
        "rename it to register_indicators",
    ),
    "mute": (
        f"{HEAD}class Silent: name = 'silent'\n@hookimpl\ndef register_channels(): return [Silent()]",
        "(Silent) among its channels",
        "a channel has a name and send()",
    ),
    "numbered": (
        sources("[source('n', documents=(Document('d', 2024, (Path(__file__),)),))]"),
        "source n: document d: edition is 2024",
        'edition="2024"',
    ),
    "same_name": (
        indicators("[one('water')]") + "\n" + sources("[source('water')]"),
        "'water' is the id of a source and of an indicator",
        "another id",
    ),
    "one_path": (
        sources("[source('p', documents=(Document('d', '1', Path(__file__)),))]"),
        "source p: document d: data is",
        "a tuple of paths",
    ),
    "nameless": (
        f"{HEAD}class Loud:\n    def send(self, *_): pass\n@hookimpl\ndef register_channels(): return [Loud()]",
        "has no name",
        "give it an attribute name",
    ),
    "needs_more": ("import no_such_library", "line 1: ModuleNotFoundError", "install 'no_such_library'"),
    "raises": (
        "import os; from pathlib import Path\nPath(__file__).with_suffix('.pid').write_text(str(os.getpid()))\n1 / 0",
        "raises.py, line 3: ZeroDivisionError", "correct that line"),
    "same_names": (
        indicators("[one('n', dimensions=(Dimension('a', CodeList('c', [])), Dimension('a', CodeList('c', []))))]"),
        "two dimensions have the same name: a, a",
        "rename",
    ),
    "stateless": (indicators("[one('s', scale=Scale.STATE)]"), "on the state scale and has no states", "worst first"),
    "syntax": ("x = 1\ndef f(:\n", "syntax.py, line 2: syntax error", "correct line 2"),
    "takes_too_much": (f"{HEAD}@hookimpl\ndef register_sources(config): return []", "config", "hookspecs"),
    "titleless": (sources("[source('t', title='T')]").replace("Text('T'), ", "'T', ").replace(", title='T'", ""),
                  "source t has no English title, but 'T'", "Text("),
    "twice": (indicators("[one('same'), one('same')]"), "indicator id 'same': the plugin declares it twice", "rename"),
    "unmarked": (f"{HEAD}def register_sources(): return []", "register_sources is not marked as a hook", "@hookimpl"),
    "wrong_shape": (indicators("7"), "register_indicators returns 7 (int), not a list of indicators", "return [...]"),
    "zz_copycat": (
        indicators("[one('good.one')]"), "'good.one' is already declared by the plugin 'good'", "another id"
    ),
}  # fmt: skip
GOOD = indicators("[one('good.one', sources=('nobody',))]")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    for name, (code, _, _) in BROKEN.items():
        (folder / f"{name}.py").write_text(code)
    (folder / "good.py").write_text(GOOD)
    (folder / "zzz_package").mkdir()
    (folder / "zzz_package" / "__init__.py").write_text("from .inner import register_indicators\n")
    (folder / "zzz_package" / "inner.py").write_text(indicators("[one('package.one')]"))
    began = time.monotonic()
    result = registry.load([folder], entry_points=False, time_limit=1.0)
    return result, time.monotonic() - began


@pytest.fixture(scope="module")
def reports(loaded):
    return {plugin.name: plugin for plugin in loaded[0].plugins}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_told_with_reason_and_remedy(reports, name):
    report = reports[name]
    assert report.state is PluginState.BROKEN
    assert BROKEN[name][1] in report.reason
    assert BROKEN[name][2] in report.remedy
    assert "\n" not in report.reason + report.remedy


def test_the_others_are_loaded_all_the_same(loaded, reports):
    assert {name for name, plugin in reports.items() if plugin.state is PluginState.LOADED} >= {"good", "zzz_package"}
    assert loaded[0].owner_of_indicator["good.one"] == "good"
    assert loaded[0].owner_of_indicator["package.one"] == "zzz_package"


def test_two_hanging_plugins_cost_little_more_than_their_limits(loaded):
    assert loaded[1] < 12


def test_an_indicator_that_names_an_absent_source_is_a_warning_only(loaded):
    assert "the indicator good.one (plugin good) names the source 'nobody', which no loaded plugin declares" in (
        loaded[0].warnings
    )


def test_a_broken_plugin_ran_in_another_process_only(loaded, reports):
    assert int(Path(reports["raises"].origin).with_suffix(".pid").read_text()) != os.getpid()


def test_the_registry_says_that_it_is_incomplete(loaded):
    assert loaded[0].incomplete


def test_what_a_plugin_prints_on_import_does_not_reach_stdout(tmp_path):
    (tmp_path / "chatty.py").write_text(f"print('hello')\n{GOOD}")
    code = f"from pathlib import Path; from carecmon import registry; registry.load([Path({str(tmp_path)!r})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
