"""The benchmark's rows about back-tests of people in need: growth, the change of law, Kreise without counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from carelab.forecast.backtest.care import TARGET, backtest_care
from carelab.forecast.backtest.care_hidden import TARGET as HIDDEN
from carelab.forecast.backtest.result import MODEL, MODEL_LAW, MODEL_NO_LAW
from carelab.forecast.backtest.shipped import SEED
from carelab.runs.bench_cells import BAND_WORDS, Outcome, error_row, judged_rows
from carelab.runs.bench_panels import Panel
from carelab.runs.bench_table import Row
from carelab.stages.panel_backtests import check_care_panel
from carelab.stages.panel_laws import laws_on_record
from carelab.terms import BAND_80

LIMITS: Final = ((2, (2011, 2013, 2017, 2019), 4.1), (4, (2011, 2017), 5.5))
"""Horizon, origins, largest mean MAPE in per cent that is asked for."""
BREAK_ORIGIN: Final = 2015
LEAST_ACROSS_BREAK: Final = 0.60
HIDDEN_YEAR: Final = 2019
HIDDEN_LIMIT: Final = 9.5
NATIONAL: Final = "national_last_growth"
BY_AGE: Final = "age_sex"


def kreise_rows(panel: Panel, draws: int) -> Iterator[Row]:
    """Yield errors of people in need, the break of 2017, Kreise without counts, WIS and cells, law entered and not."""
    beside = {MODEL_LAW: laws_on_record("DE")}
    both = backtest_care(panel.counts(), panel.people, draws=draws, seed=SEED, beside=beside)
    counted, hidden = Outcome("Kreise", both, [TARGET]), Outcome("Kreise, own count hidden", both, [HIDDEN])
    yield from _growth(counted)
    for horizon in (2, 4):
        yield _across_break(counted, horizon)
    yield from _hidden(hidden)
    for rule, law in ((MODEL, "no law entered"), (MODEL_LAW, "law of 2017 entered")):
        yield from judged_rows(Outcome(f"Kreise, {law}", both, [TARGET], rule))
    yield from judged_rows(hidden)


def care_rows(panel: Panel, draws: int) -> Iterator[Row]:
    """Yield the errors of any care panel beside the growth of the whole, by horizon, then WIS and cells.

    Laws on record enter as in ``carelab backtest care``; where one does, WIS and cells without it stand below.
    """
    result, chosen = check_care_panel(panel.counts(), panel.people, draws=draws, seed=SEED)
    outcome = Outcome(panel.name, result, [TARGET])
    for horizon in outcome.horizons():
        own, other = (outcome.value("mape", (TARGET, horizon), rule=rule) for rule in (MODEL, NATIONAL))
        what = f"{panel.name}, people in need, {horizon} years, all origins: MAPE (national last growth)"
        yield error_row(what, (own, other), None)
    yield from judged_rows(outcome)
    if chosen.laws:
        yield from judged_rows(Outcome(f"{panel.name}, law not entered", result, [TARGET], MODEL_NO_LAW))
    if HIDDEN in set(result.scores["target"]):
        yield from judged_rows(Outcome(f"{panel.name}, own count hidden", result, [HIDDEN]))


def _growth(outcome: Outcome) -> Iterator[Row]:
    """Yield the mean over origins of the MAPE over Kreise; unknown if an origin is missing."""
    for horizon, origins, limit in LIMITS:
        own, other = (
            float(np.mean([outcome.value("mape", (TARGET, horizon), rule=rule, origin=year) for year in origins]))
            for rule in (MODEL, NATIONAL)
        )
        years = ", ".join(map(str, origins))
        what = f"Kreise, people in need, {horizon} years, origins {years}: mean MAPE (national last growth)"
        yield error_row(what, (own, other), limit)


def _across_break(outcome: Outcome, horizon: int) -> Row:
    """Return how often the interval held across the break of 2017 with the law entered as it was known then."""
    case = (TARGET, horizon)
    held = outcome.value("coverage_80", case, rule=MODEL_LAW, origin=BREAK_ORIGIN)
    own, other = (100 * outcome.value("mape", case, rule=rule, origin=BREAK_ORIGIN) for rule in (MODEL_LAW, NATIONAL))
    return Row(
        f"Kreise, origin {BREAK_ORIGIN}, {horizon} years, law entered: 80 % interval holds (national last growth)",
        f"{100 * held:.0f} %, MAPE {own:.1f} %",
        f"MAPE {other:.1f} %",
        "",
        f"at least {100 * LEAST_ACROSS_BREAK:.0f} %",
        held >= LEAST_ACROSS_BREAK,
    )


def _hidden(outcome: Outcome) -> Iterator[Row]:
    """Yield error and coverage of Kreise estimated without their own count, from the Land and other Kreise."""
    case = (HIDDEN, 0)
    own, other = (outcome.value("mape", case, rule=rule, origin=HIDDEN_YEAR) for rule in (MODEL, BY_AGE))
    yield error_row(f"Kreise without own counts, {HIDDEN_YEAR}: MAPE (by age and sex)", (own, other), HIDDEN_LIMIT)
    held, (low, high) = outcome.value("coverage_80", case, origin=HIDDEN_YEAR), BAND_80
    yield Row("  80 % interval holds", f"{100 * held:.1f} %", "", "", BAND_WORDS, low <= held <= high)
