"""The expected time of a map, by the one most like it in size."""

from retrieval_core.projection.expected_time import expected_time


def test_without_a_map_there_is_nothing_to_go_by():
    assert expected_time([], 1000) is None


def test_the_time_grows_in_proportion_to_the_points():
    assert expected_time([(1000, 3.0)], 2000) == (1000, 3.0, 6.0)
    assert expected_time([(1000, 3.0)], 500) == (1000, 3.0, 1.5)


def test_the_nearest_in_size_is_taken_by_ratio():
    assert expected_time([(100, 1.0), (9000, 9.0), (100_000, 200.0)], 10_000) == (9000, 9.0, 10.0)
    assert expected_time(iter([(10, 1.0), (10_001, 30.0)]), 5000)[0] == 10_001


def test_of_maps_of_one_size_the_latest_is_taken():
    assert expected_time([(1000, 3.0), (1000, 5.0)], 1000) == (1000, 5.0, 5.0)
