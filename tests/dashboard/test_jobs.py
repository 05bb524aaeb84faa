"""Computations take turns: so many at a time, one a visitor, first come first served."""

import threading
from contextlib import suppress

import pytest

from engagesim.dashboard.jobs import Job, Stopped, Turns, stop_all
from engagesim.errors import EngagementError

SOON = 10


def wait_in_vain(turns, visitor, stopping):
    with suppress(Stopped), turns.turn(visitor, stopping):
        raise AssertionError("it was not its turn")


def test_no_more_run_at_a_time_than_allowed_and_of_one_visitor_one():
    turns, gate = Turns(at_a_time=2, most_waiting=100), threading.Event()
    running, seen, lock = [], [], threading.Lock()

    def work(visitor):
        with turns.turn(visitor, threading.Event()):
            with lock:
                running.append(visitor)
                seen.append(sorted(running))
            gate.wait(0.01)
            with lock:
                running.remove(visitor)

    threads = [threading.Thread(target=work, args=(name,)) for name in "aabbccdd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert len(seen) == 8
    assert all(len(each) <= 2 and len(set(each)) == len(each) for each in seen)


def test_one_visitor_who_asks_much_does_not_keep_the_next_one_waiting():
    turns, stopping = Turns(at_a_time=2), threading.Event()
    with turns.turn("greedy", stopping):
        waits = threading.Thread(target=wait_in_vain, args=(turns, "greedy", stopping))
        waits.start()
        with turns.turn("modest", threading.Event()):
            pass
        stopping.set()
        waits.join(SOON)
    assert not waits.is_alive()


def test_a_failure_while_waiting_gives_up_the_place():
    turns = Turns(at_a_time=1)

    def broken(_):
        raise RuntimeError("the page is gone")

    with (
        turns.turn("first", threading.Event()),
        pytest.raises(RuntimeError),
        turns.turn("gone", threading.Event(), broken),
    ):
        raise AssertionError("it was not its turn")
    stopping = threading.Event()
    threading.Timer(SOON, stopping.set).start()
    with turns.turn("next", stopping):
        pass


def test_those_who_wait_are_told_how_many_are_ahead_and_may_leave():
    turns, stopping, told = Turns(at_a_time=1), threading.Event(), []

    def ahead(number):
        told.append(number)
        stopping.set()

    with turns.turn("first", threading.Event()), pytest.raises(Stopped), turns.turn("second", stopping, ahead):
        pass
    assert told == [1]
    with turns.turn("third", threading.Event()):
        pass


def test_too_many_who_wait_are_sent_away():
    turns, stopping = Turns(at_a_time=1, most_waiting=1), threading.Event()
    with turns.turn("first", threading.Event()):
        waits = threading.Thread(target=wait_in_vain, args=(turns, "second", stopping))
        waits.start()
        while not turns._line:
            pass
        with pytest.raises(EngagementError, match="are waiting"), turns.turn("third", threading.Event()):
            pass
        stopping.set()
        waits.join(SOON)


@pytest.fixture
def job():
    job = Job("somebody", Turns(at_a_time=1))
    job.ended = threading.Event()
    job.progress.subscribe(lambda now: None if now.is_busy else job.ended.set())
    return job


def test_a_job_tells_how_far_it_is_and_what_came_of_it(job):
    shares = []
    job.progress.subscribe(lambda now: shares.append(now.share))
    job.start(lambda report: [report(0.5), 42][1])
    assert job.ended.wait(SOON)
    assert (job.progress.peek().phase, job.progress.peek().result) == ("done", 42)
    assert 0.5 in shares


def test_what_goes_wrong_is_said_and_a_job_can_be_stopped(job):
    def fail(report):
        raise EngagementError("too large")

    job.start(fail)
    assert job.ended.wait(SOON)
    assert (job.progress.peek().phase, job.progress.peek().text) == ("failed", "too large")

    under_way, given_up = threading.Event(), threading.Event()

    def endless(report):
        try:
            while True:
                report(0.1)
                under_way.set()
        finally:
            given_up.set()

    job.start(endless)
    assert under_way.wait(SOON)
    job.stop()
    assert given_up.wait(SOON)
    assert job.progress.peek().phase == "stopped"


def test_nothing_is_computed_any_more_once_the_server_has_ended(job):
    under_way, left, workers = threading.Event(), threading.Event(), []

    def endless(report):
        workers.append(threading.current_thread())
        try:
            while True:
                report(0.1)
                under_way.set()
        finally:
            left.set()

    job.start(endless)
    assert under_way.wait(SOON)
    stop_all()
    assert left.is_set()
    assert [each for each in workers if each.is_alive()] == []
