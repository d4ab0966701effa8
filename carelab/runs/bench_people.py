"""The benchmark's rows about back-tests of populations: errors beside Hamilton-Perry, intervals, the oldest by band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from carelab.forecast.backtest.population import Setting
from carelab.forecast.backtest.result import MODEL, BacktestResult
from carelab.forecast.backtest.shipped import SEED
from carelab.runs.bench_cells import Outcome, error_row, judged_rows
from carelab.runs.bench_panels import WIEN, Panel
from carelab.runs.bench_table import Row
from carelab.stages.panel_backtests import check_population_panel
from carelab.terms import BAND_80

OLD: Final = ("total", "65+", "75+", "80+")
BANDS: Final = ("80-84", "85-89", "90+")
WIEN_LIMITS: Final = {5: (3.3, 1.1, 1.9, 3.0), 10: (4.9, 2.1, 2.8, 4.3)}
"""Largest WAPE in per cent that is asked for, by horizon, in the order of OLD."""
AHEAD: Final = 5
"""Years ahead at which the bands of the oldest are compared."""
FEWEST_BETTER: Final = 2
LOCAL: Final = "hamilton_perry_local"


def population_rows(panel: Panel, draws: int) -> Iterator[Row]:
    """Yield WAPE beside Hamilton-Perry after five and ten years (else the furthest horizon), WIS and cells."""
    result = check_population_panel(panel.ages(), Setting(draws=draws, seed=SEED))
    outcome = Outcome(panel.name, result, [name for name in OLD if name in set(result.scores["target"])])
    there = outcome.horizons()
    for horizon in [each for each in WIEN_LIMITS if each in there] or there[-1:]:
        limits = dict(zip(OLD, WIEN_LIMITS[horizon], strict=True)) if panel.name == WIEN else {}
        for name in outcome.targets:
            yield _wape_row(outcome, (name, horizon), limits.get(name))
    yield from judged_rows(outcome)


def band_rows(panel: Panel, draws: int) -> Iterator[Row]:
    """Yield the WAPE of the oldest by band beside Hamilton-Perry, how many are better, and how many intervals held."""
    result = check_population_panel(panel.ages(), Setting(draws=draws, seed=SEED))
    outcome = Outcome(panel.name, result, BANDS)
    wape = {name: [outcome.value("wape", (name, AHEAD), rule=rule) for rule in (MODEL, LOCAL)] for name in BANDS}
    for name in BANDS:
        yield _wape_row(outcome, (name, AHEAD), None)
    better = sum(own < other for own, other in wape.values())
    target = f"at least {FEWEST_BETTER}"
    yield Row("  bands better than Hamilton-Perry", f"{better} of 3", "", "", target, better >= FEWEST_BETTER)
    for name in BANDS:
        share, cases = (outcome.value(each, (name, AHEAD)) for each in ("coverage_80", "n_interval"))
        held, target = f"{share * cases:.0f} of {cases:.0f}", f"at least {100 * BAND_80[0]:.0f} %"
        yield Row(f"  {name}: 80 % interval held", held, "", f"{100 * share:.0f} %", target, share >= BAND_80[0])


def _wape_row(outcome: Outcome, case: tuple[str, int], limit: float | None) -> Row:
    name, horizon = case
    own, other = (outcome.value("wape", case, rule=rule) for rule in (MODEL, LOCAL))
    origins = _origins(outcome.result, horizon)
    what = f"{outcome.name}, {origins}, {horizon} years, {name}: WAPE (Hamilton-Perry, local)"
    return error_row(what, (own, other), limit)


def _origins(result: BacktestResult, horizon: int) -> str:
    """Return which origins a horizon was scored from, e.g. "origins 2007-2020"."""
    cases = result.forecasts[(result.forecasts["rule"] == MODEL) & (result.forecasts["horizon"] == horizon)]
    years = cases.loc[cases["observed"].notna(), "origin"]
    return f"origins {years.min()}-{years.max()}"
