"""``carelab new-city``: the folder of a further city, its tables empty but for their headings, and its parameters."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from carelab import paths
from carelab.inputs.city import REFERENCE_FOLDER
from carelab.inputs.contracts import CITY
from carelab.inputs.desk.source_entry import NOTHING, SourceEntry
from carelab.params import Params
from carelab.terms import UserError

LAENDER = tuple(f"{number:02d}" for number in range(1, 17))


@dataclass(frozen=True)
class NewCity:
    """What is known of a city when its folder is made: names and official keys (text)."""

    name: str
    ags: str
    land: str
    synthetic: bool = False

    @property
    def key(self) -> str:
        """Return the name of the folder: small letters, umlauts written out, words joined by underscores."""
        word = self.name.casefold()
        for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
            word = word.replace(umlaut, plain)
        return re.sub(r"[^a-z0-9]+", "_", word).strip("_")


def make_city(new: NewCity) -> tuple[Path, Path]:
    """Make data/<key>/ and params/<key>/baseline.yaml; return both. Raises UserError, and then makes nothing."""
    _refuse(new)
    folder, params = paths.DATA / new.key, paths.PARAMS / new.key / "baseline.yaml"
    with tempfile.TemporaryDirectory(prefix=f".{new.key}-", dir=paths.DATA) as beside:
        made = Path(beside) / new.key
        made.mkdir()
        for name, contract in CITY.items():
            (made / f"{name}.csv").write_text(",".join(contract.written(())) + "\n", encoding="utf-8")
        (made / "city.yaml").write_text(_city_yaml(new), encoding="utf-8")
        (made / "sources.yaml").write_text(_sources_yaml(), encoding="utf-8")
        (made / "LIESMICH.md").write_text(_readme(new), encoding="utf-8")
        params.parent.mkdir(parents=True, exist_ok=True)
        params.write_text(_params_yaml(new.key), encoding="utf-8")
        made.rename(folder)
    return folder, params


def _refuse(new: NewCity) -> None:
    """Raise UserError with everything that is wrong with name and keys."""
    de, en = [], []
    if not re.fullmatch(r"[a-z][a-z0-9_]*", new.key) or new.key == REFERENCE_FOLDER:
        de.append(f"Name „{new.name}“: erwartet ein Name, der mit einem Buchstaben beginnt.")
        en.append(f'name "{new.name}": expected a name that begins with a letter.')
    for there in (paths.DATA / new.key, paths.PARAMS / new.key):
        if new.key and there.exists():
            de.append(f"{there.parent.name}/{new.key} gibt es schon; bitte anders nennen oder den Ordner entfernen.")
            en.append(f"{there.parent.name}/{new.key} exists already; choose another name or remove the folder.")
    if not re.fullmatch(r"\d{5}|\d{8}", new.ags):
        de.append(f"--ags „{new.ags}“: erwartet der Amtliche Gemeindeschlüssel mit 5 oder 8 Ziffern.")
        en.append(f'--ags "{new.ags}": expected the official area code of 5 or 8 digits.')
    if not new.synthetic and new.land not in LAENDER:
        de.append(f"--land „{new.land}“: erwartet die Kennziffer des Landes, 01 bis 16.")
        en.append(f'--land "{new.land}": expected the number of the Land, 01 to 16.')
    if de:
        raise UserError("\n".join(de), "\n".join(en))


def _city_yaml(new: NewCity) -> str:
    """Return city.yaml; the grade is E until a file that is added shows more."""
    values: dict[str, Any] = {"name": new.name, "ags": new.ags, "land": new.land}
    values |= {"district_word_de": "Stadtteil", "district_word_en": "district"}
    values |= {"synthetic": new.synthetic, "grade": "E"}
    return "".join(
        f"{key}: {'true' if value is True else 'false' if value is False else _quoted(value)}\n"
        for key, value in values.items()
    )


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10_000).strip()


def _sources_yaml() -> str:
    """Return sources.yaml: a placeholder per table that the first real source replaces."""
    empty = SourceEntry("-", NOTHING, date.today().isoformat(), "", "-", "C", "Tabelle enthält nur die Kopfzeile.")
    head = "# Woher die Zahlen stammen; carelab data add trägt Dateien ein. Güte: A amtlich, B abgeleitet, C unklar.\n"
    return head + "".join(f"{name}:\n{empty.block()}" for name in CITY)


def _params_yaml(key: str) -> str:
    """Return a complete params file with the defaults and what each parameter means."""
    lines = ["# yaml-language-server: $schema=../schema.json"]
    for name, info in Params.model_fields.items():
        value = key if name == "city" else info.default
        text = "" if value is None else f'"{value}"' if isinstance(value, str) else f"{value}"
        lines.append(f"{name + ': ' + text:<34}# {info.description}")
    return "\n".join(lines) + "\n"


def _readme(new: NewCity) -> str:
    """Return the next steps, in German, for the people who fill the tables."""
    add = f"carelab data add {new.key}"
    return f"""# {new.name}: die nächsten Schritte

Jede Datei wird geprüft, bevor sie gespeichert wird; Fehler werden alle auf einmal mit Zeile und Spalte genannt.
Leere Zelle heißt unbekannt, nie null. Schlüssel sind Text mit führender Null.

1. Stadtteile: `{add} stadtteile.xlsx --as districts` (Spalten: district, name, area_ha, lon, lat, lon_people,
   lat_people; die letzten beiden dürfen leer sein).
2. Vorlagen und Anschreiben: `carelab data needs {new.key} --write vorlagen/`
3. Einwohner: `{add} register.xlsx --as population --source "Amt für Statistik" --date 2025-12-31`. Nach Alter und
   Geschlecht (Belegstufe A) oder in Altersgruppen (B); mindestens vier Jahre nacheinander, darunter das Jahr der
   letzten Pflegestatistik. Liegen nur Altersgruppen vor, dazu die Stadt nach Altersjahren: `--as population_city`.
4. Geburten (drei Jahre): `{add} geburten.csv --as births`. Pflegestatistik: `{add} pflege.csv --as care_city`.
   Heimplätze der Stadt: `{add} angebot.csv --as supply`. Die Spalten stehen in den leeren Tabellen dieses Ordners.
5. Wenn vorhanden: Heimliste `--as facilities`, Pflegebedürftige je Stadtteil `--as care`, Grenzen `--as geometry`.
6. Prüfen: `carelab check params/{new.key}/baseline.yaml` (dort `base_year` auf das letzte gezählte Jahr setzen).
7. Rechnen: `carelab run params/{new.key}/baseline.yaml`. Danach sagt `carelab data needs {new.key}`, welche weitere
   Datei am meisten hülfe.
"""
