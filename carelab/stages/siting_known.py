"""How much of a city's homes a plan of Quartierszentren can choose among, in a sentence."""

from __future__ import annotations

import pandas as pd

from carelab.terms import Language, say


def partly_known(candidates: pd.DataFrame, supply_city: pd.DataFrame, new_centres: int, language: Language) -> str:
    """Return that only some homes have a known place and what follows; empty where all have one.

    ``candidates``: place, fixed; ``supply_city``: year, measure, value (measure homes: the official count).
    """
    counted = supply_city[supply_city["measure"] == "homes"].dropna(subset=["value"])
    known = int((candidates["place"] != "unknown").sum())
    if counted.empty:
        return say(
            language,
            f"Zur Wahl stehen {known} Häuser mit bekanntem Ort; wie viele Heime es in der Stadt gibt, ist unbekannt.",
            f"There are {known} houses of known place to choose from; how many homes the city has is unknown.",
        )
    last = counted.sort_values("year", kind="stable").iloc[-1]
    total, year = int(last["value"]), int(last["year"])
    if known >= total:
        return ""
    text = say(
        language,
        f"Zur Wahl stehen nur {known} Häuser mit bekanntem Ort; die Stadt hat {total} Pflegeheime ({year}), und die "
        "übrigen kann der Plan nicht vorschlagen. ",
        f"There are only {known} houses of known place to choose from; the city has {total} homes ({year}), and the "
        "plan cannot propose the others. ",
    )
    if int(candidates["fixed"].sum()) + new_centres >= known:
        return text + say(
            language,
            "So viele Zentren sind vorgesehen: Alle kommen in den Plan, gewählt wird nur ihre Reihenfolge.",
            "As many centres are planned: all enter the plan, only their order is chosen.",
        )
    return text + say(
        language,
        "Auch „fast sicher“ gilt nur im Vergleich dieser Häuser.",
        "“Nearly certain”, too, holds among these houses only.",
    )
