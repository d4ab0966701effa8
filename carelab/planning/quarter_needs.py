"""What homes plan and what people say they need, beside what their quarter lacks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from carelab.planning.supply_chain import lacks

Z_95 = 1.959963984540054


def survey_table(needs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return shares from surveys with their margins of error, by topic, highest first.

    ``needs``: district, topic, year, share (0-1, weighted), respondents, design_effect (at least 1). Adds name,
    lower_95, upper_95, margin (half the width): Wilson's interval (1927) at respondents / design_effect (Kish 1965),
    which stays within 0 and 1 and is not empty at either end.
    """
    n, p = needs["respondents"].astype(float) / needs["design_effect"].astype(float), needs["share"].astype(float)
    spread: pd.Series[float] = Z_95 / (1 + Z_95**2 / n) * np.sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2))
    middle = (p + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    table = needs.assign(name=needs["district"].map(names), lower_95=middle - spread, upper_95=middle + spread)
    table = table.assign(margin=spread).sort_values(["topic", "share"], ascending=[True, False], kind="stable")
    columns = ["district", "name", "topic", "year", "share", "lower_95", "upper_95", "margin", "respondents"]
    return table[[*columns, "design_effect"]].reset_index(drop=True)


def homes_for_gaps(concepts: pd.DataFrame, facilities: pd.DataFrame, matrix: pd.DataFrame) -> pd.DataFrame:
    """Return homes with a concept and the links that they plan and their district is known to lack.

    ``concepts``: facility, offered, planned (kinds separated by "; "), willing, room_m2, concept_date. ``facilities``:
    facility, name, district. ``matrix``: columns of ``supply_chain.completeness``. Columns: facility, facility_name,
    district, place_district, willing, room_m2, concept_date, offered, plans, fills (a list of links as text).
    """
    lacking = matrix[lacks(matrix)].groupby("district")["link"].agg(set)
    names = matrix.drop_duplicates("district").set_index("district")["name"]
    told = concepts.merge(facilities[["facility", "name", "district"]], on="facility", how="left")
    fills = [
        "; ".join(kind for kind in str(planned).split("; ") if kind in lacking.get(district, set()))
        for planned, district in zip(told["planned"], told["district"], strict=True)
    ]
    table = told.rename(columns={"name": "facility_name", "planned": "plans"})
    table = table.assign(place_district=told["district"].map(names).astype(object).fillna(""), fills=fills)
    columns = ["facility", "facility_name", "district", "place_district", "willing", "room_m2", "concept_date"]
    return table[[*columns, "offered", "plans", "fills"]].reset_index(drop=True)
