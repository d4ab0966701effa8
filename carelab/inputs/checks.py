"""Say in words what the data can and cannot carry: holes, sums, breaks, years, known places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from carelab.inputs.checks_care import care_findings
from carelab.inputs.checks_missing import missing_findings
from carelab.inputs.city import CityData
from carelab.inputs.contracts import OPTIONAL
from carelab.inputs.units import forecast_units, is_whole
from carelab.terms import Language, label, say
from carelab.terms_districts import WRITTEN

COLUMNS = ("table", "check", "result", "text")
DATED = ("population_dated", "control", "control_districts")
"""Tables of single years: gaps between them mean nothing."""
SMALL = 300
"""Districts with fewer inhabitants are too small for statements of their own."""


class Finding(NamedTuple):
    """One finding: table, check (key), result (ok, note, warning), the sentence in German and English."""

    table: str
    check: str
    result: str
    de: str
    en: str


def check_data(data: CityData, language: Language = "de") -> pd.DataFrame:
    """Return table, check, result (ok, note, warning) and text: what a reader of the results must know of the data."""
    parts: tuple[Callable[[CityData], Iterator[Finding]], ...] = (
        *(_invented, _base_years, _word, _years, _holes, _small, _sums),
    )
    data = data if is_whole(data) else forecast_units(data)
    if is_whole(data):
        parts = (_invented, _whole_city, _years, _sums)
    found = [finding for part in parts for finding in part(data)]
    found += [Finding(*row) for row in (*missing_findings(data), *care_findings(data))]
    found += [Finding("", "symbols", "note", de, en) for de, en in data.remarks]
    rows = [(f.table, f.check, f.result, say(language, f.de, f.en)) for f in found]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _invented(data: CityData) -> Iterator[Finding]:
    if data.info.synthetic:
        de = "Alle Zahlen dieser Stadt sind erfunden; sie taugen für Proben, nicht für Aussagen."
        en = "All figures of this city are invented; they serve rehearsals, not statements."
        yield Finding("", "synthetic", "warning", de, en)


def _word(data: CityData) -> Iterator[Finding]:
    """Say what the city calls its districts, where that is not what the texts call them."""
    word, count = data.info.district_word_de, len(data.districts)
    if word != WRITTEN and not data.info.district_forms_de:
        de = f"Die {count} Gebiete heißen hier „{word}“; die Texte dieses Laufs nennen sie Stadtteile."
        en = f'The {count} areas are called "{data.info.district_word_en}" here; the texts of this run say districts.'
        yield Finding("districts", "word", "note", de, en)


def _base_years(data: CityData) -> Iterator[Finding]:
    """Name the last year for which districts and city are both counted by age."""
    bands, city = set(data.population_bands["year"]), set(data.population_city["year"])
    total = set(data.population_total["year"])
    both = bands & city & total
    if not both:
        de = f"Einwohner der Stadtteile nur insgesamt, zuletzt {max(total)}; die Stadt nach Alter bis {max(city)}."
        en = f"Inhabitants of districts in total only, last in {max(total)}; the city by age until {max(city)}."
        yield Finding("population_bands", "base_year", "warning", de, en)
        return
    year, count = max(both), len(data.districts)
    de = f"Basisjahr {year}: {count} Stadtteile nach Altersgruppen, die Stadt nach Altersjahren."
    en = f"Base year {year}: {count} districts by age band, the city by single age."
    yield Finding("population_bands", "base_year", "ok", de, en)
    for name in ("care", "supply"):
        last = data.tables()[name]["year"].max()
        if last < year:
            de = f"Letzte Werte {last}, {year - last} Jahre vor dem Basisjahr."
            en = f"Last values {last}, {year - last} years before the base year."
            yield Finding(name, "base_year", "note", de, en)


def _whole_city(data: CityData) -> Iterator[Finding]:
    """Say that the city is computed as one unit, and name the districts of which nothing is known."""
    year, named = int(data.population_city["year"].max()), data.unknown_districts["name"].tolist()
    de = f"Einwohner sind nur für das Gebiet insgesamt nach Alter bekannt (zuletzt {year}): Belegstufe E, ein Gebiet."
    en = f"Inhabitants are known by age for the area as a whole only (last in {year}): evidence grade E, one area."
    yield Finding("population_bands", "level", "warning", de, en)
    if named:
        de = f"Keine Daten für {len(named)} Stadtteile: {', '.join(named)}."
        en = f"No data for {len(named)} districts: {', '.join(named)}."
        yield Finding("districts", "no_data", "warning", de, en)


def _years(data: CityData) -> Iterator[Finding]:
    """List the years of each yearly table and the gaps between them (care is counted every other year)."""
    for name, table in data.tables().items():
        if "year" not in table or name in DATED:
            continue
        years = sorted(set(table["year"]))
        if not years and name in OPTIONAL:
            yield Finding(name, "years", "note", "Freiwillige Angabe, nicht geliefert.", "Optional, not supplied.")
            continue
        if not years:
            yield Finding(name, "years", "note", "Keine Werte bekannt.", "No values known.")
            continue
        if name == "housing":
            yield _planned(table)
            continue
        step = 2 if name in ("care", "supply") else 1
        gaps = ", ".join(str(year) for year in range(years[0], years[-1], step) if year not in years)
        de, en = f"Jahre {years[0]} bis {years[-1]}", f"Years {years[0]} to {years[-1]}"
        if gaps:
            yield Finding(name, "years", "note", f"{de}; es fehlt {gaps}.", f"{en}; missing {gaps}.")
        else:
            yield Finding(name, "years", "ok", f"{de} ohne Lücke.", f"{en} without a gap.")
    yield from _measures(data.supply)


def _planned(housing: pd.DataFrame) -> Finding:
    """Say how many moves into new housing are planned, where and when: taken as certain by every future."""
    persons, where = int(housing["persons"].sum()), housing["district"].nunique()
    first, last = int(housing["year"].min()), int(housing["year"].max())
    de = f"{persons} Einzüge in neue Wohnungen in {where} Stadtteilen, {first} bis {last}: gelten als sicher."
    en = f"{persons} moves into new housing in {where} districts, {first} to {last}: taken as certain."
    return Finding("housing", "years", "note", de, en)


def _measures(supply: pd.DataFrame) -> Iterator[Finding]:
    """Name the measures of supply that end before the others."""
    last = supply.groupby("measure")["year"].max()
    early = [(str(measure), year) for measure, year in last.items() if year < last.max()]
    if early:
        de = ", ".join(f"{label(name, 'de')} ({year})" for name, year in early)
        en = ", ".join(f"{label(name, 'en')} ({year})" for name, year in early)
        yield Finding("supply", "years", "note", f"Früher enden: {de}.", f"These end earlier: {en}.")


def _holes(data: CityData) -> Iterator[Finding]:
    """Count blank cells and say what becomes of them."""
    bands = data.population_bands
    blank = bands["persons"].isna()
    if blank.any():
        where = bands.loc[blank, "district"].nunique()
        cells = f"{len(bands):,}"
        de = (
            f"{blank.sum()} von {cells.replace(',', '.')} Zellen sind zum Schutz Einzelner leer (betroffene "
            f"Stadtteile: {where}). Leer heißt nicht null: Die Differenz zur Summe des Stadtteils wird auf die leeren "
            "Altersgruppen verteilt."
        )
        en = (
            f"{blank.sum()} of {cells} cells are blank to protect persons (districts: {where}). Blank is not "
            "zero: the difference to the district's total is spread over its blank age bands."
        )
        yield Finding("population_bands", "holes", "note", de, en)
    elif len(bands):
        yield Finding("population_bands", "holes", "ok", "Keine leere Zelle.", "No blank cell.")
    yield from _mean_ages(data)


def _mean_ages(data: CityData) -> Iterator[Finding]:
    """Say for how many inhabited districts the mean age is published in its last year."""
    known = data.indicators.dropna(subset="mean_age")
    known = known[known["district"] != data.info.ags]
    if known.empty:
        de, en = "Kein Durchschnittsalter veröffentlicht.", "No mean age is published."
        yield Finding("indicators", "holes", "warning", de, en)
        return
    year = int(known["year"].max())
    total = data.population_total
    shown = year if (total["year"] == year).any() else total["year"].max()
    lived = total[(total["year"] == shown) & (total["persons"] > 0) & (total["district"] != data.info.ags)]
    n, missing = (known["year"] == year).sum(), sorted(set(lived["district"]) - set(known["district"]))
    result = "ok" if n >= len(lived) else "note"
    de = f"Durchschnittsalter {year} für {n} von {len(lived)} bewohnten Stadtteilen veröffentlicht"
    en = f"Mean age {year} published for {n} of {len(lived)} inhabited districts"
    tail = (f"; nie für {', '.join(missing)}.", f"; never for {', '.join(missing)}.") if missing else (".", ".")
    yield Finding("indicators", "holes", result, de + tail[0], en + tail[1])


def _small(data: CityData) -> Iterator[Finding]:
    """Name uninhabited and small districts of the last year."""
    total = data.population_total[data.population_total["district"] != data.info.ags]
    last = total[total["year"] == total["year"].max()].merge(data.districts[["district", "name"]], on="district")
    empty = ", ".join(last.loc[last["persons"] == 0, "name"])
    small = ", ".join(last.loc[last["persons"].between(1, SMALL - 1), "name"])
    if empty:
        de, en = f"Unbewohnt, als null geführt: {empty}.", f"Uninhabited, carried as zero: {empty}."
        yield Finding("population_total", "uninhabited", "note", de, en)
    if small:
        de = f"Unter {SMALL} Einwohner, zu klein für eigene Aussagen: {small}."
        en = f"Under {SMALL} inhabitants, too small for statements of their own: {small}."
        yield Finding("population_total", "small", "note", de, en)


def _sums(data: CityData) -> Iterator[Finding]:
    """Compare the sum of the districts with the city's own row, in all years."""
    total = _short(data.population_total, data.info.ags, ["year"])
    if len(total):
        de = f"Summe der Stadtteile gleich der Stadt in {(total == 0).sum()} von {len(total)} Jahren."
        en = f"Districts add up to the city in {(total == 0).sum()} of {len(total)} years."
        yield Finding("population_total", "sums", "ok" if (total == 0).all() else "warning", de, en)
    yield from _basis(data)
    bands = _short(data.population_bands, data.info.ags, ["year", "age_from"])
    if len(bands):
        low, high = int(bands.min()), int(bands.max())
        de = f"Summe der Stadtteile je Altersgruppe {low} bis {high} Personen unter der Stadt (leere Zellen)."
        en = f"Districts by age band are {low} to {high} persons short of the city (blank cells)."
        yield Finding("population_bands", "sums", "ok" if high == 0 else "note", de, en)


