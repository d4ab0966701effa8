"""What may be said of a measure at a single site: an interval with its null check, a synthetic control or why none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from carelab.release.findings_evaluation import end, interval_word
from carelab.release.numbers import number, percent
from carelab.terms import Language, say

NO_SYNTHETIC: Final[Mapping[str, tuple[str, str]]] = {
    "few_before": (
        "Eine synthetische Kontrolle wird nicht gerechnet: Sie braucht mindestens zehn Zeiträume vor dem Start.",
        "No synthetic control is computed: it needs at least ten periods before the start.",
    ),
    "few_others": (
        "Eine synthetische Kontrolle wird nicht gerechnet: Unter zwanzig Einheiten kann ihr Test keine 5 % erreichen.",
        "No synthetic control is computed: with fewer than twenty units its test cannot reach 5%.",
    ),
}


class TestedStep(Protocol):
    """A step in one series (planning.evaluation.time_series.Step)."""

    @property
    def estimate(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...
    @property
    def level(self) -> float: ...


class TestedSynthetic(Protocol):
    """A synthetic control (planning.evaluation.synthetic_control.Synthetic)."""

    @property
    def effect(self) -> float: ...
    @property
    def p_value(self) -> float: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...


def step_sentence(step: TestedStep, placebos: Sequence[bool], *, outcome: str, language: Language = "de") -> str:
    """Return the sentence about a measure at a single site: interval and its own null check, never a p-value.

    ``placebos``: at each date before the start, whether the same interval leaves zero out though nothing happened.
    """
    value, low, high = (number(each, language, 1) for each in (step.estimate, step.lower, step.upper))
    level, expected = interval_word(step.level, language), percent(1 - step.level, language)
    if not placebos:
        check = say(
            language,
            "vor dem Start liegen zu wenige Zeiträume, um das Verfahren hier zu prüfen",
            "there are too few periods before the start to check the method here",
        )
    else:
        loud, dates = sum(placebos), len(placebos)
        check = say(
            language,
            f"an {loud} von {dates} Terminen davor, an denen nichts geschah, schlösse dasselbe Intervall die "
            f"Null aus (zu erwarten: {expected})",
            f"at {loud} of {dates} dates before, when nothing happened, the same interval would leave zero out "
            f"(to be expected: {expected})",
        )
        if loud / dates > 2 * (1 - step.level):
            check += say(language, "; das Intervall ist hier zu eng", "; the interval is too narrow here")
    return say(
        language,
        f"{outcome}: Stufe {value}, {level} {low} bis {high}; {check}. Ohne Vergleichseinheiten bleibt "
        "offen, was sonst zur gleichen Zeit geschah.",
        f"{outcome}: step {value}, {level} {low} to {high}; {check}. Without units to compare with it stays "
        "open what else happened at the same time.",
    )


def synthetic_sentence(
    found: TestedSynthetic | None, reason: str, *, outcome: str, level: float, language: Language = "de"
) -> str:
    """Return the sentence about a synthetic control: difference, interval and p by placebos in space, or why none."""
    if found is None:
        return say(language, *NO_SYNTHETIC[reason])
    value, p = number(found.effect, language, 1), number(found.p_value, language, 3)
    low, high, width = end(found.lower, language), end(found.upper, language), interval_word(level, language)
    return say(
        language,
        f"{outcome}, verglichen mit einer Mischung anderer Quartiere (synthetische Kontrolle): Unterschied {value}, "
        f"{width} {low} bis {high}, p = {p} (Rang unter allen Quartieren). Niemand hat den Ort ausgelost: p "
        "sagt, wie ungewöhnlich er ist, nicht, warum.",
        f"{outcome}, compared with a mixture of other quarters (synthetic control): difference {value}, {width} "
        f"{low} to {high}, p = {p} (rank among all quarters). Nobody drew the place by chance: p says how "
        "unusual it is, not why.",
    )


def control_at_site(
    step: TestedStep, other: TestedSynthetic | None, *, outcome: str, alpha: float, language: Language = "de"
) -> str:
    """Return the sentence about a negative control at a site: a warning if either method is loud."""
    low, high = end(step.lower, language), end(step.upper, language)
    facts = f"{interval_word(step.level, language)} {low} {say(language, 'bis', 'to')} {high}"
    if other is not None:
        name = say(language, "synthetische Kontrolle", "synthetic control")
        facts += f", {name} p = {number(other.p_value, language, 3)}"
    if not step.lower <= 0.0 <= step.upper or (other is not None and other.p_value <= alpha):
        words = (
            "Warnung: Diese Negativkontrolle hätte sich nicht ändern dürfen; am Ort geschah noch etwas anderes",
            "warning: this negative control must not change; something else happened at the site",
        )
    else:
        words = ("Negativkontrolle unauffällig", "nothing seen in the negative control")
    return f"{outcome}: {say(language, *words)} ({facts})."
