"""Designs of the Mobil side by side on the same draws: people reached, waiting, time on the road, cost per contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.planning.outreach.rates import RateLike, Rates, inverse, with_rate
from carelab.planning.outreach.simulate import World, Year, simulate_year, waiting_days
from carelab.planning.outreach.travel import Array
from carelab.terms import QUANTILE_COLUMNS

MEASURES = (
    *("cases", "contacts", "contacts_per_day", "served_share", "road_share", "unused_share"),
    *("wait_median", "wait_p90", "cost_per_contact", "cost_per_case"),
)
"""cases: requests settled in a year; contacts made; per day worked; share of the contacts asked for; shares of the
working day on the road and without work; calendar days from request to contact; euros."""
_PROBABILITIES = (0.5, 0.25, 0.75, 0.1, 0.9, 0.025, 0.975)


@dataclass(frozen=True)
class Outcome:
    """One design: its measures (draw,), and contacts asked and made (draw, district, queue) in the year."""

    values: dict[str, Array]
    asked: Array
    made: Array


def run_design(world: World, pattern: tuple[str, ...], cost: Array, *, vehicles: int = 1) -> Outcome:
    """Simulate one design; ``cost`` euros a year (draw,)."""
    year = simulate_year(world, pattern, vehicles=vehicles)
    asked, made = world.arrivals.sum(axis=0).astype(float), year.served.sum(axis=0).astype(float)
    contacts, total = made.sum(axis=(1, 2)), np.maximum(asked.sum(axis=(1, 2)), 1.0)
    worked = np.maximum(year.worked, 1.0)
    median, late = _waits(world, year, len(pattern))
    cases = (made * world.cases).sum(axis=(1, 2))
    values = {
        "cases": cases,
        "contacts": contacts,
        "contacts_per_day": contacts / worked,
        "served_share": contacts / total,
        "road_share": year.road / (worked * world.day_minutes),
        "unused_share": year.unused / (worked * world.day_minutes),
        "wait_median": median,
        "wait_p90": late,
        "cost_per_contact": cost / np.maximum(contacts, 1.0),
        "cost_per_case": cost / np.maximum(cases, 1.0),
    }
    return Outcome(values, asked, made)


def _waits(world: World, year: Year, days_per_week: int) -> tuple[Array, Array]:
    """Return median and 90th percentile of waiting by draw; infinite where that request was not served in the year."""
    wait, draw = waiting_days(world.arrivals, year.served, days_per_week=days_per_week)
    order = np.lexsort((wait, draw))
    wait, counts = wait[order], np.bincount(draw, minlength=world.arrivals.shape[1])
    first = np.cumsum(counts) - counts
    found = []
    for share in (0.5, 0.9):
        at = first + np.maximum(np.ceil(share * counts).astype(int) - 1, 0)
        found.append(np.where(counts > 0, wait[np.minimum(at, max(wait.size - 1, 0))] if wait.size else 0.0, 0.0))
    return found[0], found[1]


def quantile_row(values: Array) -> dict[str, float]:
    """Return the quantile columns of draws (draw,); order statistics, so that "not within the year" stays infinite."""
    found = np.quantile(values, _PROBABILITIES, method="closest_observation")
    return dict(zip(QUANTILE_COLUMNS, map(float, found), strict=True))


def design_table(outcomes: dict[str, Outcome]) -> pd.DataFrame:
    """Return design, measure, quantile columns, best (share of draws in which the design settles most requests)."""
    cases = np.stack([each.values["cases"] for each in outcomes.values()])
    most = cases >= cases.max(axis=0) - 1e-9
    best = most / most.sum(axis=0)
    rows = [
        {"design": name, "measure": measure, **quantile_row(outcome.values[measure]), "best": share}
        for (name, outcome), share in zip(outcomes.items(), best.mean(axis=1), strict=True)
        for measure in MEASURES
    ]
    return pd.DataFrame(rows)


def district_table(outcomes: dict[str, Outcome], due: Array, districts: pd.DataFrame) -> pd.DataFrame:
    """Return design, district, name, grade, asked and made (medians), quantile columns of made / ``due``, reached.

    ``due`` (draw, district): services falling due at home and in homes; hospital contacts are not counted here.
    ``reached`` is the median share of the contacts asked for that were made.
    """
    rows = []
    for name, outcome in outcomes.items():
        asked, made = outcome.asked[:, :, :3].sum(axis=2), outcome.made[:, :, :3].sum(axis=2)
        share = made / np.maximum(due, 1e-9)
        answered = np.median(np.where(asked > 0, made / np.maximum(asked, 1.0), np.nan), axis=0)
        for at, (key, row) in enumerate(districts.iterrows()):
            rows.append(
                {"design": name, "district": key, "name": row["name"], "asked": float(np.median(asked[:, at])),
                 "made": float(np.median(made[:, at])), "reached": float(answered[at]),
                 **quantile_row(share[:, at]), "grade": row["grade"]}
            )  # fmt: skip
    return pd.DataFrame(rows)


def extra_table(base: Outcome, others: dict[str, tuple[Outcome, Array]]) -> pd.DataFrame:
    """Return what more buys: extra, measure (contacts_more, cost_per_contact_more, served_share), quantile columns."""
    rows = []
    for name, (outcome, cost) in others.items():
        more = outcome.values["contacts"] - base.values["contacts"]
        worth = np.where(more > 0, cost / np.maximum(more, 1e-9), np.inf)
        found = {"contacts_more": more, "cost_per_contact_more": worth, "served_share": outcome.values["served_share"]}
        rows += [{"extra": name, "measure": key, **quantile_row(values)} for key, values in found.items()]
    return pd.DataFrame(rows)


def swing_table(rates: Sequence[RateLike], drawn: Rates, measure: Callable[[list[Rates]], list[Array]]) -> pd.DataFrame:
    """Return the tornado: rate, low, high (its 10 and 90 % quantile), medians at both, swing; largest first.

    ``measure`` gives draws (draw,) of the quantity in question for each set of rates; all other rates keep their draws.
    """
    moving = [rate for rate in rates if rate.low < rate.high]
    ends = [inverse(rate, np.array([0.1, 0.9])) for rate in moving]
    sets = [with_rate(drawn, rate.id, float(end)) for rate, pair in zip(moving, ends, strict=True) for end in pair]
    found = np.array([float(np.median(values)) for values in measure(sets)]).reshape(-1, 2)
    table = pd.DataFrame({"rate": [rate.id for rate in moving]})
    table[["low", "high"]], table[["at_low", "at_high"]] = np.array(ends).reshape(-1, 2), found
    table["swing"] = (table["at_high"] - table["at_low"]).abs()
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
