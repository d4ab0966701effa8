"""Beside an official projection: where its number of inhabitants lies in our draws, and what both rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.forecast.population.city_projection import History, at_risk, migration_residuals

COLUMNS = (
    *("title", "publisher", "published", "base_year", "year", "persons_official", "change_official_pct"),
    *("median", "lower_80", "upper_80", "median_free", "change_own_pct", "position", "controlled", "quality", "url"),
)
POSITIONS = ("official_below", "official_inside", "official_above")
"""Where the official number lies: below, inside or above our 80 per cent interval."""


def beside_official(official: pd.DataFrame, own: pd.DataFrame, *, last_counted: int) -> pd.DataFrame:
    """Return COLUMNS for the official projections of years after ``last_counted``.

    ``official``: the columns of data/reference/official_projections.csv and ``controlled`` (bool: our draws are held to
    it); ``own``: year, quantile columns of all inhabitants, median_free (were they held to no target). Where only a
    change is published, persons are that change applied to our own number of its base year: registers, estimates and
    censuses do not count the same people.
    """
    rows = official[(official["year"] > last_counted) & official["year"].isin(own["year"])]
    totals = own.drop_duplicates("year").set_index("year")
    ours = totals.reindex(rows["year"])[["median", "lower_80", "upper_80", "median_free"]].reset_index(drop=True)
    table = pd.concat([rows.reset_index(drop=True), ours], axis=1)
    start = totals["median"].reindex(table["base_year"]).to_numpy(float)
    published = 100 * (table["persons"] / table["base_persons"] - 1)
    table["change_official_pct"] = table["change_pct"].fillna(published)
    table["persons_official"] = table["persons"].fillna(start * (1 + table["change_official_pct"] / 100))
    table["change_own_pct"] = 100 * (table["median"] / start - 1)
    outside = [table["persons_official"] < table["lower_80"], table["persons_official"] > table["upper_80"]]
    table["position"] = np.select(outside, [POSITIONS[0], POSITIONS[2]], POSITIONS[1])
    return table.sort_values(["published", "year"], ascending=False)[list(COLUMNS)].reset_index(drop=True)


def past_migration(history: History, improvement: float) -> pd.DataFrame:
    """Return year, persons: net arrivals of the past years that the projection carries on.

    What cohorts did beyond survival (Preston, Heuveline & Guillot 2001, ch. 6), in persons aged 1 and over.
    """
    moved = migration_residuals(history, improvement) * at_risk(history.persons[:-1])
    return pd.DataFrame({"year": history.years[1:], "persons": moved.sum(axis=1)})
