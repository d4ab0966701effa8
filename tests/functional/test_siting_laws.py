"""Laws of the siting of a whole city: frequencies, stages, regret, losses; and candidates that cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from city_copy import copy_data

from carelab import paths
from carelab.inputs.city import load_city
from carelab.inputs.errors import DataError
from carelab.inputs.siting import load_siting
from carelab.params import Params, load_params
from carelab.planning.access.places import Points
from carelab.planning.siting.futures import Futures, draw_willing, left_out, person_minutes
from carelab.planning.siting.problem import Problem
from carelab.planning.siting.whereabouts import by_district, draw_places
from carelab.release import figures
from carelab.study import Study

pytestmark = pytest.mark.functional
RNG = np.random.default_rng(7)


def test_frequencies_sum_to_the_number_of_sites(study: Study) -> None:
    decision = study.siting
    able = (decision.town.futures.open_to | decision.problem.fixed).sum(axis=1)
    wanted = np.minimum(decision.problem.count or 0, able).mean()
    for aim in ("median", "fair"):
        assert decision.frequency[aim].sum() == pytest.approx(wanted)
    sites = study.siting_sites
    assert (sites.loc[sites["willing"] == "nein", ["often_median", "often_cover", "often_center"]] == 0).all(axis=None)
    assert (sites.loc[sites["fixed"], "often_median"] == 1).all()
    assert sites["if_willing"].max() <= 1 + 1e-9


def test_regret_is_never_negative_and_the_robust_plan_has_less_of_it(study: Study) -> None:
    for aim in ("median", "cover", "center"):
        found = getattr(study.siting, aim)
        assert (found.regret_nominal >= 0).all()
        assert (found.regret_robust >= 0).all()
        assert np.quantile(found.regret_robust, 0.9) <= np.quantile(found.regret_nominal, 0.9) + 1e-9


def test_stages_are_nested_and_ways_only_get_shorter(study: Study) -> None:
    stages, decision = study.siting_stages, study.siting
    assert stages["stage"].tolist() == list(range(len(stages)))
    assert set(stages["site"]) - {""} == set(study.siting_sites.query("in_median and not fixed")["site"])
    assert stages["median"].is_monotonic_decreasing
    assert stages["near"].is_monotonic_increasing
    assert (stages["behind"] >= -1e-9).all()
    assert decision.median.order[0] in np.flatnonzero(decision.problem.fixed)


def test_a_lost_site_costs_and_a_replacement_helps(study: Study) -> None:
    losses = study.siting_losses
    assert (losses["lost"] >= losses["left"] - 1e-9).all()
    decision, people = study.siting, study.siting.problem.demand.sum()
    whole = decision.cost(decision.median.robust)
    for site, left in zip(decision.median.order, losses["left"], strict=True):
        assert whole + left * people >= decision.best(decision.problem.without(site)).objective - 1e-6
    assert not set(losses["replacement"]) & set(losses["name"])


def test_nobody_loses_and_the_sum_of_gains_is_the_gain_of_all(study: Study) -> None:
    gains, problem = study.siting_gains, study.siting.problem
    assert (gains["gain"] >= 0).all()
    assert gains.loc[gains["district"] == "05", "people"].isna().all()  # too few to be told
    people = pd.Series(problem.demand, study.districts.index).reindex(gains["district"]).to_numpy()
    numbers = study.siting_numbers.set_index("measure")["value"]
    mean = (gains["gain"] * people).sum() / people.sum()
    assert mean == pytest.approx(numbers["minutes_before"] - numbers["minutes_after"])


def test_upgrades_lie_within_the_plan(study: Study) -> None:
    upgraded, often = study.siting.upgraded
    assert upgraded.sum() == study.siting_rules.upgrades
    assert not (upgraded & ~study.siting.median.robust).any()
    assert often.sum() == pytest.approx(study.siting_rules.upgrades)
    both = study.siting.together
    assert both is not None
    assert both.proven


def test_a_plan_is_judged_as_it_would_be_carried_out() -> None:
    cost = np.array([[[1.0, 9.0], [9.0, 1.0], [2.0, 8.0]]])  # (draw, candidate, point)
    futures = Futures(cost, np.array([[10.0, 5.0]]), np.array([[False, True, True]]))
    problem = Problem(cost[0].T, futures.demand[0], count=2)
    plan = np.array([True, True, False])
    assert futures.value(plan, problem, person_minutes) == pytest.approx(10 * 2 + 5 * 1)  # the third site steps in
    assert futures.value(plan, problem, left_out(1.5)) == pytest.approx(10)
    paid = replace(problem, count=None, budget=3.0, price=np.array([1.0, 1.0, 2.0]))
    assert futures.value(plan, paid, person_minutes) == pytest.approx(10 * 9 + 5 * 1)  # what is left does not pay it


def test_who_agrees_and_where_unknown_houses_stand() -> None:
    agreed = draw_willing(np.array(["ja", "nein", "unklar"]), 0.3, 4000, RNG)
    assert agreed.mean(axis=0) == pytest.approx([1.0, 0.0, 0.3], abs=0.03)
    assert draw_willing(np.array(["unklar"]), 0.1, 50, RNG).all()  # futures without any site are drawn again
    at = np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]])
    points = Points(np.array([0, 0, 2]), at, np.array([0.25, 0.75, 1.0]), np.ones(3), True)
    metres = np.array([[5.0, 5.0], [np.nan, np.nan], [np.nan, np.nan]])
    drawn = draw_places(metres, np.array([0, 2, -1]), points, old=np.array([3.0, 7.0, 1.0]), draws=4000, rng=RNG)
    assert (drawn[:, 0] == 5.0).all()
    assert (drawn[:, 1] == 9.0).all()
    assert (drawn[:, 2, 0] < 9).mean() == pytest.approx(0.75, abs=0.03)
    assert by_district(np.array([[4.0, 8.0, 2.0]]), points, 3)[0] == pytest.approx([7.0, 7.0, 2.0])


def test_exhibits_say_why_there_is_nothing_to_decide(study: Study) -> None:
    alone = Study(study.params.model_copy(update={"draws": 30}))
    none = pd.DataFrame({"reason": ["Es gibt nichts zu wählen."]})
    exhibit = figures.siting_map(alone.polygons, none, none, none, language="de")
    assert "nichts zu wählen" in exhibit.alt
    found = figures.siting_findings(
        alone.siting_numbers, none, none, losses=none, gains=none, aims=none, notes=("", "Grund.", ""), language="de"
    )
    assert found.sentences[0] == "Grund."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_data(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("03,10.99331,51.97292,false", "03,12.5,51.97292,false", "site=K05: Punkt liegt außerhalb der Stadt"),
        (",300000,", ",dreihunderttausend,", "Spalte price: gefunden „dreihunderttausend“"),
        ("03,10.99331,51.97292,false", "03,10.99331,,false", "lon und lat gehören zusammen"),
        ("03,10.99331,51.97292,false", ",,,false", "weder Punkt noch Stadtteil"),
        ("true,ja", "true,nein", "site=M01: besteht schon"),
        ("false,unklar,240", "false,vielleicht,240", "vielleicht"),
        ("false,unklar,240", "false,unklar,viele", "Spalte capacity: gefunden „viele“"),
        ("K06,", "K05,", "steht schon in Zeile"),
        (
            "K06,Treffpunkt am See,04,11.05229,52.00764",
            "K06,Nachbarschaftshaus  südhang,03,10.99331,51.97292",
            "gleich",
        ),
    ],
)
def test_candidates_that_cannot_be_are_named(root: Path, old: str, new: str, said: str) -> None:
    file = root / "musterstadt" / "candidates.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"candidates\.csv") as caught:
        load_city("musterstadt", root=root)
    assert said in str(caught.value)


def test_rules_of_the_city_overrule_and_mistakes_are_named(root: Path) -> None:
    assert load_siting("musterstadt", root=root)[0].new_centres == 3
    file = root / "musterstadt" / "siting.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 3", "value: viele") + "zentren: {}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_siting("musterstadt", root=root)
    assert "new_centres" in str(caught.value)
    assert "zentren" in str(caught.value)


def test_homes_are_candidates_where_the_city_names_none() -> None:
    magdeburg = Study(Params(city="magdeburg", draws=100))
    table = magdeburg.siting_candidates
    assert set(table["willing"]) == {"unklar"}
    assert table[["price", "capacity"]].isna().all(axis=None)
    assert "F004" not in set(table["site"])  # closing is announced
    assert {"point", "district", "unknown"} == set(table["place"])


def test_a_plan_among_some_of_the_homes_says_so() -> None:
    hannover = Study(load_params(paths.PARAMS / "hannover" / "baseline.yaml").model_copy(update={"draws": 30}))
    homes = hannover.city.supply.query("measure == 'homes'").sort_values("year")["value"].iloc[-1]
    known = int((hannover.siting_candidates["place"] != "unknown").sum())
    assert known < homes
    assert f"nur {known} Häuser mit bekanntem Ort; die Stadt hat {homes:.0f} Pflegeheime" in hannover.siting_notes[2]
    own = Study(hannover.params.model_copy(update={"city": "musterstadt", "base_year": 2025}))
    assert own.siting_notes[2] == "", "the city has named candidates of its own"
