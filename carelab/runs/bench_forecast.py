"""How fast and how true the forecasting core is: a table of what, ours, yardstick, ratio, target, met.

``python -m carelab.runs.bench_forecast`` (``--quick``: under a minute; ``--full``: the largest simulation as a whole).
Ours and yardstick are measured in turn in one process; medians over repeats. Times of a shared machine vary: the ratio
is the figure.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.reconciliation import hierarchy_from_levels, reconcile, structural_variance
from carelab.forecast.trends.filter import LOCAL_LINEAR_TREND
from carelab.forecast.trends.fit import fit_trends
from carelab.runs.bench_access import access_rows
from carelab.runs.bench_oracle import oracle_rows
from carelab.runs.bench_simulate import simulation_rows
from carelab.runs.bench_siting import siting_rows
from carelab.runs.bench_sums import sum_rows
from carelab.runs.bench_table import Row, as_markdown, median_seconds

PERIODS = 20


@dataclass(frozen=True)
class Trends:
    """Seconds per series: ours and statsmodels'; difference of likelihoods at the same parameters, least gain over
    statsmodels' maximum, and how many of ours did not converge.
    """

    ours: float
    theirs: float
    apart: float
    least_gain: float
    flagged: int


def panel(series: int, *, seed: int = 1) -> Array:
    """Return local linear trends (period, series) with variances mixed over series, some of them zero; unit: per
    cent.
    """
    rng = np.random.default_rng(seed)
    size = rng.choice([0.0, 0.5, 1.0, 2.0], (3, series)) + np.array([[0.3], [0.0], [0.0]])
    slope = rng.normal(0, 0.5, series) + np.cumsum(0.3 * size[2] * rng.normal(0, 1, (PERIODS, series)), axis=0)
    level = 100 + np.cumsum(slope + size[1] * rng.normal(0, 1, (PERIODS, series)), axis=0)
    return np.asarray(level + size[0] * rng.normal(0, 1, (PERIODS, series)))


def measure_trends(series: int, compared: int, repeats: int) -> Trends:
    """Fit ``series`` at once, and the first ``compared`` of them one by one with UnobservedComponents.fit."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y = panel(series)
    fit = fit_trends(y, LOCAL_LINEAR_TREND)
    ours = median_seconds(lambda: fit_trends(y, LOCAL_LINEAR_TREND), repeats) / series
    seconds, apart, gain = [], [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(compared):
            started = perf_counter()
            theirs = UnobservedComponents(y[:, k], "local linear trend").fit(disp=0)
            seconds.append(perf_counter() - started)
            apart.append(abs(theirs.model.loglike(fit.variances[:, k]) - fit.loglik[k]))
            gain.append(fit.loglik[k] - theirs.llf)
    flagged = int((~fit.converged).sum())
    return Trends(ours, float(np.mean(seconds)), float(np.max(apart)), float(np.min(gain)), flagged)


def trend_rows(quick: bool) -> Iterator[Row]:
    """Yield throughput at 160 and 11,000 series, and how true the fits are."""
    for series, target in ((160, 100), (11_000, 300)):
        compared = 12 if quick else 160 if series == 160 else 60
        found = measure_trends(series, compared, 15 if series == 160 else 3 if quick else 5)
        ratio = found.theirs / found.ours
        yield Row(
            f"trend models, {series:,} series: series/s, UnobservedComponents.fit one by one",
            f"{1 / found.ours:,.0f}",
            f"{1 / found.theirs:,.1f}",
            f"{ratio:,.0f}",
            f"at least {target}",
            ratio >= target,
        )
        yield Row(
            f"  same parameters: largest difference of log-likelihood ({series:,})",
            f"{found.apart:.1e}",
            "",
            "",
            "at most 1e-6",
            found.apart <= 1e-6,
        )
        truth = f"{found.least_gain:.1e}; {found.flagged} flagged"
        yield Row(
            f"  own maximum - theirs, lowest ({series:,})", truth, "0", "", "at least -1e-5", found.least_gain >= -1e-5
        )


def reconciliation_rows(quick: bool) -> Iterator[Row]:
    """Yield the largest gap between sums and parts, over all draws, at 410 sums over 11,000 areas (quick: fewer)."""
    parts, draws = (1_100, 100) if quick else (11_000, 60)
    tree = hierarchy_from_levels(
        [str(part // 28) for part in range(parts)], [str(part // 700) for part in range(parts)]
    )
    rng = np.random.default_rng(2)
    forecasts = tree.add_up(rng.uniform(0, 3000, (draws, parts)))
    forecasts += rng.normal(0, 20, forecasts.shape)
    weights = structural_variance(tree)
    started = perf_counter()
    found = reconcile(forecasts, tree, weights)
    seconds = perf_counter() - started
    apart = np.abs(found[:, 0] - found[:, tree.shape[0] :].sum(axis=1)).max()
    gap, negative = max(tree.largest_gap(found), float(apart)), int((found < 0).sum())
    yield Row(
        f"MinT, {tree.shape[0]} sums over {parts:,} areas, {draws} draws: largest gap in any draw ({seconds:.1f} s)",
        f"{gap:.1e}; {negative} negative",
        "0",
        "",
        "at most 1e-6; none",
        gap <= 1e-6 and negative == 0,
    )


def rows(*, quick: bool, full: bool) -> Iterator[Row]:
    """Yield the whole table."""
    parts: list[Callable[[], Iterator[Row]]] = [
        oracle_rows,
        lambda: trend_rows(quick),
        lambda: simulation_rows(quick=quick, full=full),
        lambda: reconciliation_rows(quick),
        lambda: sum_rows(draws=50 if quick else 200),
        lambda: access_rows(quick=quick),
        lambda: siting_rows(quick=quick),
    ]
    for part in parts:
        yield from part()


def main() -> None:
    """Print the table as markdown, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller samples, under a minute")
    parser.add_argument("--full", action="store_true", help="simulate all 11,000 areas instead of a tenth")
    asked = parser.parse_args()
    for line in as_markdown(rows(quick=asked.quick, full=asked.full)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
