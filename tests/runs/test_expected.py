import pytest

from retrieval_core import schedules
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import Failed
from retrieval_core.runs import jobs
from retrieval_core.runs.expected import Expected, expected
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace


def test_an_empty_cache_takes_the_seconds_of_all_stages_and_the_bytes_of_their_weights(tmp_path):
    one = expected(Workspace(tmp_path), "town", Settings(schedule="quick", start="shapes", models=("1d",)))
    column = schedules.COLUMNS[schedules.column_name("quick", "shapes")]
    assert one.seconds == column["start-resnet18"].seconds + column["1d"].seconds
    assert one.bytes == 2 * 45e6
    every = expected(Workspace(tmp_path), "town", Settings(schedule="quick", start="shapes"))
    assert every.seconds > 5 * 60
    assert 0.7e9 < every.bytes < 1.5e9
    assert "minutes on two CPU cores and writes about" in every.words
    assert every.is_much
    assert not list(tmp_path.iterdir())


def test_what_is_there_takes_nothing(town_cache):
    found = expected(Workspace(town_cache), "town", Settings(run="quick"))
    assert (found.seconds, found.bytes, found.described) == (0, 0, 0)
    assert not found.is_much


def test_a_new_dataset_is_described_and_nothing_trained(cache, tmp_path):
    from own_photographs import write_photographs

    photos, _ = write_photographs(tmp_path / "own")
    add_dataset(Workspace(cache), "photos", photos)
    found = expected(Workspace(cache), "photos", Settings(run="quick"))
    assert (found.seconds, found.described, found.models) == (0, 12, 10)
    assert found.words.startswith("It trains nothing, describes 12 photographs with 10 models")


def test_a_schedule_that_nobody_has_timed_is_said_to_be_long(tmp_path):
    found = expected(Workspace(tmp_path), None, Settings(schedule="full", start="imagenet", models=("1d",)))
    assert found.seconds is None
    assert found.is_much
    assert "not known" in found.words


@pytest.mark.parametrize(("seconds", "written", "much"), [(59, 0, False), (61, 0, True), (0, 1.1e9, True), (0, 0.9e9, False)])
def test_a_word_is_said_from_a_minute_and_a_gigabyte(seconds, written, much):
    assert Expected(seconds, written, 0, 0).is_much is much


def test_the_command_says_it_before_it_begins(tmp_path, capsys, monkeypatch):
    def refuse(*arguments):
        raise Failed("begun")

    monkeypatch.setattr(jobs, "watched", refuse)
    assert main(["--cache", str(tmp_path), "run", "--schedule", "quick", "--start", "shapes"]) == 1
    said = capsys.readouterr().err
    assert said.index("minutes on two CPU cores") < said.index("begun")
