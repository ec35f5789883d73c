"""A folder with one indicator, people, and a mail server on loopback that keeps what it is given."""

import email
import email.policy
import socket
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from carecmon import config, registry, run
from carecmon.model import Document, RunReport
from carecmon.store import Store
from carecmon.store.outbox import Outbox
from carecmon.telling import send_due

#: A Sunday noon, UTC.
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

PLUGIN = """
from pathlib import Path
from carecmon import Better, Cell, Document, Indicator, Observation, Period, Series, Source, Text, hookimpl

FOLDER = Path(__file__).parent.parent / "editions"

def parse(answer):
    for name, content in answer.body.items():
        for row, line in enumerate(content.decode().splitlines(), 1):
            indicator, period, value = line.split(",")
            place = Cell("survey", "Table 1", f"row {row}", "value", value)
            yield Observation(Series(indicator), Period.parse(period), float(value), place)

@hookimpl
def register_sources():
    documents = tuple(
        Document("survey-" + path.stem, path.stem, (path,), "Survey") for path in sorted(FOLDER.glob("*.csv"))
    )
    return [Source("survey", "Example Institute", Text("Survey of speed", "Обследование скорости", "速度调查"),
                   "https://example.org", "CC BY 4.0", "Example Institute", parse, documents)]

@hookimpl
def register_indicators():
    return [Indicator(id, Text("Speed of " + id, "Скорость " + id, "速度 " + id), sector, "Railways", "km/h",
                      Better.HIGHER, "A test.", ("survey",))
            for id, sector in (("trains", "transport"), ("trucks", "transport"), ("wires", "energy"))]
"""

CONFIG = """
plugin_dirs = ["plugins"]
{indicators}
[[targets]]
indicator = ["trains", "trucks", "wires"]
value = 40
year = 2030
base_period = "2015"
official = true
citation = "a test"

[[rules]]
id = "off-track"
condition = "off_track"
severity = "warning"
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Inbox:
    """Keeps the mails that were accepted; ``refuse`` answers some recipients otherwise."""

    def __init__(self):
        self.mails = []
        self.refuse = {}
        self.refuse_data = {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.refuse.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.refuse_data.get(envelope.rcpt_tos[0])
        if answer:
            return answer
        self.mails.append((envelope.rcpt_tos[0], bytes(envelope.content)))
        return "250 OK"

    def of(self, address):
        """Return the mails to one address, parsed."""
        return [email.message_from_bytes(body, policy=email.policy.default) for to, body in self.mails if to == address]

    def ids(self, address):
        return [mail["Message-ID"] for mail in self.of(address)]


@dataclass
class Server:
    """A mail server that can be stopped and started again on its port."""

    port: int
    inbox: Inbox = field(default_factory=Inbox)
    options: dict = field(default_factory=dict)
    controller: Controller | None = None

    def start(self):
        self.controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port, **self.options)
        self.controller.start()

    def stop(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def nobody():
    """A port on which nobody listens."""
    return free_port()


@pytest.fixture
def serve():
    """Start mail servers, with options of aiosmtpd; all are stopped at the end."""
    started = []

    def start(**options):
        started.append(Server(free_port(), options=options))
        started[-1].start()
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def server(serve):
    return serve()


@dataclass
class Scene:
    """One installation of carecmon with a clock of its own. ``check`` runs it as the command does, then sends."""

    folder: Path
    port: int
    now: datetime = NOON
    people: str = ""
    smtp: str = ""
    indicators: tuple = ("trains",)
    more: str = ""
    loaded: registry.Registry | None = None
    report: RunReport | None = None

    def __post_init__(self):
        (self.folder / "plugins").mkdir()
        (self.folder / "editions").mkdir()
        (self.folder / "plugins" / "speed.py").write_text(PLUGIN)
        self.smtp = (
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.port}\nsecurity = "none"\nfrom = "carecmon@example.org"\n'
        )

    def person(self, who, **keys):
        lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
        self.people += f'\n[people.{who}]\nemail = "{who}@example.org"\n{lines}\n'

    def publish(self, edition, **values):
        """Write an edition of the survey: ``trains={2015: 20, 2023: 21}``."""
        rows = [f"{series},{period},{value}" for series, points in values.items() for period, value in points.items()]
        (self.folder / "editions" / f"{edition}.csv").write_text("\n".join(rows))

    @property
    def settings(self):
        path = self.folder / "indicators.toml"
        watched = "\n".join(f'[indicators."{one}"]' for one in self.indicators)
        path.write_text(CONFIG.format(indicators=watched) + self.people + self.smtp + self.more, "utf-8")
        return config.load(path)

    @property
    def plugins(self):
        """What our one plugin declares. It is probed once, and the shipped ones are left out: both take their time."""
        if self.loaded is None:
            self.loaded = registry.load(self.settings.plugin_dirs, entry_points=False)
            ours = ("trains", "trucks", "wires")
            self.loaded.indicators = {name: self.loaded.indicators[name] for name in ours}
        survey = self.loaded.sources["survey"]
        editions = sorted((self.folder / "editions").glob("*.csv"))
        documents = tuple(Document(f"survey-{one.stem}", one.stem, (one,), "Survey") for one in editions)
        self.loaded.sources = {"survey": replace(survey, documents=documents)}
        return self.loaded

    @property
    def database(self):
        return self.folder / "db" / "carecmon.db"

    def check(self, hours=0, *, minutes=0, offline=False, send=True):
        """Let time pass and run, which queues and sends; return what was shouted."""
        self.now += timedelta(hours=hours, minutes=minutes)
        # Offline, documents are read all the same, and nothing is sent.
        quiet = offline or not send
        report = run.check(self.settings, self.plugins, now=self.now, in_process=True, offline=quiet)
        about_settings = ("[[targets]]", "people.")
        self.report = report
        return [line for line in (*report.warnings, *report.unsent) if not line.startswith(about_settings)]

    def send(self, hours=0):
        """Let time pass and send what is due; return what was shouted."""
        self.now += timedelta(hours=hours)
        settings = self.settings
        with Store.open(settings.database) as store:
            return list(send_due(settings, self.plugins, store, self.now).unsent)

    def outbox(self, look):
        with Store.open(self.database) as store:
            return look(Outbox(store))

    def states(self):
        return self.outbox(lambda box: [(one.person, one.state) for one in box.deliveries()])

    def log(self, **chosen):
        return self.outbox(lambda box: [(one.what, one.why) for one in box.history(**chosen)])


@pytest.fixture
def scene(tmp_path, server):
    return Scene(tmp_path, server.port)


@pytest.fixture
def introduced(scene, server):
    """A scene in which ada was introduced while all was well, and then heard that trains fell behind."""
    scene.person("ada", severities='["warning", "critical"]')
    scene.publish("2024", trains={2015: 20, 2022: 35})
    scene.check()
    scene.publish("2025", trains={2015: 20, 2022: 35, 2023: 21})
    scene.check(24)
    return scene


@pytest.fixture(scope="module")
def previews(checked):
    """The folder with the sample mails that carecmon notify preview writes."""
    done = checked.run("notify", "preview", "--to", "out")
    assert done.returncode == 0, done.stderr
    return checked.folder / "out"
