"""Population x rate against the independent computation of reference_values.json."""

import json
from pathlib import Path

import numpy as np
import pytest

from carelab.forecast.care.demand import need_by_band
from carelab.terms import AGE_TOP

REFERENCE = json.loads((Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8"))
AGES = [30, 72, 82, AGE_TOP]
PERSONS = [8600, 1600, 750, 300]
RATES = {"constant": [0.01, 0.08, 0.25, 0.55], "trend": [0.012, 0.10, 0.31, 0.66]}


@pytest.mark.unit
@pytest.mark.parametrize("variant", RATES)
def test_need_is_population_times_rate(variant: str) -> None:
    persons = np.zeros((1, 1, 1, 2, AGE_TOP + 1), dtype=np.float32)
    persons[..., 0, AGES] = PERSONS
    hazard = np.zeros((2, AGE_TOP + 1))
    hazard[0, AGES] = -np.log1p(-np.array(RATES[variant]))
    need = need_by_band(persons, hazard, np.zeros((1, 1)))
    assert need.sum() == pytest.approx(REFERENCE["prevalence_projection"][variant], rel=1e-6), "float32 draws"
