"""What several tests share: the synthetic city's study, a process that knows what all cities share, stored results."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: several BLAS threads only get in each other's way
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is loaded, by us or by what a test starts

import pytest
from forked_kernels import Kernels

from carelab.params import Params
from carelab.runs.work import Hub
from carelab.study import Study

DRAWS = 200
HUB = Hub()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-golden", action="store_true", help="store results anew and print what changed")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Kernels(HUB))


@pytest.fixture(scope="session")
def study() -> Study:
    """The synthetic city with few draws, computed once."""
    return Study(Params(city="musterstadt", draws=DRAWS))


@pytest.fixture(scope="session")
def hub() -> Hub:
    """The process of this worker that runs may branch from; started when first needed."""
    return HUB
