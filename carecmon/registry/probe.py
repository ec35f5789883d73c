"""Try plugins from outside in a process that they may take down, before they are imported here.

Started as ``python -m carecmon.registry.probe FD places``; tells for each plugin that it begins, and how it went.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple
from functools import cache
from pathlib import Path

from carecmon.registry import isolation
from carecmon.registry.explain import explain, how_it_ended
from carecmon.registry.importing import declared_by, folder_of, import_plugin, new_manager, register
from carecmon.registry.place import Place
from carecmon.registry.validate import validate

MEMORY = 1024
_SLOW = "do nothing but declare when it is imported; fetch and read in fetch and parse"
_GONE = "do nothing but declare when it is imported; look for os._exit and for libraries that crash"
#: What is said of a plugin that used up its time.
LATE = "importing it took longer than"


@contextmanager
def probing(places: Sequence[Place], time_limit: float) -> Iterator[Callable[[], Mapping[str, tuple[str, str]]]]:
    """Begin to try ``places``; yield what waits until that is done, and returns reason and remedy by name of failure.

    Each place has ``time_limit`` seconds. They are tried beside whatever the caller does until it asks; leaving the
    context ends what still runs.
    """
    if not places or not isolation.SUPPORTED:
        yield dict
        return
    with ExitStack() as running:
        begun = running.enter_context(_child(places, time_limit))

        @cache
        def failed() -> Mapping[str, tuple[str, str]]:
            found: dict[str, tuple[str, str]] = {}
            done = _listen(begun, places, time_limit, found)
            while done < len(places):
                with _child(places[done:], time_limit) as child:
                    done += _listen(child, places[done:], time_limit, found)
            return found

        yield failed


def _child(places: Sequence[Place], time_limit: float) -> isolation.Child:
    job = marshal.dumps((time_limit, [astuple(place) for place in places]))
    return isolation.Child("carecmon.registry.probe", {"places": job})


def _listen(
    child: isolation.Child, places: Sequence[Place], time_limit: float, failed: dict[str, tuple[str, str]]
) -> int:
    """Hear of one place after the other; return how many are dealt with, one that took the process down included."""
    done = 0
    begun = False
    deadline = time.monotonic() + isolation.STARTING
    try:
        while done < len(places):
            what, *rest = child.receive(deadline)
            if what == "begin":
                begun = True
                deadline = time.monotonic() + time_limit + isolation.GRACE
            else:
                begun = False
                if what == "broken":
                    failed[places[done].name] = (rest[0], rest[1])
                done += 1
    except (isolation.EndedError, isolation.OverdueError) as exc:
        place = places[done]
        if begun or isinstance(exc, isolation.OverdueError):
            failed[place.name] = how_it_ended(
                exc, child.output, folder_of(place), time_limit, what="importing it", slow=_SLOW, gone=_GONE
            )
        else:
            said = f"the process that tries plugins {exc}: {child.output[-300:]}"
            failed[place.name] = (said, "run carecmon doctor")
        done += 1
    return done


def main(fd: int, job: str) -> None:
    """Probe one plugin after the other, telling the parent about each."""
    emit = isolation.connect(fd)
    time_limit, places = marshal.loads(Path(job).read_bytes())
    isolation.limit_memory(MEMORY)
    for place in (Place(*fields) for fields in places):
        isolation.limit_time(time_limit)
        emit(("begin",))
        try:
            plugin = import_plugin(place)
            manager = new_manager()
            register(manager, plugin, place.name)
            validate(declared_by(manager, plugin))
        except BaseException as exc:  # whatever a plugin does, the next one is tried
            emit(("broken", *explain(exc, folder_of(place))))
        else:
            emit(("passed",))
    sys.stdout.flush()
    os._exit(0)  # threads that plugins have started must not keep us here


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
