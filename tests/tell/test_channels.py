"""The channels beside e-mail: console, JSON lines, webhook, and those of plugins."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message
from carecmon.tell.channels.console import Console
from carecmon.tell.channels.jsonl import JsonLines
from carecmon.tell.channels.webhook import Webhook

MESSAGE = Message("1@example.org", "ada", "A test", b'{"text": "hello"}')


@pytest.fixture
def hook():
    """A web server that keeps what it is posted, and answers ``server.status``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.posts.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(self.server.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.posts, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def to(hook, **more):
    return Destination(url=f"http://127.0.0.1:{hook.server_port}/secret-canary?x=1", **more)


def test_a_webhook_posts_one_json_object_with_its_key(hook):
    Webhook().send(MESSAGE, to(hook, key="k"))
    ((path, headers, body),) = hook.posts
    assert path == "/secret-canary?x=1" and body == {"text": "hello"}
    assert headers["Authorization"] == "Bearer k" and headers["Idempotency-Key"] == "1@example.org"


@pytest.mark.parametrize(
    "status, permanent, channel",
    [
        (500, False, True),
        (429, False, True),
        (401, True, True),
        (404, True, True),
        (302, True, True),
        (413, True, False),
    ],
)
def test_what_a_webhook_answers_decides_and_its_address_is_never_repeated(hook, status, permanent, channel):
    hook.status = status
    with pytest.raises(DeliveryError) as error:
        Webhook().send(MESSAGE, to(hook))
    assert (error.value.permanent, error.value.channel) == (permanent, channel)
    assert "canary" not in str(error.value)


def test_a_webhook_that_is_not_there_is_tried_later_and_its_address_is_not_shown(nobody):
    with pytest.raises(DeliveryError) as error:
        Webhook().send(MESSAGE, Destination(url=f"http://127.0.0.1:{nobody}/canary"))
    assert not error.value.permanent and "canary" not in str(error.value)


def test_json_lines_are_appended_one_object_a_line(tmp_path):
    path = tmp_path / "new" / "messages.jsonl"
    for _ in range(2):
        JsonLines().send(MESSAGE, Destination(path=path))
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"text": "hello"}] * 2


def test_json_lines_that_cannot_be_written_are_tried_later(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryError, match="cannot be written") as error:
        JsonLines().send(MESSAGE, Destination(path=tmp_path / "file" / "messages.jsonl"))
    assert not error.value.permanent


def test_the_console_prints_on_stderr(capsys):
    Console().send(Message("1", "ada", "A test", "Привет".encode()), Destination())
    said = capsys.readouterr()
    assert said.out == "" and "To ada: A test" in said.err and "Привет" in said.err


def test_a_person_is_told_on_each_of_their_channels(scene, server, tmp_path):
    scene.person("ada", channels='["email", "file"]')
    scene.more = '[channels.file]\nkind = "json-lines"\npath = "messages.jsonl"\n'
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    (line,) = (scene.folder / "messages.jsonl").read_text().splitlines()
    assert json.loads(line)["kind"] == "introduction" and len(server.inbox.mails) == 1


def test_a_broken_channel_leaves_the_others_alone(scene, server):
    scene.person("ada", channels='["chat", "email"]')
    scene.more = '[channels.chat]\nkind = "webhook"\nurl_env = "NOT_SET_ANYWHERE"\n'
    scene.publish("2024", trains={2015: 20, 2023: 21})
    (shout,) = scene.check()
    assert "url_env" in shout and len(server.inbox.mails) == 1


def test_a_channel_of_a_plugin_carries_messages(scene):
    carried = []

    class Pigeon:
        name, form = "pigeon", "text"

        def send(self, message, to):
            carried.append((message.person, to.options["loft"], message.body.decode()))

    scene.person("ada", channels='["loft"]')
    scene.more = '[channels.loft]\nkind = "pigeon"\noptions = { loft = "north" }\n'
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.plugins.channels["pigeon"] = Pigeon()
    scene.check()
    ((person, loft, text),) = carried
    assert (person, loft) == ("ada", "north") and "Where the indicators stand" in text
