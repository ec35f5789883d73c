"""What a tick does, by a clock of the test's own."""

from datetime import datetime, timedelta

import pytest

from carecmon.model import SourceOutcome
from carecmon.schedule.plan import stale
from carecmon.store import Store
from carecmon.store.outbox import Outbox


def outcomes(report):
    return {source.id: source.outcome for source in report.sources if source.id.endswith("-feed")}


def test_what_is_due_is_asked_and_the_rest_left_alone(post):
    post.plugin("often", schedule="every 1 hour")
    post.plugin("rarely", schedule="every 1 week")
    assert set(outcomes(post.tick()).values()) == {SourceOutcome.RECORDED}
    report = post.tick(hours=2)
    assert outcomes(report) == {"often-feed": SourceOutcome.UNCHANGED, "rarely-feed": SourceOutcome.NOT_DUE}
    assert (post.asked("often"), post.asked("rarely")) == (2, 1)


def test_a_tick_with_nothing_due_writes_no_run(post):
    post.plugin(schedule="every 1 week")
    post.tick()
    before = post.runs()
    assert [post.tick(minutes=30) for _ in range(5)] == [None] * 5
    assert post.runs() == before == 1


def test_everything_is_judged_once_a_local_day_though_no_source_is_due(post):
    post.plugin(schedule="every 1 month")
    post.tick()
    reports = [post.tick(hours=1) for _ in range(72)]
    assert sum(report is not None for report in reports) == 3
    assert post.asked() == 1


