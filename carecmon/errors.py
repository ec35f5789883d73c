"""Every error carecmon raises on purpose, and the exit code each one means.

CarecmonError
├── UsageError       the command line                     stops the run
├── ConfigError      indicators.toml                      stops the run
├── StoreError       the store cannot be used             stops the run
├── OutputError      stdout is closed or full             stops the command
├── PluginError      a plugin broke its contract          costs its indicators
├── SourceError      a source gave no complete answer     costs that source, this time
└── DeliveryError    a channel could not deliver          the message stays queued
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What ``carecmon`` tells the shell. Where several apply: 2, 5, 3, 1, 4."""

    OK = 0  #: the run did its work, whatever it found
    PARTIAL = 1  #: it finished, but something configured could not be judged
    USAGE = 2  #: wrong command line or configuration
    ALERTS = 3  #: alerts at or above --fail-on
    UNDELIVERED = 4  #: results stored, messages undelivered
    STORE = 5  #: the store cannot be used
    INTERRUPTED = 130  #: stopped by Ctrl-C


class CarecmonError(Exception):
    """Base of everything carecmon raises on purpose. Shown to people without a traceback."""

    exit_code = ExitCode.PARTIAL


class UsageError(CarecmonError):
    """The command line asks for something that does not exist or cannot be done."""

    exit_code = ExitCode.USAGE


class ConfigError(CarecmonError):
    """indicators.toml says something we cannot act on."""

    exit_code = ExitCode.USAGE


class StoreError(CarecmonError):
    """The store cannot be used: unwritable, corrupt, full, locked too long, or too new."""

    exit_code = ExitCode.STORE


class OutputError(CarecmonError):
    """The results could not be written out: stdout is closed, or its disk is full."""


class PluginError(CarecmonError):
    """A plugin could not be loaded, or broke its contract."""


class Fault(StrEnum):
    """What kind of no good answer it is that a source gave."""

    BAD_REQUEST = "bad request"  #: it does not understand what we ask
    UNAUTHORISED = "unauthorised"  #: it wants a key, or another one
    THROTTLED = "throttled"  #: we ask too fast; worth asking again soon
    QUOTA = "quota exhausted"  #: nothing more until ``retry_after``
    TRUNCATED = "truncated"  #: only a part of the answer came, or it is as long as the source allows
    OUTAGE = "outage"  #: no answer, or the source says that it is out of order
    GARBLED = "garbled"  #: not what it should be: HTML for JSON, a wrong encoding, another structure
    REFUSED = "refused"  #: carecmon itself did not go on: too large, or an address that is not allowed
    OTHER = "other"

    @property
    def transient(self) -> bool:
        """Whether a later run may succeed without anybody doing something."""
        return self not in (Fault.BAD_REQUEST, Fault.UNAUTHORISED, Fault.REFUSED)


class SourceError(CarecmonError):
    """A source did not give a complete answer; ``transient`` means a later run may succeed.

    ``retry_after`` is how many seconds the source wants to be left alone, where it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        transient: bool | None = None,
        kind: Fault = Fault.OTHER,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.transient = kind.transient if transient is None else transient
        self.kind = kind
        self.retry_after = retry_after


class DeliveryError(CarecmonError):
    """A channel could not deliver; ``permanent`` means that trying again will not help.

    ``channel`` says that it is the channel that does not work, not this message: nothing else is tried through it now.
    With ``permanent`` somebody must mend it (a wrong password): all its messages stay as they are until then.
    """

    def __init__(self, message: str, *, permanent: bool, channel: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.channel = channel
