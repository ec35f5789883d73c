"""Live sources end to end within collecting: real plugins in real workers, asking a real server on loopback."""

import json
import threading
import time
from dataclasses import replace

import pytest

from carecmon.collect.documents import digest_of
from carecmon.collect.gather import Address, Failed, Fetching, Gathered, Limits, Unchanged, gather
from tests.collect.conftest import TODAY, Plugins

KEY = "canary-8f3a91c7d2"

#: A plugin with one live source: the answer is {area: value}; its etag is its state.
FEED = """
def fetch(client, state):
    reply = client.get(Ask(f"{client.base}/PATH", etag=state.get("etag")))
    if reply.not_modified:
        yield NotModified(reply.url)
    else:
        yield Answer(reply.body, reply.url, state={"etag": reply.etag})

def parse(answer):
    import json
    for area, value in json.loads(answer.body).items():
        yield obs(value, area=area)

MORE = dict(documents=(), fetch=fetch, order=Order.OBSERVED, rate=0.0, api="https://api.example.org")
"""

#: One that asks for three areas, one after the other, and remembers which of them it has.
AREAS = """
def fetch(client, state):
    have = dict(state.get("have", {}))
    areas = ["AFG", "KAZ", "KGZ"]
    for done, area in enumerate(areas):
        if area not in have:
            reply = client.get(Ask(f"{client.base}/{area}"))
            have[area] = True
            yield Answer(reply.body, reply.url, state={"have": dict(have)})
        client.progress(done + 1, len(areas), "areas")

def parse(answer):
    import json
    for area, value in json.loads(answer.body).items():
        if value == 666: raise ValueError("no")
        yield obs(value, area=area)

MORE = dict(documents=(), fetch=fetch, order=Order.OBSERVED, rate=0.0, hosts=HOSTS, time_limit=LIMIT)
"""


def areas(hosts="()", limit="20.0"):
    return AREAS.replace("HOSTS", hosts).replace("LIMIT", limit)


@pytest.fixture
def server(source_server):
    return source_server()


class Collector(Plugins):
    """Plugins whose sources are asked at a server of the test."""

    def ask(self, server, *, states=None, limits=None, wait=0.0, key_env="", **more):
        loaded = self.load()
        requests = []
        for request in self.requests(loaded):
            address = Address(server if isinstance(server, str) else server.url, key_env, ("127.0.0.1",))
            state = (states or {}).get(request.source.id, {})
            secrets = (key_env,) if key_env else ()
            requests.append(replace(request, address=address, state=state, secrets=secrets, wait=wait))
        began = time.monotonic()
        results = list(gather(requests, indicators=loaded.indicators, today=TODAY, limits=limits or Limits(), **more))
        self.seconds = time.monotonic() - began
        return results


@pytest.fixture
def plugins(tmp_path):
    return Collector(tmp_path)


def values(result):
    return {batch.series.label("area"): batch.rows[0][1] for batch in result.draft.batches}


