"""Documents can't reach the machine's files: those that they name are read below one root or not at all.

Each attack is tried at every place where a document names a file: `extends`, the `rulebook` of a case file and of a
stage, `cases_from`, and the records of a case.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kpirules as kr
from kpirules.cli import main
from kpirules.documents import MAX_BYTES
from kpirules.errors import KpirulesError
from kpirules.loading.files import MAX_TABLE_BYTES
from kpirules.testing import read_cases
from kpirules.testing.collecting import collect

SECRET = "root-x-0-0-secret"
RULEBOOK = "kpirules: 1\nid: city\ninputs: {x: {type: integer, min: 0, max: 9}}\noutputs: {half: x / 2}\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Return a folder of rulebooks next to a secret file."""
    (tmp_path / "secret.txt").write_text(f"{SECRET}\n{SECRET}: [\n", encoding="utf-8")
    (tmp_path / "secret.csv").write_text(f"{SECRET},{SECRET}\n1\n", encoding="utf-8")
    (tmp_path / "above.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "city.kpi.yaml").write_text(RULEBOOK, encoding="utf-8")
    return tmp_path / "rules"


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def extends(folder: Path, named: str) -> str:
    return str(kr.check(_write(folder, "main.kpi.yaml", f"kpirules: 1\nid: a\nextends: {named!r}\n")))


def stage(folder: Path, named: str) -> str:
    text = f"kpirules: 1\nappraisal: a\nstages:\n  unit: {{rulebook: {named!r}, key: [unit]}}\n"
    return str(kr.check(_write(folder, "main.kpi.yaml", text)))


def _collected(path: Path) -> str:
    try:
        collect(path)
    except KpirulesError as refused:
        return str(refused)
    return ""


def rulebook(folder: Path, named: str) -> str:
    case = "cases: [{name: a, given: {x: 1}, expect: {outputs: {half: 1/2}}}]\n"
    return _collected(_write(folder, "main.cases.yaml", f"rulebook: {named!r}\n{case}"))


def cases_from(folder: Path, named: str) -> str:
    return _collected(_write(folder, "main.cases.yaml", f"rulebook: city.kpi.yaml\ncases_from: {named!r}\n"))


def records(folder: Path, named: str) -> str:
    case = f"cases: [{{name: a, given: {{x: {{csv: {named!r}}}}}, expect: {{score: 1}}}}]\n"
    return _collected(_write(folder, "main.cases.yaml", f"rulebook: city.kpi.yaml\n{case}"))


PLACES = (extends, stage, rulebook, cases_from, records)

ATTACKS = {
    "/proc/self/environ": "its path is absolute",
    "/etc/passwd": "its path is absolute",
    "/dev/zero": "its path is absolute",
    "C:\\Windows\\win.ini": "its path is absolute",
    "\\\\server\\share\\x": "its path is absolute",
    "../secret.txt": "it is outside the folder",
    "../secret.csv": "it is outside the folder",
    "../../../../../../../../etc/shadow": "it is outside the folder",
    "sub/../../secret.txt": "it is outside the folder",
    "link.txt": "a link leads out of the folder",
    "linked/secret.txt": "a link leads out of the folder",
    "device": "a link leads out of the folder",
    "fifo": "it is not a regular file",
    ".": "it is not a regular file",
    "nothing.yaml": "no such file or directory",
    "a" * 300: "file name too long",
    "a/" * 3_000: "file name too long",
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("named", ATTACKS, ids=lambda named: named[:40])
def test_a_file_outside_is_not_read_and_not_quoted(
    office: Path, named: str, place: Callable[[Path, str], str]
) -> None:
    (office / "link.txt").symlink_to(office.parent / "secret.txt")
    (office / "linked").symlink_to(office.parent)
    (office / "device").symlink_to("/dev/zero")
    os.mkfifo(office / "fifo")
    told = place(office, named)
    reason = "can't be read" if (named, place) == ("nothing.yaml", rulebook) else ATTACKS[named]
    assert reason in told
    assert SECRET not in told
    assert "PATH=" not in told


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize(
    "content", [f"{SECRET}\n", f"{SECRET}: [\n", f"'{SECRET}\n1,2\n", f"{SECRET}: 1\n", f'"{SECRET}']
)
def test_a_file_inside_that_is_no_rulebook_is_not_quoted(
    office: Path, content: str, place: Callable[[Path, str], str]
) -> None:
    _write(office, "notes.txt", content)
    told = place(office, "notes.txt")
    if place is not records or content.startswith('"'):  # any head may be that of records
        assert "notes.txt" in told
    assert SECRET not in told


@pytest.mark.parametrize("place", [extends, stage, rulebook], ids=lambda place: place.__name__)
def test_a_root_further_up_is_named_ready_to_paste(
    office: Path, place: Callable[[Path, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office)
    assert "pass `--root ..`, in Python `root='..'`" in place(Path(), "../above.kpi.yaml")


def test_a_root_further_up_lets_documents_read_there(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = office.parent
    path = _write(office, "district.kpi.yaml", "kpirules: 1\nid: district\nextends: ../above.kpi.yaml\n")
    assert kr.load(path, root=root).id == "district"
    cases = _write(
        office,
        "a.cases.yaml",
        "rulebook: district.kpi.yaml\ncases: [{name: a, given: {x: 1}, expect: {outputs: {half: 1/2}}}]\n",
    )
    assert [one.run().passed for one in collect(cases, root=root)] == [True]
    assert main(["test", "--root", str(root), str(cases)]) == 0
    assert main(["check", "--root", str(root), str(path), str(cases)]) == 0
    assert main(["test", str(root)]) == 0, "a folder that is named is the root of the files in it"
    assert main(["test", str(cases)]) == 1
    capsys.readouterr()


def test_a_root_elsewhere_allows_nothing_here(office: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = _write(office, "district.kpi.yaml", "kpirules: 1\nid: district\nextends: city.kpi.yaml\n")
    report = kr.check(path, root=tmp_path_factory.mktemp("other"))
    assert [found.code for found in report.errors] == ["KR521"]


def test_the_root_of_the_first_document_is_that_of_all(office: Path) -> None:
    (office / "sub").mkdir()
    _write(office / "sub", "region.kpi.yaml", "kpirules: 1\nid: region\nextends: ../city.kpi.yaml\n")
    path = _write(office, "main.kpi.yaml", "kpirules: 1\nid: a\nextends: sub/region.kpi.yaml\n")
    assert kr.load(path).id == "a"
    assert [found.code for found in kr.check(office / "sub" / "region.kpi.yaml").errors] == ["KR521"]


def test_a_file_beyond_the_limit_is_refused_by_its_size(office: Path) -> None:
    for name, size in (("large.kpi.yaml", MAX_BYTES + 1), ("large.csv", MAX_TABLE_BYTES + 1)):
        with (office / name).open("wb") as stream:
            stream.truncate(size)
    assert "larger than 1,048,576 bytes" in extends(office, "large.kpi.yaml")
    assert "larger than 1,048,576 bytes" in stage(office, "large.kpi.yaml")
    assert "larger than 67,108,864 bytes" in cases_from(office, "large.csv")
    assert "larger than 67,108,864 bytes" in records(office, "large.csv")


def test_the_first_document_is_read_up_to_the_limit_only() -> None:
    for read in (kr.check, read_cases):
        try:
            told = str(read("/dev/zero"))
        except KpirulesError as refused:
            told = str(refused)
        assert "KR106" in told


def test_a_first_document_may_be_a_pipe(office: Path) -> None:
    pipe = office / "pipe.kpi.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(RULEBOOK,))
    writer.start()
    assert kr.load(pipe).id == "city"
    writer.join()


# -- a resolver ------------------------------------------------------------------------------------


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refused(*arguments: object, **settings: object) -> None:
        raise AssertionError(f"a file was opened: {arguments}")

    with monkeypatch.context() as patched:
        for name in ("builtins.open", "os.open", "os.stat"):
            patched.setattr(name, refused)
        yield


def test_with_a_resolver_no_file_is_read(no_files: None) -> None:
    texts = {
        "rules/city.kpi.yaml": RULEBOOK,
        "rules/sub/region.kpi.yaml": "kpirules: 1\nid: region\nextends: ../city.kpi.yaml\n",
        "district": "kpirules: 1\nid: district\nextends: rules/sub/region.kpi.yaml\n",
        "year": "kpirules: 1\nappraisal: year\nstages: {unit: {rulebook: district, key: [unit]}}\n",
    }
    give = texts.__getitem__
    assert kr.load("district", resolver=give).id == "district"
    assert kr.loads(texts["district"], resolver=give).id == "district"
    assert kr.loads(texts["rules/sub/region.kpi.yaml"], name="rules/sub/x", resolver=give).id == "region"
    assert kr.load({"kpirules": 1, "id": "a", "extends": "district"}, resolver=give).id == "a"
    assert not kr.check(text=texts["district"], resolver=give).errors
    assert not kr.check("district", resolver=give).errors
    assert kr.load_appraisal("year", resolver=give).order == (("unit",),)


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("city", "the resolver has no document of this name"),
        ("/etc/passwd", "its path is absolute"),
        ("../city", "it is outside the resolver's names"),
        ("notes", "it is not a rulebook"),
        ("broken", "it is not a rulebook (KR101 in line 1)"),
    ],
)
def test_a_document_unknown_to_the_resolver_is_reported(named: str, reason: str, no_files: None) -> None:
    texts = {"notes": f"{SECRET}: 1", "broken": f"{SECRET}: ["}
    report = kr.check(text=f"kpirules: 1\nextends: {named}\n", resolver=texts.__getitem__)
    told = [(found.code, found.message) for found in report.errors]
    assert told == [("KR521", f"the extended document {named} can't be read: {reason}")]
    assert SECRET not in str(report)


def test_documents_of_a_resolver_that_extend_each_other_are_told(no_files: None) -> None:
    texts = {"a": "kpirules: 1\nextends: b\n", "b": "kpirules: 1\nextends: ./a\n"}
    report = kr.check("a", resolver=texts.__getitem__)
    assert [found.code for found in report.errors] == ["KR522"]


def test_a_resolver_of_a_wrong_kind_is_told() -> None:
    with pytest.raises(TypeError, match="a resolver returns the text of a document, not bytes"):
        kr.load("a", resolver=lambda name: b"kpirules: 1")  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="not both"):
        kr.load("a", root=".", resolver=str)
    with pytest.raises(FileNotFoundError):
        kr.load("a", resolver={}.__getitem__)
