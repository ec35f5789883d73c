"""carecmon db: whole or not, copied while in use, and read again."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Workspace

READINGS = ("status", "history speed --vintages", "revisions", "releases list", "findings", "alerts --all")


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A store with two editions of one indicator; tests only copy it."""
    place = Workspace(tmp_path_factory.mktemp("twice"))
    place.config.write_text("plugin_dirs = []\n", "utf-8")
    for day, values in ((1, {"2020": 20.0, "2021": 21.0}), (2, {"2020": 20.5, "2021": 21.0})):
        place.plugin("speed", values, edition=str(day))
        place.at(f"2026-01-{day:02}T12:00:00Z", "check", "--offline")
    return place


@pytest.fixture
def kept(twice, tmp_path):
    """The same, to be spoilt."""
    return Workspace(Path(shutil.copytree(twice.folder, tmp_path / "kept")))


def answers(place):
    """Return everything that the store at ``place`` says, byte by byte."""
    said = {words: place.run(*words.split(), "--format", "json").stdout for words in READINGS}
    assert place.run("export", "--vintages", "--to", "out").returncode == 0
    return said | {path.name: path.read_bytes() for path in sorted((place.folder / "out").iterdir())}


def damage(place, sql):
    with sqlite3.connect(place.database) as db:
        db.execute("pragma foreign_keys = off")
        db.execute(sql)
    db.close()


def test_a_store_that_is_whole_says_so(kept):
    done = kept.run("db", "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("whole: ") and "2 releases, 3 observations, 2 raw answers" in done.stdout


def test_the_shipped_documents_make_a_whole_store(checked):
    done = checked.run("db", "verify")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("update observation set rank = 99 where rank = 8192", "observations belong to no release"),
        ("update release set believed_since = null where id = 2", "its last decision says"),
        ("update release set edition = '0' where id = 2", "stands after one that is newer"),
        ("update observation set note = 99999", "rows of observation names text rows that are not there"),
        ("delete from coverage", "has a row and no coverage at all"),
    ],
    ids=["a row without release", "a decision not in force", "the order", "a key that leads nowhere", "coverage"],
)
def test_what_is_not_as_it_must_be_is_named_with_a_remedy_and_exit_5(kept, sql, words):
    damage(kept, sql)
    done = kept.run("db", "verify")
    assert done.returncode == 5 and words in done.stderr
    assert "restore a backup" in done.stderr and done.stdout.startswith("damaged: ")


@pytest.mark.parametrize(("spoil", "words"), [("unlink", "is missing"), ("write", "no longer has the content")])
def test_a_raw_answer_that_is_missing_or_changed_is_named(kept, spoil, words):
    first, second = sorted(kept.database.parent.glob("raw/*/*.gz"))
    if spoil == "unlink":
        first.unlink()
    else:
        first.write_bytes(second.read_bytes())
    done = kept.run("db", "verify")
    assert done.returncode == 5 and words in done.stderr and "put the folder raw back" in done.stderr


