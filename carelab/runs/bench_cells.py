"""Rows of the benchmark from a back-test: errors beside a rule of thumb, interval scores, and cells that held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.backtest.calibration import FEWEST_CASES, relative_wis
from carelab.forecast.backtest.result import ALL, MODEL, POOLED, BacktestResult
from carelab.runs.bench_table import Row
from carelab.terms import BAND_80

WIS_LIMIT: Final = 0.9
BAND_WORDS: Final = "-".join(f"{100 * each:.0f}" for each in BAND_80) + " %"


@dataclass(frozen=True)
class Outcome:
    """A back-test in the table: its name there, the result, the targets that are judged, and the rule."""

    name: str
    result: BacktestResult
    targets: Sequence[str]
    rule: str = MODEL

    def value(self, measure: str, case: tuple[str, int], *, rule: str = "", origin: int | None = None) -> float:
        """Return a measure (column of scores) of a case (target, horizon) over all areas; NaN where there is none.

        ``rule``: the judged one unless given; ``origin``: all together unless given.
        """
        rows = self._scores(rule or self.rule)
        group = POOLED if origin is None else str(origin)
        rows = rows[(rows["target"] == case[0]) & (rows["horizon"] == case[1]) & (rows["group"] == group)]
        values = rows.loc[rows["size_class"] == ALL, measure].to_numpy(float)
        return float(values[0]) if values.size else float("nan")

    def horizons(self) -> list[int]:
        """Return the horizons that were scored for the judged targets."""
        return sorted({int(each) for each in self._scores(self.rule)["horizon"]})

    def coverage(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return scores of cells (size class and horizon, enough cases, all origins) and of single origins."""
        rows = self._scores(self.rule)
        cells = rows[(rows["size_class"] != ALL) & (rows["group"] == POOLED) & (rows["n_interval"] >= FEWEST_CASES)]
        origins = rows[(rows["size_class"] == ALL) & (rows["group"] != POOLED) & rows["coverage_80"].notna()]
        return cells, origins

    def _scores(self, rule: str) -> pd.DataFrame:
        rows = self.result.scores
        return rows[(rows["rule"] == rule) & rows["target"].isin(self.targets)]


def error_row(what: str, errors: tuple[float, float], limit: float | None) -> Row:
    """Return a row of two errors (shares: ours, the yardstick's) and a limit in per cent (None: shown only).

    An error that is not known (NaN) does not meet its limit.
    """
    ours, theirs = (100 * each for each in errors)
    met = None if limit is None else bool(errors[0] <= limit / 100)
    target = "shown" if limit is None else f"at most {limit:g} %"
    other = f"{theirs:.2f} %" if np.isfinite(theirs) else ""
    ratio = f"{ours / theirs:.2f}" if np.isfinite(theirs) and theirs else ""
    return Row(what, f"{ours:.2f} %", other, ratio, target, met)


def judged_rows(outcome: Outcome) -> Iterator[Row]:
    """Yield what holds for every panel: WIS beside the hardest rule by horizon, cells that held, single origins."""
    yield from _wis_rows(outcome)
    yield from _cell_rows(outcome)


def _wis_rows(outcome: Outcome) -> Iterator[Row]:
    """Yield one row per horizon: WIS over that of the rule that is hardest to beat, in the cases both know."""
    result = outcome.result
    table = relative_wis(result.forecasts) if result.relative.empty else result.relative
    table = table[(table["rule"] == outcome.rule) & (table["size_class"] == ALL)].set_index("target")
    for horizon in outcome.horizons():
        here = table[table["horizon"] == horizon]
        here = here.loc[[target for target in outcome.targets if target in here.index]]
        ratios = here["wis_ratio"].to_numpy(float)
        known = np.isfinite(ratios)
        rules = " / ".join(dict.fromkeys(str(rule) or "none" for rule in here["best_rule"]))
        shown = " / ".join(f"{each:.2f}" if np.isfinite(each) else "–" for each in ratios)
        named = ", " + " / ".join(here.index) if len(here) > 1 else ""
        what = f"{outcome.name}, {_ahead(horizon)}: WIS over that of the best rule{named}"
        met = bool((ratios[known] <= WIS_LIMIT).all()) if known.any() else None
        yield Row(what, "", rules, shown, f"at most {WIS_LIMIT:g}", met)


def _cell_rows(outcome: Outcome) -> Iterator[Row]:
    """Yield one row per target: how many cells of size class and horizon held, and how far single origins lie off."""
    cells, origins = outcome.coverage()
    low, high = BAND_80
    for target in outcome.targets:
        held = cells.loc[cells["target"] == target, "coverage_80"]
        single = 100 * origins.loc[origins["target"] == target, "coverage_80"]
        if held.empty:
            continue
        inside = int(held.between(low, high).sum())
        found = f"{inside} of {len(held)}; {(held < low).sum()} below, {(held > high).sum()} above"
        what = f"{outcome.name}, {target}: 80 % interval, cells of size class and horizon in {BAND_WORDS}"
        apart = f"single origins {single.min():.0f}-{single.max():.0f} %"
        yield Row(what, found, "", apart, "all", inside == len(held))


def _ahead(horizon: int) -> str:
    return "same year" if horizon == 0 else f"{horizon} year{'s' if horizon > 1 else ''}"
