"""What the scheduler says of itself: whether it lives, and what it has counted."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from carecmon.schedule import pulse as module
from carecmon.schedule.metrics import Metrics
from carecmon.schedule.pulse import Durations, Pulse


@pytest.fixture
def passing(monkeypatch):
    """Let time pass for the pulse, without waiting."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    def wait(seconds):
        now[0] += seconds

    return wait


def test_a_tick_hangs_when_it_gives_no_sign_for_longer_than_its_slowest_source_may_take(passing):
    pulse = Pulse()
    with pulse.tick(None):
        pulse.alive(60)
        passing(900 + 59)
        assert pulse.dead() == ""
        passing(2)
        assert "no sign of life for 961 s" in pulse.dead()


def test_a_first_fill_that_goes_on_for_hours_is_alive_as_long_as_it_gets_on(passing):
    pulse = Pulse()
    with pulse.tick(None):
        pulse.alive(3600)
        for _ in range(10):
            passing(4000)
            assert pulse.dead() == ""
            pulse.alive(3600)
        passing(4600)
        assert pulse.dead()


def test_rare_ticks_are_no_missed_ticks(passing):
    hourly, usual = Pulse(every=3600), Pulse(every=30)
    with hourly.tick(None), usual.tick(None):
        pass
    passing(3700)
    assert hourly.dead() == ""
    assert "there should be one every 30 s" in usual.dead()
    passing(8000)
    assert hourly.dead()


def test_a_run_lets_the_health_page_wait_as_long_as_its_sources_may_take(post, monkeypatch):
    post.plugin("quick", limit=5, schedule="every 1 week")
    post.plugin("slow", limit=7200, schedule="every 1 week")
    post.plugin("never", limit=9000, schedule="every 1 week", extra="enabled = false\n")
    seen = []
    monkeypatch.setattr(Pulse, "alive", lambda self, slowest=None: seen.append(slowest))
    post.tick()
    assert seen == [7200, 7200, 7200, 0.0, None], "the run, each of two sources, the messages, the retention"


def scraped(post):
    """Return what Prometheus reads: {(name, labels): value}."""
    text = Metrics(post.ticker.reading, post.ticker.pulse, lambda: post.at).text().decode()
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_first_release_revises_nothing_and_a_changed_value_is_one_revision(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    assert scraped(post)["carecmon_revisions_total",] == 0
    post.feed("speed", "2020=1 2021=2 2022=3")
    post.tick(hours=1)
    assert scraped(post)["carecmon_revisions_total",] == 0
    post.feed("speed", "2020=1 2021=7 2022=3")
    post.tick(hours=1)
    found = scraped(post)
    assert found["carecmon_revisions_total",] == 1
    assert found["carecmon_runs_total", "0"] == 3
    assert found["carecmon_run_duration_seconds_count",] == 3
    assert found["carecmon_observations",] == 4


def test_states_without_an_alert_are_counted_too_so_that_no_series_comes_and_goes(post):
    post.plugin(schedule="every 1 hour")
    post.tick()
    found = scraped(post)
    assert found["carecmon_alerts", "critical", "firing"] == 0
    assert found["carecmon_findings", "warning"] == 0
    assert found["carecmon_alive",] == 1


def test_durations_take_no_room_however_many_there_are():
    lasted = Durations()
    for seconds in (0.5, 0.6, 1.0, 3000.0):
        lasted.add(seconds)
    assert lasted.buckets()[:2] == [("0.5", 1), ("1.0", 3)]
    assert lasted.buckets()[-2:] == [("1800.0", 3), ("+Inf", 4)]
    assert lasted.total == 3002.1
