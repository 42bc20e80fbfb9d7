"""Large files: their bytes on large pages, their hash beside other work."""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path

import pytest

from obstacles.survey.files import file_bytes as octets
from obstacles.survey.files import threads
from obstacles.survey.files.digest import Digest
from obstacles.survey.files.file_bytes import is_plain, read_octets

needs_large_pages = pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="the system has no large pages")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(octets, "LARGE", 4)
    return tmp_path / "a.csv"


@needs_large_pages
def test_a_large_file_is_a_map_with_its_bytes(path: Path) -> None:
    path.write_bytes(b"id,a\n1,2\n")
    found = read_octets(path)
    assert isinstance(found, mmap.mmap)
    assert found[:] == b"id,a\n1,2\n"


def test_a_small_file_is_bytes(path: Path) -> None:
    path.write_bytes(b"id")
    assert read_octets(path) == b"id"


@needs_large_pages
@pytest.mark.parametrize("stated", [6, 14])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    path: Path, stated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"id,a\n1,2\n")
    true = Path.stat

    class Stated:
        st_size = stated

    monkeypatch.setattr(Path, "stat", lambda self, **options: Stated() if self == path else true(self, **options))
    assert read_octets(path) == b"id,a\n1,2\n"


@needs_large_pages
@pytest.mark.parametrize(("content", "plain"), [(b"id,a\n~", True), ("数据1".encode(), False), (b"id,\x00\n", False)])
def test_plain_is_ascii_without_nul(path: Path, content: bytes, plain: bool) -> None:
    path.write_bytes(content)
    found = read_octets(path)
    assert isinstance(found, mmap.mmap)
    assert is_plain(found) is plain


@pytest.mark.parametrize("size", [0, 10, threads.LARGE + 1])
def test_a_digest_is_the_same_whoever_works_it_out(size: int) -> None:
    begun, asked = Digest(b"x" * size), Digest(b"x" * size)
    begun.begin()
    begun.begin()
    assert begun.hexadecimal == asked.hexadecimal == hashlib.sha256(b"x" * size).hexdigest()
    assert begun == asked != Digest(b"y")
    assert hash(begun) == hash(asked)


@pytest.mark.parametrize("size", [1, threads.LARGE])
def test_work_on_threads_keeps_its_order_and_its_errors(size: int) -> None:
    assert threads.over(lambda part: part * 2, range(50), size=size) == list(range(0, 100, 2))
    assert threads.beside(lambda: "done", size=size)() == "done"
    with pytest.raises(ZeroDivisionError):
        threads.over(lambda part: 1 // part, [1, 0], size=size)
    with pytest.raises(ZeroDivisionError):
        threads.beside(lambda: 1 // 0, size=size)()
