import os
import subprocess
import sys
from pathlib import Path

import pytest

from carecmon import registry
from carecmon.model import PluginState

PLUGIN = (
    "from carecmon import *\n@hookimpl\ndef register_indicators():\n"
    "    return [Indicator('{id}', Text('T'), 's', 'p', 'km', Better.HIGHER, 'd')]\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN.format(id="mine.one"))
    return tmp_path


def report_of(loaded, name):
    return [plugin for plugin in loaded.plugins if plugin.name == name]


def test_every_shipped_plugin_is_sound():
    loaded = registry.load(entry_points=False)
    assert [plugin for plugin in loaded.plugins if plugin.state is not PluginState.LOADED] == []
    assert list(loaded.indicators) == sorted(loaded.indicators)
    assert list(loaded.sources) == sorted(loaded.sources)
    assert not loaded.incomplete


def test_shipped_plugins_start_no_process(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    registry.load(entry_points=False)


def test_a_broken_shipped_plugin_costs_only_itself(tmp_path, monkeypatch):
    import carecmon_plugins

    for name, code in {"fine": PLUGIN.format(id="fine.one"), "torn": "def (", "leaves": "raise SystemExit(1)"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(code)
    monkeypatch.setattr(carecmon_plugins, "__path__", [str(tmp_path)])
    loaded = registry.load(entry_points=False)
    assert list(loaded.indicators) == ["fine.one"]
    assert f"{tmp_path / 'torn' / '__init__.py'}, line 1: syntax error" in report_of(loaded, "torn")[0].reason
    assert "line 1: it calls sys.exit(1)" in report_of(loaded, "leaves")[0].reason


def test_a_file_in_a_plugin_folder_is_a_plugin(folder):
    loaded = registry.load([folder], entry_points=False)
    assert loaded.owner_of_indicator["mine.one"] == "mine"
    assert loaded.places["mine"].module == "carecmon_plugin_mine"
    assert report_of(loaded, "mine")[0].origin == str(folder / "mine.py")


def test_the_version_of_a_plugin_changes_with_its_code(folder):
    before = registry.load([folder], entry_points=False).versions["mine"]
    assert registry.load([folder], entry_points=False).versions["mine"] == before
    with (folder / "mine.py").open("a") as file:
        file.write("# changed\n")
    assert registry.load([folder], entry_points=False).versions["mine"] != before


def test_a_plugin_cannot_shadow_a_module_of_the_same_name(folder):
    (folder / "json.py").write_text(PLUGIN.format(id="json.one"))
    loaded = registry.load([folder], entry_points=False)
    assert loaded.owner_of_indicator["json.one"] == "json"
    assert sys.modules["carecmon_plugin_json"] is not __import__("json")


def test_tests_and_private_files_are_no_plugins(folder):
    for name in ("test_mine.py", "_private.py", "conftest.py"):
        (folder / name).write_text("raise RuntimeError")
    assert [
        p.name for p in registry.load([folder], entry_points=False).plugins if p.origin.startswith(str(folder))
    ] == ["mine"]


def test_a_name_that_exists_twice_names_both_and_the_shipped_one_wins(folder):
    shipped = registry.load(entry_points=False).plugins[0].name
    (folder / f"{shipped}.py").write_text(PLUGIN.format(id="other.one"))
    loaded = registry.load([folder], entry_points=False)
    good, bad = report_of(loaded, shipped)
    assert (good.state, good.origin) == (PluginState.LOADED, "shipped with carecmon")
    assert bad.state is PluginState.BROKEN
    assert "shipped with carecmon" in bad.reason and str(folder / f"{shipped}.py") in bad.reason
    assert "rename yours" in bad.remedy


def test_an_id_of_a_shipped_plugin_cannot_be_taken(folder):
    first = registry.load(entry_points=False)
    taken = next(iter(first.indicators))
    (folder / "aaa.py").write_text(PLUGIN.format(id=taken))
    loaded = registry.load([folder], entry_points=False)
    assert loaded.owner_of_indicator[taken] == first.owner_of_indicator[taken]
    assert f"already declared by the plugin {first.owner_of_indicator[taken]!r}" in report_of(loaded, "aaa")[0].reason


def test_a_plugin_folder_that_does_not_exist_is_told(tmp_path):
    loaded = registry.load([tmp_path / "nowhere"], entry_points=False)
    report = report_of(loaded, "nowhere")[0]
    assert report.state is PluginState.BROKEN
    assert "cannot be read" in report.reason and "plugin_dirs" in report.remedy


def test_a_name_that_is_no_identifier_is_told(folder):
    (folder / "my-plugin.py").write_text("")
    assert "cannot be the name" in report_of(registry.load([folder], entry_points=False), "my-plugin")[0].reason


def distribution(site: Path, name: str, code: str) -> None:
    """Lay out what an installer would: a module, and the metadata that names its entry point."""
    (site / f"{name}_module.py").write_text(code)
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[carecmon]\n{name} = {name}_module\n")


def test_entry_points_are_plugins_and_one_that_dies_costs_only_itself(tmp_path, monkeypatch):
    distribution(tmp_path, "installed", PLUGIN.format(id="installed.one"))
    distribution(tmp_path, "deadly", "import os; os._exit(3)")
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = registry.load()
    assert report_of(loaded, "installed")[0].reason == ""
    assert loaded.owner_of_indicator["installed.one"] == "installed"
    assert loaded.versions["installed"] == "1.2"
    assert "exit code 3" in report_of(loaded, "deadly")[0].reason
    assert report_of(loaded, "deadly")[0].origin == "entry point deadly_module of deadly"


def test_one_module_under_two_names_is_one_plugin_and_the_second_name_is_told(tmp_path, monkeypatch):
    distribution(tmp_path, "first", PLUGIN.format(id="first.one"))
    with (tmp_path / "first-1.2.dist-info" / "entry_points.txt").open("a") as file:
        file.write("second = first_module\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = registry.load()
    assert loaded.owner_of_indicator["first.one"] == "first"
    assert loaded.manager.has_plugin("first")
    assert "already registered" in report_of(loaded, "second")[0].reason


def test_a_disabled_plugin_is_not_even_probed(tmp_path, monkeypatch):
    distribution(tmp_path, "leaves", f"from pathlib import Path\nPath({str(tmp_path / 'trace')!r}).write_text('x')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("CARECMON_DISABLE_PLUGINS", "leaves, nobody")
    loaded = registry.load()
    assert loaded.disabled == ("leaves",) and loaded.incomplete
    assert not (tmp_path / "trace").exists()
    assert report_of(loaded, "leaves") == []


def test_a_probed_plugin_sees_no_secrets(folder, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", "canary")
    (folder / "nosy.py").write_text("import os\nraise RuntimeError(os.environ.get('SMTP_PASSWORD'))")
    assert "RuntimeError: None" in report_of(registry.load([folder], entry_points=False), "nosy")[0].reason


def test_loading_what_is_shipped_imports_nothing_heavy():
    code = "from carecmon import registry; registry.load(entry_points=False); import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert set(done.stdout.split()).isdisjoint({"httpx", "pydantic", "sqlite_utils", "rich", "subprocess"})
