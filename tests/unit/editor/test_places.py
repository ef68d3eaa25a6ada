"""URIs and columns, as an editor counts them."""

from __future__ import annotations

import pytest

from kpirules.editor.places import Lines, path_of, uri_of

TEXT = "a: 'Điểm 😀 số'\r\nb: 2\n\rc: ế"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_offset_comes_back(encoding: str) -> None:
    lines = Lines(TEXT, encoding)
    for offset in range(len(TEXT) + 1):
        if TEXT[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(*lines.position(offset)) == offset


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 17), ("utf-16", 12), ("utf-32", 11)])
def test_a_column_counts_the_code_units_before_it(encoding: str, column: int) -> None:
    assert Lines(TEXT, encoding).position(TEXT.index("số")) == (0, column)


def test_lines_end_in_three_ways() -> None:
    assert [Lines(TEXT).position(TEXT.index(letter)) for letter in ("b:", "c:")] == [(1, 0), (3, 0)]


def test_a_place_outside_the_text_is_the_nearest_one_inside() -> None:
    lines = Lines("ab\ncd")
    assert [lines.offset(0, 9), lines.offset(9, 0), lines.offset(1, 9)] == [2, 5, 5]
    assert lines.position(99) == (1, 2)


def test_half_a_surrogate_pair_is_the_place_before_it() -> None:
    assert Lines("😀x").offset(0, 1) == 0


@pytest.mark.parametrize(
    ("uri", "windows", "path"),
    [
        ("file:///tmp/a%20b/%C4%90i%E1%BB%83m.kpi.yaml", False, "/tmp/a b/Điểm.kpi.yaml"),
        ("file://localhost/tmp/a.yaml", False, "/tmp/a.yaml"),
        ("file://elsewhere/tmp/a.yaml", False, None),
        ("file:///c%3A/Quy%20t%E1%BA%AFc/a.yaml", True, "c:\\Quy tắc\\a.yaml"),
        ("file:///C:/a.yaml", True, "C:\\a.yaml"),
        ("file://server/share/a.yaml", True, "\\\\server\\share\\a.yaml"),
        ("untitled:Untitled-1", False, None),
        ("git:/tmp/a.yaml?ref", False, None),
        ("file:///tmp/a%00b", False, None),
        ("file://[", False, None),
    ],
)
def test_the_path_of_a_uri(uri: str, windows: bool, path: str | None) -> None:
    assert path_of(uri, windows=windows) == path


@pytest.mark.parametrize("path", ["/tmp/a b/Điểm #1%.kpi.yaml", "/a/?.yaml"])
def test_the_uri_of_a_path_has_that_path(path: str) -> None:
    assert path_of(uri_of(path, windows=False), windows=False) == path


@pytest.mark.parametrize("path", ["C:\\Quy tắc\\a b.yaml", "\\\\server\\share\\a.yaml"])
def test_the_uri_of_a_windows_path_has_that_path(path: str) -> None:
    assert path_of(uri_of(path, windows=True), windows=True) == path
