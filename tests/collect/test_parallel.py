import random
import threading
import time
from itertools import count

import pytest

from carecmon.collect import parallel
from carecmon.collect.parallel import in_order

THREADS = 8


class Web:
    """Answers each number with itself, after ``wait`` seconds; knows who asked, and how many at once."""

    def __init__(self, wait):
        self.wait = wait
        self.askers = {}
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def ask(self, number):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.askers[number] = threading.current_thread()
        time.sleep(self.wait(number))
        with self._lock:
            self._now -= 1
        return number

    def all(self, numbers):
        return list(in_order(self.ask, numbers, THREADS, "ask"))


def at_once(number):
    return 0.0


def test_answers_come_in_the_order_of_the_questions_however_long_each_takes():
    lengths = random.Random(1)
    assert Web(lambda number: lengths.choice((0.0, 0.001, 0.02))).all(range(400)) == list(range(400))


def test_where_answers_take_long_as_many_are_asked_at_once_as_may_be():
    web = Web(lambda number: 0.02)
    web.all(range(40))
    assert web.most == THREADS
    assert threading.main_thread() not in web.askers.values()


def test_where_answers_are_there_at_once_one_thread_asks_for_the_rest(monkeypatch):
    monkeypatch.setattr(parallel, "BUSY", 1.0)  # at once even where this machine is busy
    monkeypatch.setattr(parallel, "SLOW", 1.0)
    web = Web(at_once)
    web.all(range(1000))
    alone = [number for number, asker in web.askers.items() if asker is threading.main_thread()]
    assert alone == list(range(1000 - len(alone), 1000)) and len(alone) > 900


def test_answers_that_come_to_take_long_are_asked_at_once_again():
    web = Web(lambda number: 0.02 if number >= 600 else 0.0)
    web.all(range(600))
    web.most = 0
    web.all(range(500, 700))
    assert web.most == THREADS


def test_no_question_costs_nothing():
    assert Web(at_once).all([]) == []


@pytest.mark.parametrize("bad", [3, 900])
def test_a_failure_comes_in_its_place_and_then_nothing_more_is_asked(bad):
    web = Web(at_once)

    def ask(number):
        if number == bad:
            raise LookupError(number)
        return web.ask(number)

    answers = in_order(ask, count(), THREADS, "ask")
    assert [next(answers) for _ in range(bad)] == list(range(bad))
    with pytest.raises(LookupError):
        next(answers)
    asked = len(web.askers)
    time.sleep(0.05)
    assert len(web.askers) == asked < bad + 6 * THREADS


def test_who_stops_listening_stops_the_asking():
    web = Web(lambda number: 0.005)
    answers = in_order(web.ask, count(), THREADS, "ask")
    next(answers)
    answers.close()
    time.sleep(0.05)
    assert len(web.askers) <= 2 * THREADS + 1
