"""Print how often intervals of inhabitants held (docs/decisions/0017): ``.venv/bin/python docs/evidence_total.py``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.backtest.growth import check_growth
from carelab.forecast.population import city_projection as model
from carelab.forecast.population import prepare
from carelab.forecast.population.growth_draws import widen
from carelab.forecast.population.growth_error import growth_panel, learn_spread
from carelab.forecast.population.single_ages import births_of, complete_ages
from carelab.forecast.population.survival import tables_known
from carelab.inputs.city import load_city
from carelab.inputs.kreise import kreis_keys, load_area
from carelab.inputs.reference import load_reference
from carelab.stages.shared import shared_model

DRAWS, SCENARIO = 1000, model.Scenario()
BANDS = {"total": 0, "65+": 65, "80-84": 80, "85-89": 85, "90+": 90}
REFERENCE = load_reference()


def by_sex(ages: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return a year's ages by sex; where the sexes are counted together only, split as in the nearest year.

    For Magdeburg before 2021 that year is later than the origin: hindsight, though only of how ages divide by sex.
    """
    table = pd.DataFrame(prepare.city_ages(ages, year).T, columns=["m", "w"]).rename_axis("age_from").reset_index()
    return table.melt("age_from", var_name="sex", value_name="persons").assign(
        year=year, age_to=table["age_from"].max()
    )


def history(ages: pd.DataFrame, land: str, origin: int, window: int) -> model.History:
    """Return what was known of a city in a past year: ages (births from infants), the life table of the time."""
    years = prepare.unbroken(ages["year"], origin)[-window - 1 :]
    known = pd.concat([by_sex(ages, year) for year in years], ignore_index=True)
    lifetable = tables_known(REFERENCE.lifetable, origin)
    _, qx = prepare.mortality(lifetable, REFERENCE.life_expectancy, land, origin)
    none = pd.DataFrame()
    births = births_of(known, REFERENCE.fertility, qx)
    tables = prepare.CityTables("", pd.Index([]), none, none, known, none, births)
    return prepare.city_history(tables, lifetable, REFERENCE.life_expectancy, land=land, base_year=origin)


def paths(past: model.History, ags: str, years: int, *, widened: bool) -> np.ndarray:
    """Return persons (draw, year, age), with what was known of growth elsewhere in the origin or without."""
    origin = int(past.years[-1])
    rates = model.draw_rates(past, years, DRAWS, np.random.default_rng(origin), SCENARIO)
    if widened:
        spread = learn_spread(shared_model(REFERENCE, origin).growth_panel, ags)
        rates = widen(rates, past, spread, scenario=SCENARIO, rng=np.random.default_rng([origin, 1]))
    return model.project(past.by_sex[None], rates).sum(axis=2)


def case(drawn: np.ndarray, true: float) -> dict[str, float]:
    """Return whether intervals hold what came true, the width of the 80 % one and the median's error in per cent."""
    low, low_80, median, high_80, high = np.quantile(drawn, [0.025, 0.1, 0.5, 0.9, 0.975])
    held = {"in_80": low_80 <= true <= high_80, "in_95": low <= true <= high}
    return held | {"width": 100 * (high_80 - low_80) / median, "error": 100 * abs(median / true - 1)}


def magdeburg() -> None:
    """Print Magdeburg from origins 2011-2020: five years' window and all years, before and after widening."""
    city = load_city("magdeburg")
    counted = prepare.city_by_age(city.population_city, "t").dropna()
    rows = []
    for window in (5, 99):
        for origin in range(2011, 2025):
            past = history(city.population_city, city.info.land, origin, window)
            for widened in (False, True):
                path = paths(past, city.info.ags, 10, widened=widened)
                for ahead in (1, 5, 10):
                    if origin + ahead > counted.index.max() or (ahead > 1 and origin > 2020):
                        continue
                    true = counted.loc[origin + ahead].to_numpy(float)
                    for band, first in BANDS.items():
                        last = first + 5 if "-" in band else None
                        found = case(path[:, ahead, first:last].sum(axis=1), float(true[first:last].sum()))
                        rows.append({"window": window, "band": band, "ahead": ahead, "widened": widened, **found})
    table = pd.DataFrame(rows).groupby(["window", "band", "ahead", "widened"])
    kinds = {"cases": ("in_80", "size"), "in_80": ("in_80", "sum"), "in_95": ("in_95", "sum")}
    print(table.agg(**kinds, width=("width", "mean"), error=("error", "mean")).round(2).to_string())


