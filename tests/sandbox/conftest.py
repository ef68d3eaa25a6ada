"""One helper process for all attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .confined import Confined


@pytest.fixture(scope="session")
def confined() -> Confined:
    """Return the process that runs pieces of work; limits on a process are those of POSIX."""
    from .confined import Confined

    return Confined()
