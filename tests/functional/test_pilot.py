"""The simulated pilot: made byte for byte, met by its evaluation, small cells kept; what a city without one is told."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from carelab import paths
from carelab.inputs import design as designs
from carelab.inputs.city import load_city
from carelab.inputs.design import UNWRITTEN, design_log, read_design, register, registration, write_design
from carelab.inputs.errors import DataError
from carelab.inputs.logbook import read_logbook
from carelab.inputs.pilot import load_pilot, load_truth
from carelab.params import Params
from carelab.planning.evaluation.planned import Assumed, planned_effects
from carelab.planning.evaluation.randomisation import Found
from carelab.planning.logbook import LEAST, TOTAL
from carelab.planning.pilot_measures import full_years, published_counts, published_year
from carelab.release import figures
from carelab.release.findings_evaluation import control_sentence, registration_line
from carelab.release.key_numbers import key_numbers
from carelab.stages.pilot import PilotEvaluation
from carelab.stages.simulated_pilot import write_pilot
from carelab.study import open_study

pytestmark = pytest.mark.functional
CITY = "musterstadt"


@pytest.fixture(scope="module")
def evaluation() -> PilotEvaluation:
    return open_study(Params(draws=120)).evaluation


def test_the_pilot_is_made_byte_for_byte(tmp_path: Path) -> None:
    write_pilot(tmp_path / CITY, tmp_path / "designs")
    kept = {path.name: path for path in [*(paths.DATA / CITY / "pilot").iterdir()]}
    made = {path.name: path for path in [*(tmp_path / CITY / "pilot").iterdir()]}
    assert sorted(made) == sorted(kept)
    for name, path in made.items():
        assert path.read_bytes() == kept[name].read_bytes(), name
    for name in ("musterstadt_pilot.yaml", "musterstadt_site.yaml"):
        assert (tmp_path / "designs" / name).read_bytes() == (paths.PARAMS / "designs" / name).read_bytes()


def test_the_pilots_log_passes_the_importer_as_a_file_of_an_office_would(tmp_path: Path) -> None:
    shutil.copy(paths.DATA / CITY / "pilot" / "log.csv", tmp_path / "log.csv")
    city = load_city(CITY)
    rows, _ = read_logbook(tmp_path / "log.csv", city.districts, city.info.ags, today=dt.date(2026, 1, 2))
    assert int(rows["contacts"].sum()) == int(load_pilot(city).log["contacts"].sum())


def test_the_design_was_registered_before_the_first_start_and_is_unchanged() -> None:
    design = read_design(paths.PARAMS / "designs" / "musterstadt_pilot.yaml")
    log = design_log(CITY)
    assert registration(design, log).state == "unchanged"
    assert registration(design, log).registered_on < min(unit.start for unit in design.units)


def test_the_evaluation_meets_the_truth(evaluation: PilotEvaluation) -> None:
    truth = evaluation.truth
    assert truth["inside"].mean() >= 0.6, "80 % intervals: about four in five, of about ten"
    effects = evaluation.effects.set_index("outcome")
    assert effects.loc["relief_per_1000", "verdict"] == "found"
    assert effects.loc["moves_per_1000", "verdict"] != "found", "nothing was put in"
    assert effects.loc["hospital_per_1000", "verdict"] == "could_not", "something was put in, too little to be seen"
    told = {row["part"]: row["value"] for row in load_truth(CITY).query("measure == 'effect'").to_dict("records")}
    assert told["hospital_per_1000"] != 0
    assert effects.loc["hospital_per_1000", "mde"] > abs(told["hospital_per_1000"])


def test_a_single_site_is_told_by_two_methods_that_each_show_their_null_check(evaluation: PilotEvaluation) -> None:
    table, series = evaluation.site_tables
    assert evaluation.site is not None
    assert evaluation.site.registration.state == "unchanged"
    assert table["rejected"].notna().all()
    aims = table["attainable"]
    assert (abs(table["rejected"] - aims) <= 3 * np.sqrt(aims * (1 - aims) / table["runs"])).all()
    assert table.loc[table["method"] == "time_series", "p_value"].isna().all(), "an interval, never a p-value"
    primary = table[table["role"] == "primary"].set_index("method")
    put_in = load_truth(CITY).set_index(["measure", "part"]).loc[("step", "advice_per_1000"), "value"]
    assert (primary["lower_80"] > 0).all()
    assert abs(primary["estimate"] - put_in).max() < put_in / 2
    assert series.groupby("outcome")["started"].sum().eq(8).all()


def test_every_p_value_shown_has_its_null_check(evaluation: PilotEvaluation) -> None:
    checked = set(zip(evaluation.checks["outcome"], evaluation.checks["p_value"].round(9), strict=True))
    shown = evaluation.events[evaluation.events["role"] == "primary"]
    tables = (shown[["outcome", "p_value"]], evaluation.effects[["outcome", "p_value"]])
    for row in pd.concat(tables).to_dict("records"):
        assert (row["outcome"], round(row["p_value"], 9)) in checked


def test_several_outcomes_are_a_caution(evaluation: PilotEvaluation) -> None:
    sentences = figures.pilot_findings(evaluation, language="de").sentences
    assert any("3 Zielgrößen" in each and "15\u00a0%" in each for each in sentences)


def test_the_findings_say_simulated_and_name_the_checksum(evaluation: PilotEvaluation) -> None:
    sentences = figures.pilot_findings(evaluation, language="de").sentences
    assert all(sentence.startswith("SIMULIERT: ") for sentence in sentences)
    assert evaluation.pilot.design is not None
    assert evaluation.pilot.design.sha256()[:12] in sentences[0]
    assert "15. November 2022" in sentences[0]
    edition = {"simulated": True, "language": "de"}
    for name in ("reach", "groups", "take_up", "process", "events", "effects", "checks", "planned", "truth"):
        exhibit = getattr(figures, f"pilot_{name}")(getattr(evaluation, name), **edition)
        assert exhibit.title.startswith("SIMULIERT: "), name
        assert "SIMULIERT" in exhibit.source


def test_no_output_shows_a_small_count(evaluation: PilotEvaluation) -> None:
    counts = [evaluation.reach["contacts"], evaluation.reach["first"], evaluation.groups["first"]]
    counts += [evaluation.take_up["contacts"], evaluation.contacts("district")["again"]]
    shown = pd.concat(counts).dropna()
    assert len(shown) > 8
    assert ((shown == 0) | (shown >= LEAST)).all()


def test_one_small_district_hides_a_second_one() -> None:
    log = pd.DataFrame(
        {
            "month": ["2025-03", "2025-12", "2025-12"], "district": ["01", "02", "03"], "contact": ["first"] * 3,
            "contacts": [40, 2, 30], "minutes": [30, 30, 30], "kilometres": [1.0, 1.0, 1.0],
        }
    )  # fmt: skip
    shown = published_counts(log, 2025, "district", first=True)
    assert shown[TOTAL] == 72
    assert shown.isna().sum() == 2, "with one hidden cell the total would tell it"
    table = published_year(log, 2025, "district")
    assert table.loc[table["contacts"].isna(), "minutes"].isna().all()
    assert full_years(log) == [2025]


def test_a_city_without_a_pilot_is_told_what_is_missing(tmp_path: Path) -> None:
    shutil.copytree(paths.DATA / CITY, tmp_path / CITY, ignore=shutil.ignore_patterns("pilot"))
    city = load_city(CITY, root=tmp_path)
    empty = open_study(Params(draws=120)).variant().evaluation
    empty.__dict__["pilot"] = load_pilot(city, root=tmp_path, designs=tmp_path)
    assert empty.missing == ("design", "log")
    assert key_numbers(empty.truth, ["measure", "part", "truth", "found"]).empty, "the notebook's last cell runs"
    assert not empty.simulated
    sentences = figures.pilot_findings(empty, language="de").sentences
    assert "Noch nicht auszuwerten" in sentences[0]
    assert "keine Wirkung belegen" in sentences[-1], "four districts never suffice"
    assert list(figures.pilot_site(*empty.site_tables, simulated=False, language="de").table.columns) == ["text"]
    for name in ("reach", "groups", "take_up", "equity", "process", "events", "effects", "checks", "truth"):
        exhibit = getattr(figures, f"pilot_{name}")(getattr(empty, name), simulated=False, language="de")
        assert list(exhibit.table.columns) == ["text"], name


def test_more_districts_see_smaller_effects() -> None:
    need = np.random.default_rng(1).gamma(8, 60, (100, 43))
    found = planned_effects(need, Assumed(), alpha=0.05, seed=1).set_index("plan")["mde"]
    assert found["half_at_once"] < found["six_at_once"]
    few = planned_effects(need[:, :4], Assumed(), alpha=0.05, seed=1)
    assert np.isinf(few["mde"]).all()


def test_what_was_registered_or_amended_too_late_is_said() -> None:
    design = read_design(paths.PARAMS / "designs" / "musterstadt_pilot.yaml")
    log = design_log(CITY)
    late = log.assign(registered_on="2024-02-01")
    told = registration_line(registration(design, late), results_from="2023-07-01")
    assert "erst, als Ergebnisse vorliegen konnten" in told
    again = pd.concat([log, log.assign(registered_on="2024-02-01", reason="andere Zielgröße")], ignore_index=True)
    told = registration_line(registration(design, again), results_from="2023-07-01")
    assert "Geändert nach Vorliegen erster Ergebnisse" in told
    assert "Geändert nach" not in registration_line(registration(design, log), results_from="2023-07-01")


def test_nothing_is_registered_with_a_placeholder(tmp_path: Path) -> None:
    design = read_design(paths.PARAMS / "designs" / "musterstadt_pilot.yaml")
    open_ones = [each.model_copy(update={"definition": UNWRITTEN, "mde_target": None}) for each in design.outcomes]
    (tmp_path / CITY).mkdir()
    shutil.copy(paths.DATA / CITY / "city.yaml", tmp_path / CITY)
    write_design(design.model_copy(update={"outcomes": open_ones, "registered": None}), tmp_path / "open.yaml")
    with pytest.raises(DataError) as refused:
        register(tmp_path / "open.yaml", root=tmp_path)
    assert "Platzhalter" in refused.value.de
    assert "mde_target fehlt" in refused.value.de
    assert not (tmp_path / CITY / designs.LOG).exists()


@pytest.mark.parametrize(("p", "words"), [(0.01, "Warnung"), (0.4, "unverändert, wie es sein muss")])
def test_a_negative_control_that_moves_is_a_warning(p: float, words: str) -> None:
    found = Found(1.0, p, 0.0005, -0.5, 2.5, 0.8, 1999)
    assert words in control_sentence(found, outcome="Ausweise", mde=2.0, target=3.0)
