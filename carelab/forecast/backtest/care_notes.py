"""What a reader of a care back-test must know of its data and assumptions, as sentences in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from carelab.forecast.backtest.result import Sentence
from carelab.forecast.care_panel.ages import OLDEST_DATA, AgePanel
from carelab.forecast.care_panel.data import CarePanel
from carelab.forecast.care_panel.laws import LawRisk, Laws

_BY_FLAG: Final[Mapping[str, Sentence]] = {
    "ages_coarse": (
        "Manche Jahre haben nur grobe Altersgruppen (Kennzeichen ages_coarse): Alterung dort ungefähr.",
        "Some years have coarse age bands only (flag ages_coarse): ageing is approximate there.",
    ),
    "ages_earlier": (
        f"Wo die Alter eines Stichtags fehlen oder gröber sind, gelten bis zu {OLDEST_DATA} Jahre ältere, "
        "fortgeschrieben (Kennzeichen ages_earlier).",
        f"Where the ages of a survey are missing or coarser, those of up to {OLDEST_DATA} years before are aged "
        "forward (flag ages_earlier).",
    ),
    "ages_unknown": (
        "Manche Stichtage oder Gebiete haben keine Alter (Kennzeichen ages_unknown): dort ohne Alter gerechnet.",
        "Some surveys or areas have no ages (flag ages_unknown): computed without ages there.",
    ),
}
"""What a flag on forecasts means; ``jump`` has its remark where the panel is read, ``one_past_step`` needs none."""


def remarks(panel: CarePanel, ages: AgePanel | None) -> list[Sentence]:
    """Return what a reader must know: no population, coarse, older or missing ages, few surveys."""
    notes: list[Sentence] = []
    if ages is None:
        notes.append(
            (
                "Ohne Bevölkerung nach Alter: nur Summen werden fortgeschrieben; die Regel der konstanten Pflegequoten "
                "entfällt.",
                "No population by age: only totals are carried forward; the rule of constant care rates is left out.",
            )
        )
    elif missing := _without_ages(panel, ages):
        notes.append(missing)
    flags = set() if ages is None else _flags(panel, ages)
    notes += [note for flag, note in _BY_FLAG.items() if flag in flags]
    return [*notes, _common_uncertainty(panel.years.size - 3)]


def _common_uncertainty(errors: int) -> Sentence:
    """Say what the common uncertainty rests on: ``errors`` past errors of the panel at the last origin, Germany's."""
    risk = LawRisk()
    often, more = round(1 / risk.rate), round(100 * risk.size)
    own = (
        ("", ""),
        ("höchstens einem früheren Fehler und ", "at most one earlier error and "),
        (f"höchstens {errors} früheren Fehlern und ", f"at most {errors} earlier errors and "),
    )[min(errors, 2)]
    return (
        f"Die gemeinsame Unsicherheit, die größte, ruht auf {own[0]}vier Fehlern Deutschlands (1999-2009). Annahme: "
        f"etwa alle {often} Jahre kommt ein unbekanntes Gesetz, im Mittel +{more} %.",
        f"The common uncertainty, the largest part, rests on {own[1]}four errors of Germany's (1999-2009). Assumption: "
        f"every {often} years or so comes a law nobody knows of, {more}% more on average.",
    )


def _flags(panel: CarePanel, ages: AgePanel) -> set[str]:
    """Return all flags on ages that some forecast of the panel has."""
    flags: set[str] = set()
    for year in map(int, panel.years):
        found = ages.at(year)
        flags |= {"ages_unknown"} if found is None else {flag for own in found.flags(year) for flag in own}
    return flags


def _without_ages(panel: CarePanel, ages: AgePanel) -> Sentence | None:
    """Say for how many areas the population has no complete year; None if it has one for all."""
    known = np.zeros(panel.areas.size, dtype=bool)
    for persons in ages.persons.values():
        known |= np.isfinite(persons).all(axis=(1, 2))
    if known.all():
        return None
    number, first = int((~known).sum()), panel.areas[~known][0]
    return (
        f"Für {number} von {known.size} Gebieten (etwa {first}) hat die Bevölkerung kein vollständiges Jahr: dort ohne "
        "Alter gerechnet; die Schlüssel müssen gleich geschrieben sein.",
        f"The population has no complete year for {number} of {known.size} areas ({first}, for example): computed "
        "without ages there; keys must be written alike.",
    )


def law_notes(laws: Laws) -> list[Sentence]:
    """Return each law entered as a scenario: what was expected, since when it was known, by which source."""
    notes: list[Sentence] = []
    for law in laws:
        more = f"{100 * law.size:+.1f}"
        names = [f"{each}, " if each else "" for each in law.name]
        notes.append(
            (
                f"Gesetzesänderung als Szenario: {names[0]}ab {law.start:g}: {more.replace('.', ',')} % in "
                f"{law.phase_in:g} Jahren, bekannt ab {law.known_from}. {law.source[0]}".rstrip(),
                f"Change of law as a scenario: {names[1]}from {law.start:g}: {more}% within {law.phase_in:g} years, "
                f"known from {law.known_from}. {law.source[1]}".rstrip(),
            )
        )
    return notes
