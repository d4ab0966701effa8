"""Print how often intervals of districts' growth held (docs/methods.md): ``python docs/evidence_districts.py``.

Counted totals of Magdeburg and Wien (data/reference/district_totals.csv). From every year with enough past, deviations
are learnt on that past alone and drawn ahead as a run does, before control to the city.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.population.district_projection import draw_paths, growth_persistence, learn_deviations
from carelab.forecast.population.total_error import panels
from carelab.inputs.reference import load_reference

DRAWS, AHEAD, PAST = 1000, (1, 3, 5, 8), (4, 8, 10)


def cases(totals: Array, origin: int, past: int) -> list[dict[str, float]]:
    """Return, by years ahead, how many districts (0-1) were inside 80 %, and the error's size beside the spread."""
    known, one = totals[origin - past : origin + 1], np.zeros(1, dtype=np.intp)
    growth = np.diff(np.log(known), axis=0)
    growth -= np.average(growth, axis=1, weights=known[-1])[:, None]
    learnt = learn_deviations(growth[:, :, None], known[-1][:, None], one, growth_persistence(totals[: origin + 1]))
    drawn = draw_paths(learnt, max(AHEAD), DRAWS, np.random.default_rng(origin))[..., 0].cumsum(axis=1)
    rows = []
    for ahead in (each for each in AHEAD if origin + each < len(totals)):
        later = totals[origin + ahead]
        true = np.log(later / later.sum()) - np.log(known[-1] / known[-1].sum())
        low, high = np.quantile(drawn[:, ahead - 1], [0.1, 0.9], axis=0)
        z = (true - drawn[:, ahead - 1].mean(axis=0)) / drawn[:, ahead - 1].std(axis=0)
        rows.append(
            {"ahead": ahead, "inside_80": float(((low <= true) & (true <= high)).mean()), "z2": float(z @ z / z.size)}
        )
    return rows


if __name__ == "__main__":
    found = [
        case | {"panel": name, "past": past}
        for name, totals in zip(("Magdeburg", "Wien"), panels(load_reference().district_totals), strict=True)
        for past in PAST
        for origin in range(past, len(totals) - 1)
        for case in cases(totals, origin, past)
    ]
    table = (
        pd.DataFrame(found)
        .groupby(["panel", "past", "ahead"])
        .agg(origins=("z2", "size"), inside_80=("inside_80", "mean"), z2=("z2", "mean"))
    )
    print(table.assign(error_to_spread=np.sqrt(table.pop("z2"))).round(2).to_string())
