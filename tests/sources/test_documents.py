"""The catalogue of documents: each once, checked when it is read."""

from pathlib import Path

import pytest

from carecmon import Covered, Period
from carecmon.sources import documents

PLUGINS = Path(__file__).parents[2] / "plugins"

REPORT = """
[documents.report-2024]
title = "A report"
publisher = "Example Institute"
url = "https://example.org/report"
published = "2024-05"
language = "en"
note = "second printing"
"""


def catalogue(tmp_path, text):
    path = tmp_path / "documents.toml"
    path.write_text(text, "utf-8")
    return documents.catalogue(path)


def test_an_entry_becomes_an_edition_of_a_source_with_its_data(tmp_path):
    data, year = tmp_path / "2024.csv", Period.parse("2024")
    covers = (Covered("example.speed", year, year),)
    document = catalogue(tmp_path, REPORT)["report-2024"].document("2024", [data], covers)
    assert (document.id, document.edition, document.data, document.covers) == ("report-2024", "2024", (data,), covers)
    assert (document.title, document.url, document.note) == (
        "A report",
        "https://example.org/report",
        "second printing",
    )
    assert (str(document.published), str(document.published.day)) == ("2024-05", "2024-05-31")


def test_a_document_without_a_date_has_an_unknown_one(tmp_path):
    entry = catalogue(tmp_path, REPORT.replace('published = "2024-05"', ""))["report-2024"]
    assert str(entry.published) == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param('language = "en"', "", "report-2024: language missing", id="a missing key"),
        pytest.param('title = "A report"', "", "report-2024: title missing", id="a missing title"),
        pytest.param("note =", "notes =", "report-2024: unknown key 'notes'; a document has", id="an unknown key"),
        pytest.param('"en"', '"de"', "report-2024.language: found 'de'; it is one of en, ru, zh", id="a language"),
        pytest.param('"2024-05"', '"May 2024"', "report-2024.published: 'May 2024' is not a", id="a date in words"),
        pytest.param('"2024-05"', "2024", "report-2024.published: found 2024; write a string", id="a number"),
    ],
)
def test_what_is_wrong_with_a_document_is_named_with_its_id_and_key(tmp_path, old, new, reason):
    with pytest.raises(ValueError, match=f"^documents.toml: documents.{reason}"):
        catalogue(tmp_path, REPORT.replace(old, new))


def test_the_shipped_catalogue_can_be_read_and_says_who_published_each_document():
    shipped = documents.catalogue(PLUGINS / "documents.toml")
    assert {"seed-001", "cpmm-report-2020", "lpi-2023"} <= set(shipped)
    assert all(entry.publisher and entry.title for entry in shipped.values())
