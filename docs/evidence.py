"""Print the evidence that docs/methods.md quotes: ``.venv/bin/python docs/evidence.py [params/...yaml]``."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from carelab.forecast.population.city_projection import measured_improvement
from carelab.params import load_params
from carelab.paths import PARAMS
from carelab.study import open_study

study = open_study(load_params(Path(sys.argv[1]) if sys.argv[1:] else PARAMS / "magdeburg" / "baseline.yaml"))

print("Mean age, estimated minus published (years)")
fit = study.base_fit.dropna(subset=["mean_age_published"])
for column in ("error_full", "error_blind", "error_profile"):
    error = fit[column]
    print(f"  {column:14} mean abs {error.abs().mean():.4f}  sd {error.std():.4f}  largest {error.abs().max():.4f}")

print("Learnt spreads")
print(f"  districts: {len(fit)}; Kreise: {study.panel.rows['area'].nunique()}; rows: {len(study.panel.rows)}")
print(f"  split slope sd per year of age {study.split_slope_sd:.4f}; local ratio sd {study.local_ratio_sd:.4f}")
print(f"  {study.local_slope}; grades from {study.grade_shares.area}, {study.grade_shares.year}")
print(f"  persistence of district deviations {study.deviations.persistence:.3f}")
trend, spread, start = study.care_trend, study.pooled.spread, study._start
print(f"  growth a year: common {start.common:.4f}, beside it {start.beside:.4f}; weights {study.pooled.fit.weights}")
print(f"  spread per step: common {spread.common:.4f}, Land {spread.land:.4f}; drift of Kreise {trend.drift_sd:.4f}")
print(
    "  mortality, measured yearly fall and standard error: {:.4f}, {:.4f}".format(*measured_improvement(study.history))
)
print(trend.table().round(3).to_string(index=False))
print(study.anchoring[["year", "counted", "modelled", "level"]].round(3).to_string(index=False))

print("Sums: largest relative difference, districts against city")
people = study.population.sum("district").transpose("draw", "year", "sex", "age").values
whole = np.where(study.city_path > 0, study.city_path, np.nan)
print(f"  population {np.nanmax(np.abs(people / whole - 1)):.1e}")

print("Back-test: error in % of the later count; cases inside the model's intervals")
back = study.backtest.assign(ahead=study.backtest["year"] - study.backtest["origin"])
print(back.pivot_table(index=["name", "year"], columns="rule", values="error_pct").round(1).to_string())
print(back.assign(size=back["error_pct"].abs()).groupby(["ahead", "rule"])["size"].mean().round(1).to_string())
model = back[back["rule"] == "model"]
for level in (50, 80, 95):
    inside = (model[f"lower_{level}"] <= model["observed"]) & (model["observed"] <= model[f"upper_{level}"])
    print(f"  {level} %: {inside.groupby(model['ahead']).sum().to_dict()} of {model.groupby('ahead').size().to_dict()}")

print("Simulation error of the median growth by district, ten largest (persons, bootstrap over draws)")
total = study.demand.sum("setting")
growth = total.sel(year=study.params.focus_year) - total.sel(year=study.params.base_year)
growth = growth.transpose("draw", "district")
picked = np.random.default_rng(0).integers(0, study.params.draws, (200, study.params.draws))
largest = growth.sel(district=study.growth["district"].head(10).to_list()).values
print(f"  {np.median(largest[picked], axis=1).std(axis=0).round().astype(int).tolist()}")
print(f"  share of draws in which need falls in the city: {(growth.sum('district') < 0).mean().item():.2f}")

supply = study.supply_known_places
print(
    f"Supply: {supply.total:.0f} places in {supply.year}, since then {supply.changes:+.0f}; "
    f"known: {supply.known.sum():.0f}"
)