def test_an_answer_becomes_a_draft_with_its_raw_body_and_the_state_for_next_time(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    server.add("/data", {"KAZ": 1.5, "AFG": 2.5}, etag='"one"')
    (result,) = plugins.ask(server)
    draft = result.draft
    assert values(result) == {"AFG": 2.5, "KAZ": 1.5}
    assert (draft.source, draft.url, draft.state) == ("mine", f"{server.url}/data", {"etag": '"one"'})
    assert draft.body == {"answer": b'{"KAZ": 1.5, "AFG": 2.5}'}
    assert draft.digest == digest_of(draft.body)


def test_the_stored_state_is_handed_to_the_next_fetch_and_not_modified_makes_no_draft(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    server.add("/data", {"KAZ": 1.5}, etag='"one"')
    (first,) = plugins.ask(server)
    assert plugins.ask(server, states={"mine": first.draft.state}) == [Unchanged("mine")]
    assert [asked.headers.get("if-none-match") for asked in server.requests] == [None, '"one"']


def test_in_process_gives_the_same(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    server.add("/data", {"KAZ": 1.5}, etag='"one"')
    (apart,) = plugins.ask(server)
    (here,) = plugins.ask(server, in_process=True)
    assert (values(here), here.draft.state, here.draft.body) == (values(apart), apart.draft.state, apart.draft.body)


def test_what_is_secret_in_the_address_of_an_answer_is_not_kept(plugins, server):
    code = FEED.replace("PATH", "data").replace("reply.url, state", "f'{reply.url}?sig=hushhush&x=1', state")
    plugins.write("mine", code.replace("area=area)", "area=area, note=answer.url)"))
    server.add("/data", {"KAZ": 1.5})
    (result,) = plugins.ask(server)
    assert result.draft.url == f"{server.url}/data?sig=***&x=1"
    assert "sig=***" in (said := f"{list(result.draft.batches)}") and "hush" not in said


def test_a_large_answer_arrives_whole(plugins, server):
    code = FEED.replace("PATH", "data").replace("json.loads(answer.body)", "{'KAZ': float(len(answer.body))}")
    plugins.write("mine", code)
    body = json.dumps({"numbers": [number * 7919 % 104_729 for number in range(700_000)]})
    server.add("/data", body, gzip=True)
    (result,) = plugins.ask(server)
    assert values(result) == {"KAZ": float(len(body))}
    assert result.draft.body["answer"] == body.encode()


def test_each_answer_is_a_draft_of_its_own_and_progress_is_told(plugins, server):
    plugins.write("mine", areas())
    for area in ("AFG", "KAZ", "KGZ"):
        server.add(f"/{area}", {area: 1.0})
    results = plugins.ask(server)
    assert [values(r) for r in results if isinstance(r, Gathered)] == [{"AFG": 1.0}, {"KAZ": 1.0}, {"KGZ": 1.0}]
    assert [r for r in results if isinstance(r, Fetching)] == [Fetching("mine", n, 3, "areas") for n in (1, 2, 3)]


def test_an_answer_is_given_before_the_next_one_is_asked_for(plugins, server):
    plugins.write("mine", areas())
    gate = threading.Event()
    server.add("/AFG", {"AFG": 1.0})
    server.add("/KAZ", lambda _: gate.wait(10) and {"KAZ": 1.0})
    server.add("/KGZ", {"KGZ": 1.0})
    loaded = plugins.load()
    requests = [replace(r, address=Address(server.url, "", ("127.0.0.1",))) for r in plugins.requests(loaded)]
    results = (r for r in gather(requests, indicators=loaded.indicators, today=TODAY) if isinstance(r, Gathered))
    assert values(next(results)) == {"AFG": 1.0}
    gate.set()
    assert [values(result) for result in results] == [{"KAZ": 1.0}, {"KGZ": 1.0}]


def test_an_interrupted_first_fill_goes_on_where_it_stopped(plugins, server):
    plugins.write("mine", areas())
    server.add("/AFG", {"AFG": 1.0})
    server.add("/KAZ", {"message": "no"}, status=404, times=1)
    first, failure = [r for r in plugins.ask(server) if not isinstance(r, Fetching)]
    assert values(first) == {"AFG": 1.0} and isinstance(failure, Failed)
    server.add("/KAZ", {"KAZ": 1.0})
    server.add("/KGZ", {"KGZ": 1.0})
    server.clear()
    again = plugins.ask(server, states={"mine": first.draft.state})
    assert [asked.path for asked in server.requests] == ["/KAZ", "/KGZ"]
    assert [values(r) for r in again if isinstance(r, Gathered)] == [{"KAZ": 1.0}, {"KGZ": 1.0}]


def test_behind_an_answer_that_cannot_be_read_no_state_is_kept_so_that_it_is_asked_for_again(plugins, server):
    plugins.write("mine", areas())
    for area, value in (("AFG", 1.0), ("KAZ", 666), ("KGZ", 3.0)):
        server.add(f"/{area}", {area: value})
    first, failure, last = [r for r in plugins.ask(server) if not isinstance(r, Fetching)]
    assert isinstance(failure, Failed) and "ValueError: no" in failure.error
    assert (first.draft.state, last.draft.state) == ({"have": {"AFG": True}}, {})
    assert values(last) == {"KGZ": 3.0}


def test_a_series_that_nobody_declares_keeps_no_state_either(plugins, server):
    plugins.write("mine", areas())
    for area, answer in (("AFG", {"AFG": 1.0}), ("KAZ", {"ATL": 2.0}), ("KGZ", {"KGZ": 3.0})):
        server.add(f"/{area}", answer)
    _, failure, last = [r for r in plugins.ask(server) if not isinstance(r, Fetching)]
    assert "area=ATL is not in the code list" in failure.error and last.draft.state == {}


def test_a_failing_source_leaves_the_others_unharmed_and_says_what_kind_of_failure_it_was(plugins, server):
    plugins.write("good", FEED.replace("PATH", "good"))
    plugins.write("bad", FEED.replace("PATH", "bad"))
    server.add("/good", {"KAZ": 1.0})
    server.add("/bad", "<html>Sorry")
    by_source = {result.source: result for result in plugins.ask(server)}
    failure = by_source["bad"]
    assert values(by_source["good"]) == {"KAZ": 1.0}
    assert (failure.kind, failure.transient, failure.plugin) == ("garbled", True, "bad")
    assert "web page" in failure.error and f"{server.url}/bad" in failure.error and "Traceback" not in failure.error
    assert failure.remedy


def test_retry_after_reaches_whoever_stores_it(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    server.add("/data", "wait", status=429, headers={"Retry-After": "7200"})
    (failure,) = plugins.ask(server)
    assert (failure.kind, failure.retry_after) == ("throttled", 7200.0)


def test_a_source_that_wants_to_be_left_alone_is(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    (failure,) = plugins.ask(server, wait=600.0)
    assert "left alone for 10 minutes" in failure.error and failure.retry_after == 600.0
    assert server.requests == []


def test_a_wait_of_a_moment_is_waited_for(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    server.add("/data", {"KAZ": 1.5})
    (result,) = plugins.ask(server, wait=0.8)
    assert values(result) == {"KAZ": 1.5} and plugins.seconds > 0.6


def test_what_breaks_the_contract_is_named_with_the_address_it_came_from(plugins, server):
    code = FEED.replace("PATH", "data").replace("area=area)", 'area=area, period="2150")')
    plugins.write("mine", code)
    server.add("/data", {"KAZ": 1.5})
    (failure,) = plugins.ask(server)
    assert f"{server.url}/data: " in failure.error and "begins on 2150-01-01" in failure.error


def test_plugins_that_share_a_host_run_one_after_another_and_a_dead_one_costs_one_time_out(plugins):
    import socket

    quick = FEED.replace("etag=state", "deadline=1.0, etag=state")
    for name in ("one", "two", "three"):
        plugins.write(name, quick.replace("PATH", name))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        results = plugins.ask(f"http://127.0.0.1:{silent.getsockname()[1]}")
        silent.settimeout(0.2)
        silent.accept()[0].close()
        with pytest.raises(TimeoutError):  # nobody else has come
            silent.accept()
    assert [result.kind for result in results] == ["outage"] * 3
    assert sum("not asked again in this run" in result.error for result in results) == 2


def test_retry_after_for_one_plugin_holds_back_the_others_that_ask_the_host(plugins, server):
    for name in ("one", "two"):
        plugins.write(name, FEED.replace("PATH", name))
        server.add(f"/{name}", "wait", status=429, headers={"Retry-After": "3600"})
    results = plugins.ask(server)
    assert len(server.requests) == 1
    assert all(3500 < result.retry_after <= 3600 for result in results)


def test_plugins_with_hosts_of_their_own_are_asked_at_the_same_time(plugins, source_server):
    meeting = threading.Barrier(4, timeout=10)
    for name in ("one", "two", "three", "four"):
        own = source_server()
        own.add("/data", lambda _: {"KAZ": float(meeting.wait() >= 0)})
        plugins.write(name, FEED.replace("PATH", "data").replace("https://api.example.org", own.url))
    results = plugins.ask("")
    assert len(results) == 4 and all(isinstance(result, Gathered) for result in results), results


def test_many_threads_fit_into_the_memory_of_a_worker(plugins, server):
    plugins.write(
        "mine",
        "def fetch(client, state):\n"
        "    bodies = [reply.body for reply in client.get_all(Ask(f'{client.base}/data') for _ in range(64))]\n"
        "    import threading\n"
        "    yield Answer(b'%d' % sum('ask mine' in t.name for t in threading.enumerate()))\n"
        "def parse(answer): yield obs(float(answer.body))\n"
        "MORE = dict(documents=(), fetch=fetch, rate=0.0, concurrency=8, hosts=('a', 'b', 'c'), memory_limit=512)",
    )
    server.add("/data", {"rows": list(range(20_000))}, delay=0.1)
    (result,) = plugins.ask(server)
    assert values(result) == {"KAZ": 32.0}


def test_offline_connects_to_nothing(plugins, server):
    plugins.write("mine", FEED.replace("PATH", "data"))
    assert plugins.ask(server, offline=True) == []
    assert server.requests == []


def test_a_fetch_that_hangs_is_ended_and_what_it_gave_before_stays(plugins, server):
    hang = "if area == 'KAZ': __import__('time').sleep(60)"
    plugins.write("mine", areas(limit="3.0").replace("have[area] = True", f"have[area] = True\n            {hang}"))
    for area in ("AFG", "KAZ"):
        server.add(f"/{area}", {area: 1.0})
    results = [r for r in plugins.ask(server) if not isinstance(r, Fetching)]
    assert values(results[0]) == {"AFG": 1.0}
    assert "took longer than 3 s" in results[1].error and len(results) == 2
    assert plugins.seconds < 6


def test_a_server_that_drips_ends_the_fetch_in_time_with_its_reason(plugins, server):
    plugins.write("mine", areas(limit="3.0"))
    server.add("/AFG", {"AFG": 1.0})
    server.add("/KAZ", b" " * 100_000, pause=0.01)
    first, failure = [r for r in plugins.ask(server) if not isinstance(r, Fetching)]
    assert values(first) == {"AFG": 1.0}
    assert failure.kind == "outage" and "/KAZ: no complete answer came in time" in failure.error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def fetch(client, state): return None", "fetch of mine returns NoneType"),
        ("def fetch(client, state): yield {'a': 1}", "fetch of mine gives dict where an answer belongs"),
        ("def fetch(client, state): yield Answer('text')", "an answer whose body is str"),
        ("def fetch(client, state): yield Answer(b'{}', state={'a': {1, 2}})", "the state of an answer cannot be kept"),
        ("def fetch(client, state): raise SystemExit(3)", "sys.exit(3)"),
        ("def fetch(client, state): raise SourceError('out of data', kind=Fault.TRUNCATED)", "out of data"),
    ],
    ids=["nothing", "a dict", "text", "a set as state", "an exit", "an error of its own"],
)
def test_a_fetch_that_gives_the_wrong_thing_is_named(plugins, server, code, error):
    plugins.write("mine", f"{code}\ndef parse(answer): return []\nMORE = dict(documents=(), fetch=fetch)")
    (failure,) = plugins.ask(server)
    assert error in failure.error and failure.remedy


def test_a_key_is_nowhere_in_what_comes_of_a_source(plugins, server, monkeypatch, capfd):
    monkeypatch.setenv("FEED_KEY", KEY)
    code = FEED.replace("PATH", "data").replace("etag=state", "key_header='X-Key', etag=state")
    log = "    import logging, os; logging.warning(os.environ['FEED_KEY'])\n"
    code = code.replace("    if reply.not", f"{log}    if reply.not")
    plugins.write("mine", code)
    echo = {"Location": KEY, "ETag": f'"{KEY}"'}
    server.add("/data", lambda asked: {"KAZ": 1.0, "AFG": 2.0} if asked.headers["x-key"] == KEY else {}, headers=echo)
    (good,) = plugins.ask(server, key_env="FEED_KEY")
    server.add("/data", {"message": f"{KEY} is blocked"}, status=403)
    (refused,) = plugins.ask(server, key_env="FEED_KEY")
    code = code.replace("json.loads(answer.body)", "json.loads(__import__('os').environ['FEED_KEY'])")
    plugins.write("mine", code)
    server.add("/data", {"KAZ": 1.0})
    (broken,) = plugins.ask(server, key_env="FEED_KEY")
    assert values(good) == {"AFG": 2.0, "KAZ": 1.0}
    assert isinstance(refused, Failed) and isinstance(broken, Failed) and "***" in refused.error
    assert all(asked.headers["x-key"] == KEY for asked in server.requests)
    said = capfd.readouterr()
    assert KEY not in f"{good}{list(good.draft.batches)}{refused}{broken}{said.out}{said.err}"
