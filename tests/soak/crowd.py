"""Many people at the app at once: each turns pages, clicks, and loads what the pages show; every answer is awaited and timed.

    python tests/soak/crowd.py [--minutes 10] [--sessions 30] [--cache FOLDER]

Without a folder a tiny town is made first (minutes); with one, its dataset `town` must be there. A session speaks the websocket of
the app, as a browser does, and fetches the files that a page names. A click is timed from its message to the end of the page's
script, as the server says it. Exit status 1 where anything failed, or where 95 % of the clicks take more than a second.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx2
import websockets
from app_server import start_server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tiny_runs import tiny_python_path

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.run_list import default_run
from retrieval_core.workspace import Workspace

PAUSE = 8.0  # seconds between two clicks of a person, on average
FILES = 12  # of those that a page names, fetched after a click
LIMIT = 1.0  # seconds within which 95 % of the clicks have to be answered
PAGES = ("", "map", "query", "compare", "ledger", "failures", "laboratory", "unlabelled")
CHOICES = {"query": {"show": ["ranking", "machine", "flow"], "strips": ["one", "two", "all"]}, "map": {"subset": ["all", "labelled"]},
           "compare": {"rows": ["report", "all", "landmark"], "cells": ["ap", "change"]},
           "failures": {"atlas": ["hard", "first", "stuck", "hubs", "confusion"]}}  # fmt: skip
ADDRESS = re.compile(r"files/[a-z-]+/[^\"\\\s]+")


@dataclass
class Tally:
    """What came of a crowd."""

    clicks: list[tuple[str, float]] = field(default_factory=list)  # page, seconds
    first: float = 0.0  # seconds of the slowest page when each was opened for the first time
    processor: float = 0.0  # seconds of a processor that the server used
    files: int = 0
    errors: Counter = field(default_factory=Counter)
    megabytes: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Town:
    """What there is to click at."""

    models: tuple[str, ...]
    queries: tuple[str, ...]
    photographs: tuple[str, ...]


def open_town(cache: Path) -> Town:
    """The town of a cache and the models that have described it."""
    workspace = Workspace(cache)
    dataset = open_dataset(workspace, "town")
    states = model_states(workspace, "town", default_run(workspace, "town"))
    return Town(tuple(state.key for state in states if state.explorable), tuple(query.id for query in dataset.queries),
                tuple(image.id for image in dataset.images))  # fmt: skip


def click(dice: random.Random, town: Town, link: dict[str, str], page: str) -> tuple[str, dict[str, str]]:
    """What a person does next: another page, or something else on this one."""
    if dice.random() < 0.3:
        page = dice.choice(PAGES)
    change = dice.choice([{"model": dice.choice(town.models)}, {"query": dice.choice(town.queries)},
                          {"selection": ",".join(dice.sample(town.photographs, 3))},
                          *({name: dice.choice(values)} for name, values in CHOICES.get(page, {}).items())])  # fmt: skip
    return page, link | change


async def answer(socket, message: BackMsg) -> tuple[list[str], list[str]]:
    """Send a message and wait for the end of the page's script: the files that the page names, and what went wrong."""
    await socket.send(message.SerializeToString())
    named, wrong = [], []
    while True:
        heard = ForwardMsg()
        heard.ParseFromString(await asyncio.wait_for(socket.recv(), 60))
        kind = heard.WhichOneof("type")
        if kind == "delta":
            element = heard.delta.new_element
            if element.WhichOneof("type") == "exception":
                wrong.append(f"exception: {element.exception.message[:80]}")
            if element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR:
                wrong.append(f"error: {element.alert.body[:80]}")
            if element.WhichOneof("type") == "bidi_component":
                named += ADDRESS.findall(element.bidi_component.json)
        if kind == "script_finished" and heard.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return named, wrong + (["compile error"] if heard.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR else [])


def open_app(address: str):
    """The connection of a page that is opened."""
    return websockets.connect(
        f"{address.replace('http', 'ws')}/_stcore/stream", max_size=None, open_timeout=60, origin=address, subprotocols=["streamlit"]
    )


async def session(number: int, address: str, town: Town, until: float, tally: Tally) -> None:
    """One person: opens the app, clicks until the time is over, and comes back after a reload now and then."""
    dice, page, link, kept = random.Random(number), "", {"dataset": "town"}, set[str]()
    await asyncio.sleep(dice.uniform(0, min(PAUSE, (until - time.monotonic()) / 4)))
    async with httpx2.AsyncClient(base_url=address, timeout=60) as files:
        while time.monotonic() < until:
            try:
                async with open_app(address) as socket:
                    for _ in range(dice.randrange(5, 40)):  # then the page is loaded anew
                        page, link = click(dice, town, link, page)
                        await one_click(socket, files, page, link, kept, tally)
                        if time.monotonic() > until:
                            break
                        await asyncio.sleep(dice.expovariate(1 / PAUSE))
            except Exception as error:  # whatever it is, it is counted and the person comes back
                tally.errors[f"{type(error).__name__}: {str(error)[:80]}"] += 1
                await asyncio.sleep(1)


