"""The world of a soak: what publishers say at a time, how they and the mail server fail, and what they were asked."""

import json
import random
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES, PLUGINS, YEARS = 20, 2, range(2012, 2026)
#: Each source has two indicators, so that 40 are watched.
INDICATORS = [f"soak.s{number}-{part}" for number in range(SOURCES) for part in "ab"]
#: Schedules and time zones, dealt out to the sources in turn.
SCHEDULES = (
    ("every 4 days", "UTC"),
    ("0 6 * * 1", "Asia/Tashkent"),
    ("every 1 week", "UTC"),
    ("30 2 * * 0", "Europe/Berlin"),
    ("every 6 days", "UTC"),
)
#: Days between two revisions of a source.
REVISED_EVERY = (9, 23, 40, 61)
#: The indicators whose newest value crosses the threshold again and again.
RESTLESS = {f"soak.s{number}-a" for number in range(0, SOURCES, 3)}


def schedule_of(number):
    return SCHEDULES[number % len(SCHEDULES)]


def plugin_of(number):
    return number % PLUGINS


def revision(number, now):
    return int((now - START) / timedelta(days=REVISED_EVERY[number % len(REVISED_EVERY)]))


def figures(number, now):
    """Return what a source says at a time: {indicator: {year: value}}. Each revision mends one year."""
    count = revision(number, now)
    said = {}
    for part in "ab":
        name = f"soak.s{number}-{part}"
        values = {}
        for index, year in enumerate(YEARS):
            mended = sum(one % len(YEARS) == index for one in range(1, count + 1))
            values[year] = round(20 + number + index * 0.5 + mended * 0.3, 3)
        if name in RESTLESS:
            values[YEARS[-1]] = 90.0 + count if count % 2 else 30.0 - count / 100
        said[name] = values
    return said


@dataclass
class Weather:
    """How often things fail, by chance but repeatably; calm at the end, so that everything can come right."""

    seed: int
    calm: datetime
    clock: object
    dice: random.Random = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)
    counts: dict = field(default_factory=dict)

    def __post_init__(self):
        self.dice = random.Random(f"{self.seed} weather")

    def strikes(self, kinds):
        """Return the kind of failure to make, None for none; ``kinds`` maps each to its probability."""
        if self.clock() >= self.calm:
            return None
        with self.lock:
            roll = self.dice.random()
            for kind, chance in kinds.items():
                roll -= chance
                if roll < 0:
                    self.counts[kind] = self.counts.get(kind, 0) + 1
                    return kind
        return None


def publisher(weather, clock):
    """Start the web server of one plugin's sources; return it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            number, now = int(self.path.rpartition("/")[2]), clock()
            kind = weather.strikes({"html": 0.04, "throttled": 0.01, "garbled": 0.02, "outage": 0.01})
            body = json.dumps(figures(number, now)).encode()
            headers, status = {"Content-Type": "application/json", "ETag": f'"{number}-{revision(number, now)}"'}, 200
            if kind == "html":
                body, headers = b"<html>Please come back later</html>", {"Content-Type": "text/html"}
            elif kind == "throttled":
                body, status, headers = b"{}", 429, {"Content-Type": "application/json", "Retry-After": "7200"}
            elif kind == "garbled":
                body = body[: len(body) // 2]
            elif kind == "outage":
                body, status = b"{}", 503
            elif self.headers.get("If-None-Match") == headers["ETag"]:
                body, status = b"", 304
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class Postbox:
    """Keeps every mail that it took; sometimes it takes one and its answer is lost, so that it comes again."""

    def __init__(self, weather):
        self.weather = weather
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.weather.strikes({"greylisted": 0.08}):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        kind = self.weather.strikes({"full": 0.06, "answer lost": 0.06})
        if kind != "full":
            self.mails.append((envelope.rcpt_tos[0], bytes(envelope.content)))
        return "451 try again" if kind else "250 OK"


def postbox(weather):
    """Start a mail server; return it with what it keeps."""
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    box = Postbox(weather)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    return controller, box, port
