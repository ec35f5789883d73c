"""What went wrong inside a plugin, in one line with file and line, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType

from carecmon.errors import PluginError
from carecmon.registry.isolation import EndedError, OverdueError

_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_TIMEOUT = re.compile(r"^Timeout \(\d+:\d\d:\d\d[.\d]*\)!$", re.MULTILINE)
_OURS = str(Path(__file__).parent.parent / " ").rstrip()


class BrokenPluginError(PluginError):
    """A plugin cannot be used. ``remedy`` says in one line what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def explain(error: BaseException, folder: str = "") -> tuple[str, str]:
    """Return reason and remedy for an error raised by the code of a plugin that lives in ``folder``."""
    if isinstance(error, BrokenPluginError):
        return one_line(error), error.remedy
    if isinstance(error, SyntaxError):
        where = f"{error.filename}, line {error.lineno}"
        return f"{where}: syntax error: {error.msg}", f"correct line {error.lineno} of that file"
    where = _where(error.__traceback__, folder)
    if isinstance(error, SystemExit):
        return f"{where}it calls sys.exit({error.code!r})", "remove that call; raise an exception instead"
    if isinstance(error, MemoryError):
        return f"{where}it needs more memory than it may have", (
            "read and yield in smaller pieces, or declare a larger memory_limit for the source"
        )
    return f"{where}{type(error).__name__}: {one_line(error)}", _remedy(error, where)


def hung_at(output: str, folder: str = "") -> str:
    """Return the place in the plugin that a dump of Python's stack names, as words to put before a reason."""
    _, dump, stack = output.rpartition("(most recent call first):")
    if not dump:
        return ""
    frames = [(match["file"], match["line"]) for match in _FRAME.finditer(stack)]
    theirs = [frame for frame in frames if folder and frame[0].startswith(folder)]
    others = [frame for frame in frames if not frame[0].startswith(_OURS) and "<frozen" not in frame[0]]
    file, line = next(iter(theirs or others), ("", ""))
    return f"{file}, line {line}: " if file else ""


def how_it_ended(
    error: EndedError | OverdueError, output: str, folder: str, limit: float, *, what: str, slow: str, gone: str
) -> tuple[str, str]:
    """Return reason and remedy for a worker process that ended, or had to be, while it did ``what``.

    ``output`` is the end of what it printed; ``slow`` and ``gone`` are the remedies where it took longer than ``limit``
    seconds, and where it ended by itself.
    """
    where = hung_at(output, folder)
    if isinstance(error, OverdueError) or _TIMEOUT.search(output):
        return f"{where}{what} took longer than {limit:g} s, so it was ended", slow
    return f"{where}its worker process {error}", gone


def one_line(what: object, longest: int = 500) -> str:
    """Return ``what`` as one line without control characters, cut where it is very long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(what)).split())
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _where(trace: TracebackType | None, folder: str) -> str:
    """Name the innermost line of the plugin's own code, else the innermost that is not ours."""
    found = ""
    fallback = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if folder and file.startswith(folder):
            found = f"{file}, line {trace.tb_lineno}: "
        elif not file.startswith((_OURS, "<frozen")):
            fallback = f"{file}, line {trace.tb_lineno}: "
        trace = trace.tb_next
    return found or fallback


def _meant(error: ImportError) -> str:
    """Return what carecmon exports that is called nearly so, as words to add."""
    from difflib import get_close_matches

    import carecmon

    wanted = re.search(r"cannot import name '(\w+)' from 'carecmon'", str(error))
    if wanted is None:
        return ""
    name = wanted[1].casefold()
    near = [one for one in carecmon.__all__ if name in one.casefold() or one.casefold() in name]
    near = near or get_close_matches(wanted[1], carecmon.__all__, n=3)
    return f": carecmon has {', '.join(near)}" if near else ""


def _remedy(error: BaseException, where: str) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"install {error.name!r} where carecmon is installed, or correct the import"
    if isinstance(error, ImportError):
        return f"correct the import{_meant(error)}; docs/reference has all that plugins may use"
    return f"correct {'that line' if where else 'what it names'}, or take the plugin away"
