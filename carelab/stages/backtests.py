"""Back-tests of a study: how wrong the method would have been over all Kreise and over districts, rule by rule.

The same for every city and scenario, and computed once per process, but for ``backtest_own``, the record of the run's
own city.
"""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from carelab.forecast.backtest import shipped
from carelab.forecast.backtest.calibration import calibration_table, relative_wis
from carelab.forecast.backtest.result import BacktestResult
from carelab.stages.early_warning import EarlyWarning
from carelab.stages.shared_backtests import shipped_backtests


class Backtests(EarlyWarning):
    """Errors, intervals and shelf life at past origins, beside all rules of thumb."""

    @cached_property
    def _kreise(self) -> BacktestResult:
        """All Kreise; the model twice: knowing nothing of the law of 2017, and told of it from 2015 on."""
        return shipped_backtests(self.reference).kreise

    @cached_property
    def _districts(self) -> BacktestResult:
        """The districts of the reference panel (district_ages)."""
        return shipped_backtests(self.reference).districts

    @cached_property
    def backtest_errors(self) -> pd.DataFrame:
        """Errors of model and rules: panel (kreise, wien_districts) and the columns of shipped.error_table."""
        return self._both(*(shipped.error_table(each.scores) for each in (self._kreise, self._districts)))

    @cached_property
    def calibration(self) -> pd.DataFrame:
        """How often the intervals held and how good they are beside the best rule's (calibration_table)."""
        panels = (self._kreise, self._districts)
        return self._both(*(calibration_table(each.scores, relative_wis(each.forecasts)) for each in panels))

    @cached_property
    def pit_shares(self) -> pd.DataFrame:
        """Where in the models' distributions the counts fell: panel and the columns of shipped.pit_table."""
        return self._both(*(shipped.pit_table(each.forecasts) for each in (self._kreise, self._districts)))

    @cached_property
    def shelf_life(self) -> pd.DataFrame:
        """panel, rule, target, size_class, years (NaN: not even the shortest horizon), longest (horizon tested)."""
        return self._both(self._kreise.shelf_life, self._districts.shelf_life)

    @cached_property
    def backtest_own(self) -> pd.DataFrame:
        """The city's own record among the Kreise (shipped.own_record); empty where it is no Kreis of the panel."""
        return shipped.own_record(self._kreise.forecasts, self.city.info.ags)

    @staticmethod
    def _both(kreise: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
        parts = [kreise.assign(panel="kreise"), districts.assign(panel="wien_districts")]
        return pd.concat(parts, ignore_index=True)[["panel", *kreise.columns]]