def kreise(origin: int = 2019) -> None:
    """Print the whole chain for all Kreise, ages known for 2015 up to the origin."""
    later = REFERENCE.kreis_totals.pivot(index="area", columns="year", values="persons")
    dense = REFERENCE.kreis_totals.groupby("area")["per_km2"].last() >= 500
    rows = []
    for key in kreis_keys():
        area = load_area(key)
        ags = area.info.ags
        lifetable = tables_known(REFERENCE.lifetable, origin)
        _, qx = prepare.mortality(lifetable, REFERENCE.life_expectancy, area.info.land, origin)
        published = area.population_city[area.population_city["year"] <= origin]
        ages = complete_ages(published, published, qx, own=True)
        past = history(ages, area.info.land, origin, 99)
        for widened in (False, True):
            path = paths(past, ags, 2022 - origin, widened=widened).sum(axis=2)
            for year in range(origin + 1, 2023):
                found = case(
                    path[:, year - origin],
                    float(later.loc[ags, year] + past.persons[-1].sum() - later.loc[ags, origin]),
                )
                rows.append({"dense": dense[ags], "ahead": year - origin, "widened": widened, **found})
    print(pd.DataFrame(rows).groupby(["dense", "ahead", "widened"]).mean().round(3).to_string())


def weights() -> None:
    """Print mean absolute errors (per cent of the total) of growth carried on, by how past years are weighted."""
    changed = set(REFERENCE.care_totals.query("area_changed")["area"])
    panel = growth_panel(REFERENCE.kreis_totals, known_until=2100, left_out=changed)
    years = np.diff(panel.clock)
    yearly = np.repeat(np.diff(panel.log, axis=1) / years, years, axis=1)
    rows = []
    for origin in np.flatnonzero(panel.year >= 2008):
        known = yearly[:, : panel.clock[origin]]
        fading = {
            f"falling {100 * f:.0f} % a year": (1 - f) ** np.arange(known.shape[1])[::-1] for f in (0.1, 0.2, 0.3)
        }
        rules = {name: known @ each / each.sum() for name, each in fading.items()}
        rules |= {f"last {n}": known[:, -n:].mean(axis=1) for n in (3, 5, 8, known.shape[1])}
        rules["median of 8"] = np.median(known[:, -8:], axis=1)
        rules["8 without extremes"] = np.sort(known[:, -8:], axis=1)[:, 1:-1].mean(axis=1)
        for ahead in (1, 5, 10):
            later = np.flatnonzero(panel.clock == panel.clock[origin] + ahead)
            for name, growth in rules.items() if later.size else ():
                error = np.abs(panel.log[:, later[0]] - panel.log[:, origin] - ahead * growth)
                rule = "all" if name == f"last {known.shape[1]}" else name
                kinds = {dense: 100 * error[panel.dense == dense].mean() for dense in (True, False)}
                rows += [{"rule": rule, "ahead": ahead, "dense": d, "mae": each} for d, each in kinds.items()]
    print(pd.DataFrame(rows).pivot_table(index="rule", columns=["dense", "ahead"], values="mae").round(2).to_string())


if __name__ == "__main__":
    print("Weights of past years, Kreise, totals alone: mean absolute error in per cent")
    weights()
    changed = set(REFERENCE.care_totals.query("area_changed")["area"])
    cases = check_growth(REFERENCE.kreis_totals, left_out=changed)
    inside = ["inside_50", "inside_80", "inside_95"]
    print("Kreise, totals alone: share of cases inside, by kind; by origin; by years of growth carried on")
    print(cases.groupby(["dense", "ahead"])[[*inside, "sd"]].mean().round(3).to_string())
    print(cases.groupby("ahead")[inside].mean().round(3).to_string())
    print(cases.groupby(["dense", "ahead", "origin"])["inside_80"].mean().unstack().round(2).to_string())
    classes = pd.cut(cases["past"], [3, 5, 8, 12, 25])
    print(cases.groupby(["dense", "ahead", classes], observed=True)["inside_80"].mean().unstack().round(2).to_string())
    print("Spread learnt by dense Kreise")
    for year in range(2008, 2023, 2):
        panel = shared_model(REFERENCE, year).growth_panel
        print(f"  {year} {learn_spread(panel, '99000')}")
    print("Magdeburg")
    magdeburg()
    print("All Kreise, the whole chain, from 2019")
    kreise()
