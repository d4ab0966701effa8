"""Findings of a pilot: registration, reach, equity and costs, and effects only as far as the design carries."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from carelab.release.captions_pilot import ABSENT
from carelab.release.exhibit import Findings
from carelab.release.numbers import listing, number, percent
from carelab.terms import QUANTILE_COLUMNS, Language, label, say


class Told(Protocol):
    """Results of a registered comparison (stages.evaluation.Results)."""

    def findings(self, language: Language = "de") -> Findings: ...


class PilotResults(Protocol):
    """What the sentences rest on (stages.pilot.PilotEvaluation)."""

    @property
    def simulated(self) -> bool: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def results(self) -> Told | None: ...
    @property
    def log_year(self) -> int | None: ...
    @property
    def year(self) -> int: ...
    @property
    def reach(self) -> pd.DataFrame: ...
    @property
    def equity(self) -> pd.DataFrame: ...
    @property
    def process(self) -> pd.DataFrame: ...
    @property
    def planned(self) -> pd.DataFrame: ...
    @property
    def site(self) -> Told | None: ...


def pilot_findings(pilot: PilotResults, *, language: Language) -> Findings:
    """Return the sentences of page one."""
    told = pilot.results.findings(language).sentences if pilot.results else ()
    sentences = [*told[:1], *_lacking(pilot, language)]
    if pilot.log_year is not None:
        hidden = int(pilot.reach.iloc[:-1]["first"].isna().sum())
        sentences += [
            _reach(pilot, language),
            *_equity(pilot.equity, hidden, language),
            _process(pilot.process, language),
        ]
    sentences += told[1:]
    if pilot.site is not None:
        alone = say(language, "Einzelner Ort: ", "Single site: ")
        sentences += [alone + sentence for sentence in pilot.site.findings(language).sentences]
    if not told:
        sentences.append(_planned(pilot.planned, language))
    if pilot.simulated:
        sentences = [label("simulated_mark", language) + sentence for sentence in sentences]
    return Findings([sentence for sentence in sentences if sentence], language)


def _lacking(pilot: PilotResults, language: Language) -> list[str]:
    """Return one sentence about all that is missing."""
    reasons = [*pilot.missing]
    if "log" not in reasons and pilot.log_year is None:
        reasons.append("whole_year")
    words = " ".join(say(language, *ABSENT[reason]) for reason in reasons)
    return [say(language, "Noch nicht auszuwerten: ", "Not to be evaluated yet: ") + words] if words else []


def _reach(pilot: PilotResults, language: Language) -> str:
    city = pilot.reach.iloc[-1]
    shown = pilot.reach.iloc[:-1].dropna(subset=["median"]).sort_values("median")
    year = "" if pilot.year == pilot.log_year else say(
        language, f" (Bedarf von {pilot.year})", f" (need of {pilot.year})"
    )  # fmt: skip
    if not np.isfinite(city["median"]):
        return say(language, "Die Zahl der Kontakte ist zu klein, um sie zu zeigen.", "Too few contacts to be shown.")
    low, high = percent(city["lower_80"], language), percent(city["upper_80"], language)
    text = say(
        language,
        f"{pilot.log_year} wurden {percent(city['median'], 'de')} der Pflegebedürftigen zu Hause erreicht{year} "
        f"(80-%-Vorhersageintervall: {low} bis {high}).",
        f"In {pilot.log_year} {percent(city['median'], 'en')} of people in need at home were reached{year} "
        f"(80% prediction interval: {low} to {high}).",
    )
    if len(shown) < 2:
        return text
    least, best = shown.iloc[0], shown.iloc[-1]
    return text + say(
        language,
        f" Am wenigsten in {least['name']} ({percent(least['median'], 'de')}), am meisten in {best['name']} "
        f"({percent(best['median'], 'de')}).",
        f" Least in {least['name']} ({percent(least['median'], 'en')}), most in {best['name']} "
        f"({percent(best['median'], 'en')}).",
    )


def _equity(equity: pd.DataFrame, hidden: int, language: Language) -> list[str]:
    if equity.empty:
        return [say(language, *ABSENT["few_districts"])]
    gap, chance = _row(equity, "gap_fifths"), _row(equity, "gap_by_chance")
    points = {name: number(100 * row["median"], language) for name, row in (("gap", gap), ("chance", chance))}
    more = gap["median"] > chance["upper_80"]
    judged = say(
        language,
        "das ist mehr, als der Zufall erklärt" if more else "so viel kann auch Zufall sein",
        "that is more than chance explains" if more else "this much may be chance",
    )
    return [
        say(
            language,
            f"Zwischen dem am besten und dem am wenigsten erreichten Fünftel liegen {points['gap']} Prozentpunkte; bei "
            f"gleicher Chance für alle wären es im Median {points['chance']}: {judged}.",
            f"Between the best and the least served fifth lie {points['gap']} percentage points; with the same chance "
            f"for all it would be {points['chance']} in the median: {judged}.",
        )
        + _left_out(hidden, language)
    ]


def _left_out(hidden: int, language: Language) -> str:
    """Return what districts with hidden counts mean for the gap: few were reached there, so it may be wider."""
    if not hidden:
        return ""
    return say(
        language,
        f" Nicht darin: {hidden} Stadtteile, deren kleine Zahlen verborgen sind; der wahre Abstand kann größer sein.",
        f" Left out: {hidden} districts whose small counts are hidden; the true gap may be wider.",
    )


def _row(table: pd.DataFrame, measure: str) -> dict[str, float]:
    """Return the quantiles of one measure."""
    chosen = table[table["measure"] == measure].iloc[0]
    return {str(name): float(chosen[name]) for name in QUANTILE_COLUMNS}


def _process(process: pd.DataFrame, language: Language) -> str:
    cost, road, day = (_row(process, name) for name in ("cost_per_contact", "road_share", "contacts_per_day"))
    low, high = (number(cost[f"{side}_80"], language) for side in ("lower", "upper"))
    return say(
        language,
        f"Ein Kontakt kostete etwa {number(cost['median'], 'de')} Euro (80-%-Intervall: {low} bis {high}); das sind "
        f"{number(day['median'], 'de', 1)} Kontakte je Einsatztag, {percent(road['median'], 'de')} der Zeit auf der "
        "Straße. Wartezeiten stehen nicht im Logbuch.",
        f"A contact cost about {number(cost['median'], 'en')} euros (80% interval: {low} to {high}); that is "
        f"{number(day['median'], 'en', 1)} contacts per day worked, {percent(road['median'], 'en')} of the time on the "
        "road. Waiting times are not in the logbook.",
    )


def _planned(planned: pd.DataFrame, language: Language) -> str:
    usable = planned[np.isfinite(planned["mde"])] if len(planned) else planned
    if usable.empty:
        return say(
            language,
            "Mit so wenigen Stadtteilen kann ein Vergleich hier keine Wirkung belegen, wie groß sie auch sei.",
            "With so few districts a comparison cannot show any effect here, however large.",
        )
    parts = [
        f"{label(row['plan'], language)} {number(row['mde'], language, 1)} ({percent(row['mde_share'], language)})"
        for row in usable.to_dict("records")
    ]
    return say(
        language,
        f"Aufdecken ließe sich hier bei einer Zielgröße von 60 Ereignissen je 1.000 Pflegebedürftige und Halbjahr "
        f"(Annahme) eine Änderung ab: {listing(parts, 'de')}.",
        f"With an outcome of 60 events per 1,000 people in need and half-year (assumption) changes could be detected "
        f"here from: {listing(parts, 'en')}.",
    )
