"""``check --trace-plugins`` tells each call of a hook with its time, and changes nothing else."""

import re

CALL = re.compile(r"^ *([\d.]+) ms  (\S+)\.(\w+)  (.+)$", re.M)

SLOW = """
import time
from carecmon import Better, Indicator, Text, hookimpl
@hookimpl
def register_indicators():
    time.sleep(0.05)
    return [Indicator("slow", Text("Slow"), "test", "Test", "%", Better.HIGHER, "A test.")]
@hookimpl
def run_finished(report):
    print("seen", len(report.indicators))
"""


def test_every_hook_of_every_plugin_is_told_with_its_time(bench):
    (bench.folder / "own").mkdir()
    (bench.folder / "own" / "slow.py").write_text(SLOW)
    (bench.folder / "indicators.toml").write_text('plugin_dirs = ["own"]\n[indicators.slow]\n')
    done = bench.run("check", "--offline", "--trace-plugins")
    calls = {(plugin, hook): (float(took), came) for took, plugin, hook, came in CALL.findall(done.stderr)}
    took, came = calls["slow", "register_indicators"]
    assert took >= 50 and came == "gave 1"
    assert calls["slow", "run_finished"][1] == "done"
    assert calls["lpi", "register_sources"][1] == "gave 1"
    assert "ms  " not in done.stdout


def test_without_it_nothing_is_told(bench):
    (bench.folder / "indicators.toml").write_text("")
    assert not CALL.search(bench.run("check", "--offline").stderr)


def test_a_plugin_for_another_version_is_broken_and_both_versions_are_named(bench):
    (bench.folder / "own").mkdir()
    (bench.folder / "own" / "slow.py").write_text(f"CARECMON_API = 7\n{SLOW}")
    (bench.folder / "indicators.toml").write_text('plugin_dirs = ["own"]\n')
    said = bench.run("plugins", "list").stderr
    assert "written for version 7 of the plugin interface; this carecmon has version 1" in said
