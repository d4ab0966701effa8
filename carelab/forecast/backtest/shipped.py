"""The back-tests of what ships with carelab: all Kreise, and districts of one city, scored beside every rule of thumb.

Number of draws and seed are fixed, so that every report states the same figures, and ``carelab backtest`` reproduces
them: how good the method is does not depend on the city or the scenario of a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.backtest.care import TARGET, backtest_care
from carelab.forecast.backtest.city_way import forecast_kreise
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.backtest.result import (
    ALL,
    FORECAST_COLUMNS,
    MODEL,
    MODEL_CITY,
    MODEL_LAW,
    POOLED,
    BacktestResult,
    join_results,
    score_forecasts,
    shelf_life_table,
)
from carelab.forecast.care.schedule import fit_schedule
from carelab.forecast.care_panel.laws import Laws

DRAWS: Final = 1000
SEED: Final = 1
TENTHS: Final = 10


def check_care(reference: Mapping[str, pd.DataFrame], laws: Laws, *, damping: float) -> BacktestResult:
    """Return the back-test over all Kreise of the reference tables: no law known (MODEL), ``laws`` (MODEL_LAW), and the
    way of a city's run (MODEL_CITY; ``damping`` of its trend).

    ``reference`` maps names of data/reference to tables. Areas are also hidden at the last survey.
    """
    totals = reference["care_totals"]
    panel = totals[totals["level"] == "kreis"]
    people = kreis_population(reference["kreis_structure"], reference["population_kreis"])
    found = backtest_care(panel, people, draws=DRAWS, seed=SEED, beside={MODEL_LAW: laws}, hidden_surveys=1)
    hazard = fit_schedule(reference["care_rates"], reference["population_de"])
    own = forecast_kreise(reference, hazard, damping=damping, draws=DRAWS, seed=SEED)
    keys = ["area", "size_class", "origin", "horizon", "year", "target", "observed", "flags"]
    cases = found.forecasts.loc[(found.forecasts["rule"] == MODEL) & (found.forecasts["target"] == TARGET), keys]
    rows = cases.merge(own, on=["area", "origin", "year"]).assign(rule=MODEL_CITY)[list(FORECAST_COLUMNS)]
    return join_results([found, BacktestResult(score_forecasts(rows), shelf_life_table(rows), rows)])


def check_districts(district_ages: pd.DataFrame) -> BacktestResult:
    """Return the back-test of district populations over the panel of district_ages."""
    return backtest_population(district_ages.rename(columns={"district": "area"}), Setting(draws=DRAWS, seed=SEED))


def kreis_population(structure: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Return population by age of all Kreise as a back-test reads it: counted groups, else 0-64 and 65+.

    ``structure``: area, year, population, share_65plus; ``counted``: area, year, sex, age_from, age_to, persons.
    """
    coarse = structure[~structure["year"].isin(counted["year"])]
    old = (coarse["population"] * coarse["share_65plus"]).round()
    keys = {"area": coarse["area"], "year": coarse["year"], "sex": "t"}
    young = pd.DataFrame(keys | {"age_from": 0, "age_to": 64.0, "persons": coarse["population"] - old})
    oldest = pd.DataFrame(keys | {"age_from": 65, "age_to": np.nan, "persons": old})
    columns = ["area", "year", "sex", "age_from", "age_to", "persons"]
    return pd.concat([young, oldest.astype({"age_to": float}), counted[columns]], ignore_index=True)


def error_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, rule, n, mape_pct, wape_pct, bias_pct (per cent), all areas and origins together."""
    rows = scores[(scores["group"] == POOLED) & (scores["size_class"] == ALL)]
    table = rows[["target", "horizon", "rule", "n"]].copy()
    for name in ("mape", "wape", "bias"):
        table[f"{name}_pct"] = 100 * rows[name]
    return table.sort_values(["target", "horizon", "mape_pct"], ignore_index=True)


def pit_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return where in their distributions the models' cases fell: target, rule, horizon, tenth (1-10), n, share (0-1).

    PIT: the place of the count in the forecast's distribution; a tenth of the cases in every tenth if that is right
    (Dawid 1984, J. R. Stat. Soc. A 147; Gneiting, Balabdaoui & Raftery 2007, J. R. Stat. Soc. B 69).
    """
    cases = forecasts[forecasts["rule"].isin([MODEL, MODEL_LAW, MODEL_CITY]) & forecasts["pit"].notna()]
    tenth = np.clip(np.ceil(10 * cases["pit"].to_numpy(float)), 1, TENTHS).astype(int)
    keys = [cases[name].astype(object) for name in ("target", "rule", "horizon")]
    counts = pd.crosstab(keys, pd.Series(tenth, index=cases.index, name="tenth"))
    counts = counts.reindex(columns=range(1, TENTHS + 1), fill_value=0)
    shares = counts.div(counts.sum(axis=1), axis=0).assign(n=counts.sum(axis=1)).reset_index()
    long = shares.melt(id_vars=["target", "rule", "horizon", "n"], var_name="tenth", value_name="share")
    long = long.sort_values(["target", "rule", "horizon", "tenth"], ignore_index=True)
    return long.astype({"horizon": "int64", "tenth": "int64"})[["target", "rule", "horizon", "tenth", "n", "share"]]


def own_record(forecasts: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return the model's past forecasts of one area: origin, year, horizon, rule, observed, median, lower_80, upper_80,
    error_pct, inside_80, width_ratio (log width of its 80 % interval beside the middle area's); empty if not there."""
    rows = forecasts[forecasts["rule"].isin([MODEL, MODEL_LAW, MODEL_CITY]) & (forecasts["horizon"] > 0)].copy()
    rows["width"] = np.log(rows["upper_80"] / rows["lower_80"])
    rows["width_ratio"] = rows["width"] / rows.groupby(["rule", "origin", "horizon"])["width"].transform("median")
    rows = rows[rows["area"] == area]
    rows["error_pct"] = 100 * (rows["median"] / rows["observed"] - 1)
    rows["inside_80"] = rows["observed"].between(rows["lower_80"], rows["upper_80"])
    columns = ["origin", "year", "horizon", "rule", "observed", "median", "lower_80", "upper_80"]
    columns += ["error_pct", "inside_80", "width_ratio"]
    return rows.sort_values(["horizon", "origin", "rule"])[columns].reset_index(drop=True)