def test_three_days_asleep_are_caught_up_by_one_run(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    assert post.tick(days=3) is not None
    assert post.tick(seconds=30) is None
    assert (post.asked(), post.runs()) == (2, 2)


@pytest.mark.parametrize("jump", [{"days": 365}, {"days": -365}, {"hours": -2}], ids=str)
def test_a_jump_of_the_clock_is_one_run_and_no_burst(post, jump):
    post.plugin(schedule="every 1 hour")
    post.tick()
    assert post.tick(**jump) is not None
    assert [post.tick(seconds=30) for _ in range(10)] == [None] * 10
    assert post.tick(hours=1) is not None
    assert post.asked() == 3


def test_what_every_run_warns_of_is_said_once_until_it_was_gone(post):
    hook = (
        "@hookimpl\ndef run_finished(report):\n    if FEED.stat().st_size > 8:\n        raise RuntimeError('as ever')\n"
    )
    post.plugin(schedule="every 1 hour", more=hook)
    said = []
    for feed in ("2020=1 2021=2", "2020=1 2021=2", "2020=1", "2020=1 2021=3"):
        post.feed("speed", feed)
        post.tick(hours=1)
        said.append(post.log.read_text().count("as ever"))
    assert said == [1, 1, 1, 2]


def test_a_small_step_back_of_the_clock_changes_nothing(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    assert post.tick(minutes=-30) is None
    assert post.tick(minutes=90) is not None


@pytest.mark.parametrize(
    ("start", "hours"), [("2026-03-28T12:00+00:00", 23), ("2026-10-24T12:00+00:00", 25)], ids=["spring", "autumn"]
)
def test_a_daily_source_is_asked_once_on_the_day_that_the_clocks_change(post, start, hours):
    """02:30 does not exist in Berlin on the one day, and exists twice on the other."""
    post.at = datetime.fromisoformat(start)
    post.plugin(schedule="30 2 * * *", extra='time_zone = "Europe/Berlin"')
    post.tick()
    for _ in range(48 * 2):
        post.tick(minutes=30)
    assert post.asked() == 1 + 2


def test_a_source_that_fails_is_left_alone_longer_and_longer(post):
    post.plugin(fetch="raise ValueError('no')", schedule="every 1 minute")
    times = []
    for minute in range(0, 121):
        if post.tick(minutes=1 if minute else 0) is not None:
            times.append(minute)
    assert times == [0, 5, 15, 35, 75]


def test_the_same_schedule_counts_on_after_a_restart(post):
    post.plugin(schedule="every 6 hours")
    post.tick()
    post.ticker = None
    assert post.tick(hours=5) is None
    assert post.tick(hours=1) is not None


def test_a_changed_configuration_is_read_and_judged_by(post):
    post.plugin(schedule="every 1 week")
    post.tick()
    target = '[[targets]]\nindicator = "speed"\nvalue = 9\nyear = 2030\nofficial = true\ncitation = "a test"\n'
    post.write(text="\n".join([*post.lines, target + 'base_period = "2020"']))
    report = post.tick(minutes=1)
    assert [one.target for one in report.assessments] == [9.0]
    assert post.tick(minutes=1) is None


@pytest.mark.parametrize(
    "text",
    ["this is [not toml", "databse = 1", '[indicators."nobody.declares-this"]', "\n"],
    ids=["toml", "key", "name", "empty"],
)
def test_an_invalid_configuration_is_reported_and_the_old_one_stays_in_force(post, text):
    post.plugin(schedule="every 1 hour")
    post.tick()
    good = post.config.read_text()
    post.write(text=text)
    assert post.tick(hours=1) is not None
    assert post.asked() == 2
    assert not post.ticker.pulse.config_valid
    assert "stays in force" in post.log.read_text()
    assert any(line.startswith("indicators.toml: ") for line in post.ticker.pulse.unready())
    post.config.write_text(good)
    post.tick(minutes=1)
    assert post.ticker.pulse.config_valid and post.ticker.pulse.unready() == []


def test_another_database_needs_a_restart(post):
    post.plugin()
    post.tick()
    post.write(top='database = "elsewhere.db"')
    post.tick(days=2)
    assert "start carecmon run again" in post.log.read_text()
    assert not (post.folder / "elsewhere.db").exists()


def test_a_store_that_cannot_be_used_ends_no_tick_and_is_left_alone_for_a_while(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    good = post.database.read_bytes()
    for extra in post.folder.glob("db/carecmon.db-*"):
        extra.unlink()
    post.database.write_bytes(b"this is not a database" * 100)
    assert post.tick(hours=1) is None
    assert any("not an SQLite database" in line for line in post.ticker.pulse.unready())
    post.database.write_bytes(good)
    assert post.tick(minutes=6) is not None
    assert post.ticker.pulse.unready() == []


def test_a_decision_on_a_release_is_judged_at_the_next_tick(post):
    post.plugin(schedule="every 1 week")
    post.tick()
    post.at = post.at.replace(minute=10)
    with Store.open(post.database) as store, store.writing():
        store.reject(1, author="a test", reason="a test", now=post.at)
    report = post.tick(minutes=5)
    assert report is not None and report.assessments[0].value is None


def test_old_logs_are_thrown_away_and_observations_never(post):
    post.plugin(schedule="every 1 day")
    post.lines.append('[retention]\nlogs = "3 days"\nraw = "3 days"')
    post.write()
    for day in range(12):
        post.feed("speed", f"2020=1 2021={day}")
        post.tick(days=1)
    with Store.open_readonly(post.database) as store:
        count = lambda table: store._connection.first(f"select count(*) from {table}")[0]  # noqa: E731
        assert (count("release"), count("observation")) == (12, 13)
        assert (count("fetch"), count("answer")) == (4, 4)
        assert store.care.verify().problems == ()
    assert len(list(post.folder.glob("db/raw/*/*.gz"))) == 4


@pytest.mark.parametrize(
    ("later", "is_stale"), [(3600, False), (12 * 3600, True), (900, False)], ids=["hour", "next day", "quarter"]
)
def test_judging_again_follows_the_local_day(later, is_stale):
    from datetime import UTC, timedelta

    began = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert stale(began, began, began + timedelta(seconds=later), UTC) is is_stale


def test_a_reminder_is_late_by_no_more_than_a_quarter():
    from datetime import UTC, timedelta

    began = datetime(2026, 11, 22, 1, tzinfo=UTC)
    assert not stale(began, began, began + timedelta(hours=1), UTC, [8 * 3600.0])
    assert stale(began, began, began + timedelta(hours=2), UTC, [8 * 3600.0])


def change(post, old, new):
    path = post.folder / "plugins" / "speed.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_changed_code_of_a_plugin_is_read_at_the_next_tick_and_judged_by(post):
    post.plugin(schedule="every 1 week")
    post.tick()
    change(post, '"km/h"', '"miles an hour"')
    report = post.tick(minutes=1)
    assert report is not None
    assert post.ticker.registry.indicators["speed"].unit == "miles an hour"
    assert "has changed and was read again" in post.log.read_text()
    assert post.tick(minutes=1) is None


def test_a_plugin_that_is_broken_now_is_named_on_the_page_until_it_is_mended(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    change(post, "@hookimpl\ndef register_indicators():", "@hookimpl\ndef register_indicator():")
    post.tick(hours=1)
    assert any("there is no hook 'register_indicator'" in line for line in post.ticker.pulse.unready())
    change(post, "def register_indicator():", "def register_indicators():")
    assert post.tick(hours=1).assessments[0].value == 2.0
    assert post.ticker.pulse.unready() == []


def test_a_plugin_and_its_indicator_can_come_together_and_go_together(post):
    post.plugin(schedule="every 1 week")
    post.tick()
    post.plugin("depth", schedule="every 1 week")
    assert {one.series.indicator for one in post.tick(minutes=1).assessments} == {"speed", "depth"}
    (post.folder / "plugins" / "depth.py").unlink()
    post.tick(minutes=1)
    assert "depth" in post.ticker.registry.indicators, "it is watched: what was read before stays in force"
    assert any("depth" in line for line in post.ticker.pulse.unready())
    post.lines = post.lines[:1]
    post.write()
    post.tick(minutes=1)
    assert "depth" not in post.ticker.registry.indicators
    assert post.ticker.pulse.unready() == []


def test_installed_code_that_changed_under_it_is_said_and_asks_for_a_restart(post, tmp_path, monkeypatch):
    package = tmp_path / "site" / "wells_of_others"
    info = tmp_path / "site" / "wells-1.0.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text(
        "from carecmon import hookimpl\n@hookimpl\ndef register_sources():\n    return []\n"
    )
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wells\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[carecmon]\nwells = wells_of_others\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    post.plugin(schedule="every 1 week")
    post.tick()
    assert post.ticker.pulse.unready() == []
    (package / "__init__.py").write_text("from carecmon import hookimpl\n")
    post.tick(minutes=1)
    (said,) = post.ticker.pulse.unready()
    assert "the installed code of wells has changed; start carecmon run again" in said


def test_why_somebody_was_told_is_kept_as_long_as_logs_and_the_newest_for_ever(post):
    post.plugin(schedule="every 1 day")
    post.lines.append(
        '[[rules]]\nid = "high"\ncondition = "above"\nvalue = 50\nclear = 40\nseverity = "critical"\n'
        '[channels.file]\nkind = "json-lines"\npath = "told.jsonl"\n[people.one]\nchannels = ["file"]\n'
        '[people.idle]\nchannels = ["file"]\nsectors = ["nothing"]\n[retention]\nlogs = "5 days"'
    )
    post.write()
    for day in range(20):
        post.feed("speed", f"2020=1 2021={90 + day if day % 4 < 2 and day < 12 else 2}")
        post.tick(days=1)
    with Store.open_readonly(post.database) as store:
        lines = Outbox(store).history()
        told = store._connection.first("select count(*) from delivery where state = 'sent'")[0]
    old = [line for line in lines if line.at < post.at - timedelta(days=5, hours=1)]
    assert told >= 6
    assert [line.what for line in old if line.delivery is not None] == []
    assert len(old) == len({(line.person, line.fingerprint) for line in old})
    assert {line.person for line in lines} == {"one", "idle"}
    before = len(lines)
    post.tick(days=1)
    with Store.open_readonly(post.database) as store:
        assert len(Outbox(store).history()) == before, "what was decided is still known, and not logged anew"
