"""``carecmon check`` with live sources: real processes, a real store, and a server on loopback that is asked."""

import contextlib
import gzip
import json
import os
import pty
import re
import shutil
import subprocess
import sys

import pytest

KEY = "canary-5d0e77b1aa"

#: One indicator fed by one live source, which asks for three countries, one after the other.
PLUGIN = """
import json
from carecmon import *

AREAS = CodeList("places", [Code(c, Text(c)) for c in ("AFG", "KAZ", "KGZ")])

def fetch(client, state):
    seen = dict(state)
    for area in ("AFG", "KAZ", "KGZ"):
        asked = Ask(f"{client.base}/{area}", etag=seen.get(area), key_header="X-Key")
        reply = client.get(asked)
        if reply.not_modified:
            yield NotModified(reply.url)
        else:
            seen[area] = reply.etag
            yield Answer(reply.body, reply.url, state=dict(seen))

def parse(answer):
    for area, values in json.loads(answer.body).items():
        for year, value in values.items():
            yield Observation(Series.of("feed", area=area), Period.parse(year), value, Cell("feed"))

@hookimpl
def register_sources():
    return [Source("feed-api", "P", Text("Feed"), "https://example.org", "CC BY 4.0", "P", parse, fetch=fetch, rate=0.0,
                   order=Order.OBSERVED, api="https://api.example.org", requests=REQUESTS)]

@hookimpl
def register_indicators():
    return [Indicator("feed", Text("Speed"), "test", "Test", "km/h", Better.HIGHER, "A test.", ("feed-api",),
                      (Dimension("area", AREAS),), headline=({"area": "KAZ"},))]
"""


class Feed:
    """A workspace with the plugin above, and the server that its source asks."""

    def __init__(self, workspace, server):
        self.workspace = workspace
        self.server = server

    def install(self, requests=1, settings=""):
        self.workspace.plugin("feed", source=PLUGIN.replace("REQUESTS", str(requests)))
        private = 'allow_private_hosts = ["127.0.0.1"]'
        self.workspace.add(f'[sources."feed-api"]\nbase_url = "{self.server.url}"\n{private}\n{settings}')

    def say(self, area, etag=None, **values):
        values = {year.removeprefix("y"): value for year, value in values.items()}
        self.server.add(f"/{area}", {area: values}, etag=etag or f'"{json.dumps(values)}"'.replace(" ", ""))

    def say_all(self):
        for area in ("AFG", "KAZ", "KGZ"):
            self.say(area, y2022=20.0, y2023=21.0)

    def check(self, *words, code=0, **environment):
        done = self.workspace.run("check", "feed", "--format", "json", *words, env={**os.environ, **environment})
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.stderr = done.stderr
        return json.loads(done.stdout)

    def status_of(self, report):
        (indicator,) = report["indicators"]
        return indicator["outcome"], len(indicator["releases"])

    @property
    def paths(self):
        return [asked.path for asked in self.server.requests]


