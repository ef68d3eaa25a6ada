"""The command `kpirules` for tests: a process of its own for each call, which imports nothing anew.

A helper imports the command line once, with all that it imports at its first use. The command passes its words,
its folder, its environment and its streams to the helper, which forks. To start Python and to import takes longer than
most commands do. A rulebook that several commands load is checked by the first of them.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import hashlib
import importlib
import io
import os
import pickle
import select
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpirules import Rulebook
    from kpirules.diagnostics import Diagnostic

__all__ = ["write_command"]

ROOT = Path(__file__).parents[1]

# Python starts twice as fast without `socket` and `json`.
COMMAND = """\
#!{python} -IS
import _socket as socket, os, sys
helper = socket.socket(socket.AF_UNIX)
helper.connect({address!r})
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
helper.sendmsg([b" "], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
words = [str(len(sys.argv) - 1), *sys.argv[1:], os.getcwd(), *map("=".join, os.environ.items())]
helper.sendall(b"\\0".join(map(os.fsencode, words)))
helper.shutdown(socket.SHUT_WR)
sys.exit(int(helper.recv(9)))
"""

REVIEW = """
kpirules: 1
id: review
inputs: {done: {type: number, min: 0, max: 100}}
criteria: {results: {max: 100, points: done}}
score: {round: {places: 0}}
bands: {good: {from: 50}, poor: {below: 50}}
examples: {some: {given: {done: 70}, expect: {band: good}}}
"""

FIRST_USES = (
    "check r.kpi.yaml", "test r.kpi.yaml", "explain r.kpi.yaml s.json", "assess r.kpi.yaml s.csv",
    "diff r.kpi.yaml r.kpi.yaml", "gate r.kpi.yaml r.kpi.yaml", "plan r.kpi.yaml", "show r.kpi.yaml",
)  # fmt: skip
"""Commands after which a process has imported what most commands do."""


def write_command(folder: Path) -> None:
    """Write an executable file `kpirules`.

    Args:
        folder: which is made for it.
    """
    folder.mkdir()
    command = folder / "kpirules"
    command.write_text(COMMAND.format(python=sys.executable, address=_helper()), encoding="utf-8")
    command.chmod(0o755)


@cache
def _helper() -> str:
    """Return the address of a helper process that ends with this process."""
    helper = subprocess.Popen(
        [sys.executable, "-m", "tests.commands"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    atexit.register(helper.communicate)
    assert helper.stdout is not None
    return helper.stdout.readline().strip()


def _serve() -> None:
    """Wait for commands until standard input is closed."""
    with tempfile.TemporaryDirectory(prefix="kpirules-") as folder, socket.socket(socket.AF_UNIX) as listener:
        _use_everything(Path(folder))
        _share_reports(Path(folder))
        gc.freeze()
        listener.bind(f"{folder}/commands")
        listener.listen()
        print(f"{folder}/commands", flush=True)
        while True:
            ready, _, _ = select.select([sys.stdin, listener], [], [])
            if sys.stdin in ready:
                return
            caller, _ = listener.accept()
            if os.fork() == 0:
                _answer(caller)
            caller.close()
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _use_everything(folder: Path) -> None:
    """Run every command once, so that its imports are loaded before any fork."""
    main = importlib.import_module("kpirules.cli").main
    for name, text in (("r.kpi.yaml", REVIEW), ("s.json", '{"done": 70}'), ("s.csv", "done\n70\n")):
        (folder / name).write_text(text, encoding="utf-8")
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        for command in FIRST_USES:
            main(command.split())


def _share_reports(folder: Path) -> None:
    """Let each command use the report of a rulebook that an earlier command has checked.

    Args:
        folder: where a report waits, under the hash of all that the check reads.
    """
    program = importlib.import_module("kpirules.rating.program")
    examined = program.examined

    def shared(rulebook: Rulebook, found: tuple[Diagnostic, ...] = (), *, does_prove: bool = False) -> Any:
        read = pickle.dumps((rulebook, found, does_prove))
        kept = folder / hashlib.sha256(read).hexdigest()
        if kept.exists():
            return pickle.loads(kept.read_bytes()), None
        report, prover = examined(rulebook, found, does_prove=does_prove)
        being_written = folder / f"{os.getpid()}"
        being_written.write_bytes(pickle.dumps(report))
        being_written.rename(kept)
        return report, prover

    vars(program)["examined"] = shared


def _answer(caller: socket.socket) -> None:
    """Run the command of a caller as Python would, and end this process."""
    code = 70
    try:
        _, streams, _, _ = socket.recv_fds(caller, 1, 3)
        with caller.makefile("rb") as request:
            count, *words = map(os.fsdecode, request.read().split(b"\0"))
        arguments, (folder, *variables) = words[: int(count)], words[int(count) :]
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0, encoding="utf-8"), _unbuffered(1), _unbuffered(2)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(variable.split("=", 1) for variable in variables)
        try:
            code = importlib.import_module("kpirules.cli").main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        caller.sendall(str(code).encode())
        os._exit(0)


def _unbuffered(number: int) -> io.TextIOWrapper:
    """Return an unbuffered stream, so that both streams of a command keep their order."""
    return io.TextIOWrapper(os.fdopen(number, "wb", 0), encoding="utf-8", write_through=True)  # type: ignore[arg-type]


if __name__ == "__main__":
    _serve()
