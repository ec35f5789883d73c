"""Where output goes: results to stdout, everything said about them to stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from carecmon.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Wide enough for any table of ours: what goes into a file or a pipe is never cut or wrapped.
_ENDLESS = 10_000
_GLYPHS = "▁▂▃▄▅▆▇█●◐○▼▲✔·…–"
#: What a text from a source could move the cursor, change colours or turn the direction of writing with; tabs and line
#: breaks are no harm.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STYLE = re.compile(r"(\x1b\[[0-9;]*m|\x1b\]8;[^\x07\x1b]*\x1b\\)")


def data_format(*more: str) -> Callable[[_Command], _Command]:
    """Return the option ``--format`` for a command that prints data, with ``more`` formats than the usual three."""
    choices = click.Choice(["table", "json", "csv", *more])
    return click.option("--format", "form", type=choices, default="table", show_default=True, help="How to print it.")


def glyphs(stream: Any = None) -> bool:
    """Say whether ``stream`` (default: stdout) can show block elements and symbols."""
    try:
        _GLYPHS.encode(getattr(stream or sys.stdout, "encoding", None) or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def terminal() -> bool:
    """Say whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def width() -> int | None:
    """Return how many columns stdout has, None where it is not a terminal and nothing may be cut."""
    return console().width if terminal() else None


def console(file: TextIO | None = None) -> Console:
    """Return a console that draws into ``file`` as for stdout: as wide as the terminal, colour where it is welcome."""
    from rich.console import Console

    dumb = os.environ.get("TERM") in ("dumb", "unknown")
    return Console(
        file=file,
        # Not a terminal: plain text, whatever FORCE_COLOR says about other programs.
        force_terminal=terminal(),
        width=None if terminal() else _ENDLESS,
        no_color=True if os.environ.get("NO_COLOR") else None,
        color_system=None if dumb or not terminal() else "auto",
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not terminal(),
    )


def show(*renderables: RenderableType) -> None:
    """Print texts as they are, and what rich can draw without blanks at the ends of lines where nobody sees colour."""
    if all(isinstance(one, str) for one in renderables):
        write("".join(f"{one}\n" for one in renderables))
        return
    page = io.StringIO()
    drawn = console(page)
    for renderable in renderables:
        if isinstance(renderable, str):
            page.write(f"{renderable}\n")  # drawn already; rich would take long over many lines
        else:
            drawn.print(renderable)
    text = page.getvalue()
    write(text if terminal() else "\n".join(line.rstrip() for line in text.split("\n")))


def write(text: str) -> None:
    """Write ``text`` to stdout, without what would steer a terminal.

    A reader who has seen enough (``| head``) is no error and changes no exit code. Raise OutputError where stdout is
    closed or full.
    """
    stream = sys.stdout
    if stream is None:
        raise OutputError("cannot write the results: stdout is closed")
    text = harmless(text)
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        lead_nowhere(stream)
    except OSError as error:
        lead_nowhere(stream)
        raise OutputError(f"cannot write the results: {error.strerror or error}") from None


def harmless(text: str) -> str:
    """Return ``text`` without control characters: on a terminal our own colours stay."""
    if not terminal():
        return _CONTROL.sub("", text)
    return "".join(part if _STYLE.fullmatch(part) else _CONTROL.sub("", part) for part in _STYLE.split(text))


def lead_nowhere(stream: TextIO) -> None:
    """Send what is written from here on, at exit too, nowhere; it says nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def write_json(value: object) -> None:
    """Print ``value`` as JSON, and nothing else, on stdout."""
    text = json.dumps(value, ensure_ascii=not glyphs(), indent=2, allow_nan=False)
    # A script gets what was said, only escaped.
    write(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV with a head line; texts that a spreadsheet would run are guarded as in exported files."""
    from carecmon.export import guard

    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guard(_cell(cell)) if not isinstance(cell, int | float) else _cell(cell) for cell in row])
    write(lines.getvalue())


def write_objects(form: str, objects: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print the same objects as JSON or CSV. ``columns`` head the CSV where there is no object to tell them."""
    if form == "json":
        write_json(objects)
    else:
        write_csv(columns, ([one.get(name) for name in columns] for one in objects))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def say(message: str, *, quiet: bool = False) -> None:
    """Say something about the results, on stderr. Where nobody can hear it, the results are no worse."""
    if not quiet:
        with suppress(OSError):
            click.echo(message, err=True)
