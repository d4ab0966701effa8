"""Captions: question, reading help and limits of every exhibit, German and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from carelab.release.captions_access import ACCESS_CAPTIONS, ACCESS_FORMATS
from carelab.release.captions_backtest import BACKTEST_CAPTIONS
from carelab.release.captions_chain import CHAIN_CAPTIONS, CHAIN_FORMATS, CHAIN_SOURCES
from carelab.release.captions_checks import CHECK_CAPTIONS
from carelab.release.captions_districts import DISTRICT_CAPTIONS, DISTRICT_FORMATS
from carelab.release.captions_indicators import INDICATOR_CAPTIONS, INDICATOR_FORMATS
from carelab.release.captions_need import NEED_CAPTIONS
from carelab.release.captions_siting import SITING_CAPTIONS, SITING_FORMATS
from carelab.release.captions_tables import TABLE_CAPTIONS
from carelab.release.captions_whole import WHOLE_CAPTIONS
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.whole_city import is_one_area
from carelab.terms import QUANTILE_COLUMNS, Language, say

Pair = tuple[str, str]

OWN_PROJECTION: Final = (
    "Eigene Vorausberechnung (carelab); die Ausgangsdaten nennt das Quellenverzeichnis dieses Laufs.",
    "Own projection (carelab); the data it rests on are in this run's list of sources.",
)
_COUNTED: Final = (
    "Gezählte oder veröffentlichte Angaben; Herausgeber und Stand nennt das Quellenverzeichnis dieses Laufs.",
    "Counted or published figures; publisher and date are in this run's list of sources.",
)
OWN_CHECK: Final = ("Eigene Prüfung (carelab).", "Own check (carelab).")
_SOURCES: Final = {
    **CHAIN_SOURCES,
    "facilities": _COUNTED,
    "sites_known": _COUNTED,
    "physicians": _COUNTED,
    "funnel": _COUNTED,
    "data_quality": OWN_CHECK,
    "sources": ("Quellenverzeichnis dieses Laufs.", "List of sources of this run."),
}
_DECIMAL: Final = dict.fromkeys(QUANTILE_COLUMNS, "decimal")
_COVERAGE: Final = dict.fromkeys(("coverage_50", "coverage_80", "coverage_95"), "percent") | {"n": "count"}
_FORMATS: Final[Mapping[str, Mapping[str, str]]] = {
    **INDICATOR_FORMATS,
    **CHAIN_FORMATS,
    **ACCESS_FORMATS,
    **SITING_FORMATS,
    **DISTRICT_FORMATS,
    **dict.fromkeys(("backtest_coverage", "backtest_coverage_districts", "backtest_wis"), _COVERAGE),
    "official_projections": {
        **dict.fromkeys(("change_official_pct", "change_own_pct"), "decimal"),
        **dict.fromkeys(("url", "quality", "median_free"), "file"),
        "persons_official": "count",
        "year": "plain",
    },
    "gap": dict.fromkeys(("year", "lower_95", "upper_95", "p_five_worst", "rank", "rank_population"), "file"),
    "backtest_own": {"horizon": "plain"},
    "backtest_pit": {"share": "percent", "n": "count"},
    "tornado": dict.fromkeys(("need_low", "need_high", "places_low", "places_high"), "count"),
    "care_rates": dict.fromkeys(QUANTILE_COLUMNS, "percent"),
    "ambulant_load": _DECIMAL,
    "care_trend": dict.fromkeys(("growth", "error", "counting"), "percent"),
    "grades_city": {"pflegegrad": "plain"},
    "local_context": {
        **dict.fromkeys(("share_65plus", "share_foreigners"), "percent"),
        **dict.fromkeys(("rate_ratio", "lower_80", "upper_80", "mean_household_size"), "general"),
        "wohngeld_per_1000": "decimal",
    },
    "needs": {f"{name}narrower_pct": "decimal" for name in ("oldest_", "need_", "share_", "gap_", "")},
    "anchoring": {"counted": "count", "modelled": "count", "deviation_pct": "decimal", "level": "general"},
}


def captioned(
    key: str,
    table: pd.DataFrame,
    *,
    figure: tuple[str, str | None],
    edition: tuple[Language, str | None],
    **words: Any,
) -> Exhibit:
    """Return exhibit ``key``: ``figure`` is alt text and SVG, ``edition`` language and source; ``words`` fill gaps."""
    alt, svg = figure
    language, source = edition
    captions = WHOLE_CAPTIONS if key in WHOLE_CAPTIONS and is_one_area(table) else _CAPTIONS
    name, *pairs = captions[key]
    title, how_to_read, limits = (say(language, *pair).format(**words) for pair in pairs)
    kind = Exhibit if svg else TableExhibit
    return kind(
        id=name.format(**words),
        title=title,
        alt=alt,
        table=table,
        how_to_read=how_to_read,
        limits=limits,
        source=source or say(language, *_SOURCES.get(key, OWN_PROJECTION)),
        figure_svg=svg,
        language=language,
        formats=_FORMATS.get(key, {}),
    )


_CAPTIONS: Final[Mapping[str, tuple[str, Pair, Pair, Pair]]] = {
    **TABLE_CAPTIONS,
    **NEED_CAPTIONS,
    **CHECK_CAPTIONS,
    **BACKTEST_CAPTIONS,
    **CHAIN_CAPTIONS,
    **INDICATOR_CAPTIONS,
    **ACCESS_CAPTIONS,
    **SITING_CAPTIONS,
    **DISTRICT_CAPTIONS,
    "growth_district": (
        "growth_district",
        (
            "In welchen Stadtteilen nimmt der Pflegebedarf bis {year} am stärksten zu?",
            "In which districts does need of care grow most until {year}?",
        ),
        (
            "Der Punkt ist der mittlere Wert (Median); die Striche zeigen von dick nach dünn das 50-, 80- und "
            "95-%-Vorhersageintervall. Hohler Punkt: Altersaufbau geschätzt (Belegstufe C und schwächer); gepunktet, "
            "blasser: auch die Einwohnerzahl (D). Rechts "
            "stehen Zunahme {span}, Pflegebedürftige {year}, die Wahrscheinlichkeit, zu den drei Stadtteilen mit "
            "der größten Zunahme zu gehören, und die Belegstufe.",
            "The dot is the median; from thick to thin the lines are the 50, 80 and 95% prediction intervals. A "
            "hollow dot means estimated ages (evidence grade C or weaker), dotted and paler lines "
            "estimated inhabitants, too (D). At the right: growth {span}, people in "
            "need {year}, the probability to be among the three growing most, and the evidence grade.",
        ),
        (
            "Pflegebedürftige werden je Stadtteil nicht veröffentlicht; die Werte sind aus Alter und Geschlecht "
            "geschätzt, und Ränge mit überlappenden Strichen sind nicht gesichert.",
            "People in need are not published by district; values are estimated from age and sex, and ranks with "
            "overlapping lines are not certain.",
        ),
    ),
    "decomposition": (
        "decomposition",
        (
            "Warum nimmt der Pflegebedarf zu?",
            "Why does need of care grow?",
        ),
        (
            "Balken rechts der Null vergrößern den Bedarf, Balken links verkleinern ihn. Der schwarze Punkt ist "
            "ihre Summe, der schwarze Strich deren 80-%-Vorhersageintervall. Schraffiert und blasser: auch die "
            "Einwohnerzahl ist geschätzt (Belegstufe D).",
            "Bars right of zero add to need, bars left of it reduce it. The black dot is their sum, the black line "
            "its 80% prediction interval. Hatched and paler: the number of inhabitants is estimated, too (grade D).",
        ),
        (
            "Die Zerlegung rechnet zu, sie beweist keine Ursachen; die Intervalle der einzelnen Teile stehen in "
            "der Tabelle.",
            "The decomposition attributes, it does not prove causes; the intervals of the parts are in the table.",
        ),
    ),
    "gap": (
        "gap_{year}",
        (
            "Wo fehlen {year} Plätze in Pflegeheimen?",
            "Where are places in nursing homes short in {year}?",
        ),
        (
            "Der Punkt ist der mittlere Wert (Median); die Striche zeigen von dick nach dünn das 50-, 80- und "
            "95-%-Vorhersageintervall. Hohler Punkt: Altersaufbau geschätzt (Belegstufe C und schwächer); gepunktet, "
            "blasser: auch die Einwohnerzahl (D). Rechts "
            "der Null fehlen Plätze, links bleiben welche. Rot heißt: mit mindestens 80 % Wahrscheinlichkeit fehlen "
            "mehr als {places} Plätze; blau: mit mindestens 80 % Wahrscheinlichkeit fehlt keiner, und im Median "
            "bleiben mindestens {places} frei.",
            "The dot is the median; from thick to thin the lines are the 50, 80 and 95% prediction intervals. A "
            "hollow dot means estimated ages (evidence grade C or weaker), dotted and paler lines "
            "estimated inhabitants, too (D). Right of zero places are missing, left "
            "of it they are left over. Red means: more than {places} places are missing with a probability of at "
            "least 80%; blue: none is missing with a probability of at least 80%, and the median leaves at least "
            "{places} free.",
        ),
        (
            "Der Ort ist nicht für alle Plätze bekannt, und Menschen ziehen zum Heim: ein Fehlbedarf im Stadtteil "
            "ist kein Auftrag, genau dort zu bauen.",
            "The district is not known for all places, and people move to a home: a shortfall in a district is no "
            "order to build right there.",
        ),
    ),
    "rank": (
        "rank_{year}",
        (
            "Ändert die Rechnung die Reihenfolge der Stadtteile?",
            "Does the computation change the order of districts?",
        ),
        (
            "Links steht die Reihenfolge nach Einwohnern ab 80 allein, rechts die nach fehlenden Plätzen {year}. "
            "Farbig sind Stadtteile, die um mindestens 10 Ränge steigen (rot) oder fallen (blau).",
            "At the left the order by inhabitants aged 80 and older alone, at the right by missing places {year}. "
            "Coloured are districts that rise (red) or fall (blue) by at least 10 ranks.",
        ),
        (
            "Benachbarte Ränge sind oft nicht zu unterscheiden; die Wahrscheinlichkeit, zu den fünf schlechtesten "
            "zu gehören, steht in der Tabelle.",
            "Neighbouring ranks often cannot be told apart; the probability to be among the five worst is in the "
            "table.",
        ),
    ),
    "gap_city": (
        "gap_city",
        (
            "Reichen die Plätze in Pflegeheimen insgesamt?",
            "Are there enough nursing-home places in all?",
        ),
        (
            "Über der Null fehlen Plätze, darunter bleiben welche; die Linie ist der mittlere Wert, der Fächer "
            "zeigt das 50-, 80- und 95-%-Vorhersageintervall. Die Prozentzahlen unten sind die Wahrscheinlichkeit, "
            "dass Plätze fehlen.",
            "Above zero places are missing, below it they are left over; the line is the median, the fan the 50, "
            "80 and 95% prediction intervals. The percentages below are the probability that places are missing.",
        ),
        (
            "Bekannte Öffnungen und Schließungen bis zum Basisjahr (Schließungen: bis zum Jahr danach) sind "
            "enthalten; danach bleibt der Bestand, geplante Häuser zählen nicht. Nicht jeder Platz ist jeden Tag "
            "belegbar (Annahme zur Auslastung).",
            "Known openings and closures up to the base year (closures: up to the year after) are included; after "
            "that supply stays, planned homes do not count. Not every place can be used every day (assumed "
            "occupancy).",
        ),
    ),
}
