"""What a reader must know of care counts and places: breaks, derived years, parts and total, known homes."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from carelab.inputs.checks_missing import CHECK
from carelab.inputs.city import CityData
from carelab.terms import SETTINGS, Language

Row = tuple[str, str, str, str, str]
FIRST_GRADE_1, LEAST_REST = 2019, 0.001
"""From this year on people of grade 1 without services count: a smaller rest (share) was not told apart."""
BREAKS = {
    2017: (
        "Seit 2017 gilt der weitere Begriff der Pflegebedürftigkeit (Pflegegrade): der Anstieg ist zum Teil Recht.",
        "Since 2017 the wider definition (Pflegegrade) holds: part of the rise is law.",
    ),
    2019: (
        "Seit 2019 zählt Pflegegrad 1 ohne Leistungen mit: die Versorgungsarten ergeben weniger als die Summe.",
        "Since 2019 grade 1 without services counts: settings add up to less than the total.",
    ),
    2021: (
        "2021 wurde eine Untererfassung von Pflegegrad 1 behoben (bundesweit rund 160.000 Personen).",
        "In 2021 an under-count of grade 1 was repaired (about 160,000 persons nationally).",
    ),
}


def care_findings(data: CityData) -> Iterator[Row]:
    """Yield table, check, result, German and English sentence."""
    need = data.care[data.care["sex"] == "t"]
    if need.empty:
        yield "care", "counts", "warning", "Keine Pflegebedürftigen gezählt.", "No people in need counted."
    else:
        yield from _counts(need)
        yield from _breaks(need)
        yield from _parts(need)
    yield from _known_homes(data)


def _counts(need: pd.DataFrame) -> Iterator[Row]:
    """Tell counted from derived years and name the largest error."""
    total = need[need["measure"] == "people_in_need"]
    counted, derived = (total[total["status"] == status] for status in ("observed", "derived"))
    years = (_list(counted["year"]), _list(derived["year"]))
    if derived.empty:
        yield "care", "counts", "ok", f"Gezählt {years[0]}.", f"Counted {years[0]}."
        return
    error = int(derived["half_width"].max())
    de = f"Gezählt {years[0] or 'nie'}; aus Rate mal Einwohner abgeleitet {years[1]} (höchstens ±{error} Personen)."
    en = f"Counted {years[0] or 'never'}; derived from rate times population {years[1]} (at most ±{error} persons)."
    yield "care", "counts", "note", de, en


def _breaks(need: pd.DataFrame) -> Iterator[Row]:
    """Name the changes of definition inside the series, and of what homes count."""
    for year, (de, en) in BREAKS.items():
        if need["year"].min() < year <= need["year"].max():
            yield "care", "breaks", "warning", de, en
    homes = need[need["measure"] == "vollstationaer"]
    permanent = _list(homes.loc[homes["basis"] == "permanent", "year"])
    if len(set(homes["basis"])) > 1:
        de = f"Vollstationäre Pflege {permanent} ohne Kurzzeitpflege gezählt, sonst mit."
        en = f"Nursing homes counted without short-term care in {permanent}, with it otherwise."
        yield "care", "breaks", "note", de, en


def _parts(need: pd.DataFrame) -> Iterator[Row]:
    """Say what is left of the total after the settings, in the last year with all of them."""
    wide = need[need["measure"].isin(["people_in_need", *SETTINGS])]
    wide = wide.pivot_table(index="year", columns="measure", values="persons").dropna(axis=1, how="all").dropna()
    if wide.empty or "people_in_need" not in wide:
        return
    year = int(wide.index.max())
    last = wide.loc[[year]]
    total = int(last["people_in_need"].sum())
    rest = total - int(last.drop(columns="people_in_need").to_numpy().sum())
    pct = 100 * rest / total
    if year >= FIRST_GRADE_1 and rest < LEAST_REST * total:
        de = f"Pflegegrad 1 ohne Leistungen: {year} nicht eigens ausgewiesen; steckt in den anderen Versorgungsarten, "
        en = f"Grade 1 without services: not told apart in {year}; among the other settings, which are too high for it."
        yield "care", CHECK, "warning", f"{de}die deshalb zu hoch sind. Pflegegrade werden nicht angegeben.", en
    de = f"{year}: {_n(rest, 'de')} von {_n(total, 'de')} in keiner der Versorgungsarten ({pct:.0f} %)."
    en = f"{year}: {_n(rest, 'en')} of {_n(total, 'en')} in none of the settings ({pct:.0f} %)."
    yield "care", "parts", "note" if rest else "ok", de, en


def _known_homes(data: CityData) -> Iterator[Row]:
    """Compare open homes in a known district with all homes and places of the city."""
    homes = data.facilities[(data.facilities["category"] == "home_full") & (data.facilities["status"] == "open")]
    placed = homes[homes["district"] != ""]
    for measure, known, word in (
        ("homes", len(placed), ("Heimen", "homes")),
        ("places_permanent", int(placed["places"].sum()), ("Heimplätzen", "home places")),
    ):
        rows = data.supply[data.supply["measure"] == measure]
        if rows.empty:
            yield "supply", "known", "warning", f"Zahl der {word[0][:-1]} unbekannt.", f"Number of {word[1]} unknown."
            continue
        year = int(rows["year"].max())
        total = int(rows.loc[rows["year"] == year, "value"].sum())
        pct = 100 * known / max(total, 1)
        de = f"{_n(known, 'de')} von {_n(total, 'de')} {word[0]} ({year}) mit bekanntem Ort: {pct:.0f} %."
        en = f"{_n(known, 'en')} of {_n(total, 'en')} {word[1]} ({year}) whose place is known: {pct:.0f} %."
        yield "facilities", "known", "ok" if pct >= 90 else "warning", de, en


def _list(years: pd.Series) -> str:
    return ", ".join(str(year) for year in sorted(set(years)))


def _n(value: int, language: Language) -> str:
    """Return a whole number with the thousands separator of the language."""
    return f"{value:,}".replace(",", "." if language == "de" else ",")