@pytest.fixture
def tls(tmp_path):
    """A certificate of its own authority for 127.0.0.1, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make a certificate")
    made = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
         made[1], "-out", made[0], "-days", "2", "-subj", "/CN=carecmon test", "-addext",
         "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture
def feed(workspace, source_server):
    return Feed(workspace, source_server())


def test_a_second_check_asks_conditionally_and_records_nothing(feed):
    feed.install()
    feed.say_all()
    assert feed.status_of(feed.check()) == ("judged", 3)
    feed.server.clear()
    assert feed.status_of(feed.check()) == ("judged", 0)
    assert feed.paths == ["/AFG", "/KAZ", "/KGZ"]
    assert all("if-none-match" in asked.headers for asked in feed.server.requests)
    assert feed.workspace.count("release") == 3 and feed.workspace.count("answer") == 3


def test_a_revised_answer_is_one_more_release_and_both_values_are_kept(feed):
    feed.install()
    feed.say_all()
    feed.check()
    feed.say("KAZ", y2022=20.5, y2023=21.0)
    assert feed.status_of(feed.check()) == ("judged", 1)
    history = feed.workspace.run("history", "feed{area=KAZ}", "--vintages", "--format", "json")
    assert {row["value"] for row in json.loads(history.stdout) if row["period"] == "2022"} == {20.0, 20.5}


def test_when_the_source_fails_the_older_vintage_is_judged_and_the_reason_told(feed):
    feed.install()
    feed.say_all()
    feed.check()
    feed.server.add("/AFG", "<html>Maintenance", content_type="text/html")
    report = feed.check()
    assert feed.status_of(report) == ("judged", 0)
    assert "web page" in report["indicators"][0]["error"]


def test_what_came_before_a_failure_stays_and_an_interrupted_first_fill_goes_on_there(feed, interrupt_when):
    feed.install()
    feed.say_all()
    feed.server.add("/KGZ", {"KGZ": {"2023": 1.0}}, delay=60.0)
    running = feed.workspace.start("check", "feed")
    _, _, code = interrupt_when(running, lambda: "/KGZ" in feed.paths and feed.workspace.count("release") == 2)
    assert code == 130
    feed.say_all()
    feed.server.clear()
    assert feed.status_of(feed.check()) == ("judged", 1)
    conditional = {asked.path: "if-none-match" in asked.headers for asked in feed.server.requests}
    assert conditional == {"/AFG": True, "/KAZ": True, "/KGZ": False}


def test_retry_after_is_kept_from_one_run_to_the_next(feed):
    feed.install()
    feed.server.add("/AFG", "wait", status=429, headers={"Retry-After": "3600"})
    feed.check(code=1)
    report = feed.check(code=1)
    assert feed.paths == ["/AFG"]
    assert "asks to be left alone for" in report["indicators"][0]["error"]


def test_a_wish_to_be_left_alone_ends_and_its_source_is_asked_again(feed):
    feed.install()
    feed.say_all()
    feed.server.add("/AFG", "wait", status=403, headers={"Retry-After": "1"}, times=1)
    feed.check(code=1)
    import time

    time.sleep(1.2)
    assert feed.status_of(feed.check()) == ("judged", 3)


def test_the_state_of_a_later_answer_is_not_undone_by_an_earlier_not_modified(feed):
    """AFG is unchanged and says so with a state; KAZ then comes with a newer one, which must be the one that stays."""
    feed.install(settings="rate = 0")
    plugin = feed.workspace.folder / "my-plugins" / "feed.py"
    plugin.write_text(plugin.read_text().replace("NotModified(reply.url)", "NotModified(reply.url, dict(seen))"))
    feed.say_all()
    feed.check()
    feed.say("KAZ", y2022=20.5, y2023=21.0)
    feed.say("KGZ", y2022=20.5, y2023=21.0)
    feed.check()
    feed.server.clear()
    assert feed.status_of(feed.check()) == ("judged", 0)
    sent = {asked.path: asked.headers["if-none-match"] for asked in feed.server.requests}
    assert "20.5" in sent["/KGZ"] and "20.0" in sent["/AFG"]


def test_offline_asks_nothing(feed):
    feed.install()
    feed.say_all()
    assert feed.status_of(feed.check("--offline")) == ("no_data", 0)
    assert feed.server.requests == []


#: Python runs this in every process of a run before anything else.
WATCH = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        with open({log!r}, "a") as log:
            log.write(event + chr(10))
sys.addaudithook(watch)
"""


