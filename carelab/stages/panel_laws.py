"""Which changes of law enter a user's back-test: those on record for the panel's country, as known at each origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from carelab.forecast.care_panel.laws import LawChange, Laws
from carelab.inputs.countries import country_of
from carelab.inputs.laws import KnownLaw, load_laws
from carelab.terms import UserError

AUTO: Final = "auto"
NONE: Final = "none"
_FORM_DE: Final = "--law Jahr:Zunahme:bekannt seit, zum Beispiel --law 2017:0.238:2015"
_FORM_EN: Final = "--law year:growth:known since, for example --law 2017:0.238:2015"


@dataclass(frozen=True)
class ChosenLaws:
    """The laws that enter a back-test, and a sentence (de, en) on which and why, or how to enter one."""

    laws: Laws
    note: tuple[str, str]


def choose_laws(panel: pd.DataFrame, said: str) -> ChosenLaws:
    """Return the laws for a panel (area, parent, year, people_in_need) and what ``said`` asks for.

    ``auto``: those of data/laws.yaml for the country that the keys name, where one survey lies between the law being
    known and its start and a later one after it; ``none``; or "year:growth:known since", several divided by commas.
    Raises UserError for other texts.
    """
    text = said.strip().lower()
    if text == NONE:
        return ChosenLaws((), ("Keine Gesetzesänderung (--law none).", "No change of law (--law none)."))
    if text not in (AUTO, ""):
        laws = tuple(_by_hand(part) for part in said.split(",") if part.strip())
        return ChosenLaws(laws, (f"Gesetzesänderung von Hand: {said}.", f"Change of law entered by hand: {said}."))
    country = country_of_panel(panel)
    if country is None:
        return ChosenLaws(
            (),
            (
                "Kein Gesetz eingerechnet: Die Schlüssel der Gebiete sagen nicht, in welchem Land sie liegen; ein "
                f"Gesetz, das die Zählung änderte, geben Sie so ein: {_FORM_DE}.",
                "No law entered: the keys of the areas do not say which country they lie in; a law that changed who is "
                f"counted is entered as {_FORM_EN}.",
            ),
        )
    years = sorted({int(year) for year in panel.loc[panel["people_in_need"].notna(), "year"]})
    found = tuple(law_change(law) for law in load_laws() if law.country == country)
    laws = tuple(law for law in found if any(law.effect(origin, years[-1]) for origin in years[1:-1]))
    if laws:
        return ChosenLaws(laws, _entered(laws))
    return ChosenLaws(
        (),
        (
            "Kein Gesetz eingerechnet: Zwischen den Erhebungen dieses Panels begann keines, das vorher bekannt war "
            f"(data/laws.yaml); ein anderes geben Sie so ein: {_FORM_DE}.",
            "No law entered: none that was known before began between the surveys of this panel (data/laws.yaml); "
            f"another one is entered as {_FORM_EN}.",
        ),
    )


def country_of_panel(panel: pd.DataFrame) -> str | None:
    """Return the country of a panel's areas by their keys and parents (inputs.countries); None = they do not say."""
    table = panel[["area", "parent", "people_in_need"]].astype({"area": str, "parent": str})
    areas = table.groupby("area").agg(largest=("people_in_need", "max"), parent=("parent", "first"))
    return country_of(_counts(areas["largest"]), _counts(areas.groupby("parent")["largest"].sum()))


def law_change(law: KnownLaw) -> LawChange:
    """Return a law on record as the back-test uses it."""
    sources = [
        "; ".join(
            f"{of} {_thousands(each.persons, mark)} {getattr(each.what, language)} ({each.source}, {each.date})"
            for each, of in [*((part, "+") for part in law.added), (law.of, word)]
        )
        for language, mark, word in (("de", ".", "bezogen auf"), ("en", ",", "relative to"))
    ]
    return LawChange(
        known_from=law.known_from,
        start=law.start,
        size=law.size,
        phase_in=law.phase_in_years.value,
        spread=law.spread.value,
        source=(sources[0], sources[1]),
        name=(law.name.de, law.name.en),
    )


def laws_on_record(country: str) -> Laws:
    """Return all laws on record for a country."""
    return tuple(law_change(law) for law in load_laws() if law.country == country)


def _entered(laws: Laws) -> tuple[str, str]:
    names = [", ".join(f"{law.name[at]}, {word} {law.known_from}" for law in laws) for at, word in enumerate(_SINCE)]
    return (
        f"Von selbst eingerechnet, weil die Schlüssel deutsche Gebiete nennen: {names[0]}; an früheren Stichtagen nie. "
        "Beides steht unten: mit Gesetz und ohne; abschalten mit --law none.",
        f"Entered by itself, as the keys name German areas: {names[1]}; never at earlier origins. Both are shown "
        "below, with the law and without; switch it off with --law none.",
    )


_SINCE: Final = ("bekannt seit", "known since")


def _counts(values: pd.Series) -> dict[str, float]:
    return {str(key): float(count) for key, count in values.fillna(0.0).items()}


def _thousands(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def _by_hand(text: str) -> LawChange:
    """Return a change of law from "2017:0.238:2015". Raises UserError."""
    try:
        start, size, known = text.strip().split(":")
        law = LawChange(known_from=int(known), start=float(start), size=float(size))
    except ValueError:
        raise UserError(
            f"--law ist „{text}“; erwartet: auto, none oder Jahr:Zunahme:bekannt seit, zum Beispiel 2017:0.238:2015.",
            f'--law is "{text}"; expected: auto, none or year:growth:known since, for example 2017:0.238:2015.',
        ) from None
    if law.size <= -1 or not 1900 <= law.start <= 2100 or law.known_from > law.start:
        raise UserError(
            f"--law ist „{text}“: Die Zunahme ist ein Anteil über -1, bekannt war das Gesetz spätestens beim Beginn.",
            f'--law is "{text}": growth is a share above -1, and a law is known by its start at the latest.',
        )
    return law
