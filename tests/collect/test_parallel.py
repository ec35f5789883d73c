import random
import threading
import time
from itertools import count

import pytest

from carecmon.collect import parallel
from carecmon.collect.parallel import in_order

THREADS = 8


class Web:
    """Answers each number with itself, after ``wait`` seconds; knows who asked."""

    def __init__(self, wait=lambda number: 0.0):
        self.wait = wait
        self.askers = {}

    def ask(self, number):
        self.askers[number] = threading.current_thread()
        time.sleep(self.wait(number))
        return number

    def all(self, numbers):
        return list(in_order(self.ask, numbers, THREADS, "ask"))

    @property
    def asked_here(self):
        return [number for number, asker in self.askers.items() if asker is threading.current_thread()]


def here():
    return threading.current_thread() is threading.main_thread()


def test_answers_come_in_the_order_of_the_questions_however_long_each_takes():
    lengths = random.Random(1)
    assert Web(lambda number: lengths.choice((0.0, 0.001, 0.02))).all(range(400)) == list(range(400))


def test_where_answers_take_long_as_many_are_asked_at_once_as_may_be(monkeypatch):
    monkeypatch.setattr(parallel, "BUSY", 0.0)
    together = threading.Barrier(THREADS, timeout=20)

    def ask(number):
        together.wait()
        return number

    assert list(in_order(ask, range(5 * THREADS), THREADS, "ask")) == list(range(5 * THREADS))


def test_where_one_alone_is_quicker_than_the_threads_it_asks_for_the_rest(monkeypatch):
    monkeypatch.setattr(parallel, "BUSY", 1.0)
    web = Web(lambda number: 0.0 if here() else 0.1)
    web.all(range(1000))
    assert web.asked_here == list(range(1000 - len(web.asked_here), 1000)) and len(web.asked_here) > 900


def test_where_one_alone_is_slower_it_is_tried_less_and_less_often(monkeypatch):
    monkeypatch.setattr(parallel, "BUSY", 1.0)
    web = Web(lambda number: 0.1 if here() else 0.0)
    assert web.all(range(1000)) == list(range(1000))
    assert 1 <= len(web.asked_here) < 40


def test_where_threads_wait_long_for_each_answer_one_alone_is_not_tried(monkeypatch):
    monkeypatch.setattr(parallel, "BUSY", 0.0)
    web = Web()
    web.all(range(200))
    assert web.asked_here == []


def test_no_question_costs_nothing():
    assert Web().all([]) == []


@pytest.mark.parametrize("bad", [3, 900])
def test_a_failure_comes_in_its_place_and_then_nothing_more_is_asked(bad):
    web = Web()

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
    assert len(web.askers) <= asked + THREADS and asked < bad + 6 * THREADS


def test_who_stops_listening_stops_the_asking():
    web = Web(lambda number: 0.005)
    answers = in_order(web.ask, count(), THREADS, "ask")
    next(answers)
    answers.close()
    time.sleep(0.05)
    assert len(web.askers) <= 4 * THREADS + 1
