"""A registered design: drawn in balance, hashed, and no change stays unsaid; what its results may say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from carelab import paths
from carelab.inputs.design import Design, Outcome, Unit, design_log, read_design, register, registration, write_design
from carelab.inputs.errors import DataError
from carelab.planning.evaluation.randomisation import Found
from carelab.planning.evaluation.roll_out import draw_units
from carelab.release.findings_evaluation import effect_sentence, registration_line, verdict
from carelab.stages.evaluation import evaluate
from carelab.terms import UserError

pytestmark = pytest.mark.functional
CITY = "musterstadt"
WAVES = {"2026-H1": 8, "2026-H2": 8}


def facts(amount: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    keys = [f"{number:02d}" for number in range(1, amount + 1)]
    return pd.DataFrame({"district": keys, "need": rng.gamma(2, 100, amount), "size": rng.gamma(2, 2000, amount)})


def design(**changes: object) -> Design:
    units = [Unit.model_validate(row) for row in draw_units(facts(), WAVES, seed=7).to_dict("records")]
    fields: dict[str, object] = {
        "name": "musterstadt_pilot",
        "city": CITY,
        "question": "Erreicht das Mobil mehr Menschen?",
        "first": "2024-H1",
        "last": "2027-H2",
        "outcomes": [Outcome(key="reach", role="primary", definition="Kontakte je Stadtteil", mde_target=3.0)],
        "estimator": "imputation",
        "test": "randomisation",
        "redraws": 199,
        "alpha": 0.05,
        "interval": 0.8,
        "placebo_periods": 2,
        "seed": 7,
        "randomised": True,
        "units": units,
    }
    return Design.model_validate(fields | changes)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / CITY).mkdir()
    shutil.copy(paths.DATA / CITY / "city.yaml", tmp_path / CITY)
    write_design(design(), tmp_path / "pilot.yaml")
    return tmp_path


def state(root: Path) -> str:
    found = read_design(root / "pilot.yaml")
    return registration_line(registration(found, design_log(CITY, root=root)))


def edit(path: Path, change: Callable[[dict], None]) -> None:
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


def test_every_change_after_registration_is_said_on_page_one(root: Path) -> None:
    path = root / "pilot.yaml"
    assert "nie registriert" in state(root)
    register(path, today=date(2026, 1, 5), root=root)
    assert state(root) == "Die Auswertung folgt dem am 5. Januar 2026 registrierten Design, unverändert."
    kept = path.read_bytes(), (root / CITY / "design_log.csv").read_bytes()
    changes: list[Callable[[dict], None]] = [
        lambda values: values["outcomes"][0].update(mde_target=9.0),
        lambda values: values["units"][0].update(start="2027-H1"),
        lambda values: values.update(estimator="callaway_santanna"),
        lambda values: values.update(last="2028-H1"),
        lambda values: values.update(seed=8),
        lambda values: values.update(registered=None),
    ]
    for change in changes:
        path.write_bytes(kept[0])
        edit(path, change)
        assert "ohne dass die Änderung angemeldet wurde" in state(root)
    path.write_bytes(kept[0])
    (root / CITY / "design_log.csv").unlink()
    assert "ohne dass die Änderung angemeldet wurde" in state(root), "a log that was taken away is a change, too"
    (root / CITY / "design_log.csv").write_bytes(kept[1])
    edit(path, changes[0])
    edit(path, lambda values: values["registered"].update(sha256=read_design(path).sha256()))
    assert "ohne dass die Änderung angemeldet wurde" in state(root), "a forged hash is not in the log"


def test_an_amendment_is_logged_with_its_reason_and_nothing_is_taken_out(root: Path) -> None:
    path, log = root / "pilot.yaml", root / CITY / "design_log.csv"
    with pytest.raises(DataError, match="noch nicht registriert"):
        register(path, reason="zu früh", root=root)
    register(path, today=date(2026, 1, 5), root=root)
    before = log.read_bytes()
    edit(path, lambda values: values.update(last="2028-H1"))
    with pytest.raises(DataError, match="schon registriert"):
        register(path, root=root)
    register(path, reason="Förderung verlängert", today=date(2026, 3, 1), root=root)
    assert log.read_bytes().startswith(before)
    assert "5. Januar 2026 registrierte Design wurde geändert (1. März 2026: Förderung verlängert)" in state(root)


def test_layout_and_comments_do_not_change_the_hash(root: Path) -> None:
    path = root / "pilot.yaml"
    before = read_design(path).sha256()
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = yaml.safe_dump(values, sort_keys=True, indent=6, default_flow_style=True)
    path.write_text(f"# Entwurf\n{text}", encoding="utf-8")
    assert read_design(path).sha256() == before


def test_a_design_with_mistakes_is_refused_field_by_field(root: Path) -> None:
    path = root / "pilot.yaml"
    edit(path, lambda values: values.update(estimator="twfe", extra=1, first="2024"))
    with pytest.raises(DataError) as refused:
        read_design(path)
    assert all(word in refused.value.de for word in ("estimator", "extra", "first"))


def test_the_draw_is_reproducible_balanced_and_every_district_can_be_first() -> None:
    one, again = (draw_units(facts(), WAVES, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, again)
    assert one["start"].value_counts().to_dict() == {"never": 24, "2026-H1": 8, "2026-H2": 8}
    table = pd.crosstab(one["stratum"], one["start"])
    assert ((table - table.sum() / 4).abs() <= 1).to_numpy().all(), "each wave has its share of each stratum"
    draws = [draw_units(facts(), WAVES, seed=seed) for seed in range(400)]
    first = np.mean([(drawn["start"] == "2026-H1").to_numpy() for drawn in draws], axis=0)
    assert np.abs(first - 0.2).max() < 4.5 * np.sqrt(0.2 * 0.8 / 400), "chance alone decides"
    with pytest.raises(UserError, match="Vergleich"):
        draw_units(facts(4), {"2026-H1": 4}, seed=1)


@pytest.mark.parametrize(
    ("found", "mde", "said", "words"),
    [
        (Found(4.0, 0.01, 0.005, 2.0, 6.0, 0.8, 199), 2.5, "found", "Effekt gefunden"),
        (Found(0.2, 0.7, 0.005, -1.0, 1.5, 0.8, 199), 2.5, "not_found", "Kein Effekt gefunden"),
        (Found(1.9, 0.08, 0.005, 0.3, 3.5, 0.8, 199), 2.5, "open", "Offen"),
        (Found(0.2, 0.7, 0.005, -1.0, 1.5, 0.8, 199), 3.5, "could_not", "hätte nicht gefunden werden können"),
        (Found(9.0, 0.1, 0.1, -1.0, 1.5, 0.8, 9), 2.5, "could_not", "hätte nicht gefunden werden können"),
    ],
)
def test_not_found_and_could_not_be_found_are_different_sentences(
    found: Found, mde: float, said: str, words: str
) -> None:
    assert verdict(found, mde=mde, target=3.0) == said
    assert words in effect_sentence(found, outcome="Reichweite", mde=mde, target=3.0)


def test_the_results_of_a_known_effect(root: Path) -> None:
    register(root / "pilot.yaml", root=root)
    plan, rng = read_design(root / "pilot.yaml"), np.random.default_rng(1)
    futures = rng.normal(0, 1, (60, 40, 8)) + rng.normal(20, 5, (60, 40, 1))
    start = np.array(plan.starts())
    treated = (start[:, None] >= 0) & (np.arange(8) >= start[:, None])
    results = evaluate(plan, design_log(CITY, root=root), {"reach": futures[0] + 4.0 * treated}, {"reach": futures})
    (one,) = results.outcomes
    assert one.found.lower < 4.0 < one.found.upper
    assert one.mde < 3.0
    assert all(each.p_value > 0.05 for each in one.placebos.values())
    sentences = results.findings().sentences
    assert "unverändert" in sentences[0]
    assert "Effekt gefunden" in sentences[1]
    none = evaluate(plan, design_log(CITY, root=root), {"reach": futures[0]}, {"reach": futures})
    assert "Kein Effekt gefunden" in none.findings().sentences[1]
