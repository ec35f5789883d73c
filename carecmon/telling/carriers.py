"""From indicators.toml to what carries messages: channels, addresses, secrets out of the environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass

from carecmon.config import Person, Settings
from carecmon.errors import DeliveryError
from carecmon.registry import Registry
from carecmon.registry.patience import HOOK_LIMIT, TooLongError, within
from carecmon.tell.announcement import Reader
from carecmon.tell.channels import Channel, Destination, Message
from carecmon.tell.channels.email import Email, Server
from carecmon.tell.mail import Envelope
from carecmon.tell.post import Line, known_channels


@dataclass(slots=True)
class Foreign:
    """A channel of a plugin, with a limit on its patience; however it fails, the message is tried again later."""

    channel: Channel
    name: str
    form: str

    def send(self, message: Message, to: Destination) -> None:
        """Deliver one message; raise DeliveryError where the plugin's code does anything else than that."""
        us = os.getpid()
        try:
            with redirect_stdout(sys.stderr), within(HOOK_LIMIT):
                self.channel.send(message, to)
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as exc:  # what is meant to end a process or a task ends this attempt only
            slow = isinstance(exc, TooLongError)  # the next message would take as long
            reason = exc if slow else f"it calls sys.exit({exc.code!r})" if isinstance(exc, SystemExit) else repr(exc)
            raise DeliveryError(f"the channel {self.name} failed: {reason}", permanent=False, channel=slow) from exc
        finally:
            if os.getpid() != us:
                os._exit(0)  # it forked, and what it left behind would go on as a second one of us


def reaches(settings: Settings, registry: Registry, person: Person, channel: str) -> bool:
    """Say whether a message can be queued for ``person`` on ``channel``: it is set up, however it works today."""
    if channel == "email":
        return settings.smtp is not None and person.email is not None
    kind = settings.channels[channel].kind if channel in settings.channels else channel
    return kind in known_channels(registry.channels)


def carriers(settings: Settings, registry: Registry) -> Callable[[str, str], Line | None]:
    """Return the function that finds the line of a person and a channel, None where one of them is gone."""
    known = known_channels(registry.channels)
    mail = Email(server_of(settings))

    def line(person: str, channel: str) -> Line | None:
        who = settings.people.get(person)
        if who is None or channel not in who.channels:
            return None
        if channel == "email":
            return Line(mail, Destination(who.email)) if who.email else None
        table = settings.channels.get(channel)
        carrier = known.get(table.kind if table else channel)
        if carrier is None:
            return None
        if carrier.name in registry.channels:
            carrier = Foreign(carrier, carrier.name, carrier.form)
        if table is None:
            return Line(carrier, Destination(who.email or ""))
        url, key = table.url or _secret(table.url_env), _secret(table.key_env)
        return Line(carrier, Destination(who.email or "", url, key, table.path, table.options))

    return line


def server_of(settings: Settings) -> Server | None:
    """Return the mail server with its password, None where there is no [smtp]."""
    smtp = settings.smtp
    if smtp is None:
        return None
    password = _secret(smtp.password_env)
    lacking = ""
    if smtp.password_env and not password:
        lacking = f"the environment variable {smtp.password_env}, which holds the password of [smtp], is not set"
    return Server(smtp.host, smtp.port, smtp.sender, smtp.security, smtp.user, password, lacking)


def _secret(name: str | None) -> str | None:
    """Return what a variable holds, without the end of line that a file of secrets has."""
    return os.environ.get(name, "").strip() or None if name else None


def envelope_of(settings: Settings) -> Envelope:
    """Return the addresses of mails. Acknowledgements go to the ops person, else to where answers go."""
    smtp = settings.smtp
    ops = settings.people.get(smtp.ops) if smtp and smtp.ops else None
    if ops is None or ops.email is None:
        ops = next((one for one in settings.people.values() if one.ops and one.email), None)
    address = (ops.email if ops else None) or (smtp.reply_to if smtp else None) or ""
    if smtp is None:
        return Envelope(ops=address)
    return Envelope(smtp.sender, smtp.reply_to or "", address)


def reader_of(person: Person) -> Reader:
    """Return how a person is addressed."""
    return Reader(person.name, person.full_name, person.language, str(person.time_zone), person.email or "")
