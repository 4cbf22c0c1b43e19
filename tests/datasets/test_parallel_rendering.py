import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from caches import result_of

from retrieval_core.datasets.parallel_rendering import Unit, build_units, finished_at_head, newest_pictures, write_bytes
from retrieval_core.errors import RetrievalError

UNITS = [Unit(name, 3, (name, 3)) for name in ("ash", "birch")]
ROOT = Path(__file__).resolve().parents[2]
ENDLESS = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {root!r} + "/tests", {tests!r}]
from test_parallel_rendering import Unit, build_units, render
if __name__ == "__main__":
    units = [Unit("slow", 1000, ("slow", 1000, 0.02))]
    for _ in build_units(Path({folder!r}), units, render, "draw", workers=1):
        pass
"""


def render(root, task):
    """Write the pictures of a unit: text that says which one it is."""
    name, count, *pause = task
    for k in range(count):
        write_bytes(root / f"{name}_{k}.jpg", f"{name} {k}".encode())
        time.sleep(*pause or (0,))
        (root / "process.txt").write_text(str(os.getpid()))
    return [count]


def pictures(root):
    return {path.name: path.read_text() for path in root.glob("*.jpg")}


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def runs(process):
    """Whether a process runs; a dead one that nobody has asked after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_progress_counts_photographs_and_ends_full(tmp_path):
    steps = list(build_units(tmp_path, [Unit("slow", 20, ("slow", 20, 0.1))], render, "draw", workers=1))
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert done[0] == 0
    assert done[-1] == steps[-1].total == 20
    assert any(0 < count < 20 for count in done)


def test_finished_units_are_not_rendered_again(tmp_path):
    assert result_of(build_units(tmp_path, UNITS, render, "draw", workers=2)) == {"ash": [3], "birch": [3]}
    (tmp_path / ".units" / "birch.json").unlink()
    (tmp_path / "birch_0.jpg").unlink()
    (tmp_path / "ash_0.jpg").write_text("kept")
    (tmp_path / ".birch_2.jpg.1.writing").write_text("half")
    steps = build_units(tmp_path, UNITS, render, "draw", workers=1)
    assert next(steps).done == 3
    assert result_of(steps) == {"ash": [3], "birch": [3]}
    assert pictures(tmp_path)["ash_0.jpg"] == "kept"
    assert pictures(tmp_path)["birch_0.jpg"] == "birch 0"
    assert not list(tmp_path.glob(".*.writing"))


def render_together(root, task):
    """As `render`, noting whether a picture was there before it began; a unit waits until the one that it names has begun, too."""
    name, count, other = task
    (root / f"{name}.begun").write_text(str(len(pictures(root))))
    time.sleep(0.5)  # what stands for compiling
    if other and pictures(root):  # whoever renders the first picture waits for nobody
        wait_until((root / f"{other}.begun").exists)
    return render(root, (name, count))


def test_one_process_renders_the_first_picture_while_the_others_wait_and_then_all_render_at_once(tmp_path):
    units = [Unit(name, 2, (name, 2, other)) for name, other in (("ash", None), ("birch", "cedar"), ("cedar", "birch"))]
    result_of(build_units(tmp_path, units, render_together, "draw", workers=3))
    begun = [int((tmp_path / f"{unit.name}.begun").read_text()) for unit in units]
    assert begun.count(0) == 1


def test_where_the_first_picture_fails_nobody_waits_for_it(tmp_path):
    units = [Unit("ash", 1, ()), *UNITS[1:]]
    with pytest.raises(ValueError, match="unpack"):
        result_of(build_units(tmp_path, units, render, "draw", workers=2))


def test_units_are_rendered_in_their_order_and_the_head_that_is_finished_is_known(tmp_path):
    units = [Unit(name, count, (name, count, 0.01)) for name, count in (("ash", 2), ("birch", 5), ("cedar", 3))]
    assert finished_at_head(tmp_path) == 0
    heads = [finished_at_head(tmp_path) for _ in build_units(tmp_path, units, render, "draw", workers=1)]
    assert heads == sorted(heads)
    assert set(heads) <= {0, 2, 7, 10}
    assert finished_at_head(tmp_path) == 10
    (tmp_path / ".units" / "birch.json").unlink()
    assert finished_at_head(tmp_path) == 2


def test_the_newest_pictures_come_first_whatever_their_folder(tmp_path):
    assert newest_pictures(tmp_path / "nowhere", 3) == []
    paths = [tmp_path / folder / f"{number}.jpg" for number, folder in enumerate(["a", "b", "a", "b", "a"])]
    for number, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        os.utime(path, (number, number))
    (tmp_path / ".units").mkdir()
    (tmp_path / ".units" / "a.json").write_text("[]")
    (tmp_path / "a" / ".9.jpg.writing").write_bytes(b"")
    (tmp_path / "a" / "ash_1_query.txt").write_text("ground truth")
    assert newest_pictures(tmp_path, 3) == paths[:1:-1]
    assert newest_pictures(tmp_path, 9) == paths[::-1]


def test_threads_that_write_one_picture_do_not_collide(tmp_path):
    pictures_of = [bytes([number]) * 200_000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(10):
            list(threads.map(lambda data: write_bytes(tmp_path / "a.jpg", data), pictures_of))
            assert (tmp_path / "a.jpg").read_bytes() in pictures_of
    assert [file.name for file in tmp_path.iterdir()] == ["a.jpg"]


def test_two_specifications_are_not_mixed_in_one_folder(tmp_path):
    next(build_units(tmp_path, UNITS, render, "draw"))
    with pytest.raises(RetrievalError, match="another specification"):
        next(build_units(tmp_path, [Unit("ash", 4, ("ash", 4)), UNITS[1]], render, "draw"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="asks the system which processes run")
def test_workers_end_with_a_parent_that_was_killed(tmp_path):
    folder, script = tmp_path / "set", tmp_path / "endless.py"
    tests = str(Path(__file__).parent)
    script.write_text(ENDLESS.format(root=str(ROOT), tests=tests, folder=str(folder)))
    with subprocess.Popen([sys.executable, str(script)]) as parent:
        try:
            wait_until((folder / "process.txt").exists)
            read = []  # what was read: another worker may be writing the file anew when the parent is killed
            wait_until(lambda: read.append((folder / "process.txt").read_text()) or read[-1])
        finally:
            parent.send_signal(signal.SIGKILL)
    worker = int(read[-1])
    assert worker != parent.pid
    wait_until(lambda: not runs(worker))
    assert len(pictures(folder)) < 1000
