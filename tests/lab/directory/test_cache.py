"""A folder that takes long to make is made once for each origin, and never half."""

import os
import time

import pytest

from tests.lab.directory.cache import cache_folder, made_once


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.py"
    path.write_text("first")
    return path


def test_it_is_made_once(source):
    made = []
    for _ in range(2):
        place = made_once("thing", lambda folder: made.append(folder), of=[source])
        assert place.is_dir()
    assert len(made) == 1


def test_another_origin_makes_another_folder(source):
    first = made_once("thing", lambda folder: None, of=[source])
    source.write_text("second")
    assert made_once("thing", lambda folder: None, of=[source]) != first


def test_a_failure_leaves_nothing_to_be_taken_for_a_result(source):
    def fail(folder):
        (folder / "half").touch()
        raise RuntimeError("stopped in the middle")

    with pytest.raises(RuntimeError, match="stopped"):
        made_once("thing", fail, of=[source])
    assert [path.name for path in cache_folder().iterdir()] == ["thing.lock"]
    place = made_once("thing", lambda folder: None, of=[source])
    assert not (place / "half").exists()


def test_what_was_not_used_for_long_is_removed_when_another_is_made(source):
    old = made_once("thing", lambda folder: None, of=[source])
    other = made_once("thing-else", lambda folder: None, of=[source])
    before = time.time() - 3 * 86400
    for path in (old, other):
        os.utime(path, (before, before))
    source.write_text("second")
    made_once("thing", lambda folder: None, of=[source])
    assert not old.exists()
    assert other.exists()


def test_what_is_in_use_stays_when_another_is_made(source):
    old = made_once("thing", lambda folder: None, of=[source])
    source.write_text("second")
    made_once("thing", lambda folder: None, of=[source])
    assert old.exists()
