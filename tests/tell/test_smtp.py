"""How the mail channel meets real servers: protected, logged in, refused, broken."""

import ssl
import subprocess
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message
from carecmon.tell.channels.email import Email
from carecmon.tell.channels.email import Server as MailServer

MESSAGE = Message("1@example.org", "ada", "A test", b"Subject: A test\r\n\r\nHello\r\n")
ADA = Destination("ada@example.org")


@pytest.fixture
def certificate(tmp_path):
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(made)]
    command += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return key, made


@pytest.fixture
def protected(certificate, serve):
    """A server that wants STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])

    def authenticate(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"carecmon", b"right")
        return AuthResult(success=right, handled=False)

    return serve(tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True)


def test_a_mail_goes_out_over_starttls_with_user_and_password(protected, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    Email(_server(protected.port, password="right")).send(MESSAGE, ADA)
    assert protected.inbox.ids("ada@example.org") == [None] and len(protected.inbox.mails) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused(protected):
    with pytest.raises(DeliveryError, match="no certificate that can be trusted") as error:
        Email(_server(protected.port, password="right")).send(MESSAGE, ADA)
    assert error.value.permanent and error.value.channel


def test_a_wrong_password_breaks_the_channel_and_is_not_repeated_in_words(protected, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with pytest.raises(DeliveryError, match="does not accept user and password") as error:
        Email(_server(protected.port, password="wrong-canary")).send(MESSAGE, ADA)
    assert error.value.permanent and error.value.channel and "canary" not in str(error.value)


def test_wrong_credentials_keep_everything_pending_and_are_shouted(scene, protected, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    monkeypatch.setenv("MAIL_PASSWORD", "wrong")
    scene.smtp = (
        f'[smtp]\nhost = "127.0.0.1"\nport = {protected.port}\nfrom = "carecmon@example.org"\nuser = "carecmon"\n'
        'password_env = "MAIL_PASSWORD"\n'
    )
    for person in ("ada", "bob"):
        scene.person(person)
    scene.publish("2024", trains={2015: 20, 2023: 21})
    for _ in range(9):
        (shout,) = scene.check(24)
        assert "user and password" in shout and "its messages wait" in shout
    assert scene.states() == [("ada", "queued"), ("bob", "queued")]
    monkeypatch.setenv("MAIL_PASSWORD", "right")
    assert scene.check() == []
    assert len(protected.inbox.mails) == 2


def test_a_password_that_is_not_set_is_said_by_the_name_of_its_variable(scene, server, monkeypatch):
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    scene.smtp = scene.smtp + 'user = "carecmon"\npassword_env = "MAIL_PASSWORD"\n'
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    (shout,) = scene.check()
    assert "MAIL_PASSWORD" in shout and scene.states() == [("ada", "queued")]


def test_a_server_without_starttls_is_not_used_in_the_clear(server):
    with pytest.raises(DeliveryError, match="STARTTLS") as error:
        Email(_server(server.port)).send(MESSAGE, ADA)
    assert error.value.permanent and error.value.channel and server.inbox.mails == []


@pytest.mark.parametrize(
    "answer, permanent, channel",
    [("550 no such user", True, False), ("451 try later", False, False), ("421 closing", False, True)],
)
def test_what_the_server_says_to_a_recipient_decides(server, answer, permanent, channel):
    server.inbox.refuse["ada@example.org"] = answer
    with pytest.raises(DeliveryError) as error:
        Email(_server(server.port, "none")).send(MESSAGE, ADA)
    assert (error.value.permanent, error.value.channel) == (permanent, channel)


def test_a_server_that_is_not_there_is_tried_later(nobody):
    with pytest.raises(DeliveryError, match="cannot be used now") as error:
        Email(_server(nobody, "none")).send(MESSAGE, ADA)
    assert not error.value.permanent and error.value.channel


def test_a_connection_that_breaks_after_the_last_line_is_tried_again(scene, server):
    accepted = []

    async def lose(session_server, session, envelope):
        accepted.append(envelope.content)
        session_server.transport.abort()
        return "250 OK"

    usual, server.inbox.handle_DATA = server.inbox.handle_DATA, lose
    scene.person("ada")
    scene.publish("2024", trains={2015: 20, 2023: 21})
    scene.check()
    assert scene.states() == [("ada", "queued")] and len(accepted) == 1
    server.inbox.handle_DATA = usual
    scene.now += timedelta(minutes=2)
    scene.send()
    assert scene.states() == [("ada", "sent")]
    assert server.inbox.mails[0][1] == accepted[0], "the repeat is the same message"


def _server(port, security="starttls", password=None):
    return MailServer("127.0.0.1", port, "carecmon@example.org", security, "carecmon" if password else None, password)
