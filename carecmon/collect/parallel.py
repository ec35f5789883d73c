"""Many questions at once, answers in order; one after the other where threads would only be in each other's way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Question = TypeVar("Question")
Answer = TypeVar("Answer")

#: Where threads give an answer in less, in seconds each, they may be waiting for the processor: one alone is tried.
BUSY = 0.002
#: Over so many answers one alone must be as quick as the threads were.
STRETCH = 16


def in_order(
    ask: Callable[[Question], Answer], questions: Iterable[Question], threads: int, name: str
) -> Iterator[Answer]:
    """Yield the answer of ``ask`` to each question, in their order, which ``threads`` called ``name`` ask at once.

    What fails raises in its place, after the answers before it; nothing more is asked then.
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    left = iter(questions)
    wave = 4 * threads
    settle = wave
    try:
        while (pace := (yield from _at_once(pool, ask, left, wave, settle))) is not None:
            yield from _alone(ask, left, pace)
            settle *= 2  # alone was slower: it is tried less and less often
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _at_once(
    pool: ThreadPoolExecutor, ask: Callable[[Question], Answer], left: Iterator[Question], wave: int, settle: int
) -> Generator[Answer, None, float | None]:
    """Ask ``wave`` questions ahead; return the seconds an answer where these were few, None when all are answered.

    They are looked at every ``settle`` answers.
    """
    began, count, pace = time.monotonic(), 0, None
    coming: deque[Future[Answer]] = deque(pool.submit(ask, question) for question in islice(left, wave))
    while coming:
        answer = coming.popleft().result()
        count += 1
        if pace is None and count == settle:
            now = time.monotonic()
            pace = found if (found := (now - began) / count) < BUSY else None
            began, count = now, 0
        if pace is None:
            coming.extend(pool.submit(ask, question) for question in islice(left, 1))
        yield answer
    return pace


def _alone(ask: Callable[[Question], Answer], left: Iterator[Question], pace: float) -> Iterator[Answer]:
    """Ask right here, until answers take longer than ``pace``, in seconds each."""
    count, spent = 0, 0.0
    for question in left:
        began = time.monotonic()
        answer = ask(question)
        spent += time.monotonic() - began
        count += 1
        yield answer
        if spent > STRETCH * pace:
            return
        if count == STRETCH:
            count, spent = 0, 0.0
