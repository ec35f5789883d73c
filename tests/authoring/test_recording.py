"""A live source is asked once, and its tests need no network from then on."""

import json
import os

import pytest

ROWS = {"rows": [{"area": "KAZ", "year": 2023, "value": 63.0}, {"area": "UZB", "year": 2023, "value": 57.9}]}


@pytest.fixture
def feed(bench, source_server):
    """Give a new plugin with a live source, and a server that answers for it."""
    folder = bench.new("water", "http-json")
    server = source_server()
    server.add("/values", ROWS, etag='"one"')
    return folder, server


def record(bench, server, *words, code=0):
    return bench.run("plugins", "record", "my-plugins/water", "--base-url", server.url, *words, code=code)


def test_what_a_source_answers_is_kept_under_its_own_address_and_replaces_what_was_kept(bench, feed):
    folder, server = feed
    record(bench, server)
    kept = folder / "tests" / "recorded" / "water"
    index = json.loads((kept / "index.json").read_text())
    ((name, one),) = index["answers"].items()
    assert one["url"] == "https://api.example.org/water/values?format=json"
    assert one["headers"]["etag"] == '"one"' and "note" not in index
    assert json.loads((kept / name).read_text()) == ROWS
    assert sorted(path.name for path in kept.iterdir()) == sorted([name, "index.json"])


def test_the_contract_then_reads_what_was_recorded(bench, feed, change):
    _, server = feed
    server.add("/values", {"rows": [{"area": "KAZ", "year": 2023, "value": 64.5}]})
    record(bench, server)
    ((line, found, _),) = bench.lines("water", code=1)
    assert line == "a known value holds" and "is read as 64.5, and known to be 63.0" in found


def test_a_key_is_in_no_file(bench, feed, change, monkeypatch):
    folder, server = feed
    monkeypatch.setenv("WATER_KEY", "sehr-geheim-1234")
    change(folder / "reader.py", 'etag=state.get("etag"))', 'etag=state.get("etag"), key_header="X-Key")')
    server.add("/values", lambda asked: {**ROWS, "you": asked.headers["x-key"]})
    record(bench, server, "--key-env", "WATER_KEY")
    assert server.requests[-1].headers["x-key"] == "sehr-geheim-1234"
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"geheim" not in everything and b'"you": "***"' in everything


def test_a_source_that_fails_leaves_what_was_recorded_as_it_was(bench, feed):
    folder, server = feed
    before = {path.name: path.read_bytes() for path in (folder / "tests" / "recorded" / "water").iterdir()}
    server.add("/values", "<html>busy</html>", status=400, content_type="text/html")
    assert record(bench, server, code=1).stderr
    after = {path.name: path.read_bytes() for path in (folder / "tests" / "recorded" / "water").iterdir()}
    assert after == before
    assert [path.name for path in (folder / "tests" / "recorded").iterdir()] == ["water"]


def test_a_plugin_without_live_sources_has_nothing_to_record(bench):
    bench.new("paper")
    said = bench.run("plugins", "record", "my-plugins/paper", code=2).stderr
    assert "paper has no live source" in said and "none" in said


def test_an_address_is_recorded_without_what_looks_like_a_secret():
    from carecmon import Ask, Source, Text
    from carecmon.authoring.recording import address_of

    source = Source("s", "p", Text("t"), "", "", "", parse=list, api="https://api.example.org/v1/")
    ask = Ask("http://127.0.0.1:80/data", {"b": 2, "a": 1, "api_key": "abcdefgh"})
    assert address_of(source, ask, "http://127.0.0.1:80") == "https://api.example.org/v1/data?a=1&api_key=***&b=2"


@pytest.mark.skipif(os.name != "posix", reason="files have other names there")
def test_an_unrecorded_address_fails_a_test_of_a_plugin_with_the_file_to_write(bench, feed, change):
    import subprocess
    import sys

    folder, _ = feed
    change(folder / "reader.py", '"format": "json"', '"format": "xml"')
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "carecmon.testing", "-p", "no:cacheprovider", folder,
         "--import-mode=importlib", "-k", "recorded"], capture_output=True, text=True, cwd=bench.folder,
    )  # fmt: skip
    assert done.returncode == 1
    assert "NotRecordedError" in done.stdout and "values?format=xml" in done.stdout
    assert "write it to" in done.stdout and "water-values-format-xml" in done.stdout
