"""The back-tests of what ships with carelab: all Kreise, and districts of one city, scored beside every rule of thumb.

Number of draws and seed are fixed, so that every report states the same figures, and ``carelab backtest`` reproduces
them: how good the method is does not depend on the city or the scenario of a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from carelab.forecast.backtest.care import backtest_care
from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.backtest.result import ALL, MODEL, POOLED, BacktestResult
from carelab.forecast.care_panel.spread import LawChange
from carelab.forecast.scores import wis
from carelab.forecast.summary import PROBABILITIES
from carelab.terms import BAND_80, LEVELS, QUANTILE_COLUMNS

DRAWS: Final = 1000
SEED: Final = 1
MODEL_LAW: Final = "model_law"
"""The model told of the change of law as it was expected at the origin."""
PSG2: Final = LawChange(
    known_from=2015,
    start=2017.0,
    size=(500_000 + 180_483) / 2_860_293,
    source="500.000 (epd, 11.11.2015), 180.483 (Regionalstatistik 22411-02-03-4), 2.860.293 (Pflegestatistik 2015)",
)
"""Second act to strengthen care (PSG II): additional people expected, those of Pflegestufe 0, count of 2015."""
TENTHS: Final = 10
FEWEST_CASES: Final = 30
"""Cells with fewer cases are shown, but not judged."""
_CASE: Final = ["target", "horizon", "size_class", "origin", "area"]


def check_care(reference: Mapping[str, pd.DataFrame]) -> tuple[BacktestResult, BacktestResult]:
    """Return the back-test over all Kreise of the reference tables: no law known, and PSG2 entered from 2015.

    ``reference`` maps names of data/reference to tables. Areas are also hidden at the last survey (first result only).
    """
    totals = reference["care_totals"]
    panel = totals[totals["level"] == "kreis"]
    people = kreis_population(reference["kreis_structure"], reference["population_kreis"])
    plain = backtest_care(panel, people, draws=DRAWS, seed=SEED, hidden_surveys=1)
    return plain, backtest_care(panel, people, draws=DRAWS, seed=SEED, law=PSG2, hidden_surveys=0)


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


def join_laws(plain: pd.DataFrame, law: pd.DataFrame) -> pd.DataFrame:
    """Return a table of the first back-test with the model's rows of the second as rule MODEL_LAW."""
    told = law[law["rule"] == MODEL].assign(rule=MODEL_LAW)
    return pd.concat([plain, told], ignore_index=True)


