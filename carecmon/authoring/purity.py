"""The process in which ``parse`` is tried: does it do the same every time, and without network and clock?

Started as ``python -m carecmon.authoring.purity JOB RESULT``, twice, with another order of sets each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from carecmon.authoring.place import plugin_at
from carecmon.model import NOT_RECORDED, Answer, Observation, Source
from carecmon.registry import isolation
from carecmon.registry.explain import explain
from carecmon.registry.importing import folder_of
from carecmon.registry.place import Place

_CLOCK = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime"},
    "datetime": {"now", "utcnow", "today"},
}
_NETWORK = ("socket.", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")


@dataclass(slots=True)
class Tried:
    """What trying ``parse`` of one source showed. ``digests`` are of what it makes of each answer.

    ``refused`` is what it asked for and must not have; ``unplaced`` counts observations whose cell says nothing but
    the document, ``nowhere`` those whose cell does not even say that. ``memory`` is in MiB, of the whole process.
    """

    digests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    error: str = ""
    observations: int = 0
    unplaced: int = 0
    nowhere: int = 0
    seconds: float = 0.0
    memory: float = 0.0


class RefusedError(Exception):
    """``parse`` asked for the network or the clock."""


def trials(place: Place, answers: Mapping[str, Sequence[Answer]], limit: float) -> list[dict[str, Tried]]:
    """Try ``parse`` of every source in two processes; raise TimeoutError after ``limit`` seconds in one of them."""
    with tempfile.TemporaryDirectory(prefix="carecmon-") as folder:
        job = Path(folder, "job")
        job.write_bytes(pickle.dumps((place, {name: list(given) for name, given in answers.items()})))
        return [_in_process_of_its_own(job, seed, limit) for seed in ("1", "2")]


def _in_process_of_its_own(job: Path, seed: str, limit: float) -> dict[str, Tried]:
    result = job.with_name(f"result-{seed}")
    environment = {**isolation.environment(), "PYTHONHASHSEED": seed}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "carecmon.authoring.purity", str(job), str(result)],
            env=environment, cwd=job.parent, timeout=limit, capture_output=True, text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"reading the answers takes longer than {limit:g} s") from None
    if not result.exists():
        raise TimeoutError(f"the process that reads the answers ended with {done.returncode}: {done.stderr[-300:]}")
    return {name: Tried(**raw) for name, raw in json.loads(result.read_text("utf-8")).items()}


def main(job: Path, result: Path) -> None:
    """Try every source of the job; write what was found as JSON."""
    place, answers = pickle.loads(job.read_bytes())
    plugin = plugin_at(place)
    guard = _Guard((folder_of(place), str(Path(__file__).parent.parent / "sources")))
    found = {name: _try(plugin.sources[name], given, guard, folder_of(place)) for name, given in answers.items()}
    result.write_text(json.dumps({name: asdict(tried) for name, tried in found.items()}), "utf-8")
    sys.stdout.flush()
    os._exit(0)  # threads that the plugin has started must not keep us here


def _try(source: Source, answers: Sequence[Answer], guard: _Guard, folder: str) -> Tried:
    tried = Tried()
    try:
        for answer in answers:
            began = time.perf_counter()
            tried.digests.append(_digest(source, answer, tried))
            tried.seconds += time.perf_counter() - began
        tried.memory = _peak()
        for number, answer in enumerate(answers):
            with guard:
                again = _digest(source, answer, Tried())
            if again != tried.digests[number]:
                tried.digests[number] += " and " + again
    except Exception as exc:
        tried.error = "" if guard.refused else explain(exc, folder)[0]
    tried.refused = list(dict.fromkeys(guard.refused))
    guard.refused.clear()
    return tried


def _digest(source: Source, answer: Answer, tried: Tried) -> str:
    digest = hashlib.sha256()
    for item in source.parse(answer):
        digest.update(repr(item).encode("utf-8", "surrogatepass"))
        if isinstance(item, Observation):
            cell = item.cell
            tried.observations += 1
            tried.nowhere += not cell.document
            tried.unplaced += all(part == NOT_RECORDED for part in (cell.location, cell.row, cell.column, cell.raw))
    return digest.hexdigest()


class _Guard:
    """While it is entered, whoever asks for the network, another process or the clock gets RefusedError.

    The clock is refused only to ``files``: libraries may read it for reasons of their own.
    """

    def __init__(self, files: tuple[str, ...]) -> None:
        self.refused: list[str] = []
        self._files = files
        self._entered = False
        sys.addaudithook(self._audit)

    def __enter__(self) -> None:
        self._entered = True
        sys.setprofile(self._profile)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        self._entered = False

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._entered and event.startswith(_NETWORK):
            self._refuse(f"{event} (network or another process)")

    def _profile(self, frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or not frame.f_code.co_filename.startswith(self._files):
            return
        name, owner = getattr(called, "__name__", ""), getattr(called, "__self__", None)
        module = getattr(owner, "__module__", None) if isinstance(owner, type) else getattr(called, "__module__", "")
        if name in _CLOCK.get(module or "", ()):
            self._refuse(f"{module}.{name}() in {frame.f_code.co_filename}, line {frame.f_lineno}")

    def _refuse(self, what: str) -> None:
        self.refused.append(what)
        raise RefusedError(f"parse asks for {what}")


def _peak() -> float:
    """Return the most memory this process had, in MiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError, StopIteration):  # ru_maxrss of Linux counts what our parent had when it forked
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    with contextlib.suppress(ImportError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
