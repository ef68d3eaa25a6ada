"""Examples of README.md and docs are tests; `tests/documents.py` says how they are run."""

from __future__ import annotations

from tests.documents import pages

pytest_collect_file = pages().pytest()