async def one_click(socket, files, page: str, link: dict[str, str], kept: set[str], tally: Tally) -> None:
    """A click, timed, and the files of the page that follow it, but for those that a browser has kept."""
    message = BackMsg()
    message.rerun_script.query_string = "&".join(f"{name}={value}" for name, value in link.items())
    message.rerun_script.page_name = page
    start = time.monotonic()
    named, wrong = await answer(socket, message)
    tally.clicks.append((page or "start", time.monotonic() - start))
    tally.errors.update(wrong)
    for name in list(dict.fromkeys(named))[:FILES]:
        if name in kept:
            continue
        found = await files.get(f"/{name}" + ("&point=0" if "neighbours-of" in name else ""))
        tally.files += 1
        if "immutable" in found.headers.get("cache-control", ""):
            kept.add(name)
        if found.status_code >= 400:
            tally.errors[f"{found.status_code} {name[:60]}: {found.text[:60]}"] += 1


def memory(pid: int) -> float:
    """Megabytes that a process and its children hold."""
    found = subprocess.run(["ps", "-o", "rss=", "--pid", str(pid), "--ppid", str(pid)], capture_output=True, text=True).stdout
    return sum(int(line) for line in found.split()) / 1024


def processor_seconds(pid: int) -> float:
    """Seconds of a processor that a process has used so far, where the system tells; it does not depend on what else runs."""
    try:
        used = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


async def crowd(address: str, pid: int, town: Town, sessions: int, seconds: float) -> Tally:
    """All sessions at once, and the server's memory every second; every page was opened before, which loads the libraries."""
    first = Tally()
    async with open_app(address) as socket, httpx2.AsyncClient(base_url=address, timeout=60) as files:
        for page in PAGES:
            await one_click(socket, files, page, {"dataset": "town", "model": town.models[0]}, set(), first)
    tally, until = Tally(first=max(taken for _, taken in first.clicks), errors=first.errors), time.monotonic() + seconds
    begun = processor_seconds(pid)
    people = asyncio.gather(*(session(number, address, town, until, tally) for number in range(sessions)))
    while not people.done():
        tally.megabytes.append(memory(pid))
        await asyncio.wait([people], timeout=1)
    await people
    tally.processor = processor_seconds(pid) - begun
    return tally


def table(tally: Tally, sessions: int, seconds: float) -> str:
    """The figures, a line for each."""
    times = sorted(taken for _, taken in tally.clicks)
    quantile = lambda part: times[min(len(times) - 1, int(part * len(times)))]  # noqa: E731
    third = max(1, len(tally.megabytes) // 3)
    lines = [("sessions at once", f"{sessions}"), ("seconds", f"{seconds:.0f}"), ("clicks", f"{len(times):,}"),
             ("files fetched", f"{tally.files:,}"), ("errors", f"{sum(tally.errors.values())}"),
             ("processor seconds a click, with its files", f"{tally.processor / len(times):.2f}"),
             ("median of a click, s", f"{statistics.median(times):.2f}"), ("95 % of the clicks within, s", f"{quantile(0.95):.2f}"),
             ("slowest, s", f"{times[-1]:.2f}"), ("slowest page when first opened, s", f"{tally.first:.2f}"),
             ("memory at the start, MB", f"{tally.megabytes[0]:.0f}"),
             ("memory, mean of the second third, MB", f"{statistics.mean(tally.megabytes[third : 2 * third] or tally.megabytes):.0f}"),
             ("memory, mean of the last third, MB", f"{statistics.mean(tally.megabytes[-third:]):.0f}"),
             ("memory at most, MB", f"{max(tally.megabytes):.0f}")]  # fmt: skip
    for page in sorted({page for page, _ in tally.clicks}):
        each = sorted(taken for name, taken in tally.clicks if name == page)
        lines.append(
            (f"{page}: clicks, median, 95 %", f"{len(each):,}, {statistics.median(each):.2f}, {each[int(0.95 * len(each))]:.2f}")
        )
    return "\n".join(f"| {name:38} | {value:>22} |" for name, value in [("", ""), ("---", "---:"), *lines])


def main() -> int:
    """Let the crowd in, print what came of it, and say whether all went well."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--sessions", type=int, default=30)
    options.add_argument("--cache", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache, variables = chosen.cache or Path(folder) / "cache", {}
        if chosen.cache is None:
            import tiny

            tiny.shrink()
            variables = {"PYTHONPATH": tiny_python_path()}
            for _ in run(Workspace(cache), "town", Settings(device="cpu", start="shapes")):
                pass
        town = open_town(cache)
        with start_server(cache, variables) as (address, pid):
            tally = asyncio.run(crowd(address, pid, town, chosen.sessions, 60 * chosen.minutes))
    print(table(tally, chosen.sessions, 60 * chosen.minutes))
    for words, count in tally.errors.most_common(20):
        print(f"{count} × {words}")
    slow = sorted(taken for _, taken in tally.clicks)[int(0.95 * len(tally.clicks))]
    print("all was answered in time" if not tally.errors and slow <= LIMIT else "not all was answered in time, or without an error")
    return 1 if tally.errors or slow > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