def test_a_damaged_file_is_named(kept):
    content = bytearray(kept.database.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\xff" * (4096 * 6)
    kept.database.write_bytes(content)
    done = kept.run("db", "verify")
    assert done.returncode == 5 and "Restore a backup" in done.stderr.replace("restore", "Restore")


def test_a_restored_backup_answers_alike_byte_by_byte(kept, tmp_path_factory):
    before = answers(kept)
    assert kept.run("db", "backup", "--to", "copy.db").returncode == 0
    other = Workspace(tmp_path_factory.mktemp("restored"))
    for part in ("indicators.toml", "my-plugins/speed.py"):
        (other.folder / part).parent.mkdir(exist_ok=True)
        (other.folder / part).write_bytes((kept.folder / part).read_bytes())
    other.database.parent.mkdir()
    (kept.folder / "copy.db").rename(other.database)
    assert answers(other) == before


def test_a_backup_is_made_while_a_writer_is_active(kept):
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime; from carecmon.store import Store\n"
        "with Store.open(Path(sys.argv[1])) as store, store.writing():\n"
        "    store.reject(2, author='a', reason='b', now=datetime(2026, 2, 1, tzinfo=UTC))\n"
        "    print('writing', flush=True); sys.stdin.readline()\n"
    )
    from sys import executable

    with subprocess.Popen(
        [executable, "-c", code, str(kept.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "writing\n"
        done = kept.run("db", "backup", "--to", "copy.db")
        writer.communicate("\n")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(kept.folder / "copy.db") as copy:
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
        assert copy.execute("select count(*) from decision where accepted = 0").fetchone() == (0,)
    copy.close()


def test_only_the_newest_backups_are_kept_and_none_is_overwritten(kept):
    for day in (1, 2, 3):
        kept.at(f"2026-02-0{day}T00:00:00Z", "db", "backup", "--keep", "2")
    folder = kept.database.parent / "backups"
    assert [path.name for path in sorted(folder.iterdir())] == [
        "carecmon-20260202T000000.db",
        "carecmon-20260203T000000.db",
    ]
    (kept.folder / "mine.db").write_text("mine")
    done = kept.run("db", "backup", "--to", "mine.db")
    assert done.returncode == 2 and (kept.folder / "mine.db").read_text() == "mine"


def reader(place, factor):
    """Install a reader that multiplies by ``factor``; what it reads stays the same file."""
    data = place.folder / "data.csv"
    data.write_text("2020,20.0\n2021,21.0\n")
    text = f"""
from pathlib import Path
from carecmon import Better, Cell, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl
def parse(answer):
    for line in answer.body["data.csv"].decode().splitlines():
        period, value = line.split(",")
        if float(value) * {factor} > 0:
            yield Observation(Series("speed"), Period.parse(period), float(value) * {factor}, Cell("survey"))
@hookimpl
def register_sources():
    return [Source("survey", "Example Institute", Text("Survey"), "https://example.org", "CC BY 4.0",
                   "Example Institute", parse, (Document("survey", edition="1", data=(Path(r"{data}"),)),))]
@hookimpl
def register_indicators():
    return [Indicator("speed", Text("Speed"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("survey",))]
"""
    place.plugin("speed", source=text)


def values(place, *words):
    return [one["value"] for one in place.objects("history", "speed", *words)]


def test_stored_answers_are_read_again_and_the_difference_shown_before_it_is_recorded(bare):
    reader(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    assert "nothing differs" in bare.run("db", "reparse", "survey").stdout
    reader(bare, 1.1)
    shown = bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey")
    assert "0 added, 2 revised, 0 withdrawn" in shown.stdout and "nothing was recorded" in shown.stderr
    assert values(bare) == [20.0, 21.0] and bare.count("release") == 1
    done = bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey", "--yes")
    assert "recorded as release 2" in done.stderr
    assert values(bare) == pytest.approx([22.0, 23.1])
    assert values(bare, "--as-of", "2026-01-01") == [20.0, 21.0]
    assert bare.count("release") == 2
    bare.at("2026-01-03T12:00:00Z", "check", "--offline")
    assert bare.count("release") == 2, "the next check read it a third time"
    assert bare.run("db", "verify").returncode == 0


def test_a_reader_that_changed_without_a_new_version_is_pointed_out_once(bare):
    reader(bare, 1.0)
    first = bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    reader(bare, 1.1)
    second = bare.at("2026-01-02T12:00:00Z", "check", "--offline")
    said = "the code of plugin speed has changed, and what survey said before was not read again"
    assert f"{said}, because its reader_version is the same; if parse changed: carecmon db reparse survey" in (
        " ".join(second.stderr.split())
    )
    third = bare.at("2026-01-03T12:00:00Z", "check", "--offline")
    assert said not in first.stderr and said not in third.stderr
    assert values(bare) == [20.0, 21.0]


def test_a_reader_that_was_used_since_it_changed_is_not_pointed_out(bare):
    reader(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    reader(bare, 1.1)
    bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey", "--yes")
    assert "was not read again" not in bare.at("2026-01-03T12:00:00Z", "check", "--offline").stderr
    assert values(bare) == pytest.approx([22.0, 23.1])
    plugin = bare.folder / "my-plugins" / "speed.py"
    raised = (
        plugin.read_text("utf-8")
        .replace("1.1", "1.2")
        .replace("parse, (Doc", "parse, reader_version='2', documents=(Doc")
    )
    plugin.write_text(raised, "utf-8")
    assert "was not read again" not in bare.at("2026-01-04T12:00:00Z", "check", "--offline").stderr
    assert values(bare) == pytest.approx([24.0, 25.2])


def test_a_new_reader_version_that_reads_the_same_makes_no_revision(bare):
    reader(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    plugin = bare.folder / "my-plugins" / "speed.py"
    plugin.write_text(
        plugin.read_text("utf-8").replace("parse, (Doc", "parse, reader_version='2', documents=(Doc"), "utf-8"
    )
    bare.at("2026-01-02T12:00:00Z", "check", "--offline")
    assert {one["kind"] for one in bare.objects("revisions")} == {"added"}
    assert bare.count("observation") == 2


def test_a_reading_that_finds_less_withdraws_what_the_earlier_one_found(bare):
    reader(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    reader(bare, -1.0)
    shown = bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey", "--yes")
    assert "0 added, 0 revised, 2 withdrawn" in shown.stdout
    assert values(bare) == []


def live(place, factor):
    """Install the same as of a live source, of an indicator that is never below nought."""
    reader(place, factor)
    plugin = place.folder / "my-plugins" / "speed.py"
    before, _, after = plugin.read_text("utf-8").partition("(Document(")
    body = (place.folder / "data.csv").read_bytes()
    fetch = f'fetch=lambda client, state: iter([Answer({{"data.csv": {body!r}}}, "survey:1", "1")]))]\n'
    text = before + fetch + after[after.index("@hookimpl") :]
    for old, new in (
        ("import Better", "import Answer, Better"),
        (f" * {factor} > 0", ""),
        (",))]", ",), bounds=(0, None))]"),
    ):
        text = text.replace(old, new)
    plugin.write_text(text, "utf-8")


def test_a_reading_that_finds_what_cannot_be_is_held_in_quarantine(bare):
    live(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check")
    live(bare, -1.0)
    shown = bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey")
    said = "quarantine: it states -20 for speed 2020 (survey), which is always at least 0, and 1 more such value"
    assert said in " ".join(shown.stdout.split())
    bare.at("2026-01-02T12:00:00Z", "db", "reparse", "survey", "--yes")
    assert values(bare) == [20.0, 21.0]


def test_reading_again_what_cannot_be_read_exits_with_1_and_changes_nothing(bare):
    reader(bare, 1.0)
    bare.at("2026-01-01T12:00:00Z", "check", "--offline")
    reader(bare, "int('no')")
    done = bare.run("db", "reparse", "survey", "--yes")
    assert done.returncode == 1 and "cannot be read" in done.stderr
    assert values(bare) == [20.0, 21.0]


def test_commands_on_a_store_that_is_not_there_say_what_makes_it(bare):
    bare.plugin("speed")
    assert bare.run("db", "reparse", "speed-survey").returncode == 5
    assert "carecmon check makes it" in bare.run("db", "migrate").stderr
    assert "no check has run yet" in bare.run("db", "verify").stderr
    assert not bare.database.exists()
