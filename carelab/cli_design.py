"""``carelab design``: draw a roll-out by chance, register the design before results exist, amend it in the open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from carelab.cli_parts import sub_app
from carelab.terms import Language, UserError, say

if TYPE_CHECKING:
    import pandas as pd

OPTIONS = ("waves", "first", "last", "outcome", "mde_target", "name", "reason")
"""Options of these commands, for the search for misspelt ones."""
HINT = (
    "Vor dem Registrieren definition und mde_target ausfüllen, alpha prüfen:",
    "Before registering fill in definition and mde_target, check alpha:",
)
Many = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=True)]
app = sub_app(
    "design",
    help_text="Auswertung vor dem Start festlegen: Reihenfolge auslosen, registrieren, Änderungen offenlegen.",
    usage="carelab design (draw | register | amend | check) [ANGABEN] [OPTIONEN]",
)


@app.command(usage="carelab design draw STADT --waves 2027-H1:6 2027-H2:6 --seed 7 --first 2024-H1 --last 2029-H2")
def draw(
    city: str,
    /,
    *,
    waves: Many,
    seed: int,
    first: str,
    last: str,
    outcome: str = "contacts_per_1000_in_need",
    mde_target: float | None = None,
    name: str = "roll_out",
    language: Language = "de",
) -> int:
    """Reihenfolge der Stadtteile auslosen, ausgewogen nach Bedarf und Größe; schreibt params/designs/STADT_NAME.yaml.

    Parameters
    ----------
    city
        Ordner unter data/
    waves
        Halbjahr:Zahl der Stadtteile, zum Beispiel 2027-H1:6; die übrigen beginnen nicht
    seed
        Start der Zufallszahlen; wird gespeichert
    first
        erstes Halbjahr des Vergleichs
    last
        letztes Halbjahr des Vergleichs
    outcome
        Zielgröße
    mde_target
        kleinste Wirkung, die zählen würde; vor dem Registrieren nötig
    name
        Name des Designs
    language
        de oder en
    """
    from carelab.inputs.design import UNWRITTEN, Outcome, new_design, write_design
    from carelab.params import load_params
    from carelab.paths import PARAMS
    from carelab.planning.evaluation.roll_out import balance, draw_units, facts
    from carelab.study import open_study

    path = PARAMS / "designs" / f"{city}_{name}.yaml"
    if path.exists():
        raise UserError(
            f"{path.name} gibt es schon; ausgelost wird einmal. Ein anderer --name, oder design amend.",
            f"{path.name} exists; a roll-out is drawn once. Another --name, or design amend.",
        )
    study = open_study(load_params(PARAMS / city / "baseline.yaml"))
    units = draw_units(facts(study.demand_district, study.population_district), _waves(waves), seed=seed)
    measure = Outcome(key=outcome, role="primary", definition=UNWRITTEN, mde_target=mde_target)
    design = new_design(f"{city}_{name}", city, units, seed=seed, period=(first, last), outcome=measure)
    write_design(design, path)
    _print_balance(balance(units), language)
    print(say(language, *HINT))
    print(path)
    return 0


@app.command(usage="carelab design register DATEI")
def register(file: Path, /, *, language: Language = "de") -> int:
    """Prüfsumme und Datum in die Datei und in data/STADT/design_log.csv schreiben; ab dann gilt das Design.

    Parameters
    ----------
    file
        Datei des Designs
    language
        de oder en
    """
    return _store(file, "", language)


@app.command(usage="carelab design amend DATEI --reason GRUND")
def amend(file: Path, /, *, reason: str, language: Language = "de") -> int:
    """Eine Änderung mit Grund anmelden; der Bericht nennt sie auf der ersten Seite.

    Parameters
    ----------
    file
        Datei des Designs
    reason
        warum geändert wurde
    language
        de oder en
    """
    if not reason.strip():
        raise UserError("--reason darf nicht leer sein.", "--reason must not be empty.")
    return _store(file, reason, language)


@app.command(usage="carelab design check DATEI")
def check(file: Path, /, *, language: Language = "de") -> int:
    """Sagen, ob das Design noch so ist, wie es registriert wurde.

    Parameters
    ----------
    file
        Datei des Designs
    language
        de oder en
    """
    from carelab.inputs.design import design_log, read_design, registration
    from carelab.release.findings_evaluation import registration_line

    design = read_design(file)
    print(registration_line(registration(design, design_log(design.city)), language))
    return 0


def _print_balance(table: pd.DataFrame, language: Language) -> None:
    from carelab.release.numbers import number

    for row in table.to_dict("records"):
        amount, need, size = (number(float(row[key]), language) for key in ("districts", "need", "size"))
        de = f"{row['start']}: {amount} Stadtteile, im Mittel {need} Pflegebedürftige, {size} Einwohner"
        print(say(language, de, f"{row['start']}: {amount} districts, mean need {need}, mean size {size}"))


def _store(file: Path, reason: str, language: Language) -> int:
    from carelab.inputs import design as designs

    found = designs.register(file, reason=reason)
    print(say(language, f"Registriert: {found.name}, {found.sha256()}", f"Registered: {found.name}, {found.sha256()}"))
    return 0


def _waves(given: tuple[str, ...]) -> dict[str, int]:
    """Return start -> number of districts from words like 2027-H1:6. Raises UserError."""
    import re

    found = [re.fullmatch(r"(\d{4}-H[12]):(\d+)", word) for word in given]
    if not found or not all(found):
        raise UserError("--waves: erwartet Angaben wie 2027-H1:6.", "--waves: expected entries like 2027-H1:6.")
    return {match[1]: int(match[2]) for match in found if match}
