"""Asking the web: 1,000 unchanged indicators beside urlwatch, and eight hosts with 100 ms of latency.

Everything is asked from one server on loopback, in a process of its own, in the same run. The budget is about what
both programs do: ask every address and note what came, for us with the start of the worker process. The ratio of the
whole check, which also tries plugins, judges, looks for contradictions and prints, is printed beside it; so is, for
scale, the bare loop of httpx. urlwatch is taken from the path, or from ``--urlwatch``; where there is none, nothing
can be compared, and the exit code is 1, as where a budget is missed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CARECMON = [sys.executable, "-m", "carecmon"]

#: Serves /N as JSON of one value, with an etag; waits as many milliseconds as the query says.
SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def do_GET(self):
        path, _, wait = self.path.partition("?wait=")
        time.sleep(int(wait or 0) / 1000)
        tag = f'"{path}"'
        body = f'{{"value": {len(path)}.5}}'
        if self.headers.get("If-None-Match") == tag:
            self.wfile.write(f"HTTP/1.1 304 Not Modified\\r\\nETag: {tag}\\r\\n\\r\\n".encode())
        else:
            self.wfile.write((f"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nETag: {tag}\\r\\n"
                              f"Content-Length: {len(body)}\\r\\n\\r\\n{body}").encode())
    def log_message(self, *_): pass
class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
servers = [Server(("127.0.0.1", 0), Handler) for _ in range(int(sys.argv[1]))]
import threading
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(*(server.server_address[1] for server in servers), flush=True)
sys.stdin.read()
"""

#: COUNT indicators of one source, each with an address of its own.
PLUGIN = """
import json
from carecmon import *
NAMES = [f"many.n{n:04}" for n in range(COUNT)]
def fetch(client, state):
    tags, fresh = dict(state), {}
    for reply in client.get_all(Ask(f"{client.base}/{name}", etag=tags.get(name), tag=name) for name in NAMES):
        if not reply.not_modified:
            tags[reply.ask.tag], fresh[reply.ask.tag] = reply.etag, reply.body
    if fresh:
        yield Answer(fresh, client.base, state=tags)
    else:
        yield NotModified(client.base)
def parse(answer):
    for name, body in sorted(answer.body.items()):
        yield Observation(Series(name), Period.parse("2024"), json.loads(body)["value"], Cell(name))
@hookimpl
def register_sources():
    return [Source("many", "P", Text("Many"), "", "", "", parse, fetch=fetch, order=Order.OBSERVED, rate=0.0,
                   concurrency=8, requests=1)]
@hookimpl
def register_indicators():
    return [Indicator(name, Text(name), "bench", "Bench", "", Better.HIGHER, "d", ("many",)) for name in NAMES]
"""

#: The same addresses asked by httpx alone, one after the other.
BARE = """
import sys, time
import httpx
began = time.perf_counter()
with httpx.Client(trust_env=False) as client:
    for n in range(int(sys.argv[2])):
        name = f"many.n{n:04}"
        reply = client.get(f"http://127.0.0.1:{sys.argv[1]}/{name}", headers={"If-None-Match": f'"/{name}"'})
        assert reply.status_code == 304
print(time.perf_counter() - began)
"""

#: Eight hosts with five addresses each, asked in parallel or one after the other.
LATENCY = """
import sys, time
from carecmon import Ask, Source, Text
from carecmon.collect.client import Clients
from carecmon.collect.request import Address
hosts = [f"http://127.0.0.1:{port}" for port in sys.argv[1:]]
source = Source("s", "P", Text("S"), "", "", "", parse=list, fetch=iter, rate=0.0, concurrency=1,
                hosts=tuple(host[7:] for host in hosts))
def seconds(ask):
    client = Clients().of(source, Address("", "", ("127.0.0.1",)), time.monotonic() + 120)
    asks = [Ask(f"{host}/{n}?wait=100") for n in range(5) for host in hosts]
    began = time.perf_counter()
    assert len(list(ask(client, asks))) == 40
    return time.perf_counter() - began
serial = seconds(lambda client, asks: [client.get(one) for one in asks])
print(serial, seconds(lambda client, asks: client.get_all(asks)))
"""


#: Collecting as a run does it, from the stored state to the noted fetch; with a worker process, without judging.
ASKING = """
import time
from datetime import UTC, datetime
from pathlib import Path
from carecmon import config, registry
from carecmon.intake import take_in
from carecmon.store import Store
settings = config.load(Path("indicators.toml"))
plugins = registry.load(settings.plugin_dirs, entry_points=False)
with Store.open(settings.database) as store:
    with store.writing():
        run = store.start_run(datetime.now(UTC), kind="check", offline=False, policy_json="{}", version="0")
    began = time.perf_counter()
    taken = take_in(settings, plugins, store, run, now=datetime.now(UTC), offline=False, in_process=False, only=(),
                    progress=None)
    seconds = time.perf_counter() - began
assert [str(source.outcome) for source in taken.sources if source.id == "many"] == ["unchanged"], taken
print(seconds)
"""


