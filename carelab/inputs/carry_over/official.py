"""Carry over official projections of the cities' population: what others expect, to be read beside our own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.found import CITIES, number, read_found

AREAS = (*CITIES, "03241001")
"""The four areas of the workbench and the city of Hannover."""
SPELT = {"evoelkerung": "evölkerung", "raeumig": "räumig", "Landeshauptstadt + Region": "Landeshauptstadt und Region"}
"""The found table is written in ASCII; titles and publishers are shown to readers."""


def official_projections(folder: Path) -> pd.DataFrame:
    """Return area, title, publisher, published, base_year, base_persons, year, persons, change_pct, quality, url.

    Persons, or the change against the base year in per cent, or both: as published; empty = not published.
    """
    found = read_found(folder, "projections_official.csv")
    found = found[found["ags"].isin(AREAS) & found["title"].str.contains("evoelkerungsprognose")]
    found = found.assign(value=number(found["value"]), year=found["target_year"].astype(int))
    found["base_year"] = found["base_year"].astype(int)
    whole = found[found["measure"] == "bevoelkerung"]
    change = found[found["measure"] == "Veraenderung gegen " + found["base_year"].astype(str)]
    keys = ["ags", "title", "year"]
    base = whole[whole["year"] == whole["base_year"]].set_index(["ags", "title"])["value"]
    rows = pd.concat([whole, change]).drop_duplicates(keys)
    rows = rows[rows["year"] > rows["base_year"]].set_index(keys, drop=False)
    rows["persons"] = whole.set_index(keys)["value"].reindex(rows.index)
    rows["change_pct"] = change.set_index(keys)["value"].reindex(rows.index)
    rows["base_persons"] = base.reindex(pd.MultiIndex.from_frame(rows[["ags", "title"]])).to_numpy()
    rows = rows.reset_index(drop=True).rename(columns={"ags": "area"}).assign(quality="B")  # read in the press
    return rows.assign(**{column: _spelt(rows[column]) for column in ("title", "publisher")})


def _spelt(column: pd.Series) -> pd.Series:
    for ascii_, german in SPELT.items():
        column = column.str.replace(ascii_, german)
    return column
