"""Carry over totals of people in need and their settings: Kreise, Länder, Germany."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from carelab.inputs.carry_over.care import SHARES, care
from carelab.inputs.carry_over.found import number, read_found
from carelab.inputs.carry_over.reference import REGIONS

LEVELS = {"DG": "bund", "15": "land", "03": "land"}
SETTINGS_QUOTED = {
    ("15", 2009, "ambulant"): ("ambulant", ""),
    ("15", 2009, "vollstationaer"): ("vollstationaer", "permanent_and_short"),
    ("15", 2009, "pflegegeld"): ("pflegegeld", ""),
    ("15", 2009, "teilstationaer"): ("teilstationaer", ""),
    ("15", 2019, "pg1_ohne_oder_nur_landesrecht"): ("pg1_only", ""),
    ("15", 2021, "ambulant"): ("ambulant", ""),
    ("15", 2021, "nur_angehoerige_pflegegeld"): ("pflegegeld", ""),
    ("15", 2021, "stationaer"): ("vollstationaer", "permanent_and_short"),
    ("03", 2021, "pflegegeld"): ("pflegegeld", ""),
    ("03", 2021, "ambulant"): ("ambulant", ""),
    ("03", 2021, "vollstationaer"): ("vollstationaer", "permanent_and_short"),
    ("15", 2023, "zu_hause"): ("zu_hause", "pflegegeld_and_ambulant"),
    ("15", 2023, "stationaer"): ("vollstationaer", "permanent_and_short"),
    ("15", 2023, "pg1_nur_landesrecht_ohne_leistung"): ("pg1_only", ""),
}
"""Published settings of two Länder outside 2015-2019: (area, year, measure as found) -> (setting, basis)."""


def care_totals(folder: Path) -> pd.DataFrame:
    """Return people in need by area and year; counted first, then quoted from official texts, then derived."""
    rows = care(folder)
    rows = rows[(rows["measure"] == "people_in_need") & (rows["sex"] == "t")].rename(
        columns={"persons": "people_in_need"}
    )
    parts = [rows[rows["status"] == "observed"], _quoted(folder), _land_sums(folder)]
    parts += [_germany(_land_sums(folder)), rows[rows["status"] == "derived"]]
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["area", "year"], keep="first")
    table = table[(table["level"] != "kreis") | table["area"].isin(list(_kreise(folder)["area"]))]
    parent = table["area"].str[:2].where(table["level"] == "kreis", "DG").where(table["level"] != "bund", "")
    changed = _kreise(folder).set_index("area")["changed"]
    return table.assign(parent=parent, area_changed=table["area"].map(changed).eq("True"))


def _kreise(folder: Path) -> pd.DataFrame:
    """Return the 306 Kreise and whether their area changed."""
    panel = read_found(folder, "kreise_care_panel_2009_2021.csv")
    panel = panel.rename(columns={"ags": "area", "area_change_flag": "changed"})
    return panel[["area", "changed"]].drop_duplicates("area")


def _quoted(folder: Path) -> pd.DataFrame:
    """Return totals of Germany and two Länder; figures including Pflegestufe 0 are another definition and left."""
    found = read_found(folder, "land_bund_series.csv")
    found = found[found["measure"] == "pflegebeduerftige"]
    area = found["region"].map(REGIONS)
    computed = found["note"].str.startswith("derived") | found["note"].str.startswith("rounded")
    return pd.DataFrame(
        {
            "area": area,
            "level": area.map(LEVELS),
            "year": found["year"].astype(int),
            "people_in_need": number(found["value"]),
            "status": computed.map({True: "derived", False: "observed"}),
        }
    )


def _land_sums(folder: Path) -> pd.DataFrame:
    """Return the sums over all Kreise of each Land (rate x population, within +-0.3 %)."""
    found = read_found(folder, "laender_care_panel_2009_2021.csv").rename(columns={"land": "area"})
    people = number(found["pflegebeduerftige"])
    return found.assign(level="land", year=found["year"].astype(int), people_in_need=people, status="derived")[
        ["area", "level", "year", "people_in_need", "status"]
    ]


def _germany(laender: pd.DataFrame) -> pd.DataFrame:
    """Return the sum over the 16 Länder: fills 2013, published only including Pflegestufe 0."""
    total: pd.DataFrame = laender.groupby("year", as_index=False)[["people_in_need"]].sum()
    return total.assign(area="DG", level="bund", status="derived")


def care_settings_area(folder: Path) -> pd.DataFrame:
    """Return people in need by setting for the Kreise, Sachsen-Anhalt (15) and Germany (DG)."""
    rows = care(folder)
    rows = rows[(rows["sex"] == "t") & (rows["measure"] != "people_in_need")].rename(columns={"measure": "setting"})
    keep = rows["area"].isin(["15", "DG", *_kreise(folder)["area"]])
    table = pd.concat([rows[keep], _quoted_settings(folder), _share_settings(folder)], ignore_index=True)
    return table.drop_duplicates(["area", "year", "setting"], keep="first")


def _quoted_settings(folder: Path) -> pd.DataFrame:
    """Return the published settings listed in SETTINGS_QUOTED."""
    found = read_found(folder, "land_bund_series.csv")
    rows = []
    for record in found.to_dict("records"):
        key = (REGIONS[record["region"]], int(record["year"]), record["measure"])
        if key in SETTINGS_QUOTED:
            setting, basis = SETTINGS_QUOTED[key]
            rows.append((key[0], "land", key[1], setting, float(record["value"]), basis, "observed"))
    return pd.DataFrame(rows, columns=["area", "level", "year", "setting", "persons", "basis", "status"])


def _share_settings(folder: Path) -> pd.DataFrame:
    """Return settings of Sachsen-Anhalt and Germany as INKAR share x total, permanent residents of homes only."""
    found = read_found(folder, "kreise_care_rates_inkar_2003_2021.csv").rename(columns={"ags": "area"})
    found = found[found["area"].isin(["15", "DG"]) & (found["anteil_pflegegeld_pct"] != "")]
    found = found.assign(year=found["year"].astype(int))
    found = found.merge(care_totals(folder)[["area", "year", "people_in_need"]], on=["area", "year"])
    parts = []
    for column, setting in SHARES.items():
        persons = (number(found[column]) / 100 * found["people_in_need"]).round()
        basis = "permanent" if setting == "vollstationaer" else ""
        part = found[["area", "level", "year"]]
        parts.append(part.assign(setting=setting, persons=persons, basis=basis, status="derived"))
    return pd.concat(parts, ignore_index=True)
