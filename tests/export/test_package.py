"""What an export leaves in its folder."""

import csv
import hashlib
import json

import pytest

from carecmon.errors import UsageError
from carecmon.export import CLAIMS, OBSERVATIONS, write
from carecmon.model import Source, Text

ROW = tuple(f"{column.name}, \"quoted\" 数" for column in OBSERVATIONS)  # fmt: skip
SOURCES = [
    Source("b", "World Bank", Text("Indicators"), "https://example.org/b", "CC-BY-4.0", "c", parse=lambda a: ()),
    Source("a", "Example Institute", Text("Report"), "https://example.org/a", "all rights reserved", "c", lambda a: ()),
]


def package(folder):
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def test_an_export_is_two_tables_and_the_package_that_describes_them(tmp_path):
    paths = write(tmp_path / "new" / "out", [ROW], [], SOURCES, vintages=False)
    assert [path.name for path in paths] == ["observations.csv", "claims.csv", "datapackage.json"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == sorted(path.name for path in paths)


def test_the_package_says_size_digest_and_columns_of_what_was_written(tmp_path):
    observations, claims, _ = write(tmp_path, [ROW], [], SOURCES, vintages=False)
    described = package(tmp_path)
    assert described["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    for path, columns, resource in zip(
        (observations, claims), (OBSERVATIONS, CLAIMS), described["resources"], strict=True
    ):
        content = path.read_bytes()
        assert resource["path"] == path.name
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert [field["name"] for field in resource["schema"]["fields"]] == [column.name for column in columns]
        assert resource["schema"]["missingValues"] == [""]


def test_the_primary_key_of_observations_grows_with_vintages(tmp_path):
    write(tmp_path, [], [], SOURCES, vintages=False)
    assert package(tmp_path)["resources"][0]["schema"]["primaryKey"] == ["series", "period", "source"]
    write(tmp_path, [], [], SOURCES, vintages=True)
    assert package(tmp_path)["resources"][0]["schema"]["primaryKey"][3:] == ["edition", "observed"]


def test_sources_and_licences_are_named(tmp_path):
    write(tmp_path, [], [], SOURCES, vintages=False)
    described = package(tmp_path)
    assert [source["path"] for source in described["sources"]] == ["https://example.org/a", "https://example.org/b"]
    assert {"name": "CC-BY-4.0"} in described["licenses"]
    assert any(licence.get("title") == "all rights reserved" for licence in described["licenses"])


def test_rows_read_back_as_they_were(tmp_path):
    observations, *_ = write(tmp_path, [ROW], [], SOURCES, vintages=False)
    with observations.open(encoding="utf-8", newline="") as lines:
        assert list(csv.reader(lines))[1] == list(ROW)


def test_the_same_store_gives_the_same_bytes(tmp_path):
    first = [path.read_bytes() for path in write(tmp_path, [ROW], [], SOURCES, vintages=False)]
    second = [path.read_bytes() for path in write(tmp_path, [ROW], [], list(reversed(SOURCES)), vintages=False)]
    assert first == second


def test_an_export_that_breaks_leaves_the_former_one_whole(tmp_path):
    write(tmp_path, [ROW], [], SOURCES, vintages=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken():
        yield ROW
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError):
        write(tmp_path, broken(), [], SOURCES, vintages=False)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="name another folder with --to"):
        write(tmp_path / "file", [], [], SOURCES, vintages=False)
