"""How long the back-test of a very large population panel takes, and how much memory it needs.

``python -m carelab.runs.bench_areas [--areas N]``. The panel is invented (areas x 17 groups x 2 sexes x 20 years) and
nothing else runs in the process, so that its peak is that of the back-test.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator
from time import process_time

import numpy as np
import pandas as pd

from carelab.forecast.backtest.population import Setting, backtest_population
from carelab.forecast.backtest.result import MODEL
from carelab.runs.bench_table import Row, as_markdown

AREAS, GROUPS, SEXES, YEARS = 10_000, 17, ("m", "w"), range(2005, 2025)
HORIZONS, DRAWS = (1, 5), 400
MOST_GIB = 4.0


def made_up_panel(areas: int, *, seed: int = 5) -> pd.DataFrame:
    """Return area, year, sex, age_from, age_to, persons: places of 500 to 50,000 that grow or shrink, five-year groups.

    Persons of a cell are Poisson around a smooth age profile times the place's size and growth.
    """
    rng = np.random.default_rng(seed)
    size, growth = np.exp(rng.uniform(np.log(500), np.log(50_000), areas)), rng.normal(0, 0.008, areas)
    age = 5 * np.arange(GROUPS)
    profile = np.where(age < 60, 1.0, np.exp(-(((age - 60) / 22.0) ** 2))) * np.array([[0.97], [1.03]])
    paths = size[:, None] * np.exp(growth[:, None] * np.arange(len(YEARS)))
    persons = rng.poisson(paths[:, :, None, None] * (profile / profile.sum())).astype(float)
    index = [np.arange(count) for count in persons.shape]
    area, year, sex, group = (each.ravel() for each in np.meshgrid(*index, indexing="ij"))
    ends = np.where(age < 80, age + 4.0, np.nan)
    return pd.DataFrame(
        {
            "area": pd.Series(range(areas)).map("{:05d}".format).astype("category").iloc[area].array,
            "year": np.asarray(YEARS)[year],
            "sex": pd.Series(SEXES, dtype="category").iloc[sex].array,
            "age_from": age[group],
            "age_to": ends[group],
            "persons": persons.ravel(),
        }
    )


def area_rows(areas: int) -> Iterator[Row]:
    """Yield processor time and peak memory of the back-test, the rules of thumb scored beside it."""
    panel = made_up_panel(areas)
    began = process_time()
    result = backtest_population(panel, Setting(HORIZONS, draws=DRAWS))
    seconds = process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    scored = result.scores[(result.scores["rule"] == MODEL) & (result.scores["n_interval"] > 0)]
    years = " and ".join(map(str, sorted(scored["horizon"].unique())))
    what = f"population back-test, {areas:,} invented areas, {len(panel):,} counts, {years} years ahead: "
    yield Row(f"{what}processor seconds", f"{seconds:.0f}", "", "", "shown", None)
    yield Row("  peak of the process, GiB", f"{peak:.2f}", "", "", f"at most {MOST_GIB:g}", peak <= MOST_GIB)


def main() -> None:
    """Print the table as markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=AREAS)
    for line in as_markdown(area_rows(parser.parse_args().areas)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