def timed(command: list[str], cwd: str) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return seconds


def prepare(folder: Path, port: int, count: int) -> None:
    """Make a folder in which carecmon watches ``count`` indicators of the server, and urlwatch the same addresses."""
    timed([*CARECMON, "init"], str(folder))
    (folder / "mine").mkdir()
    (folder / "mine" / "many.py").write_text(PLUGIN.replace("COUNT", str(count)))
    config = folder / "indicators.toml"
    text = config.read_text("utf-8")
    # Only these: what is shipped would be measured, too.
    text = re.sub(r'^\[indicators\."[^\n]*\n((prefer|method) = [^\n]*\n)*', "", text, flags=re.M)
    text = re.sub(r"(?s)^\[\[targets\]\].*?(?=^# -- Rules)", "", text, flags=re.M)
    text = re.sub(r"(?m)^plugin_dirs = .*$", 'plugin_dirs = ["mine"]', text)
    blocks = "".join(f'[indicators."many.n{n:04}"]\n' for n in range(count))
    private = f'[sources.many]\nbase_url = "http://127.0.0.1:{port}"\nallow_private_hosts = ["127.0.0.1"]\n'
    config.write_text(f"{text}\n{blocks}{private}", "utf-8")
    jobs = (f"url: http://127.0.0.1:{port}/many.n{n:04}\n" for n in range(count))
    (folder / "urls.yaml").write_text("---\n".join(jobs))
    (folder / "urlwatch.yaml").write_text("report:\n  stdout: {enabled: false}\n")


def urlwatch(path: str) -> list[str]:
    return [path, "--urls", "urls.yaml", "--config", "urlwatch.yaml", "--hooks", "none.py", "--cache", "cache.db"]


def inside(code: str, cwd: str, *words: str) -> float:
    """Return the seconds that ``code`` says it took, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


def unchanged(port: int, count: int, peer: str | None, repeat: int) -> bool:
    """Measure in turn, each after a first run of its own; return whether the budget is kept."""
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name), port, count)
        check = [*CARECMON, "check"]
        first = timed(check, name)
        if peer:
            timed(urlwatch(peer), name)
        asked, whole, theirs, loop = [], [], [], []
        for _ in range(repeat):
            asked.append(inside(ASKING, name))
            loop.append(inside(BARE, name, str(port), str(count)))
            if peer:
                theirs.append(timed(urlwatch(peer), name))
            whole.append(timed(check, name))
    own, all_of_it = statistics.median(asked), statistics.median(whole)
    print(f"{count} unchanged, asked and noted         {own:6.2f} s   collecting, with its worker process")
    print(f"{count} unchanged, the whole check         {all_of_it:6.2f} s   with start, judging and table")
    print(f"{count} new, the whole check               {first:6.2f} s")
    print(f"the bare loop of httpx                   {statistics.median(loop):6.2f} s   without start")
    if not peer:
        print("urlwatch is not installed: no comparison      (pip install urlwatch, or --urlwatch PATH)")
        return False
    other = statistics.median(theirs)
    kept = own <= 0.5 * other
    print(f"urlwatch, the same addresses, unchanged  {other:6.2f} s")
    said = "kept" if kept else "MISSED"
    print(f"asked and noted / urlwatch               {own / other:6.2f}     (budget 0.5)  {said}")
    print(f"the whole check / urlwatch               {all_of_it / other:6.2f}")
    return kept


def latency(ports: list[int]) -> bool:
    """Ask eight hosts that take 100 ms for each answer; return whether the budget is kept."""
    done = subprocess.run([sys.executable, "-c", LATENCY, *map(str, ports)], capture_output=True, text=True, check=True)
    serial, parallel = map(float, done.stdout.split())
    kept = serial >= 6 * parallel
    print(f"40 answers of 100 ms, one after the other {serial:5.2f} s, from eight hosts at once {parallel:5.2f} s")
    said = "kept" if kept else "MISSED"
    print(f"one after the other / at once            {serial / parallel:6.2f}     (budget 6)    {said}")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--urlwatch", default=shutil.which("urlwatch"))
    options = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, "8"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        ports = [int(port) for port in server.stdout.readline().split()]
        kept = [unchanged(ports[0], options.count, options.urlwatch, options.repeat), latency(ports)]
    finally:
        server.kill()
        server.wait()
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
