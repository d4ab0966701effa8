"""How wrong would we have been? The care model, told nothing after an origin, against what was counted later."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from carelab.forecast.care_levels import build_panel, fit_trend, panel_levels
from carelab.forecast.care_projection import Anchor, draw_levels
from carelab.forecast.care_schedule import rates, solve_level
from carelab.forecast.summary import PROBABILITIES, sorted_quantiles
from carelab.forecast.survival import survivorship
from carelab.terms import AGE_TOP, QUANTILE_COLUMNS, SEXES

RULES = ("model", "constant_rates", "last_growth")


def backtest_cities(
    reference: Mapping[str, pd.DataFrame],
    hazard: Array,
    *,
    origin: int,
    damping: float,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return errors of the model and of two rules of thumb for the cities of care_cities, fitted on surveys up to
    ``origin``.

    Columns: area, name, origin, year, observed, quantile columns (persons; rules of thumb: median only), error_pct (100
    x (median / observed - 1)), inside_80, rule. Population: the ages of ``origin`` survived forward, no later count.
    The age-sex schedule is of 2021/2023: only its shape is used here, levels come from surveys up to ``origin``.
    """
    trend = fit_trend(panel_levels(build_panel(reference, hazard, last_year=origin)), {})
    counts = reference["care_cities"]
    counts = counts[(counts["measure"] == "people_in_need") & (counts["sex"] == "t")]
    parts = []
    for area, own in counts.groupby("area"):
        series = own.set_index("year")["persons"].astype(float)
        later = [int(year) for year in series.index if year > origin]
        persons = _single_ages(reference, str(area), origin)
        anchor = Anchor(np.full(draws, float(_level(persons, hazard, series[origin]))), origin, 0.0, origin)
        levels = draw_levels(anchor, trend, max(later), variant="trend", damping=damping, rng=rng)
        for year in later:
            people = _survive(persons, _qx(reference, origin), year - origin)
            model = np.einsum("nsa,sa->n", rates(hazard, levels[:, year - origin]), people)
            constant = float((rates(hazard, anchor.level[:1])[0] * people).sum())
            repeated = series[origin] * (series[origin] / series[origin - 2]) ** ((year - origin) / 2)
            rows = [_row("model", sorted_quantiles(model, [PROBABILITIES[c] for c in QUANTILE_COLUMNS]), series[year])]
            rows += [
                _row(rule, np.array([value] + [np.nan] * 6), series[year])
                for rule, value in zip(RULES[1:], (constant, repeated), strict=True)
            ]
            parts.append(pd.DataFrame(rows).assign(area=area, name=own["name"].iloc[0], origin=origin, year=year))
    columns = ["area", "name", "origin", "year", "observed", *QUANTILE_COLUMNS, "error_pct", "inside_80", "rule"]
    return pd.concat(parts, ignore_index=True)[columns]


def _row(rule: str, quantiles: Array, observed: float) -> dict[str, object]:
    values = dict(zip(QUANTILE_COLUMNS, map(float, quantiles), strict=True))
    inside = bool(values["lower_80"] <= observed <= values["upper_80"]) if rule == "model" else None
    return {
        "rule": rule,
        "observed": observed,
        **values,
        "error_pct": 100 * (values["median"] / observed - 1),
        "inside_80": inside,
    }


def _level(persons: Array, hazard: Array, count: float) -> Array:
    return solve_level(persons.reshape(-1), hazard.reshape(-1), np.asarray(count))


def _qx(reference: Mapping[str, pd.DataFrame], origin: int) -> Array:
    table = reference["lifetable"]
    year = table.loc[table["year"] <= max(origin, table["year"].min()), "year"].max()
    chosen = table[table["year"] == year].sort_values("age")
    return np.stack([chosen.loc[chosen["sex"] == sex, "qx"].to_numpy(float) for sex in SEXES])


def _single_ages(reference: Mapping[str, pd.DataFrame], area: str, year: int) -> Array:
    """Return persons (sex, age): published age groups, split within by a stationary population (L of the life
    table).
    """
    rows = reference["population_cities"]
    rows = rows[(rows["area"] == area) & (rows["year"] == year)]
    share = np.array([np.append(1.0, np.cumprod(survivorship(q, AGE_TOP)[1:-1])) for q in _qx(reference, year)])
    top = [s[-1] / (1 - survivorship(q, AGE_TOP)[-1]) for s, q in zip(share, _qx(reference, year), strict=True)]
    share[:, -1] = top
    persons = np.zeros_like(share)
    for row in rows.itertuples():
        s, last = SEXES.index(str(row.sex)), AGE_TOP if np.isnan(row.age_to) else int(row.age_to)
        ages = slice(int(row.age_from), last + 1)
        persons[s, ages] = row.persons * share[s, ages] / share[s, ages].sum()
    return persons


def _survive(persons: Array, qx: Array, years: int) -> Array:
    """Age persons (sex, age) by survival alone; newborns as many as the youngest: they hardly matter for care."""
    rate = np.stack([survivorship(q, AGE_TOP) for q in qx])
    for _ in range(years):
        moved = persons * rate[:, 1:]
        persons = np.concatenate([persons[:, :1], moved[:, :-1]], axis=1)
        persons[:, -1] += moved[:, -1]
    return persons
