"""Settings of the whole suite: the budget of generated tests, and which tests are fast."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.budget import MIN_EXAMPLES, set_budget

settings.register_profile(
    "long", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], print_blob=True
)
# The same examples in every run: what fails for one person fails for all.
settings.register_profile(
    "fixed", settings.get_profile("long"), max_examples=MIN_EXAMPLES, derandomize=True, database=None
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`."""
    parser.addoption("--long", action="store_true", help="give generated tests the long budget, and draw anew")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the budget before any test is imported."""
    is_long = config.getoption("--long")
    set_budget(is_long=is_long)
    settings.load_profile("long" if is_long else "fixed")
