"""``carecmon run`` as people run it: a process, with signals, locks, crashes and a page that says how it is."""

import json
import os
import signal
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from carecmon.schedule import diagnosis
from carecmon.schedule.plan import Standing
from tests.schedule.conftest import NOON

WEEKLY = {"schedule": "every 1 week"}


@pytest.fixture
def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def end(process, number=signal.SIGTERM, within=15):
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=within)
    return process.returncode, time.monotonic() - began, err, out


def test_sigterm_ends_it_with_0_and_ctrl_c_with_130(post, daemon, until):
    post.plugin(**WEEKLY)
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        process = daemon()
        until(lambda: post.asked() and not (post.database.parent / "carecmon.db-writer.json").exists())
        time.sleep(1)
        assert end(process, number)[0] == code
    assert post.asked() == 1


def test_a_source_that_takes_its_time_is_abandoned_within_ten_seconds_and_asked_again(post, daemon, until):
    post.plugin(fetch="time.sleep(60)", limit=60, **WEEKLY)
    process = daemon()
    until(post.asked)
    code, seconds, _, _ = end(process)
    assert code == 0 and seconds < 10
    post.plugin(again=True)
    assert post.run("run", "--due").returncode == 0
    assert post.asked() == 2
    assert post.run("db", "verify").returncode == 0


def test_a_hook_that_hangs_in_c_does_not_keep_it_from_ending(post, daemon, until):
    hook = "@hookimpl\ndef run_finished(report):\n    import re\n    Path(__file__).with_suffix('.in').touch()\n"
    hook += "    re.match('(a+)+$', 'a' * 64 + 'b')\n"
    post.plugin(more=hook, **WEEKLY)
    process = daemon()
    until((post.folder / "plugins" / "speed.in").exists)
    code, seconds, err, _ = end(process)
    assert code == 0 and seconds < 10, err
    assert "asked to in the middle of a run" in err, "it left the hook by itself, and nothing had to be ended by force"


def test_a_second_one_says_who_is_at_work_and_ends_with_5_but_check_is_allowed(post, daemon, until):
    post.plugin(**WEEKLY)
    first = daemon()
    until(post.asked)
    for words in (("run",), ("run", "--due")):
        second = post.run(*words)
        assert second.returncode == 5
        assert f"process {first.pid} on {socket.gethostname()}, since 20" in second.stderr
    assert post.run("check", "--offline").returncode == 0
    assert f"process {first.pid}" in post.run("doctor").stdout


def test_kill_9_frees_the_lock_at_once(post, daemon, until):
    post.plugin(**WEEKLY)
    first = daemon()
    until(post.asked)
    first.kill()
    first.wait()
    assert post.run("run", "--due").returncode == 0


def test_its_pages_say_how_it_is_also_during_the_first_run(post, daemon, until, get, port):
    post.plugin(fetch="time.sleep(3)", **WEEKLY)
    daemon("--health", f"127.0.0.1:{port}")
    at = f"http://127.0.0.1:{port}"
    until(lambda: get(f"{at}/healthz")[0])
    assert get(f"{at}/healthz") == (200, "ok\n")
    assert get(f"{at}/readyz")[0] == 503
    until(lambda: get(f"{at}/readyz")[0] == 200)
    status, metrics = get(f"{at}/metrics")
    assert status == 200
    for line in ("carecmon_observations 2.0", 'carecmon_runs_total{exit_code="0"} 1.0', "carecmon_config_valid 1.0"):
        assert line in metrics
    for name in (
        "carecmon_source_last_success_timestamp_seconds{source=\"speed-feed\"}", "carecmon_run_duration_seconds_sum",
        "carecmon_revisions_total", "carecmon_outbox_messages{state=\"queued\"}", "carecmon_outbox_oldest_seconds",
    ):  # fmt: skip
        assert name in metrics
    assert get(f"{at}/healthz", Host="evil.example.org")[0] == 421
    assert get(f"{at}/healthz", method="POST")[0] == 405
    assert get(f"{at}/healthz", method="HEAD") == (200, "")
    assert get(f"{at}/db/carecmon.db")[0] == 404


