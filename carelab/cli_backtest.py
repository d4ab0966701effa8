"""``carelab backtest``: how wrong would we have been? For any user's panel of population or people in need."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Parameter

from carelab.cli_parts import sub_app
from carelab.terms import Language, UserError, say

if TYPE_CHECKING:
    import pandas as pd

    from carelab.forecast.backtest.result import BacktestResult
    from carelab.inputs.panels import Panel

OPTIONS = ("panel", "population", "columns", "out", "horizons", "first_origin", "control", "ages", "law")
"""Options of these commands, for the search for misspelt ones."""
FEWEST_DRAWS: Final = 20
"""A 95 % interval leaves one in forty on each side."""
File = Annotated[Path, Parameter(name="--panel")]
app = sub_app(
    "backtest",
    help_text="Rückschau: Wie falsch hätten wir gelegen? Für ein eigenes Panel (CSV oder Parquet, lange Form).",
    usage="carelab backtest (population | care) --panel DATEI [OPTIONEN]",
)


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """What is asked of a back-test of populations.

    Parameters
    ----------
    horizons
        wie viele Jahre voraus, z. B. 1,2,5,10 (ohne Angabe 1 bis 10, soweit das Panel reicht)
    first_origin
        erstes Jahr, aus dem gerechnet wird (ohne Angabe nach fünf Jahren Vorgeschichte, in kurzen Panels früher)
    draws
        simulierte Zukünfte je Vorausberechnung; unter 100 werden Intervalle zu eng
    """

    horizons: str = ""
    first_origin: int | None = None
    draws: int = 400


USUAL: Final = Asked()


@app.command(usage="carelab backtest population --panel DATEI [OPTIONEN]")
def population(
    *,
    panel: File,
    columns: str = "",
    out: Path | None = None,
    asked: Asked = USUAL,
    control: Path | None = None,
    ages: str = "auto",
    language: Language = "de",
) -> int:
    """Bevölkerung nach Alter: area, year, sex (m|w|t), age_from, age_to (leer = offen), persons.

    Aus jedem früheren Jahr wird vorausberechnet, was danach gezählt wurde; daneben stehen Faustregeln.

    Parameters
    ----------
    panel
        CSV oder Parquet, eine Zeile je Gebiet, Jahr, Geschlecht und Altersgruppe; weitere Spalten werden übergangen
    columns
        Spalten umbenennen, z. B. bezirk=area,jahr=year
    out
        Ordner für scores.csv, calibration.csv, forecasts.csv, shelf_life.csv und summary.txt (ohne Angabe
        outputs/backtest-population-NAME)
    asked
        Horizonte, erstes Ausgangsjahr, Ziehungen
    control
        Gesamtzahlen (year, persons, auch sex, age_from, age_to), auf die die Summe der Gebiete abgestimmt wird, etwa
        eine amtliche Vorausberechnung; sie gilt an jedem Ausgangsjahr als bekannt
    ages
        nach wessen Altersaufbau breite Gruppen (65 und älter) im ersten Jahr unterteilt werden: auto (Deutschland, wo
        die Schlüssel deutsche Gebiete nennen), none oder Datei eines größeren Gebiets mit feineren Gruppen (Form wie
        --panel)
    language
        de oder en
    """
    from carelab.forecast.backtest.calibration import calibration_table, population_headline
    from carelab.forecast.backtest.population import Setting
    from carelab.inputs.panels import parse_renames, read_control, read_population
    from carelab.release import backtest_text
    from carelab.stages.panel_backtests import check_population_panel

    source = read_population(panel, rename=parse_renames(columns))
    totals = None if control is None else read_control(control)
    setting = Setting(_numbers(asked.horizons), asked.first_origin, asked.draws)
    known = None if totals is None else totals.frame
    result = check_population_panel(source.frame, setting, ages=ages, control=known, progress=_progress(language))
    calibration = calibration_table(result.scores, result.relative)
    head = backtest_text.population_headline(population_headline(result.scores, calibration), language=language)
    result.notes.extend(totals.notes if totals is not None else ())
    text = _text(result, source, language, head=head)
    return _finish(result, text, out or _folder("population", panel), language, calibration=calibration)


@app.command(usage="carelab backtest care --panel DATEI [--population DATEI] [OPTIONEN]")
def care(
    *,
    panel: File,
    population: Path | None = None,
    columns: str = "",
    out: Path | None = None,
    draws: int = 1000,
    seed: int = 1,
    law: str = "auto",
    language: Language = "de",
) -> int:
    """Pflegebedürftige: area, parent (übergeordnetes Gebiet, darf leer sein), year, people_in_need.

    Aus jeder früheren Erhebung wird vorausberechnet, was danach gezählt wurde; daneben stehen Faustregeln.

    Parameters
    ----------
    panel
        CSV oder Parquet, eine Zeile je Gebiet und Erhebungsjahr; weitere Spalten werden übergangen
    population
        Bevölkerung nach Alter in der Form von "backtest population", wo es sie gibt
    columns
        Spalten umbenennen, in beiden Dateien: alt=neu,alt=neu
    out
        Ordner für die Ergebnisse (sonst outputs/backtest-care-NAME)
    draws
        simulierte Zukünfte je Vorausberechnung; unter 100 werden Intervalle zu eng
    seed
        Anfang der Zufallszahlen: gleicher Anfang, gleiche Ergebnisse
    law
        Gesetz, das den Kreis der Pflegebedürftigen erweitert: auto (aus data/laws.yaml, wo die Schlüssel den Staat
        erkennen lassen), none oder von Hand Jahr:Zunahme:bekannt-seit, z. B. 2017:0.238:2015 für +23,8 % ab 2017
        (mehrere mit Komma); eingerechnet wird es erst ab dem Jahr, seit dem es bekannt war
    language
        de oder en
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: several BLAS threads only get in each other's way
    from carelab.forecast.backtest.calibration import calibration_table, headline_table, relative_wis
    from carelab.forecast.backtest.care import TARGET
    from carelab.inputs.panel_names import share_renames
    from carelab.inputs.panels import parse_renames, read_care, read_population
    from carelab.release.backtest_text import care_headline
    from carelab.stages.panel_backtests import check_care_panel

    _enough(draws)
    own, *other = share_renames(parse_renames(columns), [panel, *([population] if population is not None else [])])
    source = read_care(panel, rename=own)
    people = read_population(population, rename=other[0]) if population is not None else None
    ages = None if people is None else people.frame
    result, chosen = check_care_panel(source.frame, ages, draws=draws, seed=seed, law=law)
    result.notes.extend(people.notes if people is not None else ())
    head = care_headline(headline_table(result, TARGET), chosen.note, language=language)
    calibration = calibration_table(result.scores, relative_wis(result.forecasts))
    text = _text(result, source, language, head=head)
    return _finish(result, text, out or _folder("care", panel), language, calibration=calibration)