def _basis(data: CityData) -> Iterator[Finding]:
    """Compare the districts with the city's ages in the last common year: registers count more than the statistics."""
    total, ages = data.population_total, data.population_city
    common = set(total["year"]) & set(ages["year"])
    if (total["district"] == data.info.ags).any() or not common:
        return
    year = max(common)
    rows = ages[ages["year"] == year]
    both = rows[rows["sex"] == "t"] if (rows["sex"] == "t").any() else rows
    districts, city = int(total.loc[total["year"] == year, "persons"].sum()), int(both["persons"].sum())
    pct = 100 * (districts / city - 1)
    if round(pct, 1) == 0:
        return
    de = f"{year}: Summe der Stadtteile {pct:+.1f} % gegen die Stadt nach Alter (Register und Fortschreibung zählen "
    de = de.replace(".", ",", 1) + "verschieden); gerechnet wird mit der Stadt nach Alter."
    en = f"{year}: districts add up to {pct:+.1f} % of the city by age (register and statistics count differently); "
    yield Finding("population_total", "basis", "note", de, f"{en}computed with the city by age.")


def _short(table: pd.DataFrame, ags: str, keys: list[str]) -> pd.Series:
    """Return by how many persons the districts fall short of the city's row."""
    whole = table["district"] == ags
    city = table[whole].set_index(keys)["persons"]
    return (city - table[~whole].groupby(keys)["persons"].sum()).dropna()
