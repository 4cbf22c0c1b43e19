"""The command line in a pipe, in another encoding, without a home, in another folder, in a log file; streams and exit statuses."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retrieval_core.cli import terminal
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import Failed
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def photos(tmp_path):
    """A cache with a small dataset whose landmark has letters that few terminals know."""
    from PIL import Image

    for landmark in ("Žižkov 東京", "gate"):
        folder = tmp_path / "photos" / landmark
        folder.mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (40, 30), (90 * number, 20, len(landmark))).save(folder / f"{number}.jpg")
    add_dataset(Workspace(tmp_path / "cache"), "photos", tmp_path / "photos")
    return tmp_path / "cache"


def command(*words, shell="{}", environment=None, cwd=None):
    """Run a command of the program as a person does, in a shell; {} stands for it."""
    typed = shell.format(" ".join([sys.executable, "-m", "retrieval_core", *map(str, words)]))
    return subprocess.run(["bash", "-c", typed], capture_output=True, cwd=cwd, timeout=120,
                          env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})})  # fmt: skip


@pytest.mark.parametrize("words", [("data", "list"), ("--help",), ("data", "check", "photos")])
def test_a_pipe_that_is_closed_ends_the_command_quietly(photos, words):
    done = command("--cache", photos, *words, shell="set -o pipefail; {} | true")
    assert done.stderr.decode().replace("\n", "").find("Traceback") < 0
    assert "Error" not in done.stderr.decode()
    assert "Exception" not in done.stderr.decode()
    assert done.returncode in (0, terminal.PIPE_CLOSED)


def test_a_closed_pipe_has_the_status_that_shells_know(monkeypatch, photos):
    class Closed:
        def write(self, text):
            raise BrokenPipeError

        flush = write

        def fileno(self):
            raise ValueError("no file")

    monkeypatch.setattr(sys, "stdout", Closed())
    assert main(["--cache", str(photos), "data", "list"]) == 141


@pytest.mark.parametrize("environment", [
    {"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
], ids=str)  # fmt: skip
def test_letters_that_a_terminal_cannot_show_are_replaced(photos, environment):
    done = command("--cache", photos, "data", "check", "photos", environment=environment)
    assert done.returncode == 0, done.stderr
    assert b"gate" in done.stdout
    assert b"kov" in done.stdout
    done = command("--cache", photos, "search", "東京", "--dataset", "photos", environment=environment)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("home", [None, "/nonexistent"])
def test_no_home_is_needed(photos, tmp_path, home):
    without = "unset HOME; {}" if home is None else f"HOME={home} {{}}"
    done = command("--cache", photos, "data", "check", "photos", shell=without, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for path in ("~nobody-here/photos", "~nobody-here"):
        done = command("--cache", photos, "data", "add", "more", f"'{path}'", shell=without, cwd=tmp_path)
        assert done.returncode == 2
        assert b"begins with a home folder" in done.stderr


def test_it_works_in_another_folder_and_beside_another_package_pages(photos, tmp_path):
    (tmp_path / "other" / "pages").mkdir(parents=True)
    (tmp_path / "other" / "pages" / "__init__.py").write_text("raise SystemExit('the wrong pages')")
    done = command("status", "--cache", "cache", "--dataset", "photos", cwd=tmp_path,
                   environment={"PYTHONPATH": f"{tmp_path / 'other'}:{ROOT}"})  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"photos, run quick" in done.stdout


@pytest.mark.parametrize("words", [
    ("--cache", "{}", "data", "check", "photos"), ("data", "--cache", "{}", "check", "photos"),
    ("data", "check", "photos", "--cache", "{}"), ("data", "check", "--cache={}", "photos"),
    ("--cache", "elsewhere", "data", "check", "photos", "--cache", "{}"),
])  # fmt: skip
def test_the_cache_is_said_before_or_behind_the_command(photos, capsys, words):
    assert main([word.format(photos) for word in words]) == 0
    assert "photos: 4 photographs" in capsys.readouterr().out


@pytest.mark.parametrize("words", [
    ("status", "--dataset", "nowhere"), ("evaluate", "--dataset", "nowhere"), ("ledger", "--dataset", "nowhere"),
    ("costs", "--dataset", "nowhere"), ("project", "--dataset", "nowhere"), ("search", "x", "--dataset", "nowhere"),
    ("data", "check", "nowhere"), ("data", "export", "nowhere", "x", "--layout", "csv"), ("run", "--dataset", "nowhere"),
])  # fmt: skip
def test_an_unknown_dataset_is_an_error_of_usage_and_nothing_is_printed(photos, capsys, words):
    assert main(["--cache", str(photos), *words]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert "Unknown dataset 'nowhere'. Known: town, town-train, shapes, photos" in printed.err


@pytest.mark.parametrize("words", [("status", "--colour"), ("stauts",), (), ("data",), ("search",), ("project", "--seed", "x")])
def test_what_argparse_does_not_know_is_an_error_of_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code == 2
    assert not capsys.readouterr().out


def test_a_check_that_finds_a_fault_failed(photos, capsys):
    (photos.parent / "photos" / "gate" / "0.jpg").write_bytes(b"no picture")
    assert main(["--cache", str(photos), "data", "check", "photos"]) in (1, 2)
    assert "0.jpg" in capsys.readouterr().err


def test_a_failure_and_a_system_error_have_status_1_and_no_traceback(monkeypatch, photos, capsys):
    from retrieval_core.cli import data

    denied = PermissionError(13, "Permission denied", "/x")
    for error, words in ((Failed("The disk is full."), "The disk is full."), (denied, "/x can't be used: Permission denied")):

        def refuse(*arguments, error=error):
            raise error

        monkeypatch.setattr(data, "data_list", refuse)
        assert main(["--cache", str(photos), "data", "list"]) == 1
        printed = capsys.readouterr()
        assert words in printed.err
        assert not printed.out


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_has_status_130(tmp_path):
    # What is begun in the background of a shell ignores Ctrl-C from the start, and so would what it begins.
    listen = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    process = subprocess.Popen([sys.executable, "-m", "retrieval_core", "--cache", str(tmp_path / "cache"), "data", "build", "town"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, preexec_fn=listen)  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("cache/town/**/*.jpg")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert b"Stopped." in err
    assert not out


def steps():
    for number in range(1, 1001):
        yield Progress("render", number, 1000)
    yield Progress("check", 0, 1, "/x/y was damaged: it is now made anew")
    for number in range(1, 1001):
        yield Progress("train 1b", number, 1000, f"batch {number}", {"loss": 1 / number})


def test_a_log_file_holds_a_few_lines_and_no_bars(capsys):
    terminal.draw(steps())
    printed = capsys.readouterr()
    assert not printed.out
    lines = printed.err.splitlines()
    assert len(lines) < 10
    assert "\r" not in printed.err
    assert lines[0].startswith("render: 1,000 of 1,000")
    assert any("was damaged" in line for line in lines)
    assert "loss=0.001" in lines[-1]


def test_a_terminal_shows_bars(capsys, monkeypatch):
    monkeypatch.setattr(terminal, "_is_terminal", lambda: True)
    terminal.draw(steps())
    assert "\r" in capsys.readouterr().err
