"""How people are taken to travel, as one sentence that stands on every figure."""

from __future__ import annotations

from carelab.planning.access import travel
from carelab.release.numbers import number
from carelab.terms import Language, say


def travel_note(source: str, *, homes: str, as_of: str, language: Language) -> str:
    """Return the sentence of a source of ways: "matrix", "network" (of the date ``as_of``) or "line"; ``homes`` says
    where people live.
    """
    if source == "matrix":
        return say(
            language,
            "Wege: Gehzeiten der Stadt (travel_times.csv) je Stadtteil.",
            "Ways: the city's own walking times (travel_times.csv) by district.",
        )
    detour = number(travel.DETOUR, language, 1)
    slow, fast = (number(3.6 * value, language, 1) for value in travel.SPEED_RANGE)
    pace = say(
        language,
        f"Gehtempo alter Menschen {slow} bis {fast} km/h; Wohnorte {homes}.",
        f"old people's pace {slow} to {fast} km/h; homes {homes}.",
    )
    if source == "network":
        return say(
            language,
            f"Wege: Straßen und Wege aus OpenStreetMap (Stand {as_of}), wo ein Ort nicht bekannt ist Luftlinie mal "
            f"{detour}, {pace}",
            f"Ways: streets and paths of OpenStreetMap (as of {as_of}), straight line times {detour} where a place is "
            f"not known, {pace}",
        )
    low, high = (number(value, language, 1) for value in travel.DETOUR_RANGE)
    return say(
        language,
        f"Wege: Luftlinie mal Umwegfaktor {detour} ({low} bis {high}), {pace}",
        f"Ways: straight line times a detour factor of {detour} ({low} to {high}), {pace}",
    )
