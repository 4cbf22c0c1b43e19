"""Work that calls back, such as a library's optimizer, as a generator of its reports."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

from retrieval_core.progress import Progress

Result = TypeVar("Result")


def run_in_thread(work: Callable[[Callable[[Progress], bool]], Result]) -> Generator[Progress, None, Result]:
    """Run `work(report)` in a thread of its own; yield what it reports and return its result.

    `report(progress)` returns True once the generator was closed: `work` must then end soon, since closing waits for it.
    What `work` raises is raised here.
    """
    reports: SimpleQueue[Progress | None] = SimpleQueue()
    closed = Event()

    def report(progress: Progress) -> bool:
        reports.put(progress)
        return closed.is_set()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(work, report)
        running.add_done_callback(lambda _: reports.put(None))
        try:
            while (progress := reports.get()) is not None:
                yield progress
        finally:
            closed.set()
        return running.result()