def test_its_pages_are_served_on_an_address_of_ipv6_too(post, daemon, until, get):
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
            at = f"[::1]:{one.getsockname()[1]}"
    except OSError:
        pytest.skip("there is no IPv6 here")
    post.plugin(**WEEKLY)
    daemon("--health", at)
    until(lambda: get(f"http://{at}/healthz") == (200, "ok\n"))


def test_an_invalid_configuration_is_loud_on_the_page(post, daemon, until, get, port):
    post.plugin(**WEEKLY)
    daemon("--health", f"127.0.0.1:{port}")
    at = f"http://127.0.0.1:{port}"
    until(lambda: get(f"{at}/readyz")[0] == 200)
    good = post.config.read_text()
    post.config.write_text("databse = 1")
    until(lambda: "databse" in get(f"{at}/readyz")[1])
    assert "carecmon_config_valid 0.0" in get(f"{at}/metrics")[1]
    post.config.write_text(good)
    until(lambda: get(f"{at}/readyz")[0] == 200)


def test_an_invalid_configuration_at_the_start_ends_it_with_2(post):
    post.config.write_text("databse = 1")
    done = post.run("run")
    assert done.returncode == 2 and "databse" in done.stderr


def test_an_address_that_is_taken_is_a_wrong_command_line(post):
    post.plugin(**WEEKLY)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        done = post.run("run", "--health", f"127.0.0.1:{one.getsockname()[1]}")
    assert done.returncode == 2 and "nothing can listen there" in done.stderr


def test_every_line_of_a_json_log_is_an_object_with_the_run_and_without_secrets(post):
    secret = "a-secret-of-our-own-93751"
    post.plugin(fetch=f"raise ValueError('refused with {secret}')", extra='key_env = "SPEED_KEY"')
    done = post.run("run", "--due", "--log-format", "json", SPEED_KEY=secret)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1 and secret not in done.stderr + done.stdout
    assert [line["run"] for line in lines if "failed" in line["message"]] == [1]
    assert {"time", "level", "run", "message"} <= set(lines[0])


def test_a_good_run_pings_and_a_bad_one_does_not(post):
    pings = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            pings.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/ping/3f1c-very-secret"
    post.plugin(schedule="every 1 minute")
    post.write(top='ping_url_env = "SPEED_PING"')
    assert post.run("run", "--due", SPEED_PING=url).returncode == 0
    assert pings == ["/ping/3f1c-very-secret"]
    (post.folder / "db" / "carecmon.db").unlink()
    (post.folder / "speed.feed").unlink()
    assert post.run("run", "--due", SPEED_PING=url).returncode == 1
    assert len(pings) == 1
    server.shutdown()
    server.server_close()
    post.feed("speed", "2020=1")
    (post.folder / "db" / "carecmon.db").unlink()
    done = post.run("run", "--due", SPEED_PING=url)
    assert "ping" in done.stderr and "very-secret" not in done.stderr


BAD = {
    "hangs": {"fetch": "time.sleep(60)", "limit": 1},
    "stuck": {"fetch": "__import__('re').match('(a+)+$', 'a' * 64 + 'b')", "limit": 1},
    "eats": {"fetch": "hoard = [bytearray(1 << 24) for _ in range(200)]"},
    "prints": {"fetch": "print('noise ' * 100000); sys.stdout.flush()"},
    "moves": {"fetch": "os.chdir('/')", "more": "@hookimpl\ndef run_finished(report):\n    os.chdir('/')\n"},
    "leaves": {
        "fetch": "threading.Thread(target=time.sleep, args=(60,)).start(); os.fork() or time.sleep(60)",
    },
    "raises": {"fetch": "raise RuntimeError('no')"},
    "observes": {"more": "@hookimpl\ndef run_finished(report):\n    raise RuntimeError('nor this')\n"},
    "ends": {"more": "@hookimpl\ndef run_finished(report):\n    sys.exit(3)\n"},
}
#: Raises in a hook that declares: it is broken, and what it would declare is not watched.
BROKEN = {
    name: {"more": f"@hookimpl\ndef register_{name}({argument}):\n    raise RuntimeError('no {name}')\n"}
    for name, argument in (("sources", ""), ("indicators", ""), ("channels", ""))
}


