"""A child process for code that may do anything wrong: heard through a pipe of its own, ended as a group.

This protects against bugs, not against malice. A frame is a tuple of plain values, sent by marshal behind its
length and checksum: quick, and unlike pickle it runs nothing when it is read.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from zlib import crc32

#: Whether this platform has what isolation needs: process groups, and pipes that can be polled.
SUPPORTED = os.name == "posix"
OUTPUT_LIMIT = 65536
#: Seconds until a child is ready, and how long it may take beyond a limit: it ends itself first, saying where it hangs.
STARTING, GRACE = 30.0, 0.5

_HEADER = struct.Struct(">4sII")
_MAGIC = b"ccm1"
_LONGEST = 1 << 28
_KEPT = {
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "USER",
    "LOGNAME", "SYSTEMROOT", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
}  # fmt: skip

Frame = tuple[Any, ...]
Emit = Callable[[Frame], None]


class EndedError(Exception):
    """The child ended, or closed its pipe, before it said that it was done. The text says how."""


class OverdueError(Exception):
    """The child has not answered by its deadline."""


def environment(secrets: Iterable[str] = ()) -> dict[str, str]:
    """Return what a child may see of our environment: no secrets but the variables named."""
    named = frozenset(secrets)
    seen = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT or name.startswith(("PYTHON", "LC_")) or name in named
    }
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):  # the child stands in another folder
        if seen.get(name):
            seen[name] = os.path.abspath(seen[name])  # noqa: PTH100
    # Each thread's own heap would take 64 MiB of the address space that the memory limit counts.
    seen.setdefault("MALLOC_ARENA_MAX", "2")
    # The child starts in another folder: what is importable here must be importable there.
    seen["PYTHONPATH"] = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100
    return seen


def connect(fd: int) -> Emit:
    """In the child: return the function that sends one frame to the parent."""
    os.set_inheritable(fd, False)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import faulthandler

    faulthandler.enable(2)  # a crash in C then says in which line of the plugin

    def emit(frame: Frame) -> None:
        content = marshal.dumps(frame)
        rest = memoryview(_HEADER.pack(_MAGIC, len(content), crc32(content)) + content)
        while rest:
            rest = rest[os.write(fd, rest) :]

    return emit


def requests() -> Iterator[str]:
    """In the child: return what gives the path of each file that the parent hands it, until there are no more.

    They come by stdin. From now on whoever else reads stdin finds nothing there, and does not wait.
    """
    names = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return (os.fsdecode(name.removesuffix(b"\n")) for name in os.fdopen(names, "rb"))


def limit_memory(mebibytes: int) -> None:
    """In the child: let this process have no more than so much address space; without effect where unsupported."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = mebibytes << 20
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def limit_time(seconds: float) -> None:
    """In the child: after so long, say on stderr where the code hangs and end, even if the parent is gone by then."""
    import faulthandler

    faulthandler.dump_traceback_later(min(seconds, 1e6), exit=True, file=2)


