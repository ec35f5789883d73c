"""E-mail over SMTP. Which answers of a server mean what: docs/mail.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carecmon.errors import DeliveryError
from carecmon.tell.channels import Destination, Message
from carecmon.tell.headers import address, clean

if TYPE_CHECKING:
    from smtplib import SMTP

#: Seconds for one answer, and for the answer after the last line: RFC 5321 asks ten minutes there, because a server may
#: accept a mail and then take its time, and giving up early is the classic duplicate.
_TIMEOUT = 60.0
_TIMEOUT_OF_DATA = 600.0


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server. ``password`` is the password itself: never show it. ``lacking`` names what is not set."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: str | None = None
    lacking: str = ""


class Email:
    """Send complete mails through ``server``; without one the channel is off."""

    name = "email"
    form = "mail"

    def __init__(self, server: Server | None = None) -> None:
        self._server = server

    def send(self, message: Message, to: Destination) -> None:
        """Send one mail to one recipient."""
        server = self._server
        if server is None:
            raise DeliveryError("there is no [smtp] in indicators.toml", permanent=True, channel=True)
        if server.lacking:
            raise DeliveryError(server.lacking, permanent=True, channel=True)
        recipient = address(to.address)
        with _connected(server) as smtp:
            _asked(smtp.mail(address(server.sender)), "refuses the sender", channel=True)
            _asked(smtp.rcpt(recipient), f"refuses {recipient}")
            if smtp.sock is not None:
                smtp.sock.settimeout(_TIMEOUT_OF_DATA)
            _asked(smtp.data(message.body), "refuses the message")


@contextmanager
def _connected(server: Server) -> Iterator[SMTP]:
    """Yield a connection that is protected and logged in as ``server`` asks; turn its failures into DeliveryError."""
    import smtplib
    import ssl

    where = f"the mail server {server.host}:{server.port}"
    try:
        if server.security == "tls":
            smtp: SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
        try:
            _protected(smtp, server)
            yield smtp
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what was accepted stays so, however the farewell goes
                if smtp.sock is not None:
                    smtp.sock.settimeout(5.0)
                smtp.quit()
            smtp.close()
    except smtplib.SMTPNotSupportedError as exc:
        raise DeliveryError(f"{where}: {clean(str(exc))}; change [smtp]", permanent=True, channel=True) from exc
    except smtplib.SMTPAuthenticationError as exc:
        raise _refused(f"{where} does not accept user and password", exc.smtp_code, exc.smtp_error, True) from exc
    except smtplib.SMTPDataError as exc:
        raise _refused(f"{where} refuses the message", exc.smtp_code, exc.smtp_error, False) from exc
    except smtplib.SMTPResponseException as exc:
        raise _refused(where, exc.smtp_code, exc.smtp_error, True) from exc
    except ssl.SSLCertVerificationError as exc:
        said = clean(exc.verify_message or str(exc))
        raise DeliveryError(
            f"{where} has no certificate that can be trusted: {said}", permanent=True, channel=True
        ) from exc
    except (smtplib.SMTPException, OSError) as exc:
        said = clean(str(exc)) or type(exc).__name__
        raise DeliveryError(f"{where} cannot be used now: {said}", permanent=False, channel=True) from exc


def _protected(smtp: SMTP, server: Server) -> None:
    import ssl

    smtp.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if server.user:
        smtp.login(server.user, server.password or "")


def _asked(answer: tuple[int, bytes], what: str, *, channel: bool = False) -> None:
    """Raise DeliveryError where the server did not say yes."""
    code, said = answer
    if not 200 <= code < 300:
        raise _refused(f"the mail server {what}", code, said, channel)


def _refused(what: str, code: int, said: bytes | str, channel: bool) -> DeliveryError:
    """Return the error for an answer: from 500 on it is for good; 421 means that the server closes the connection."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return DeliveryError(f"{what}: {code} {clean(words)}", permanent=code >= 500, channel=channel or code in (421, -1))