def test_plugins_that_misbehave_do_not_stop_it(post, daemon, until, get, port):
    post.plugin("good", schedule="every 0.1 minutes")
    for name, code in BAD.items():
        post.plugin(name, schedule="every 0.1 minutes", **code)
    watched = list(post.lines)
    for name, code in BROKEN.items():
        post.plugin(name, **code)
    post.lines = watched
    post.plugin("commands", more="@hookimpl\ndef register_commands(cli):\n    raise RuntimeError('none')\n")
    post.write()
    process = daemon("--health", f"127.0.0.1:{port}")
    at = f"http://127.0.0.1:{port}"
    until(lambda: post.asked("good"), 60)
    until(lambda: "carecmon_observations" in get(f"{at}/metrics")[1] and get(f"{at}/healthz")[0] == 200, 60)
    until(lambda: post.asked("good") == 2, 90, "it never asked again")
    assert process.poll() is None and get(f"{at}/healthz")[0] == 200
    code, seconds, err, _ = end(process)
    assert code == 0 and seconds < 10
    for name in ("hangs", "stuck", "eats", "raises"):
        assert f"the source {name}-feed failed" in err
    assert "nor this" in err
    assert all(f"plugin {name}: " in err and f"no {name}" in err for name in BROKEN)


def test_doctor_names_each_problem_with_its_remedy_and_ends_with_1(post):
    post.plugin(fetch="raise ValueError('no')", schedule="every 1 week", extra='key_env = "NOT_SET_ANYWHERE"')
    post.run("run", "--due")
    done = post.run("doctor", "--format", "json")
    assert done.returncode == 1
    answers = json.loads(done.stdout)
    failures = {one["topic"]: one for one in answers if one["state"] == "failure"}
    assert set(failures) == {"sources", "environment"}
    assert all(one["remedy"] for one in failures.values())
    assert {"sqlite", "store", "clock", "disk", "outbox", "scheduler", "plugins"} <= {one["topic"] for one in answers}


def test_doctor_sees_a_damaged_store_and_a_clock_that_went_back(post):
    post.plugin()
    trial = {"CARECMON_TESTING": "1", "CARECMON_NOW": "2030-01-01T00:00:00Z"}
    assert post.run("run", "--due", **trial).returncode == 0
    assert "set the clock" in post.run("doctor").stdout
    content = bytearray(post.database.read_bytes())
    content[4096 * 2 : 4096 * 5] = os.urandom(4096 * 3)
    post.database.write_bytes(content)
    done = post.run("doctor")
    assert done.returncode == 1 and "restore" in done.stdout.lower()


def test_doctor_tries_the_mail_server_where_asked(post):
    post.plugin()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        nobody = one.getsockname()[1]
    post.write(
        text="\n".join([*post.lines, f'[smtp]\nhost = "127.0.0.1"\nport = {nobody}\nsecurity = "none"\n'
        'from = "carecmon@example.org"'])
    )  # fmt: skip
    assert post.run("doctor").returncode == 0
    done = post.run("doctor", "--smtp")
    assert done.returncode == 1 and f"127.0.0.1:{nobody}" in done.stdout


def test_the_trial_clock_is_refused_outside_tests(post):
    post.plugin()
    done = post.run("run", "--due", CARECMON_NOW="2030-01-01T00:00:00Z", CARECMON_TESTING="")
    assert done.returncode == 2 and "for trials only" in done.stderr


def test_doctor_says_until_when_a_source_that_wants_to_be_left_alone_is():
    standing = Standing("feed", last_try=NOON, failures=2, backoff_until=NOON + timedelta(hours=3))
    answer = diagnosis.source(standing, NOON + timedelta(hours=1), "too many requests")
    assert "left alone until 2026-11-22 15:00 UTC" in answer.remedy and "asks again" not in answer.remedy
    later = diagnosis.source(standing, NOON + timedelta(hours=4), "too many requests")
    assert later.remedy == "carecmon -v check asks again"