def error_table(scores: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, rule, n, mape_pct, wape_pct, bias_pct (per cent), all areas and origins together."""
    rows = scores[(scores["group"] == POOLED) & (scores["size_class"] == ALL)]
    table = rows[["target", "horizon", "rule", "n"]].copy()
    for name in ("mape", "wape", "bias"):
        table[f"{name}_pct"] = 100 * rows[name]
    return table.sort_values(["target", "horizon", "mape_pct"], ignore_index=True)


def calibration_table(scores: pd.DataFrame, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return how often the model's intervals held, and its WIS beside the best rule's in the same cases, by cell.

    Columns: target, rule (MODEL, MODEL_LAW), horizon, size_class ("all" too), n, coverage_50, coverage_80, coverage_95
    (0-1), verdict (held, too_narrow, too_wide; few_cases below FEWEST_CASES), wis_ratio, best_rule (NaN, "": no rule
    has intervals). Pooled over origins.
    """
    own = scores["rule"].isin([MODEL, MODEL_LAW]) & (scores["group"] == POOLED)
    columns = ["target", "rule", "horizon", "size_class", "n", *(f"coverage_{level}" for level in LEVELS)]
    table = scores.loc[own, columns].merge(relative_wis(forecasts), how="left")
    held = table["coverage_80"]
    judged = [table["n"] < FEWEST_CASES, held < BAND_80[0], held > BAND_80[1]]
    table["verdict"] = np.select(judged, ["few_cases", "too_narrow", "too_wide"], "held")
    return table.fillna({"best_rule": ""}).sort_values(["target", "horizon", "size_class", "rule"], ignore_index=True)


def pit_table(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return where in their distributions the models' cases fell: target, rule, horizon, tenth (1-10), n, share (0-1).

    PIT: the place of the count in the forecast's distribution; a tenth of the cases in every tenth if that is right
    (Dawid 1984, J. R. Stat. Soc. A 147; Gneiting, Balabdaoui & Raftery 2007, J. R. Stat. Soc. B 69).
    """
    cases = forecasts[forecasts["rule"].isin([MODEL, MODEL_LAW]) & forecasts["pit"].notna()]
    tenth = np.clip(np.ceil(10 * cases["pit"].to_numpy(float)), 1, TENTHS).astype(int)
    keys = [cases[name].astype(object) for name in ("target", "rule", "horizon")]
    counts = pd.crosstab(keys, pd.Series(tenth, index=cases.index, name="tenth"))
    counts = counts.reindex(columns=range(1, TENTHS + 1), fill_value=0)
    shares = counts.div(counts.sum(axis=1), axis=0).assign(n=counts.sum(axis=1)).reset_index()
    long = shares.melt(id_vars=["target", "rule", "horizon", "n"], var_name="tenth", value_name="share")
    long = long.sort_values(["target", "rule", "horizon", "tenth"], ignore_index=True)
    return long.astype({"horizon": "int64", "tenth": "int64"})[["target", "rule", "horizon", "tenth", "n", "share"]]


def relative_wis(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Return target, horizon, size_class, rule (the models), wis_ratio, best_rule: the rule that is hardest to beat.

    Only cases that both have intervals for are compared; a rule counts where it has at least half of the model's.
    """
    quantiles = forecasts[list(QUANTILE_COLUMNS)].to_numpy(float)
    probabilities = [PROBABILITIES[each] for each in QUANTILE_COLUMNS]
    scored = forecasts[[*_CASE, "rule"]].astype(dict.fromkeys(("target", "size_class", "area", "rule"), object))
    scored["wis"] = wis(forecasts["observed"].to_numpy(float), quantiles, levels=probabilities)
    wide = scored.set_index([*_CASE, "rule"])["wis"].unstack()
    by_class = ["target", "horizon", "size_class"]
    parts = [
        _hardest(wide, model, by).assign(rule=model)
        for model in (MODEL, MODEL_LAW)
        if model in wide
        for by in (by_class, by_class[:2])
    ]
    return pd.concat(parts, ignore_index=True).fillna({"size_class": ALL})


def _hardest(wide: pd.DataFrame, model: str, by: list[str]) -> pd.DataFrame:
    """Return the largest ratio of the model's mean WIS to a rule's in common cases, and that rule, by cell."""
    own, ratios = wide[model], {}
    cases = own.groupby(by).count()
    for rule in wide.columns.difference([MODEL, MODEL_LAW]):
        both = own.notna() & wide[rule].notna()
        sums = [each.where(both).groupby(by).sum() for each in (own, wide[rule])]
        enough = (both.groupby(by).sum() >= cases / 2) & (sums[1] > 0)
        ratios[str(rule)] = (sums[0] / sums[1]).where(enough)
    table = pd.DataFrame(ratios)
    best = table.fillna(-1.0).idxmax(axis=1).where(table.notna().any(axis=1), "")
    return pd.DataFrame({"wis_ratio": table.max(axis=1), "best_rule": best}).reset_index()


def own_record(forecasts: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return the model's past forecasts of one area: origin, year, horizon, rule, observed, median, lower_80, upper_80,
    error_pct, inside_80, width_ratio (log width of its 80 % interval beside the middle area's); empty if not there."""
    rows = forecasts[forecasts["rule"].isin([MODEL, MODEL_LAW]) & (forecasts["horizon"] > 0)].copy()
    rows["width"] = np.log(rows["upper_80"] / rows["lower_80"])
    rows["width_ratio"] = rows["width"] / rows.groupby(["rule", "origin", "horizon"])["width"].transform("median")
    rows = rows[rows["area"] == area]
    rows["error_pct"] = 100 * (rows["median"] / rows["observed"] - 1)
    rows["inside_80"] = rows["observed"].between(rows["lower_80"], rows["upper_80"])
    columns = ["origin", "year", "horizon", "rule", "observed", "median", "lower_80", "upper_80"]
    columns += ["error_pct", "inside_80", "width_ratio"]
    return rows.sort_values(["horizon", "origin", "rule"])[columns].reset_index(drop=True)
