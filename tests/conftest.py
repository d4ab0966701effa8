"""What several tests share: the synthetic city's study, and the option that renews stored results."""

from __future__ import annotations

import pytest
from forked_kernels import Kernels

from carelab.params import Params
from carelab.study import Study

DRAWS = 200


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-golden", action="store_true", help="store results anew and print what changed")


@pytest.fixture(scope="session")
def study() -> Study:
    """The synthetic city with few draws, computed once."""
    return Study(Params(city="musterstadt", draws=DRAWS))


def pytest_configure(config: pytest.Config) -> None:
    """Spare the notebooks a fresh process each."""
    config.pluginmanager.register(Kernels())
