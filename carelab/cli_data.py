"""``carelab data`` and ``carelab new-city``: the desk where a city's own files arrive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from carelab.cli_parts import sub_app
from carelab.terms import Language, UserError, say

if TYPE_CHECKING:
    from carelab.inputs.desk.asks import Ask

OPTIONS = (
    *("as", "sheet", "source", "date", "url", "licence", "crosswalk", "only", "again", "ags", "land", "synthetic"),
    "params",
)
"""Options of these commands, for the search for misspelt ones."""
Flag = Annotated[bool, Parameter(negative=())]
Many = Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)]
app = sub_app(
    "data",
    help_text="Dateien einer Stadt: was am meisten hülfe, aufnehmen, holen.",
    usage="carelab data (needs | add | pull) STADT [ANGABEN] [OPTIONEN]",
)


@app.command(usage="carelab data needs STADT [--write ORDNER] [--params DATEI]")
def needs(city: str, /, *, write: Path | None = None, params: Path | None = None, language: Language = "de") -> int:
    """Welche Datei würde die Aussagen am meisten schärfen? Mit Form, Vorlage und Satz für das Anschreiben.

    Parameters
    ----------
    city
        Ordner unter data/
    write
        leere Vorlagen (CSV und Excel) und Anschreiben in diesen Ordner legen
    params
        Parameter der Berechnung (sonst params/STADT/baseline.yaml)
    language
        de oder en
    """
    from carelab.inputs.city import city_folder, read_info
    from carelab.inputs.desk.asks import asks
    from carelab.inputs.desk.store import check_folder
    from carelab.inputs.desk.templates import write_templates

    folder = city_folder(city)
    place = read_info(folder / "city.yaml", f"{city}/city.yaml").name
    if write is not None:
        districts = check_folder(folder)["districts"].frame
        for path in write_templates(write, districts, place, language):
            print(path)
    order = _effects(city, params, language)
    for number, (key, effect) in enumerate(order.items(), start=1):
        print(_described(number, asks()[key], effect, place, language))
    return 0


@app.command(usage="carelab data add STADT DATEI --as ART [OPTIONEN]")
def add(
    city: str,
    file: str,
    /,
    *,
    kind: Annotated[str, Parameter(name="--as")],
    sheet: str | None = None,
    source: str = "",
    date: str = "",
    url: str = "",
    licence: str = "",
    crosswalk: Path | None = None,
    language: Language = "de",
) -> int:
    """Eine Datei prüfen, mit ihrer Herkunft speichern; der nächste Lauf verwendet sie. Bei Fehlern ändert sich nichts.

    Parameters
    ----------
    city
        Ordner unter data/
    file
        CSV, xlsx, xls, ods; bei geometry auch GeoPackage, GeoJSON, Shapefile oder Adresse
    kind
        population, facilities, care, geometry, grid, osm (Fußwege) oder der Name einer Tabelle (districts, births, …)
    sheet
        Blatt der Arbeitsmappe
    source
        Herausgeber, z. B. "Amt für Statistik"
    date
        Stand der Zahlen, z. B. 2025-12-31
    url
        Adresse, unter der die Datei steht
    licence
        Lizenz oder Erlaubnis
    crosswalk
        Datei, die frühere Gebiete auf die heutigen verteilt
    language
        de oder en
    """
    from carelab.inputs.desk.add import Given, add_file

    given = Given(sheet, source, date, url, licence, crosswalk)
    if kind == "osm":
        from carelab.stages.walking import add_extract

        source, arrival = "OpenStreetMap", add_extract(city, file, given)
    else:
        arrival = add_file(city, file, kind, given)
    for de, en in arrival.notes:
        print(say(language, de, en))
    if not source and arrival.tables:
        print(
            say(
                language,
                "Ohne --source gilt die Herkunft als unklar (Güte C); bitte nachtragen: noch einmal mit --source.",
                "Without --source the origin counts as unclear (quality C); add it: once more with --source.",
            )
        )
    return 0


@app.command(usage="carelab data pull STADT|reference [--only NAME] [--again]")
def pull(target: str = "reference", /, *, only: Many = (), again: Flag = False, language: Language = "de") -> int:
    """Amtliche Tabellen holen (data/pull.yaml); ohne Verbindung sagt der Befehl das in einem Satz.

    Parameters
    ----------
    target
        Ordner unter data/ oder reference
    only
        nur diese Tabelle; mehrfach möglich
    again
        auch holen, was schon da ist
    language
        de oder en
    """
    from carelab.inputs.desk import pull as pulling

    for table in pulling.pull(target, only=only, again=again):
        state = say(language, "schon da", "was there") if table.cached else say(language, "geholt", "fetched")
        print(f"{table.key}: {state}, {table.path}")
        print(f"  {table.title}")
    return 0


def new_city(name: str, /, *, ags: str, land: str = "", synthetic: Flag = False, language: Language = "de") -> int:
    """Ordner und Parameter für eine weitere Stadt anlegen, mit leeren Tabellen und den nächsten Schritten.

    Parameters
    ----------
    name
        Name der Stadt
    ags
        Amtlicher Gemeindeschlüssel, 5 oder 8 Ziffern
    land
        Kennziffer des Landes (sonst die ersten beiden Ziffern)
    synthetic
        die Stadt ist erfunden
    language
        de oder en
    """
    from carelab.inputs.desk.new_city import NewCity, make_city

    folder, params = make_city(NewCity(name, ags, land or ags[:2], synthetic))
    print(say(language, f"Angelegt: {folder} und {params}", f"Made: {folder} and {params}"))
    print(say(language, f"Die nächsten Schritte stehen in {folder / 'LIESMICH.md'}", f"Next: {folder / 'LIESMICH.md'}"))
    return 0


def _effects(city: str, params: Path | None, language: Language) -> dict[str, str]:
    """Return asks in order, each with its effect in words; unordered and without where nothing can be computed."""
    import os

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # small matrices: several BLAS threads only get in each other's way
    from carelab.inputs.desk.asks import asks
    from carelab.params import load_params
    from carelab.paths import PARAMS
    from carelab.release.needs import effects_in_words, unknowable
    from carelab.study import open_study

    try:
        table = open_study(load_params(params or PARAMS / city / "baseline.yaml")).needs
    except UserError as error:
        print(say(language, "Die Wirkung lässt sich noch nicht berechnen:", "The effects cannot be computed yet:"))
        print(f"  {error.text(language)}\n")
        return dict.fromkeys(asks(), "")
    print(unknowable(table, language=language) + "\n")
    return effects_in_words(table, language=language)


def _described(number: int, ask: Ask, effect: str, place: str, language: Language) -> str:
    """Return an ask as lines for the terminal."""
    lines = [f"{number}. {ask.title(language)}"]
    lines += [f"   {effect}"] if effect else []
    lines += [
        f"   {say(language, 'Bei', 'From')}: {ask.holder(language)}",
        f"   {say(language, 'Form', 'Form')}: {ask.form(language)}",
        f"   {say(language, 'Satz', 'Sentence')}: {ask.letter(place, language)}",
        f"   {say(language, 'Dann', 'Then')}: carelab data add … --as {ask.add_as}\n",
    ]
    return "\n".join(lines)
