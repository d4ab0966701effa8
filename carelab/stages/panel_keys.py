"""Keys of a panel as people store them: parents that only the codes name, leading zeros that one of two files lost."""

from __future__ import annotations

import pandas as pd

from carelab.inputs.countries import KREISE, WHOLE, land_of

_PARENTS = (
    "Ohne Spalte parent: Das Land steht in den Schlüsseln (erste zwei Ziffern) und gilt als parent.",
    "No parent given: the Land is read from the keys (first two digits) and taken as parent.",
)

_ZEROS = (
    "Panel und Bevölkerung schreiben führende Nullen verschieden; die Gebiete sind ohne sie zugeordnet.",
    "Panel and population write leading zeros differently; areas were matched without them.",
)


def name_parents(panel: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Return the panel (area, parent, ...) with parents read from German codes where none is named, and a remark.

    Unchanged where any parent is named, or a key is no code of a Kreis or a Gemeinde. Codes of Länder and Germany may
    stand among these: a Land's areas get it as their parent, the Länder get Germany.
    """
    if (panel["parent"].astype(str) != "").any():
        return panel, []
    areas = panel["area"].astype(str)
    keys = [str(key) for key in areas.unique()]
    whole = next((key for key in keys if key.strip().lower() in WHOLE), "")
    written = {key.zfill(2): key for key in keys if key.zfill(2) in KREISE}
    parts = {key: land_of(key) for key in keys if key != whole and key not in written.values()}
    if not parts or None in parts.values():
        return panel, []
    parents = {key: written.get(str(land), str(land)) for key, land in parts.items()}
    parents |= dict.fromkeys(written.values(), whole) | {whole: ""}
    return panel.assign(parent=areas.map(parents)), [_PARENTS]


def match_areas(panel: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Return the population with its areas written as the panel writes them, and a remark.

    Unchanged where they agree, or where keys without leading zeros are not unique or agree no better.
    """
    wanted, given = (pd.Index(table["area"].astype(str).unique()) for table in (panel, people))
    by_core = {key.lstrip("0"): key for key in wanted}
    cores = [key.lstrip("0") for key in given]
    unique = len(by_core) == len(wanted) and len(set(cores)) == len(cores)
    if not unique or len(by_core.keys() & set(cores)) <= len(wanted.intersection(given)):
        return people, []
    names = {key: by_core.get(core, key) for key, core in zip(given, cores, strict=True)}
    return people.assign(area=people["area"].astype(str).map(names)), [_ZEROS]
