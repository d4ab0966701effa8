"""Begriffe: the one place where columns, categories, units, colours and labels are named.

Code refers to a thing by its key (``pflegegeld``, ``lower_80``); people read ``label(key, language)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from carelab.terms_access import ACCESS_LABELS
from carelab.terms_backtest import BACKTEST_LABELS
from carelab.terms_catalogue import CATALOGUE_LABELS
from carelab.terms_chain import CHAIN_LABELS
from carelab.terms_conference import CONFERENCE_LABELS
from carelab.terms_districts import in_city_words
from carelab.terms_lumina import LUMINA_LABELS
from carelab.terms_needs import NEEDS_LABELS
from carelab.terms_outreach import OUTREACH_LABELS
from carelab.terms_pilot import PILOT_LABELS
from carelab.terms_siting import SITING_LABELS
from carelab.terms_tables import TABLE_LABELS

Language = Literal["de", "en"]
Trend = Literal["trend", "moderate", "constant"]

SEXES: Final = ("m", "w")
AGE_TOP: Final = 90
"""First age of the open age group; ages run 0, 1, ..., AGE_TOP where AGE_TOP means "90 and older"."""
AGES: Final = tuple(range(AGE_TOP + 1))
AGE_BANDS: Final = {
    "0-64": (0, 64),
    "65-74": (65, 74),
    "75-79": (75, 79),
    "80-84": (80, 84),
    "85-89": (85, 89),
    "90+": (90, AGE_TOP),
}
"""Age bands (first and last age, both included) in which results are reported."""

SETTINGS: Final = ("pflegegeld", "ambulant", "vollstationaer", "pg1_only")
"""Settings of care that add up to all people in need; every person is in exactly one."""
SETTINGS_ALSO: Final = ("teilstationaer",)
"""Settings that a person uses beside one of SETTINGS; never added to the sum."""

SITE_KINDS: Final = (
    *("pflegeberatung", "haushaltshilfe", "ambulant", "tagespflege", "kurzzeitpflege", "verhinderungspflege"),
    *("vollstationaer", "therapie", "arzt", "apotheke", "treffpunkt", "betreutes_wohnen", "entlassmanagement"),
    "quartierszentrum",
)
"""Kinds of sites (sites.csv): the links of a chain of care, and the centres that hold them together."""

LEVELS: Final = (50, 80, 95)
"""Prediction intervals are published at these levels (percent)."""
QUANTILE_COLUMNS: Final = ("median", *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")))

BAND_80: Final = (0.75, 0.88)
"""Where the coverage of an 80 % interval should lie in a back-test."""

GRADES: Final = ("A", "B", "C", "D", "E")
STATUS: Final = ("observed", "derived", "projected", "assumed", "estimated")
"""How a figure came about: counted, computed from counted figures, projected, assumed, estimated from other years."""

COLOURS: Final = {
    "need": "#1b5e7a",
    "supply": "#c8651b",
    "gap": "#9c2f45",
    "neutral": "#5b6670",
    "population": "#7a8b99",
    "ageing": "#1b5e7a",
    "prevalence": "#d08c2e",
    "pflegegeld": "#1b5e7a",
    "ambulant": "#4f9aa8",
    "vollstationaer": "#c8651b",
    "pg1_only": "#8a8f98",
    "teilstationaer": "#b59a3c",
}
"""Distinguishable with the common colour-vision deficiencies; contrast of at least 3:1 on white."""

_LABELS: Final[dict[str, tuple[str, str]]] = {
    # keys
    "city": ("Stadt", "City"),
    "district": ("Schlüssel", "Key"),
    "name": ("Stadtteil", "District"),
    "year": ("Jahr", "Year"),
    "sex": ("Geschlecht", "Sex"),
    "age": ("Alter", "Age"),
    "age_band": ("Altersgruppe", "Age group"),
    "setting": ("Versorgungsart", "Care setting"),
    "measure": ("Merkmal", "Measure"),
    "grade": ("Belegstufe", "Evidence grade"),
    "status": ("Art der Zahl", "Kind of figure"),
    "total": ("insgesamt", "total"),
    "m": ("Männer", "men"),
    "w": ("Frauen", "women"),
    # numbers
    "median": ("Mittlerer Wert (Median)", "Median"),
    "mean": ("Mittelwert", "Mean"),
    "lower_50": ("50 %: von", "50 %: from"),
    "upper_50": ("50 %: bis", "50 %: to"),
    "lower_80": ("80 %: von", "80 %: from"),
    "upper_80": ("80 %: bis", "80 %: to"),
    "lower_95": ("95 %: von", "95 %: from"),
    "upper_95": ("95 %: bis", "95 %: to"),
    "value": ("Wert", "Value"),
    "persons": ("Personen", "Persons"),
    "places": ("Plätze", "Places"),
    # population
    "population": ("Einwohner", "Inhabitants"),
    "women": ("Frauen", "Women"),
    "mean_age": ("Durchschnittsalter", "Mean age"),
    "mean_age_published": ("Durchschnittsalter, veröffentlicht", "Mean age, published"),
    "mean_age_estimated": ("Durchschnittsalter, geschätzt", "Mean age, estimated"),
    "error": ("Abweichung", "Error"),
    "error_profile": ("Abweichung: nur Altersprofil der Stadt", "Error: city's age profile alone"),
    "error_blind": ("Abweichung: ohne Kenntnis des Durchschnittsalters", "Error: not knowing the mean age"),
    "error_full": ("Abweichung: verwendete Schätzung", "Error: estimate used"),
    # need
    "people_in_need": ("Pflegebedürftige", "People in need of care"),
    "care_rate": ("Pflegequote", "Care rate"),
    "demand": ("Bedarf", "Demand"),
    "pflegegeld": ("Pflegegeld (Angehörige)", "Cash benefit (family care)"),
    "ambulant": ("Ambulante Pflege", "Home care services"),
    "vollstationaer": ("Vollstationäre Pflege", "Nursing homes"),
    "teilstationaer": ("Tages- und Nachtpflege", "Day and night care"),
    "pg1_only": ("Pflegegrad 1 ohne Leistungen der Dienste oder Heime", "Grade 1 only, no services or homes"),
    "growth": ("Zunahme", "Growth"),
    "growth_pct": ("Zunahme in %", "Growth in %"),
    "p_top3": (
        "Wahrscheinlichkeit: unter den drei mit der größten Zunahme",
        "Probability: among the three growing most",
    ),
    "from_year": ("von Jahr", "From year"),
    "to_year": ("bis Jahr", "To year"),
    # why
    "ageing": ("Alterung", "Ageing"),
    "prevalence": ("Pflegequote (Häufigkeit)", "Prevalence"),
    # parts
    "pflegegrad": ("Pflegegrad", "Pflegegrad (grade of need)"),
    "group": ("Stadtbezirk (Schlüssel)", "Stadtbezirk (key)"),
    "name_group": ("Stadtbezirk", "Stadtbezirk"),
    "rate_ratio": ("Pflegequote gleichen Alters, Stadt = 1", "Care rate at equal ages, city = 1"),
    "share_65plus": ("Anteil ab 65", "Share aged 65+"),
    "share_foreigners": ("Anteil Ausländer", "Share of foreigners"),
    "wohngeld_per_1000": ("Wohngeld je 1.000 Haushalte", "Housing benefit per 1,000 households"),
    "mean_household_size": ("Personen je Haushalt", "Persons per household"),
    # supply and gap
    "supply": ("Bestand", "Supply"),
    "gap": ("Fehlbedarf (+) / Überhang (-)", "Shortfall (+) / surplus (-)"),
    "places_known": ("Plätze mit bekanntem Ort", "Places whose district is known"),
    "places_known_share": ("Anteil der Plätze mit bekanntem Ort", "Share of places whose district is known"),
    "p_shortfall": ("Wahrscheinlichkeit: Plätze fehlen", "Probability: places short"),
    "p_shortfall_places": ("Wahrscheinlichkeit: mehr als x Plätze fehlen", "Probability: more than x places short"),
    "p_five_worst": ("Wahrscheinlichkeit: unter den fünf schlechtesten", "Probability: among the five worst"),
    "rank": ("Rang", "Rank"),
    "rank_population": ("Rang nach Einwohnern 80+ allein", "Rank by inhabitants 80+ alone"),
    "physicians": ("Ärztinnen und Ärzte", "Physicians"),
    "dentists": ("Zahnärztinnen und Zahnärzte", "Dentists"),
    "pharmacies": ("Apotheken", "Pharmacies"),
    # data
    "table": ("Tabelle", "Table"),
    "check": ("Prüfung", "Check"),
    "result": ("Ergebnis", "Result"),
    "text": ("Befund", "Finding"),
    "publisher": ("Herausgeber", "Publisher"),
    "title": ("Titel", "Title"),
    "date": ("Stand", "Date"),
    "url": ("Adresse", "Address"),
    "licence": ("Lizenz", "Licence"),
    "quality": ("Güte", "Quality"),
    "source": ("Quelle", "Source"),
    # kinds
    "observed": ("gezählt", "observed"),
    "derived": ("abgeleitet", "derived"),
    "projected": ("vorausberechnet", "projected"),
    "assumed": ("angenommen", "assumed"),
    "estimated": ("geschätzt", "estimated"),
    "trend": ("gedämpfter Trend", "damped trend"),
    "moderate": ("gemäßigt (Anstieg endet 2027)", "moderate (growth ends 2027)"),
    "constant": ("konstante Pflegequoten", "constant rates"),
    "ok": ("in Ordnung", "fine"),
    "note": ("Hinweis", "note"),
    "warning": ("Achtung", "warning"),
    # back-test and report
    "factor": ("Grund", "Factor"),
    "rule": ("Verfahren", "Method"),
    "model": ("Modell", "model"),
    "constant_rates": ("konstante Pflegequoten", "constant care rates"),
    "area": ("Gebiet", "Area"),
    "origin": ("gerechnet aus dem Jahr", "Projected from year"),
    "error_pct": ("Abweichung in %", "Error in %"),
    "inside_80": ("im 80-%-Intervall", "Within the 80% interval"),
    "facility": ("Kennung", "Code"),
    "facility_name": ("Einrichtung", "Facility"),
    "facility_state": ("Betrieb", "Operation"),
    "place_district": ("Stadtteil", "District"),
    "category": ("Art", "Category"),
    "name_district": ("Stadtteil", "District"),
    "as_of": ("Stand", "As of"),
    "home_full": ("Pflegeheim", "Nursing home"),
    "day_care": ("Tagespflege", "Day care"),
    "home_care_service": ("Pflegedienst", "Home-care service"),
    "shared_flat": ("Wohngemeinschaft", "Shared flat"),
    "service_housing": ("Betreutes Wohnen", "Assisted living"),
    "asz": ("Alten- und Service-Zentrum", "Centre for senior citizens"),
    "advice": ("Beratung", "Advice"),
    "hospital": ("Krankenhaus", "Hospital"),
    "open": ("offen", "open"),
    "closing": ("schließt", "closing"),
    "closed": ("geschlossen", "closed"),
    "planned": ("geplant", "planned"),
    "unclear": ("unklar", "unclear"),
    **ACCESS_LABELS,
    # parameters
    "scenario": ("Szenario", "Scenario"),
    "language": ("Sprache", "Language"),
    "base_year": ("Basisjahr", "Base year"),
    "horizon_year": ("letztes Jahr", "Last year"),
    "focus_year": ("Zieljahr", "Focus year"),
    "draws": ("durchgerechnete Zukünfte", "Simulated futures"),
    "seed": ("Start der Zufallszahlen", "Start of the random numbers"),
    "trend_damping": ("Anteil des Trends, der jährlich bleibt", "Share of the trend left each year"),
    "migration": ("Wanderung (Vielfaches der bisherigen)", "Migration (multiple of the past)"),
    "mortality_improvement": ("jährlicher Rückgang der Sterblichkeit", "Yearly fall of mortality"),
    "local_ratio_sd": ("Streuung der Pflegequoten zwischen Stadtteilen", "Spread of care rates between districts"),
    "occupancy": ("Auslastung der Heimplätze", "Occupancy of nursing homes"),
    "shortfall_places": ("großer Fehlbedarf: fehlende Plätze ab", "Large shortfall: missing places from"),
    "geometry": ("Datei mit Grenzen der Stadtteile", "File of district borders"),
    "cities": ("verglichene Städte", "Cities compared"),
    # comparison of cities, profile of a district
    "city_name": ("Stadt", "City"),
    "last_count": ("letzte Zählung der Pflegebedürftigen", "Last count of people in need"),
    "districts": ("bewohnte Stadtteile", "Inhabited districts"),
    "synthetic": ("erfunden", "Invented"),
    "places_are_known": ("Heimplätze bekannt", "Places known"),
    "per_1000": ("je 1.000 Einwohner", "per 1,000 inhabitants"),
    "gap_per_1000_old": ("fehlende Plätze je 1.000 ab 80", "missing places per 1,000 of 80 and over"),
    "rank_from": ("Rang: von", "Rank: from"),
    "rank_to": ("Rang: bis", "Rank: to"),
    # tables
    "counted": ("gezählt", "counted"),
    "modelled": ("Modell", "model"),
    "deviation_pct": ("Abweichung in %", "Deviation in %"),
    "half_width": ("Rundung ±", "Rounding ±"),
    "level": ("Höhe der Pflegequoten (log)", "Level of care rates (log)"),
    "counting": ("davon neu gezählt", "newly counted part"),
    "law": ("neues Gesetz", "new law"),
    "supply_year": ("Bestand im Jahr", "Supply in year"),
    "share_80plus_pct": ("Einwohner ab 80 in %", "Inhabitants from 80 in %"),
    "services": ("Pflegedienste", "Home-care services"),
    "staff_services": ("Beschäftigte der Pflegedienste", "Staff of home-care services"),
    # sensitivity
    "care_rates_future": ("künftige Pflegequoten (80 % der Zukünfte)", "future care rates (80 % of futures)"),
    "unknown_laws": ("neue Gesetze im Jahr (keines bis 0,2)", "new laws a year (none to 0.2)"),
    "local_ratio": ("örtliche Pflegequote des Stadtteils", "local care rate of the district"),
    "setting_shares": ("Anteil der Heimpflege", "share of nursing-home care"),
    "law_year": ("neues Gesetz im Jahr", "New law in year"),
    "law_effect": ("Zunahme der Pflegequoten durch das Gesetz", "Growth of care rates by the law"),
    "law_effect_sd": ("Streuung dieser Zunahme", "Spread of that growth"),
    "trend_variant": ("Pflegequoten", "Care rates"),
    "driver": ("Annahme", "Assumption"),
    "need_low": ("Bedarf bei niedrig", "Need at low"),
    "need_high": ("Bedarf bei hoch", "Need at high"),
    "district_low_pct": ("Stadtteil bei niedrig, %", "District at low, %"),
    "district_high_pct": ("Stadtteil bei hoch, %", "District at high, %"),
    "places_low": ("Fehlende Plätze bei niedrig", "Missing places at low"),
    "places_high": ("Fehlende Plätze bei hoch", "Missing places at high"),
    "swing_pct": ("Spannweite, %", "Swing, %"),
    "low": ("niedrig", "low"),
    "high": ("hoch", "high"),
    **BACKTEST_LABELS,
    **CATALOGUE_LABELS,
    **CHAIN_LABELS,
    **CONFERENCE_LABELS,
    **LUMINA_LABELS,
    **OUTREACH_LABELS,
    **NEEDS_LABELS,
    **PILOT_LABELS,
    **SITING_LABELS,
    **TABLE_LABELS,
    # grades
    "A": ("A: gezählt nach Stadtteil, Alter und Geschlecht", "A: counted by district, age and sex"),
    "B": ("B: gezählt in groben Altersgruppen", "B: counted in broad age bands"),
    "C": (
        "C: nur Einwohner je Stadtteil, Alter aus Stadt oder Umland",
        "C: district totals only, ages from the city or its surroundings",
    ),
    "D": ("D: auch die Einwohnerzahl geschätzt", "D: district totals estimated, too"),
    "E": ("E: nur die Stadt als Ganzes", "E: the city as a whole only"),
}


def label(key: str, language: Language = "de") -> str:
    """Return the words people read for a key; the key itself where it has no label (e.g. a district's name)."""
    words = _LABELS.get(key)
    return key if words is None else say(language, *words)


def value_label(column: str, value: str, language: Language = "de") -> str:
    """Return the words for a value of a column: those of ``column:value`` where a key means another thing elsewhere."""
    return label(f"{column}:{value}" if f"{column}:{value}" in _LABELS else value, language)


def labels(keys: Sequence[str], language: Language = "de") -> dict[str, str]:
    """Return key -> label for several keys, e.g. to rename the columns of a table."""
    return {key: label(key, language) for key in keys}


class UserError(ValueError):
    """A mistake in what the user gave us: one clear sentence (file, row, key, found, expected) in both languages."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(de)
        self.de, self.en = de, en

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str]]:
        return type(self), (self.de, self.en)

    def text(self, language: Language = "de") -> str:
        """Return the sentence in the language of the run."""
        return self.de if language == "de" else self.en


def say(language: Language, de: str, en: str) -> str:
    """Return the German wording, with the city's own word for Stadtteil (terms_districts), or the English one."""
    return in_city_words(de, language) if language == "de" else en
