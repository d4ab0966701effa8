"""Print which covariates of Kreise carry from rural Kreise to cities (docs/decisions/0014): needs CARELAB_SHARED.

``CARELAB_SHARED=... .venv/bin/python docs/evidence_local.py``
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.care.local_covariate import beside_land, hide_laender, learn_slope, spread_of
from carelab.params import Params
from carelab.paths import shared_data
from carelab.study import open_study

folder = shared_data()
if folder is None:
    raise SystemExit("CARELAB_SHARED is not set")
rows = beside_land(open_study(Params()).panel_levels)
hidden = hide_laender(rows)
print("Kreise estimated without their own count, whole Länder hidden: mean absolute error in %, spread (log)")
for name, group in [*hidden.groupby("year"), ("all", hidden)]:
    for column in ("error_plain", "error_slope"):
        miss = 100 * np.abs(np.exp(-group[column]) - 1).mean()
        print(f"  {name} {column:12} {miss:.1f}  {spread_of(group[column]):.4f}")
    print(f"  {name} inside 80 %: {100 * group['inside_80'].mean():.0f} % of {len(group)}")
print(learn_slope(rows))

means = rows.groupby(["parent", "area"])[["ratio", "x"]].mean()
within = means - means.groupby("parent").transform("mean")
outer = within["x"].abs() > within["x"].abs().quantile(2 / 3)
slope = (within["x"] * within["ratio"])[~outer].sum() / (within["x"] ** 2)[~outer].sum()
far = within[outer]
own = (far["x"] * far["ratio"]).sum() / (far["x"] ** 2).sum()
after = (far["ratio"] - slope * far["x"]).std()
print(f"Slope of the inner two thirds {slope:.2f}, of the outer third {own:.2f};")
print(f"  outer third, spread before {far['ratio'].std():.3f}, with the inner slope {after:.3f}")

names = pd.read_csv(folder / "kreise_care_panel_2009_2021.csv", dtype=str)
names = names.drop_duplicates("ags").set_index("ags")["name"]
more = pd.read_csv(folder / "kreise_share65_medianage_1995_2022.csv", dtype={"ags": str})
more = more.rename(columns={"ags": "area"})
table = rows.merge(more[["area", "year", "share_foreign", "share_female"]], on=["area", "year"])
table = table.assign(
    city=table["area"].map(names).str.contains("Stadt$|stadt$|Stadt |stadt |Universität", regex=True),
    share_65plus_=np.log(table["share_65plus"]),
    median_age_=np.log(table["median_age"]),
    foreigners=np.log(table["share_foreign"]),
    women=np.log(table["share_female"] / (100 - table["share_female"])),
)
kinds = table.groupby(["parent", "year", "city"])
print("Slope within a Land: rural Kreise, cities; cities' spread before and with the rural slope")
for name in ("share_65plus_", "median_age_", "foreigners", "women"):
    x, y = (table[column] - kinds[column].transform("mean") for column in (name, "ratio"))
    city = table["city"] & (kinds["area"].transform("size") > 2)
    rural = ~table["city"]
    of = [float((x * y)[part].sum() / (x**2)[part].sum()) for part in (rural, city)]
    after = float((y - of[0] * x)[city].std())
    print(f"  {name:14} {of[0]:+.2f} {of[1]:+.2f}   {float(y[city].std()):.4f} {after:.4f}")
