"""What a city does not know, one plain sentence each: the list that the first page of a report shows as "Was fehlt"."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from carelab.inputs.city import CityData
from carelab.inputs.units import is_whole

Row = tuple[str, str, str, str, str]
CHECK = "missing"
"""Key of these findings: release.index picks them by it."""


def missing_findings(data: CityData) -> Iterator[Row]:
    """Yield table, check, result, German and English sentence for all that results rest on and nobody counted."""
    for table, de, en in (*_districts(data), *_city(data)):
        yield table, CHECK, "warning", de, en


def _districts(data: CityData) -> Iterator[tuple[str, str, str]]:
    """Name what is not known of the districts."""
    if is_whole(data):
        return
    if data.population_bands.empty:
        where = ("des Umlands", "the area around the city") if data.info.ages_from else ("der Stadt", "the city")
        de = f"Alter je Stadtteil: nicht bekannt; übertragen vom Altersaufbau {where[0]}."
        yield "population_bands", de, f"Ages by district: not known; taken from {where[1]}."
        ratios = data.indicators.dropna(subset="old_age_ratio")["district"].nunique()
        if ratios:
            de = f"Nur für {ratios} Stadtteile ist eine Altenquote bekannt."
            yield "indicators", de, f"An old-age ratio is known for {ratios} districts only."
    yield from _totals(data)
    if data.care_districts.empty:
        de = "Pflegebedürftige je Stadtteil: nirgends gezählt."
        yield "care_districts", de, "People in need by district: counted nowhere."
    if data.physicians.empty:
        de = "Praxen und Apotheken je Stadtteil: nicht bekannt."
        yield "physicians", de, "Practices and pharmacies by district: not known."


def _totals(data: CityData) -> Iterator[tuple[str, str, str]]:
    """Name districts whose number of inhabitants is estimated or assumed, and how old their counts are."""
    total = data.population_total
    last = total[total["year"] == total["year"].max()]
    names = data.districts.set_index("district")["name"]
    old = last.loc[last["status"] == "estimated", "district"]
    if len(old):
        dated = data.population_dated[data.population_dated["district"].isin(old)]
        near = dated.assign(far=(dated["year"] - last["year"].max()).abs()).groupby("district")["far"].min()
        listed = ", ".join(names[old])
        de = (
            f"Einwohner von {len(old)} der {len(last)} Stadtteile geschätzt, gezählt bis zu {near.max()} Jahre früher: "
        )
        en = f"Inhabitants of {len(old)} of {len(last)} districts estimated, counted up to {near.max()} years earlier: "
        yield "population_total", f"{de}{listed}.", f"{en}{listed}."
    assumed = ", ".join(names[last.loc[last["status"] == "assumed", "district"]])
    if assumed:
        de = f"{assumed}: keine Einwohnerzahl gefunden, als unbewohnt angenommen."
        yield "population_total", de, f"{assumed}: no number of inhabitants found, assumed to be uninhabited."


def _city(data: CityData) -> Iterator[tuple[str, str, str]]:
    """Name what is not known of the city as a whole."""
    if data.info.ages_from:
        de = "Altersjahre der Stadt: nicht veröffentlicht; aus der Region und einzelnen Angaben der Stadt geschätzt."
        en = "Single ages of the city: not published; estimated from the region's and single figures of the city."
        yield "population_city", de, en
    elif not _single(data.population_city, int(data.population_city["year"].max())):
        years = [year for year in sorted(set(data.population_city["year"])) if _single(data.population_city, int(year))]
        listed = ", ".join(map(str, years))
        de = f"Altersjahre der Stadt: nur {listed} gezählt, sonst aus Altersgruppen geschätzt (ab 75 mit Sterbetafel)."
        en = f"Single ages of the city: counted in {listed} only, else estimated from groups (from 75 by life table)."
        yield "population_city", de, en
    if data.births.empty:
        de = "Geburten nach Alter der Mutter: nicht bekannt; aus der Zahl der Säuglinge und Deutschlands Altersmuster."
        yield "births", de, "Births by mother's age: not known; from the number of infants and Germany's age pattern."
    counts = data.care[data.care["measure"] == "people_in_need"]
    if len(counts) and counts["year"].nunique() == 1:
        year = int(counts["year"].max())
        de = f"Pflegebedürftige der Stadt: nur {year} bekannt. Wie sich die Versorgungsarten verschieben, ist nicht zu "
        de += f"sehen; ihre Anteile bleiben wie {year}."
        en = f"People in need of the city: known for {year} only. How care settings shift cannot be seen; their shares "
        yield "care", de, f"{en}stay as in {year}."


def _single(ages: pd.DataFrame, year: int) -> bool:
    rows = ages[ages["year"] == year]
    return bool((rows["age_to"].isna() | (rows["age_to"] == rows["age_from"])).all() and (rows["age_from"] > 0).any())