def _text(result: BacktestResult, source: Panel, language: Language, *, head: str) -> str:
    """Return what is printed and written as summary.txt."""
    from carelab.release.backtest_text import describe_backtest

    notes = [*result.notes, *source.notes]
    return describe_backtest(result.scores, result.shelf_life, notes, language=language, head=head)


def _finish(result: BacktestResult, text: str, folder: Path, language: Language, *, calibration: pd.DataFrame) -> int:
    """Print the tables, write them, say where."""
    from carelab.release.backtest_text import write_backtest

    print(text)
    tables = {"scores": result.scores, "calibration": calibration}
    write_backtest(tables | {"forecasts": result.forecasts, "shelf_life": result.shelf_life}, folder, text)
    print(say(language, f"Tabellen: {folder}", f"Tables: {folder}"))
    return 0


def _enough(draws: int) -> None:
    """Raise UserError for so few draws that no interval can be told from them."""
    if draws < FEWEST_DRAWS:
        raise UserError(
            f"--draws ist {draws}; erwartet: mindestens {FEWEST_DRAWS} Ziehungen, sonst gibt es kein Intervall.",
            f"--draws is {draws}; expected: at least {FEWEST_DRAWS}, as fewer make no interval.",
        )


def _folder(kind: str, panel: Path) -> Path:
    """Return where results go by default."""
    from carelab.paths import OUTPUTS

    return OUTPUTS / f"backtest-{kind}-{panel.stem}"


def _numbers(text: str) -> tuple[int, ...] | None:
    """Return horizons from "1,2,5"; None for an empty text. Raises UserError."""
    if not text.strip():
        return None
    try:
        numbers = tuple(sorted({int(each) for each in text.split(",")}))
    except ValueError:
        numbers = (0,)
    if numbers[0] < 1 or numbers[-1] > 50:
        raise UserError(
            f"--horizons ist „{text}“; erwartet: ganze Jahre von 1 bis 50, durch Kommas getrennt.",
            f'--horizons is "{text}"; expected: whole years from 1 to 50, separated by commas.',
        )
    return numbers


def _progress(language: Language) -> Any:
    """Return a function that tells on a terminal which horizon is done."""
    if not sys.stderr.isatty():
        return None

    def tell(horizon: str) -> None:
        print(say(language, f"Horizont {horizon} …", f"horizon {horizon} …"), end="\r", file=sys.stderr)

    return tell
