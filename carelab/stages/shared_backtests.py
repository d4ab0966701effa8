"""The shipped back-tests: the same for every city and scenario, computed once per process and reading of the reference.

They take seconds and need nothing of a study: a run has them computed by another process meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

from carelab.forecast.backtest import shipped
from carelab.forecast.backtest.result import BacktestResult
from carelab.inputs.reference import Reference
from carelab.params import Params
from carelab.stages.panel_laws import laws_on_record


class Beside(Protocol):
    """Has something computed elsewhere; returns a function that waits for the result."""

    def __call__(self, compute: Callable[[], Any], /) -> Callable[[], Any]: ...


@dataclass(eq=False)
class ShippedBacktests:
    """Back-tests of what ships with carelab, each computed when first asked for."""

    reference: Reference
    wait: Callable[[], tuple[BacktestResult, BacktestResult]] | None = None
    """Waits for both, where another process computes them."""

    def compute(self, beside: Beside) -> None:
        """Have both computed by ``beside``, where that is still to do; who asks for one waits for it."""
        if not {"_found", "kreise", "districts"} & set(self.__dict__):
            self.wait = beside(lambda: (self._kreise(), self._districts()))

    def fit(self) -> None:
        """Compute both now: before a process forks workers, which then share them."""
        for name in ("kreise", "districts"):
            getattr(self, name)

    @cached_property
    def kreise(self) -> BacktestResult:
        """All Kreise: the model not told of the law of 2017, and told; and the way of a city's run, usual damping."""
        return self._found[0] if self.wait else self._kreise()

    @cached_property
    def districts(self) -> BacktestResult:
        """The districts of the reference panel (district_ages)."""
        return self._found[1] if self.wait else self._districts()

    @cached_property
    def _found(self) -> tuple[BacktestResult, BacktestResult]:
        assert self.wait is not None
        return self.wait()

    def _kreise(self) -> BacktestResult:
        damping = float(Params.model_fields["trend_damping"].default)
        return shipped.check_care(vars(self.reference), laws_on_record("DE"), damping=damping)

    def _districts(self) -> BacktestResult:
        return shipped.check_districts(self.reference.district_ages)


@lru_cache(maxsize=2)
def shipped_backtests(reference: Reference) -> ShippedBacktests:
    """Return the back-tests for one reading of the reference: one object per process."""
    return ShippedBacktests(reference)
