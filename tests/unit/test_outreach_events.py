"""Services a year by hand, rates with random numbers of their own, and the file of rates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import triang

from carelab.inputs.errors import DataError
from carelab.inputs.outreach import load_mobil, load_rates
from carelab.planning.outreach import events
from carelab.planning.outreach.rates import draw_rates, inverse

pytestmark = pytest.mark.unit

RATES = {rate.id: rate for rate in load_rates()}
AT_VALUE = {name: np.array([rate.value]) for name, rate in RATES.items()}
ONE = np.ones((1, 1))
PEOPLE = events.People(
    pflegegeld=400 * ONE,
    ambulant=150 * ONE,
    grade_1_only=50 * ONE,
    residents=100 * ONE,
    persons_65to79=2000 * ONE,
    persons_80plus=600 * ONE,
    grades=np.array([[0.0, 0.5, 0.3, 0.15, 0.05]]),
    carer_factor=np.array([1.5]),
)


def test_services_of_a_small_town_by_hand() -> None:
    rates = AT_VALUE | {
        name: np.array([value])
        for name, value in {
            "limited_65to79": 0.1, "limited_80plus": 0.4, "counselling_per_person": 0.2, "exempt_limited": 0.25,
            "exempt_residents": 0.5, "moves_into_homes": 0.4, "hospital_cases": 0.5, "advisory_quarterly_wanted": 0.5,
            "take_up_registration": 0.25,
        }.items()
    }  # fmt: skip
    due = {name: float(values[0, 0]) for name, values in events.due(PEOPLE, rates, 2027).items()}
    # 400 x (0.8 x 2 + 0.2 x 3): half of Pflegegrad 4 and 5 still ask for four visits
    assert due["advisory"] == pytest.approx(880.0)
    assert float(events.due(PEOPLE, rates, 2025)["advisory"][0, 0]) == pytest.approx(400 * (0.8 * 2 + 0.2 * 4))
    # (2000 x 0.1 + (600 - 100) x 0.4) / 10 years, three quarters want one
    assert due["cards_home"] == pytest.approx(30.0)
    assert due["cards_homes"] == pytest.approx(5.0)
    assert due["registration"] == pytest.approx(40.0)
    assert due["counselling"] == pytest.approx(120.0)
    assert due["discharge"] == pytest.approx(350.0)
    asked = events.requests(events.due(PEOPLE, rates, 2027), rates)
    assert float(asked["registration"][0, 0]) == pytest.approx(10.0)
    assert float(events.groups(PEOPLE, rates)["carers"][0, 0]) == pytest.approx(600.0)


def test_changing_one_rate_changes_only_what_depends_on_it() -> None:
    changed = [
        rate.model_copy(update={"value": 0.5, "high": 0.9}) if rate.id == "take_up_registration" else rate
        for rate in RATES.values()
    ]
    before, after = draw_rates(RATES.values(), 200, 5), draw_rates(changed[::-1], 200, 5)
    assert {name for name in before if not np.array_equal(before[name], after[name])} == {"take_up_registration"}
    people = replace(PEOPLE, **{name: np.repeat(values, 200, axis=0) for name, values in vars(PEOPLE).items()})
    first, second = (events.requests(events.due(people, rates, 2027), rates) for rates in (before, after))
    assert {name for name in first if not np.array_equal(first[name], second[name])} == {"registration"}


@pytest.mark.parametrize("name", ["speed", "take_up_advisory", "project_years"])
def test_draws_follow_the_triangular_distribution(name: str) -> None:
    rate, at = RATES[name], np.linspace(0, 1, 21)
    width = rate.high - rate.low
    assert inverse(rate, at) == pytest.approx(triang.ppf(at, (rate.value - rate.low) / width, rate.low, width))


def test_every_service_has_its_rates_and_no_rate_is_idle() -> None:
    used = {f"take_up_{name}" for name in events.SERVICES} | set(events.MINUTES.values())
    assert used <= set(RATES)
    source = "".join(path.read_text() for path in (Path(events.__file__).parent).glob("*.py"))
    stage = (Path(events.__file__).parents[2] / "stages" / "outreach.py").read_text()
    assert [name for name in RATES if f'"{name}"' not in source + stage and not name.startswith("take_up_")] == []


def test_a_rate_without_source_or_out_of_range_is_refused(tmp_path: Path) -> None:
    entry = (
        "{id: x, name: {de: x, en: x}, value: 3, low: 1, high: 2, shape: uniform, unit: {de: u, en: u}, "
        "source: {de: jemand, en: somebody}, "
        "url: null, quality: D, impact: low, note: null}"
    )
    (tmp_path / "outreach.yaml").write_text(f"rates:\n  - {entry}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"x: .*low"):
        load_rates(tmp_path)


def test_a_city_overrules_single_lines(tmp_path: Path) -> None:
    default = load_mobil("musterstadt")
    (tmp_path / "a").mkdir()
    from carelab import paths

    (tmp_path / "mobil.yaml").write_text((paths.DATA / "mobil.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "a" / "mobil.yaml").write_text("vehicles: 3\n", encoding="utf-8")
    assert load_mobil("a", tmp_path) == default.model_copy(update={"vehicles": 3})
    (tmp_path / "a" / "mobil.yaml").write_text('end: "07:00"\n', encoding="utf-8")
    with pytest.raises(DataError, match="lunch_from"):
        load_mobil("a", tmp_path)
