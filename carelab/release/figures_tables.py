"""Tables that stand for themselves: each an exhibit with its question, reading help and limits."""

from __future__ import annotations

import pandas as pd

from carelab.release.alts import rows_alt, rows_words
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import about, interval, listing, number
from carelab.release.whole_city import is_one_area
from carelab.terms import Language, say


def anchoring_table(anchoring: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return model and count in every counted year.

    Columns: year, counted, modelled, deviation_pct, half_width, status, level.
    """
    worst = number(float(anchoring["deviation_pct"].abs().max()), language, 2)
    alt = say(
        language,
        f"Gezählte Jahre: {len(anchoring)}; größte Abweichung des Modells: {worst} Prozent.",
        f"Counted years: {len(anchoring)}; largest deviation of the model: {worst} per cent.",
    )
    return captioned("anchoring", anchoring, figure=(alt, None), edition=(language, None))


def trend_table(trend: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return common growth of care rates by survey. Columns: year, growth, error, counting, law."""
    last = int(trend["year"].iloc[-1])
    alt = say(
        language,
        f"Gemeinsames Wachstum der Pflegequoten in {len(trend)} Schritten, zuletzt {last}.",
        f"Common growth of care rates in {len(trend)} steps, last in {last}.",
    )
    return captioned("care_trend", trend, figure=(alt, None), edition=(language, None))


def population_table(population_district: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return persons by district, age band and year with all quantile columns."""
    last = population_district[population_district["age_band"] == "total"]
    last = last[last["year"] == last["year"].max()].sort_values("median", ascending=False, kind="stable")
    year = int(last["year"].max()) if len(last) else ""
    lead = (f"Meiste Menschen {year}, Median", f"Most people in {year}, median")
    alt = rows_alt(last, lead, columns=("name", "median"), language=language)
    return _plain("population_district", population_district, language, alt)


def demand_table(demand_district: pd.DataFrame, *, year: int, language: Language) -> Exhibit:
    """Return people in need by district, setting and year; totals of ``year`` first, largest need first."""
    total = demand_district[demand_district["setting"] == "total"]
    order = total[total["year"] == year].set_index("district")["median"].rank(ascending=False)
    later = demand_district["year"] != year
    table = demand_district.assign(
        _part=later * 2 + (~later & (demand_district["setting"] != "total")),
        _rank=demand_district["district"].map(order),
    )
    table = table.sort_values(["_part", "_rank", "year"], kind="stable").drop(columns=["_part", "_rank"])
    first = total[total["year"] == year].nlargest(3, "median")
    named = [
        f"{row['name']} {about(row['median'], language)} ({interval(row, language)})" for _, row in first.iterrows()
    ]
    where = ("Gebiet", "area") if is_one_area(table) else ("Stadtteil", "district")
    rows, most = number(len(table), language), listing(named, language) or "–"
    alt = say(
        language,
        f"{rows} Zeilen: je {where[0]}, Jahr und Versorgungsart; größter Bedarf {year}, mit 80-%-Vorhersageintervall: "
        f"{most}.",
        f"{rows} rows: by {where[1]}, year and care setting; largest need in {year}, with 80% prediction interval: "
        f"{most}.",
    )
    return captioned(
        "demand_district", table.reset_index(drop=True), figure=(alt, None), edition=(language, None), year=year
    )


def load_table(load: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return people in home care per service and per member of staff, with the year of the supply."""
    last = load[load["year"] == load["year"].max()]
    year = int(last["year"].iloc[0]) if len(last) else ""
    lead = (f"Menschen mit ambulanter Pflege {year} je Einheit, Median", f"Clients in {year} per unit, median")
    alt = rows_alt(last, lead, columns=("measure", "median"), language=language, digits=1)
    return _plain("ambulant_load", load, language, alt)


def facilities_table(supply_known: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return the facilities found, with place, size, state and source; name and state have keys of their own here.

    Columns: facility, name, category, district, name_district, places, status, as_of, url.
    """
    own = {"name": "facility_name", "name_district": "place_district", "status": "facility_state"}
    order = ["name", "category", "name_district", "places", "status", "as_of", "url", "facility", "district"]
    kinds = supply_known["category"].value_counts().rename_axis("kind").reset_index(name="count")
    alt = rows_alt(kinds, ("Bekannt", "Known"), columns=("kind", "count"), language=language, most=5)
    return _plain("facilities", supply_known[order].rename(columns=own), language, alt)


def physicians_table(physicians: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return physicians, dentists and pharmacies by district, latest year first."""
    table = physicians.sort_values(["year", "district"], ascending=[False, True], kind="stable")
    kinds = table.loc[table["year"] == table["year"].max(), ["physicians", "dentists", "pharmacies"]].sum()
    sums = kinds.rename_axis("kind").reset_index(name="count")
    year = int(table["year"].max()) if len(table) else ""
    lead = (f"In der Stadt {year}", f"In the city in {year}")
    alt = rows_alt(sums, lead, columns=("kind", "count"), language=language)
    return _plain("physicians", table, language, alt)


def _plain(key: str, table: pd.DataFrame, language: Language, alt: str = "") -> Exhibit:
    alt = alt or rows_words(len(table), language)
    if table.empty:
        alt = say(language, "Dazu ist für diese Stadt nichts bekannt.", "Nothing is known of this for this city.")
    return captioned(key, table.reset_index(drop=True), figure=(alt, None), edition=(language, None))
