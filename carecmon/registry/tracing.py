"""What plugins do when they are asked, and how long it takes: for ``check --trace-plugins``."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sized
from typing import Any

import pluggy

#: Is told one line about each call of a hook.
Trace = Callable[[str], None]


def trace_hooks(manager: pluggy.PluginManager, plugin: object, name: str, tell: Trace) -> None:
    """Have every later call of a hook of ``plugin`` told: which, how long it took, what came of it.

    Hooks are wrapped one by one, because those that declare are called one by one: a failing one costs its plugin only.
    """
    for caller in manager.get_hookcallers(plugin) or ():
        for impl in caller.get_hookimpls():
            if impl.plugin is plugin:
                impl.function = _timed(impl.function, f"{name}.{caller.name}", tell)  # type: ignore[misc]


def _timed(function: Callable[..., Any], what: str, tell: Trace) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        began = time.perf_counter()
        came = "raised an error"
        try:
            answer = function(*args, **named)
            came = f"gave {len(answer)}" if isinstance(answer, Sized) else "done" if answer is None else "gave one"
            return answer
        finally:
            tell(f"{(time.perf_counter() - began) * 1000:8.2f} ms  {what}  {came}")

    return call
