"""What may be said: found, not found, open, or could not have been found; and is the design as registered?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Protocol

from carelab.release.numbers import day, number, percent
from carelab.terms import Language, say

Verdict = Literal["found", "not_found", "open", "could_not"]


class RegistrationState(Protocol):
    """How a design stands to its log (inputs.design.Registration)."""

    @property
    def state(self) -> str: ...
    @property
    def registered_on(self) -> str: ...
    @property
    def amendments(self) -> Sequence[tuple[str, str]]: ...


class TestedEffect(Protocol):
    """Estimate, randomisation p-value and interval (planning.evaluation.randomisation.Found)."""

    @property
    def estimate(self) -> float: ...
    @property
    def p_value(self) -> float: ...
    @property
    def finest(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...
    @property
    def level(self) -> float: ...


def verdict(found: TestedEffect, *, mde: float, target: float, alpha: float = 0.05) -> Verdict:
    """Return what a result allows to say. ``target``: the smallest effect that would matter (registered).

    Not found: no rejection, the design sees ``target`` (MDE at most as large), and the interval leaves it out on both
    sides. Open: the design sees it, but the interval still holds it. Could not: the MDE is larger, or the design has
    too few arrangements for any p-value as small as ``alpha``.
    """
    if found.p_value <= alpha:
        return "found"
    if not math.isfinite(target):
        return "open"
    if mde > target or found.finest > alpha:
        return "could_not"
    return "not_found" if -target < found.lower and found.upper < target else "open"


def effect_sentence(
    found: TestedEffect, *, outcome: str, mde: float, target: float, alpha: float = 0.05, language: Language = "de"
) -> str:
    """Return the sentence about one outcome, with estimate, interval, p-value and MDE."""
    said = verdict(found, mde=mde, target=target, alpha=alpha)
    low, high, least = (end(each, language) for each in (found.lower, found.upper, mde))
    goal, value = number(target, language, 1), number(found.estimate, language, 1)
    level, p = interval_word(found.level, language), number(found.p_value, language, 3)
    facts = say(
        language,
        f"Schätzung {value}, {level} {low} bis {high}, p = {p} (Zufallszuteilung), kleinste aufdeckbare "
        f"Wirkung {least}",
        f"estimate {value}, {level} {low} to {high}, p = {p} (randomisation), minimum detectable effect {least}",
    )
    if said == "open" and not math.isfinite(target):
        words = (
            "Offen: welche Wirkung zählen würde, ist nicht registriert",
            "open: it was not registered which effect would matter",
        )
        return f"{outcome}: {say(language, *words)} ({facts})."
    words = {
        "found": ("Effekt gefunden", "an effect was found"),
        "not_found": (
            f"Kein Effekt gefunden: eine Wirkung von {goal} wäre aufgefallen, und das Intervall schließt sie aus",
            f"no effect found: an effect of {goal} would have shown, and the interval leaves it out",
        ),
        "open": (
            f"Offen: eine Wirkung von {goal} wäre in vier von fünf Fällen aufgefallen, das Intervall schließt sie aber "
            "nicht aus",
            f"open: an effect of {goal} would have shown in four of five cases, but the interval does not leave it out",
        ),
        "could_not": (
            f"Ein Effekt hätte nicht gefunden werden können: die Anlage deckt eine Wirkung von {goal} nicht auf; das "
            "ist kein Beleg dafür, dass nichts gewirkt hat",
            f"an effect could not have been found: the design does not detect an effect of {goal}; this is no "
            "evidence that nothing worked",
        ),
    }[said]
    return f"{outcome}: {say(language, *words)} ({facts})."


def interval_word(level: float, language: Language) -> str:
    """Return "80-%-Intervall" or "80% interval"."""
    return say(language, f"{number(100 * level, 'de')}-%-Intervall", f"{percent(level, 'en')} interval")


def end(value: float, language: Language) -> str:
    """Return an end of an interval, or a detectable effect, in words where nothing is large enough."""
    return number(value, language, 1) if math.isfinite(value) else say(language, "unbegrenzt", "without limit")


def several_sentence(primary: str, outcomes: int, *, alpha: float, language: Language = "de") -> str:
    """Return the caution about several tested outcomes: how often chance alone lets one of them pass (Bonferroni)."""
    chance, level = percent(min(1.0, outcomes * alpha), language), percent(alpha, language)
    return say(
        language,
        f"Geprüft werden {outcomes} Zielgrößen: Auch wenn nichts wirkte, läge mit bis zu {chance} Wahrscheinlichkeit "
        f"bei wenigstens einer p unter {level}. Belegen kann die registrierte Hauptzielgröße ({primary}); ein Fund "
        "allein bei einer anderen ist ein Hinweis, kein Beleg.",
        f"{outcomes} outcomes are tested: even if nothing worked, at least one of them would have p below {level} with "
        f"a probability of up to {chance}. The registered primary outcome ({primary}) can be evidence; a finding in "
        "another one alone is a hint, no evidence.",
    )


def registration_line(
    state: RegistrationState, language: Language = "de", *, sha: str = "", results_from: str = ""
) -> str:
    """Return the sentence for page one: registered when, amended why, changed in silence, or never registered.

    ``sha``: checksum to name; ``results_from``: the day from which results could be known (ISO): what was registered
    or amended later is said to be so.
    """
    told = _registration(state, language)
    if sha and state.state in ("unchanged", "amended"):
        told += say(language, f" Prüfsumme {sha[:12]}.", f" Checksum {sha[:12]}.")
    if not results_from or state.state not in ("unchanged", "amended"):
        return told
    known = day(results_from, language)
    if state.registered_on >= results_from:
        told += say(
            language,
            f" Registriert wurde erst, als Ergebnisse vorliegen konnten (ab {known}).",
            f" It was registered only when results could be known (from {known}).",
        )
    late = [day(when, language) for when, _ in state.amendments if when >= results_from]
    if late:
        told += say(
            language,
            f" Geändert nach Vorliegen erster Ergebnisse (ab {known}): {', '.join(late)}.",
            f" Amended after first results could be known (from {known}): {', '.join(late)}.",
        )
    return told


def _registration(state: RegistrationState, language: Language) -> str:
    """Return how the design stands to its log."""
    since = day(state.registered_on, language)
    if state.state == "unchanged":
        return say(
            language,
            f"Die Auswertung folgt dem am {since} registrierten Design, unverändert.",
            f"The evaluation follows the design registered on {since}, unchanged.",
        )
    if state.state == "amended":
        told = "; ".join(f"{day(when, language)}: {why}" for when, why in state.amendments)
        return say(
            language,
            f"Achtung: Das am {since} registrierte Design wurde geändert ({told}).",
            f"Caution: the design registered on {since} was amended ({told}).",
        )
    if state.state == "changed":
        told = say(language, f" vom {since}", f" of {since}") if since else ""
        return say(
            language,
            f"Achtung: Das Design weicht vom registrierten Stand{told} ab, ohne dass die Änderung angemeldet wurde; "
            "die Ergebnisse sind nicht die einer registrierten Auswertung.",
            f"Caution: the design differs from the registered state{told} and the change was not announced; these "
            "are not the results of a registered evaluation.",
        )
    return say(
        language,
        "Achtung: Das Design wurde nie registriert; die Ergebnisse sind erkundend.",
        "Caution: the design was never registered; the results are exploratory.",
    )


def control_sentence(
    found: TestedEffect, *, outcome: str, mde: float, target: float, alpha: float = 0.05, language: Language = "de"
) -> str:
    """Return the sentence about a negative control: an outcome that the measure cannot touch."""
    low, high, p = end(found.lower, language), end(found.upper, language), number(found.p_value, language, 3)
    facts = say(
        language,
        f"{interval_word(found.level, 'de')} {low} bis {high}, p = {p}",
        f"{interval_word(found.level, 'en')} {low} to {high}, p = {p}",
    )
    if found.p_value <= alpha:
        words = (
            "Warnung: Diese Negativkontrolle hätte sich nicht ändern dürfen, hat sich aber geändert; zwischen den "
            "Einheiten wirkt noch etwas anderes, und die gefundenen Wirkungen sind kein Beleg für das Angebot",
            "warning: this negative control must not change, but it did; something else differs between the units, "
            "and effects found are no evidence for the service",
        )
    elif found.finest > alpha or (math.isfinite(target) and mde > target):
        words = (
            "Negativkontrolle ohne Auffälligkeit; eine Änderung hätte der Vergleich aber auch nicht gesehen",
            "nothing seen in the negative control; but the comparison would not have seen a change either",
        )
    else:
        words = (
            "Negativkontrolle unverändert, wie es sein muss",
            "the negative control did not change, as it must not",
        )
    return f"{outcome}: {say(language, *words)} ({facts})."
