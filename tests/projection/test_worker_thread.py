"""Work in a thread as a generator: its reports, its result, its faults, and its end when nobody listens any more."""

import threading
from itertools import count

import pytest

from retrieval_core.progress import Progress
from retrieval_core.projection.worker_thread import run_in_thread


def test_reports_come_in_order_and_the_result_at_the_end():
    def work(report):
        stopped = [report(Progress("work", done, 3)) for done in range(3)]
        return stopped, threading.current_thread()

    steps = run_in_thread(work)
    assert [next(steps).done for _ in range(3)] == [0, 1, 2]
    with pytest.raises(StopIteration) as end:
        next(steps)
    stopped, thread = end.value.value
    assert stopped == [False] * 3
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


def test_what_the_work_raises_comes_out_after_its_reports():
    def work(report):
        report(Progress("work", 1, 2))
        raise ZeroDivisionError("in the thread")

    steps = run_in_thread(work)
    assert next(steps).done == 1
    with pytest.raises(ZeroDivisionError, match="in the thread"):
        next(steps)


def test_work_hears_that_the_generator_was_closed_and_ends_before_close_returns():
    ended = threading.Event()

    def work(report):
        for done in count():
            if report(Progress("work", done, done + 1)):
                ended.set()
                return

    steps = run_in_thread(work)
    next(steps)
    assert not ended.is_set()
    steps.close()
    assert ended.is_set()
