"""Contents of a run's index: short names of the notebooks that ship, in groups that a reader looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from carelab.release.bundles import Notebook
from carelab.terms import Language, say

Pair = tuple[str, str]
GROUPS: Final[tuple[tuple[Pair, dict[str, Pair]], ...]] = (
    (
        ("Bericht", "Report"),
        {
            "05": ("Stadtbericht", "City report"),
            "09": ("Kreis auf einer Seite", "A Kreis on one page"),
            "10": ("Städtevergleich", "Comparison of cities"),
            "11": ("Steckbrief", "Profile"),
            "30": ("Verbundtagung", "Conference"),
        },
    ),
    (
        ("Vorausberechnung", "Projection"),
        {
            "02": ("Bevölkerung", "Population"),
            "03": ("Pflegebedarf", "Need of care"),
            "04": ("Plätze in Pflegeheimen", "Places in nursing homes"),
            "06": ("Rückprüfung", "Back-test"),
        },
    ),
    (
        ("Beobachten", "Monitoring"),
        {"07": ("Kennzahlen", "Indicators"), "08": ("Frühwarnung", "Early warning")},
    ),
    (
        ("Versorgung im Quartier", "Care in the quarter"),
        {
            "12": ("Erreichbarkeit", "Access"),
            "13": ("Versorgungskette", "Chain of care"),
            "21": ("Quartierszentren", "Quartierszentren"),
        },
    ),
    (
        ("Projekte und Maßnahmen", "Projects and measures"),
        {
            "20": ("Pflege & Pass-Mobil", "Pflege & Pass-Mobil"),
            "22": ("Maßnahmen und Meilensteine", "Measures and milestones"),
            "23": ("LUMINA: Angebote nah am Menschen", "LUMINA: offers close to home"),
            "24": ("Pilot: Reichweite und Wirkung", "Pilot: reach and effect"),
        },
    ),
    (
        ("Einstieg und Daten", "Introduction and data"),
        {"00": ("Einstieg", "Introduction"), "01": ("Güte der Daten", "Quality of the data")},
    ),
)
"""Heading of a group -> the numbers its notebooks begin with, each with its short name, in the order shown."""
_OTHERS: Final = ("Weitere", "Others")
_ORDER: Final = [number for _, names in GROUPS for number in names]


def in_order(notebooks: Sequence[Notebook]) -> list[Notebook]:
    """Return the notebooks as GROUPS orders them, those with other numbers last."""
    return sorted(notebooks, key=lambda one: _ORDER.index(one.name[:2]) if one.name[:2] in _ORDER else len(_ORDER))


def contents(notebooks: Sequence[Notebook], language: Language) -> list[dict[str, Any]]:
    """Return the groups of these notebooks: title, and entries with name (of the page), short and question."""
    known = {number: (words, short) for words, names in GROUPS for number, short in names.items()}
    found: dict[str, list[dict[str, str]]] = {}
    for notebook in in_order(notebooks):
        words, short = known.get(notebook.name[:2], (_OTHERS, (notebook.title, notebook.title)))
        entry = {"name": notebook.name, "short": say(language, *short), "question": notebook.title}
        found.setdefault(say(language, *words), []).append(entry)
    return [{"title": title, "entries": entries} for title, entries in found.items()]
