"""How sources are asked: what may be said about it, and which are asked where nothing is said."""

import pytest

from carecmon.model import Source, Text


def source(requests):
    return Source(
        "feed", "P", Text("Feed"), "", "", "", parse=list, fetch=lambda client, state: iter(()), requests=requests
    )


def test_private_hosts_and_a_rate_are_read(read):
    asked = read('[sources.feed]\nallow_private_hosts = ["Mirror.internal", "127.0.0.1"]\nrate = 0.5').source("feed")
    assert (asked.allow_private_hosts, asked.rate) == (("mirror.internal", "127.0.0.1"), 0.5)


def test_by_default_no_private_host_is_allowed_and_the_source_says_how_fast_it_is_asked(read):
    asked = read("").source("feed")
    assert (asked.allow_private_hosts, asked.rate) == ((), None)


@pytest.mark.parametrize(
    ("requests", "block", "enabled"),
    [
        pytest.param(0, "", True, id="documents"),
        pytest.param(2, "", True, id="two requests"),
        pytest.param(3, "", False, id="three requests wait"),
        pytest.param(3, 'schedule = "every 6 hours"', False, id="a schedule alone enables nothing"),
        pytest.param(3, "enabled = true", True, id="three requests, enabled"),
        pytest.param(1, "enabled = false", False, id="one request, disabled"),
    ],
)
def test_a_source_whose_first_fetch_costs_more_than_two_requests_must_be_enabled(read, requests, block, enabled):
    assert read(f"[sources.feed]\n{block}").enabled(source(requests)) is enabled


@pytest.mark.parametrize("line", ["rate = -1", 'rate = "fast"', 'allow_private_hosts = "127.0.0.1"'])
def test_nonsense_is_refused_with_its_path(refused, line):
    _, problem = refused(f"[sources.feed]\n{line}")
    assert problem.startswith(f"sources.feed.{line.partition(' ')[0]}")
