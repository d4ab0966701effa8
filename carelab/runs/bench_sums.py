"""The benchmark's rows about sums: a city's districts and the causes of change add up in every draw."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carelab.forecast.arrays import Array
from carelab.forecast.care.demand import need_by_band
from carelab.params import load_params
from carelab.paths import PARAMS
from carelab.runs.bench_table import Row
from carelab.study import Study, open_study

CITY = "magdeburg"
LARGEST = 1e-6


def sum_rows(*, draws: int = 200) -> Iterator[Row]:
    """Yield the largest relative gap in any draw: inhabitants and need by district, causes of the change of need."""
    params = load_params(PARAMS / CITY / "baseline.yaml").model_copy(update={"draws": draws})
    study = open_study(params)
    order = ("draw", "year", "sex", "age")
    people = study.population.sum("district", dtype=float).transpose(*order).values
    yield _row(
        f"{CITY}, {draws} draws: sum of districts - city, inhabitants by year, sex, age", people, study.city_path
    )
    need = study.demand.sum("setting").transpose("draw", "district", "year")
    yield _row("  the same, people in need by year", need.sum("district").values, _need_of_city(study))
    ends = [need.sel(year=year).values for year in (params.base_year, params.focus_year)]
    causes = study.decomposition_draws.sel(factor=["population", "ageing", "prevalence"])
    later = ends[0] + causes.transpose("draw", "district", "factor").values.sum(axis=-1)
    yield _row("  need of a district + its three causes of change - need at the end", later, ends[1])


def _need_of_city(study: Study) -> Array:
    """Return people in need (draw, year) of the city as a whole, from its own path and rates."""
    whole = study.city_path.transpose(1, 0, 2, 3)[:, :, None].astype(np.float32)
    levels = study.levels.sel(year=slice(study.params.base_year, None)).values
    return np.asarray(need_by_band(whole, study.hazard, levels).sum(axis=(2, 3)))


def _row(what: str, sums: Array, whole: Array) -> Row:
    gap = float(np.abs((sums - whole) / np.maximum(np.abs(whole), 1.0)).max())
    what = f"{what}: largest relative gap"
    return Row(what, f"{gap:.1e}", "0", "", "at most 1e-6", gap <= LARGEST)
