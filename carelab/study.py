"""Ablauf: a study is one city and one scenario, whose results are lazy, named, and computed once.

Here and in ``stages`` (the parts of the class, in computing order) is the only place where the rooms are joined. The
columns of each result are listed in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from carelab.params import Params
from carelab.stages.siting import Siting
from carelab.terms import say

STEPS = (
    ("Daten lesen und prüfen", "reading and checking data", ("checks", "sources", "districts", "polygons")),
    (
        "Bevölkerung der Stadtteile schätzen",
        "estimating district populations",
        ("base_population", "base_fit", "deviations"),
    ),
    (
        "Bevölkerung vorausberechnen",
        "projecting populations",
        ("population", "population_city", "population_district", "population_group", "oldest"),
    ),
    ("Pflegequoten anpassen", "fitting care rates", ("levels", "rates", "anchoring")),
    (
        "Bedarf berechnen",
        "computing demand",
        ("demand", "demand_city", "demand_district", "growth", "grades_city", "demand_group", "local_context"),
    ),
    ("Ursachen zerlegen", "decomposing the change", ("decomposition",)),
    ("Bestand und Fehlbedarf", "supply and gap", ("supply_known", "gap", "gap_city", "ambulant_load", "physicians")),
    ("Empfindlichkeit prüfen", "testing sensitivity", ("tornado",)),
    ("Kennzahlen", "indicators", ("catalogue_words", "indicators", "funnels")),
    ("Frühwarnung", "early warning", ("rule_words", "warnings")),
    ("Rückprüfung an früheren Jahren", "back-testing on past years", ("backtest",)),
    (
        "Rückprüfung an allen Kreisen und an Stadtteilen",
        "back-testing on all Kreise and on districts",
        ("backtest_errors", "calibration", "shelf_life", "backtest_own"),
    ),
)
"""What a run computes, in order: words in German and English, results."""


class Study(Siting):
    """All results of one city and scenario: inputs, population, care rates, need, places."""

    def prepare(self, report: Callable[[str], None]) -> None:
        """Compute all results, telling the step in words before each; later access is free."""
        for de, en, names in STEPS:
            report(say(self.params.language, de, en))
            for name in names:
                getattr(self, name)


@lru_cache(maxsize=4)
def open_study(params: Params) -> Study:
    """Return the study of these parameters: one per process, so that notebooks of one run share its results."""
    return Study(params)