class Child:
    """A Python process of its own running ``python -m module FD ARGUMENTS``, in a folder of its own.

    A context manager: leaving it ends the process and everything it started that stayed in its group. With ``asks``
    it reads from stdin, by ``requests``, the paths of the files that ``ask`` hands it later.
    """

    def __init__(
        self, module: str, files: Mapping[str, bytes], *, secrets: Iterable[str] = (), asks: bool = False
    ) -> None:
        import select
        import subprocess
        import tempfile

        self._folder = tempfile.TemporaryDirectory(prefix="carecmon-", ignore_cleanup_errors=True)
        for name, content in files.items():
            with open(os.path.join(self._folder.name, name), "wb") as file:  # noqa: PTH118, PTH123
                file.write(content)
        self._data, data = os.pipe()
        self._says, says = os.pipe()
        _widen(data)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, str(data), *files],
                stdin=subprocess.PIPE if asks else subprocess.DEVNULL,
                stdout=says, stderr=says, pass_fds=(data,), start_new_session=True,
                cwd=self._folder.name, env=environment(secrets),
            )  # fmt: skip
        except BaseException:
            os.close(self._data)
            os.close(self._says)
            self._folder.cleanup()
            raise
        finally:
            os.close(data)
            os.close(says)
        self._poll = select.poll()
        self._poll.register(self._data, select.POLLIN)
        self._poll.register(self._says, select.POLLIN)
        self._asked = 0
        self._received = bytearray()
        self._output = bytearray()
        self._open = True

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def receive(self, deadline: float) -> Frame:
        """Return the next frame; raise EndedError if none will come, OverdueError after ``deadline``.

        The deadline is one of time.monotonic, in seconds.
        """
        while (frame := self._next()) is None:
            self._listen(deadline)
        return frame

    def ask(self, write: Callable[[BinaryIO], None]) -> None:
        """Hand the child a file more, which ``write`` fills and the child removes; raise EndedError if it has ended.

        Never waits: only the file's name goes by the pipe.
        """
        assert self._process.stdin is not None
        self._asked += 1
        # Whole, because the code in the child may change its folder.
        path = os.path.join(os.path.abspath(self._folder.name), f"asked-{self._asked}")  # noqa: PTH100, PTH118
        with open(path, "wb") as file:  # noqa: PTH123
            write(file)
        try:
            self._process.stdin.write(os.fsencode(f"{path}\n"))
            self._process.stdin.flush()
        except BrokenPipeError:
            raise EndedError(self._how()) from None

    @property
    def output(self) -> str:
        """The end of what the child printed, to stdout and stderr together."""
        while self._open and any(fd == self._says for fd, _ in self._poll.poll(0)) and self._hear():
            pass
        return self._output.decode("utf-8", "replace")

    def kill(self) -> None:
        """End the process and its group, at once. May be called from another thread."""
        import signal

        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill, reap, and remove the folder."""
        if not self._open:
            return
        self._open = False
        self.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        os.close(self._data)
        os.close(self._says)
        self._folder.cleanup()

    def _next(self) -> Frame | None:
        if len(self._received) < _HEADER.size:
            return None
        magic, length, checksum = _HEADER.unpack_from(self._received)
        if magic != _MAGIC or length > _LONGEST:
            raise EndedError("wrote something else into the pipe that its results go through")
        end = _HEADER.size + length
        if len(self._received) < end:
            return None
        content = bytes(memoryview(self._received)[_HEADER.size : end])
        del self._received[:end]
        if crc32(content) != checksum:
            raise EndedError("sent a damaged result")
        frame: Frame = marshal.loads(content)
        return frame

    def _listen(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise OverdueError
        # Short turns: a grandchild may hold the pipe open after the child has ended.
        ready = self._ready(min(left, 0.2))
        if not ready and self._exit_status() is not None:
            ready = self._ready(0)  # its last words may have come since
            if self._data not in ready:
                raise EndedError(self._how())
        if self._says in ready and not self._hear():
            self._poll.unregister(self._says)
        if self._data in ready:
            content = os.read(self._data, 1 << 20)
            if not content:
                raise EndedError(self._how())
            self._received += content

    def _ready(self, seconds: float) -> list[int]:
        return [fd for fd, _ in self._poll.poll(seconds * 1000)]

    def _hear(self) -> bool:
        said = os.read(self._says, 65536)
        self._output += said
        del self._output[:-OUTPUT_LIMIT]
        return bool(said)

    def _exit_status(self) -> int | None:
        """Return how the child ended, without reaping it: its number must stay taken until its group is killed."""
        if not hasattr(os, "waitid"):
            return self._process.poll()
        ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def _how(self) -> str:
        import signal

        until = time.monotonic() + 1.0
        while (status := self._exit_status()) is None and time.monotonic() < until:
            time.sleep(0.01)
        if status is None:
            return "closed the pipe that its results go through"
        if status < 0:
            return f"was ended by {signal.Signals(-status).name}"
        return f"ended by itself, with exit code {status}, before it was done"


def _widen(fd: int) -> None:
    """Give a pipe room for a whole frame, so that both sides work at once; Linux only."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, 1 << 20)
