"""Ablauf: a study is one city and one scenario, whose results are lazy, named, and computed once.

Here and in ``stages`` (the parts of the class, in computing order) is the only place where the rooms are joined. The
columns of each result are listed in docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, Self

from carelab.inputs.kreise import kreis_keys
from carelab.inputs.reference import load_reference
from carelab.params import Params
from carelab.stages.care import BACKTEST_ORIGIN
from carelab.stages.lumina import Lumina
from carelab.stages.outreach import Outreach
from carelab.stages.pilot import PilotEvaluation
from carelab.stages.profile import Profile
from carelab.stages.shared import LATEST_SURVEY, shared_hindsight, shared_model
from carelab.stages.shared_backtests import Beside, shipped_backtests
from carelab.stages.siting import Siting
from carelab.stages.verbund import Verbund
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
        (
            "population",
            "population_city",
            "population_district",
            "population_group",
            "oldest",
            "official",
            "past_migration",
        ),
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
    ("Rückprüfung an früheren Jahren", "back-testing on past years", ("backtest",)),
    (
        "Rückprüfung an allen Kreisen und an Stadtteilen",
        "back-testing on all Kreise and on districts",
        ("backtest_errors", "calibration", "shelf_life", "backtest_own"),
    ),
    (
        "Versorgungskette und Maßnahmen",
        "chain of care and measures",
        ("chain_matrix", "chain_districts", "chain_overview", "one_more_site", "plan_state"),
    ),
    ("Kennzahlen", "indicators", ("catalogue_words", "indicators", "funnels")),
    ("Frühwarnung", "early warning", ("rule_words", "warnings")),
)
"""What a run computes, in order: words in German and English, results."""
ASIDE = ("catalogue_words", "indicators", "funnels", "rule_words", "warnings")
ASIDE_AFTER = "gap"
"""Results that another process computes as soon as the step with ``gap`` is done; no other step needs them."""


class Study(Siting):
    """All results of one city and scenario: inputs, population, care rates, need, places."""

    def prepare(self, report: Callable[[str], None], beside: Beside | None = None) -> None:
        """Compute all results, telling the step in words before each; later access is free.

        With ``beside`` another process computes the back-tests and ASIDE meanwhile; the results are the same.
        """
        if beside is not None:
            shipped_backtests(self.reference).compute(beside)
        aside: Callable[[], dict[str, Any]] | None = None
        for de, en, names in STEPS:
            report(say(self.params.language, de, en))
            if aside is not None and names[0] in ASIDE:
                self.__dict__.update(aside())
                aside = None
            for name in names:
                getattr(self, name)
            if beside is not None and ASIDE_AFTER in names:
                aside = beside(lambda: {name: getattr(self, name) for name in ASIDE})

    def about(self, params: Params) -> Self:
        """Return this study under parameters that say what a notebook speaks about, sharing all results."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.params = params.model_copy(update={"language": self.params.language})
        return other

    @cached_property
    def outreach(self) -> Outreach:
        """What a Pflege & Pass-Mobil could do here; computed when asked for, no step of a run."""
        return Outreach(self)

    @cached_property
    def lumina(self) -> Lumina:
        """Offers close to home and the way to counselling; computed when asked for, no step of a run."""
        return Lumina(self)

    @cached_property
    def evaluation(self) -> PilotEvaluation:
        """Whether a pilot worked: reach, equity, process, registered comparison; computed when asked for."""
        return PilotEvaluation(self)

    def profile(self, district: str | None = None) -> Profile:
        """Return the profile of a district; without a key, of the first in the ranking by growth."""
        return Profile(self, district)


def open_study(params: Params) -> Study:
    """Return the study of these parameters: one per process, so that notebooks of one run share its results.

    ``district`` and ``cities`` say what a notebook speaks about and change no result: studies that differ in them
    alone share all that is computed.
    """
    study = _open(params.model_copy(update={"district": None, "cities": None}))
    return study if study.params == params else study.about(params)


def open_verbund(params: Params) -> Verbund:
    """Return the comparison of the cities in ``params.cities`` (without it: the city alone), one per process."""
    return _open_verbund(params)


def prepare_shared(*, cities: bool = False) -> None:
    """Compute what holds for all studies that may know every survey: before this process forks workers or kernels.

    With ``cities`` the back-tests too, which a Kreis does not show.
    """
    kreis_keys()
    reference = load_reference()
    model = shared_model(reference, LATEST_SURVEY).fit()
    shared_hindsight(model, BACKTEST_ORIGIN, Params().trend_damping)
    if cities:
        shipped_backtests(reference).fit()


@lru_cache(maxsize=4)
def _open(params: Params) -> Study:
    return Study(params)


@lru_cache(maxsize=1)
def _open_verbund(params: Params) -> Verbund:
    return Verbund(params, Study)
