"""Many questions at once, answers in order; one after the other where threads would only be in each other's way."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Question = TypeVar("Question")
Answer = TypeVar("Answer")

#: Where answers come in less than the first, in seconds each, threads do not wait but take turns at working, and one
#: alone is quicker. It goes on alone until an answer takes the second.
BUSY, SLOW = 0.002, 0.004


def in_order(
    ask: Callable[[Question], Answer], questions: Iterable[Question], threads: int, name: str
) -> Iterator[Answer]:
    """Yield the answer of ``ask`` to each question, in their order, which ``threads`` called ``name`` ask at once.

    What fails raises in its place, after the answers before it; nothing more is asked then.
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    left = iter(questions)
    try:
        while coming := deque(pool.submit(ask, question) for question in islice(left, 4 * threads)):
            yield from _at_once(pool, ask, left, coming)
            yield from _alone(ask, left)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _at_once(
    pool: ThreadPoolExecutor, ask: Callable[[Question], Answer], left: Iterator[Question], coming: deque[Future[Answer]]
) -> Iterator[Answer]:
    """Yield what is ``coming``, with a further question for each answer, as long as there is a wait for answers."""
    many, busy = len(coming), False
    began, count = time.monotonic(), 0
    while coming:
        answer = coming.popleft().result()
        count += 1
        if count == many:
            now = time.monotonic()
            busy = now - began < many * BUSY
            began, count = now, 0
        if not busy:
            coming.extend(pool.submit(ask, question) for question in islice(left, 1))
        yield answer


def _alone(ask: Callable[[Question], Answer], left: Iterator[Question]) -> Iterator[Answer]:
    """Ask right here, until an answer takes long."""
    for question in left:
        began = time.monotonic()
        answer = ask(question)
        slow = time.monotonic() - began > SLOW
        yield answer
        if slow:
            return
