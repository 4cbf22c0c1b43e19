import threading
import time
from itertools import islice

import pytest
import torch

from retrieval_core.training.prefetch import in_order, threads_for


@pytest.mark.parametrize("threads", [0, 1, 3, 9])
def test_what_is_made_ahead_comes_in_order_however_long_each_takes(threads):
    def make(number):
        time.sleep(0.002 * (5 - number % 5))
        return number * number

    assert list(in_order(make, range(7, 19), threads)) == [number * number for number in range(7, 19)]


@pytest.mark.parametrize("threads", [0, 2])
def test_an_error_comes_when_its_turn_has_come(threads):
    def make(number):
        if number == 2:
            raise OSError("broken photograph")
        return number

    coming = in_order(make, range(5), threads)
    assert list(islice(coming, 2)) == [0, 1]
    with pytest.raises(OSError, match="broken photograph"):
        next(coming)


def test_no_more_is_begun_than_is_asked_for():
    begun, gate = [], threading.Event()

    def make(number):
        begun.append(number)
        gate.wait(10)
        return number

    coming = in_order(make, range(100), 3)
    threading.Timer(0.1, gate.set).start()
    assert next(coming) == 0
    coming.close()
    assert set(begun) <= {0, 1, 2, 3}


def test_a_processor_that_trains_makes_nothing_ahead():
    assert threads_for(torch.device("cpu")) == 0
    assert threads_for(torch.device("cuda")) > 0
