"""Slides of the conference about the method: how wrong it would have been beside rules of thumb, how it computes."""

from __future__ import annotations

import pandas as pd

from carelab.release import conference_parts as parts
from carelab.release import drawing as d
from carelab.release.figures_backtest import care_rule_errors
from carelab.release.numbers import listing
from carelab.release.slide import Quotes, Slide
from carelab.terms import Language, label, say

AHEAD = 4
"""Years ahead of which the message speaks."""
OFFICIAL = "constant_rates"
OWN = "model_city"
"""The cities' way of computing: the numbers of the other slides come from it."""


def backtest_slide(backtest: pd.DataFrame, *, language: Language) -> Slide:
    """Return how wrong the method would have been beside rules of thumb. Columns: Conference.backtest."""
    quoted = parts.quotes("conference_backtest", backtest, language)
    with d.also_png() as pictures:
        drawn = care_rule_errors(backtest, language=language)
    picture = parts.Picture(str(drawn.figure_svg), pictures[-1])
    return parts.slide("conference_backtest", quoted, _backtest_words(quoted), picture=picture)


def _backtest_words(quoted: Quotes) -> parts.Said:
    language = quoted.language
    one = parts.pct(language, digits=1)
    ahead = quoted.defined("years ahead", AHEAD)
    own, official, plain, told = (
        quoted.of("mape_pct", one, horizon=AHEAD, rule=rule) for rule in (OWN, OFFICIAL, "model", "model_law")
    )
    held = quoted.of("coverage_80", parts.share(language), horizon=AHEAD, rule=OWN)
    law = quoted.defined("year of the law", 2017)
    title = say(
        language,
        f"Nach {ahead} Jahren lagen wir im Mittel {own} daneben, das amtliche Verfahren mit konstanten Pflegequoten "
        f"{official}",
        f"After {ahead} years we were off by {own} on average, the official method of constant care rates by "
        f"{official}",
    )
    beaten = _beaten(quoted)
    caption = say(
        language,
        f"Das Vorhersageintervall zu 80 % hielt nach {ahead} Jahren in {held} der Fälle. Ein Modell aus den Zählungen "
        f"allein lag {plain} daneben, mit dem Gesetz von {law} eingerechnet {told}." + beaten,
        f"The 80% prediction interval held after {ahead} years in {held} of the cases. A model of the counts alone was "
        f"off by {plain}, knowing the law of {law} by {told}." + beaten,
    )
    alt = say(
        language,
        f"Mittlere Abweichung je Verfahren; nach {ahead} Jahren: unseres {own}, Modell aus Zählungen {plain}, mit "
        f"bekanntem Gesetz {told}, konstante Pflegequoten {official}.",
        f"Mean error by method; after {ahead} years: ours {own}, model of counts {plain}, law known {told}, constant "
        f"rates {official}.",
    )
    return parts.Said(title, caption, alt)


def _beaten(quoted: Quotes) -> str:
    """Return which rules of thumb were better than our way, or as good, by the numbers as the slide shows them."""
    language = quoted.language
    rows = quoted.table[quoted.table["horizon"] == AHEAD]
    error = round(float(quoted.row(horizon=AHEAD, rule=OWN)["mape_pct"]), 1)
    shown = rows[~rows["rule"].str.startswith("model")].set_index("rule")["mape_pct"].astype(float).round(1)
    for found, de, en in (
        (shown[shown < error], "Besser war die Faustregel", "Better was the rule"),
        (shown[shown == error], "Ebenso gut war die Faustregel", "Equally good was the rule"),
    ):
        names = [say(language, f"„{label(str(rule), 'de')}“", f'"{label(str(rule), "en")}"') for rule in found.index]
        if names:
            return f" {say(language, de, en)} {listing(names, language)}."
    return say(language, " Keine Faustregel war besser.", " No rule of thumb was better.")


def method_slide(backtest: pd.DataFrame, *, language: Language) -> Slide:
    """Return the back-test as a table: by years ahead errors of our way, model told of the law, official method."""
    wide = backtest.pivot_table(index="horizon", columns="rule", values="mape_pct")
    held = backtest[backtest["rule"] == OWN].set_index("horizon")
    table = pd.DataFrame(
        {
            "years_ahead": wide.index.astype(int),
            "tests": held["n"].reindex(wide.index).to_numpy(),
            "error_model_pct": wide[OWN].to_numpy(),
            "error_model_law_pct": wide["model_law"].to_numpy(),
            "error_official_pct": wide[OFFICIAL].to_numpy(),
            "coverage_80": held["coverage_80"].reindex(wide.index).to_numpy(),
        }
    )
    formats = dict.fromkeys(("error_model_pct", "error_model_law_pct", "error_official_pct"), "decimal")
    quoted = parts.quotes("conference_method", table, language)
    first, last = (quoted.defined("years ahead", int(value)) for value in (table["years_ahead"].min(), AHEAD))
    shares = [quoted.of("coverage_80", parts.share(language), years_ahead=int(each)) for each in (first, last)]
    title = say(
        language,
        f"Wie falsch lägen wir? Das Vorhersageintervall zu 80 % hielt nach {first} Jahren in {shares[0]}, "
        f"nach {last} in "
        f"{shares[1]} der Fälle",
        f"How wrong would we be? The 80% prediction interval held after {first} years in {shares[0]}, after {last} in "
        f"{shares[1]} of the cases",
    )
    caption = say(
        language,
        "So gerechnet: Bevölkerung nach Alter und Geschlecht fortgeschrieben, mal Pflegequoten mit "
        "gedämpftem Trend, in "
        "vielen durchgerechneten Zukünften. Alle Zahlen sind Zusammenfassungen dieser Zukünfte.",
        "How it is computed: population by age and sex carried forward, times care rates with a damped trend, in many "
        "simulated futures. All figures are summaries of these futures.",
    )
    said = parts.Said(title, caption, title + ".")
    return parts.slide("conference_method", quoted, said, picture=None, columns=tuple(table.columns),
                       formats={**formats, "years_ahead": "plain", "tests": "count", "coverage_80": "percent"},
                       )  # fmt: skip


__all__ = ["backtest_slide", "method_slide"]
