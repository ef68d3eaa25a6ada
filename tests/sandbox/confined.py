"""A helper process that runs hostile pieces of work, each in a child process with limits.

The helper imports kpirules once, with all that it imports at its first use, and forks for every piece, so that no
piece pays for another and none can harm the tests: one that hangs is ended by the system, one that asks for too much memory is refused it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from ..pace import TRIES, calm_seconds, pace

__all__ = ["MOST_MEMORY", "MOST_SECONDS", "MOST_SECONDS_OF_WORK", "Confined", "Ending"]

MOST_SECONDS = 2.0
"""Seconds that any piece may take."""

MOST_SECONDS_OF_WORK = 2.0
"""Seconds that all the work may take which an assessment is allowed: a million units."""

MOST_MEMORY = 500 * 2**20
"""Bytes by which the address space may grow."""

_PATIENCE = 5
"""How many times too long a child may take before the system ends it: a busy machine is several times slower."""

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Ending:
    """The end of a piece of work: with an answer, by an exception, or by the system.

    Args:
        answer: what the piece returned.
        failure: the exception that nobody caught, or how the system ended it.
        seconds: of the processor, as on a machine that is not busy with other tests.
    """

    answer: Any
    failure: str
    seconds: float


class Confined:
    """The helper process, used by tests.

    Args:
        memory: bytes by which the address space of a piece may grow.
    """

    def __init__(self, memory: int = MOST_MEMORY) -> None:
        self._memory = memory
        self._helper = _helper()

    def run(self, piece: str, *arguments: Any, within: float = MOST_SECONDS) -> Ending:
        """Return the end of a function of `tests.sandbox.pieces`."""
        # Neighbours only slow a piece down, so the pace matters to a piece that seems too slow, and to no other.
        ending = self._once(piece, arguments, within, is_paced=False)
        for _ in range(TRIES - 1):
            if ending.failure or ending.seconds < within:
                break
            ending = self._once(piece, arguments, within, is_paced=True)
        return ending

    def answer(self, piece: str, *arguments: Any, within: float = MOST_SECONDS) -> Any:
        """Return the answer of a piece, which must end in time."""
        ending = self.run(piece, *arguments, within=within)
        assert not ending.failure, ending.failure
        assert ending.seconds < within
        return ending.answer

    def _once(self, piece: str, arguments: tuple[Any, ...], within: float, *, is_paced: bool) -> Ending:
        assert self._helper.stdin is not None
        assert self._helper.stdout is not None
        self._helper.stdin.write(json.dumps([piece, arguments, within, self._memory, is_paced]) + "\n")
        self._helper.stdin.flush()
        return Ending(**json.loads(self._helper.stdout.readline()))


@cache
def _helper() -> subprocess.Popen[str]:
    """Return the helper process, which ends with this process."""
    helper = subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.confined"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    atexit.register(helper.communicate)
    return helper


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _child(piece: str, arguments: list[Any], within: float, memory: int, is_paced: bool, to: int) -> None:
    """Run one piece within the limits and write how it ended."""
    limit = _address_space() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (int(within * _PATIENCE) + 1,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pieces = importlib.import_module("tests.sandbox.pieces")
    answer, failure = None, ""
    before = pace() if is_paced else 1.0
    begun = time.process_time()
    try:
        answer = getattr(pieces, piece)(*arguments)
    except BaseException as error:
        failure = f"{type(error).__name__}: {str(error)[:300]}"
    seconds = time.process_time() - begun
    seconds = calm_seconds(seconds, before, pace() if is_paced else 1.0)
    os.write(to, json.dumps([answer, failure, seconds]).encode())


def _ended(status: int) -> str:
    number = os.waitstatus_to_exitcode(status)
    return f"ended by {signal.Signals(-number).name}" if number < 0 else f"ended with {number}"


def _serve() -> None:
    pieces = importlib.import_module("tests.sandbox.pieces")
    # What kpirules imports at its first use, no child imports again.
    pieces.expression("x + 1")
    pieces.checked("kpirules: 1")
    gc.freeze()
    for line in sys.stdin:
        piece, arguments, within, memory, is_paced = json.loads(line)
        begun = time.perf_counter()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _child(piece, arguments, within, memory, is_paced, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        answer, failure, seconds = json.loads(told) if told else [None, _ended(status), 0.0]
        seconds = seconds or time.perf_counter() - begun
        print(json.dumps({"answer": answer, "failure": failure, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    _serve()
