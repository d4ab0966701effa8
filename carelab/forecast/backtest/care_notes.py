"""What a reader of a care back-test must know of its data and assumptions, as sentences in both languages."""

from __future__ import annotations

import numpy as np

from carelab.forecast.backtest.result import Sentence
from carelab.forecast.care_panel.ages import COARSE_TOP, AgePanel
from carelab.forecast.care_panel.data import CarePanel
from carelab.forecast.care_panel.laws import LawRisk, Laws


def remarks(panel: CarePanel, ages: AgePanel | None) -> list[Sentence]:
    """Return what a reader must know: no population, coarse ages, few surveys."""
    notes: list[Sentence] = []
    if ages is None:
        notes.append(
            (
                "Ohne Bevölkerung nach Alter: nur Summen werden fortgeschrieben; die Regel constant_rates entfällt.",
                "No population by age: only totals are carried forward; the rule constant_rates is left out.",
            )
        )
    elif missing := _without_ages(panel, ages):
        notes.append(missing)
    if ages is not None and any(top < COARSE_TOP for top in ages.top.values()):
        notes.append(
            (
                "Manche Jahre haben nur grobe Altersgruppen (Kennzeichen ages_coarse): Alterung dort ungefähr.",
                "Some years have coarse age bands only (flag ages_coarse): ageing is approximate there.",
            )
        )
    errors, risk = panel.years.size - 3, LawRisk()
    often, more = round(1 / risk.rate), round(100 * risk.size)
    notes.append(
        (
            f"Die gemeinsame Unsicherheit, die größte, ruht auf höchstens {errors} früheren Fehlern und vier "
            f"Deutschlands (1999-2009). Annahme: etwa alle {often} Jahre kommt ein unbekanntes Gesetz, "
            f"im Mittel +{more} %.",
            f"The common uncertainty, the largest part, rests on at most {errors} earlier errors and four of Germany's "
            f"(1999-2009). Assumption: every {often} years or so comes a law nobody knows of, {more}% more on average.",
        )
    )
    return notes


def _without_ages(panel: CarePanel, ages: AgePanel) -> Sentence | None:
    """Say how many areas the population does not name; None if it names all."""
    known = np.zeros(panel.areas.size, dtype=bool)
    for persons in ages.persons.values():
        known |= np.isfinite(persons).all(axis=(1, 2))
    if known.all():
        return None
    number, first = int((~known).sum()), panel.areas[~known][0]
    return (
        f"Die Bevölkerung nennt {number} von {known.size} Gebieten nicht (etwa {first}): dort ohne Alter gerechnet; "
        "die Schlüssel müssen gleich geschrieben sein.",
        f"The population does not name {number} of {known.size} areas ({first}, for example): computed without ages "
        "there; keys must be written alike.",
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