def test_offline_no_process_of_a_run_connects_anywhere_or_looks_a_name_up(feed, tmp_path_factory):
    feed.install()
    feed.say_all()
    watched = tmp_path_factory.mktemp("watched")
    log = watched / "log"
    (watched / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    feed.check("--offline", PYTHONPATH=str(watched))
    assert not log.exists()
    feed.check(PYTHONPATH=str(watched))
    assert "socket.connect" in log.read_text()


def test_a_check_goes_through_a_proxy_and_trusts_an_authority_that_the_environment_names(workspace, source_server, tls):
    feed = Feed(workspace, source_server(tls))
    feed.install()
    feed.say_all()
    report = feed.check(code=1)
    assert "name its file in SSL_CERT_FILE" in report["indicators"][0]["error"] and feed.server.requests == []
    report = feed.check(code=1, SSL_CERT_FILE="nowhere.pem")
    error = report["indicators"][0]["error"]
    assert "nowhere.pem) cannot be read: No such file" in error and "name a file of certificates" in error
    (workspace.folder / "ca.pem").write_bytes(tls[0].read_bytes())
    assert feed.status_of(feed.check(SSL_CERT_FILE="ca.pem")) == ("judged", 3)
    report = feed.check(SSL_CERT_FILE="ca.pem", HTTPS_PROXY="http://me:canary-of-a-proxy@127.0.0.1:9")
    error = report["indicators"][0]["error"]
    assert "no connection through the proxy" in error and "canary" not in f"{report}{feed.stderr}"


def test_a_source_whose_first_fetch_costs_more_than_two_requests_waits_until_it_is_enabled(feed):
    feed.install(requests=3)
    feed.say_all()
    report = feed.check()
    assert feed.status_of(report) == ("no_data", 0) and feed.server.requests == []
    (line,) = [line for line in feed.stderr.splitlines() if "waiting to be enabled" in line]
    assert "feed-api (3 requests for the first fetch)" in line and '[sources."feed-api"]' in line
    assert "enabled = false to do without for good" in line


def test_that_a_source_waits_is_said_by_the_first_check_and_then_only_where_it_is_asked_for(feed):
    feed.install(requests=3)
    feed.check()
    feed.check()
    assert "waiting to be enabled" not in feed.stderr
    run = feed.workspace.run
    assert "waiting to be enabled: feed-api (3" in run("-v", "check", "feed").stderr
    assert "feed-api (3 requests" in run("doctor").stdout
    listed = run("sources")
    assert "no, waits" in listed.stdout and "feed-api (3 requests" in listed.stderr


def test_a_source_that_came_after_the_first_check_is_said_to_wait_once(feed):
    feed.install(requests=2)
    feed.say_all()
    feed.check()
    feed.workspace.plugin("feed", source=PLUGIN.replace("REQUESTS", "3"))
    feed.check()
    assert "waiting to be enabled: feed-api" in feed.stderr
    feed.check()
    assert "waiting to be enabled" not in feed.stderr


def test_a_source_that_is_declined_is_never_said_to_wait(feed):
    feed.install(requests=3, settings="enabled = false")
    for words in (("-v", "check"), ("doctor",), ("sources",)):
        done = feed.workspace.run(*words)
        assert "feed-api (3 requests" not in done.stdout + done.stderr
    assert "no, disabled" in feed.workspace.run("sources").stdout


def test_a_source_that_costs_much_is_asked_once_somebody_enables_it(feed):
    feed.install(requests=3, settings="enabled = true")
    feed.say_all()
    assert feed.status_of(feed.check()) == ("judged", 3)
    assert "waiting to be enabled" not in feed.stderr


def test_what_is_held_back_is_neither_news_nor_what_stands_in_for_a_source_that_fails(feed):
    feed.install()
    years = [f"y{year}" for year in range(2015, 2024)]
    for day, factor in ((2, 1.0), (10, 1000.0)):
        for area in ("AFG", "KAZ", "KGZ"):
            feed.say(area, **{year: factor * (20.0 + number) for number, year in enumerate(years)})
        held = feed.workspace.at(f"2026-11-{day:02}T12:00:00Z", "check")
    assert held.stderr.count("is not believed") == 3 and "New figures" not in held.stdout
    for area in ("AFG", "KAZ", "KGZ"):
        feed.server.add(f"/{area}", "<html>Sorry", content_type="text/html")
    failed = feed.workspace.at("2026-11-12T12:00:00Z", "check")
    assert "judged on what was stored: feed-api of 2026-11-02" in failed.stdout
    assert "using what was obtained on 2026-11-02" in " ".join(failed.stderr.split())
    (source,) = [one for one in feed.check()["sources"] if one["id"] == "feed-api"]
    assert (source["outcome"], source["newest"]) == ("failed", "2026-11-02T12:00:00Z")


def test_whoever_waits_at_a_terminal_sees_how_far_a_fetch_is(feed):
    told = PLUGIN.replace("        asked = Ask(", "        client.progress(len(seen), 3, area)\n        asked = Ask(")
    feed.install()
    feed.workspace.plugin("feed", source=told.replace("REQUESTS", "1"))
    for area in ("AFG", "KAZ", "KGZ"):
        feed.server.add(f"/{area}", {area: {"2022": 20.0}}, delay=0.5)
    said = at_a_terminal([sys.executable, "-m", "carecmon", "check", "feed"], feed.workspace.folder)
    assert "feed-api: KAZ, 1 of 3" in said and "feed-api: KGZ, 2 of 3" in said
    said = at_a_terminal([sys.executable, "-m", "carecmon", "-q", "check", "feed"], feed.workspace.folder)
    assert "KAZ, 1 of 3" not in said


def at_a_terminal(command, folder):
    """Run a command whose stderr is a terminal, and return what it shows there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, cwd=folder, env=environment) as running:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # what reading says when nobody writes any more
            while more := os.read(ours, 65536):
                shown += more
        os.close(ours)
    assert running.returncode == 0, shown
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def test_a_private_address_is_refused_unless_the_settings_allow_it(feed):
    feed.install()
    text = feed.workspace.config.read_text("utf-8").replace('allow_private_hosts = ["127.0.0.1"]', "")
    feed.workspace.config.write_text(text, "utf-8")
    report = feed.check(code=1)
    assert "allow_private_hosts" in report["indicators"][0]["error"] and feed.server.requests == []


def test_a_key_is_sent_in_its_header_and_stands_nowhere_else(feed):
    feed.install(settings='key_env = "FEED_KEY"')
    echo = {"X-Echo": KEY, "ETag": f'"{KEY}"'}
    feed.server.add("/AFG", lambda _: json.dumps({"AFG": {"2023": 1.0}}) + f"{' ' * 20}", headers=echo)
    feed.server.add("/KAZ", {"message": f"{KEY} has no quota"}, status=403)
    report = feed.check(FEED_KEY=f"{KEY}\n")
    verbose = feed.workspace.run("-v", "check", "feed", env={**os.environ, "FEED_KEY": KEY})
    assert {asked.headers["x-key"] for asked in feed.server.requests} == {KEY}
    said = f"{report}{feed.stderr}{verbose.stdout}{verbose.stderr}"
    assert "*** has no quota" in said and KEY not in said
    said = f"{feed.check(FEED_KEY=f'{KEY} {chr(127)}')}{feed.stderr}"
    assert "the key in FEED_KEY holds a character that no header can carry" in said and KEY not in said
    for path in feed.workspace.folder.rglob("*"):
        if path.is_file():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert KEY.encode() not in content, path
