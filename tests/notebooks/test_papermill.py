"""Plain papermill on the synthetic city, as a researcher would run it; the notebook's tables must hold."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from carelab.paths import NOTEBOOKS, PARAMS, ROOT
from carelab.release.bundles import read_notebook

pytestmark = pytest.mark.notebook


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """Tables of the demand notebook, executed by the papermill command with a params file."""
    out = tmp_path_factory.mktemp("papermill") / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(NOTEBOOKS / "03_demand.ipynb"), str(out)]
    command += ["-f", str(PARAMS / "musterstadt" / "baseline.yaml"), "-p", "draws", "200", "--no-progress-bar"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Passed unknown parameter" not in done.stderr, "every field of Params is known to the notebook"
    return {exhibit.id: exhibit.table for exhibit in read_notebook(out).exhibits}


def test_settings_add_up_to_the_counted_total(exhibits: dict[str, pd.DataFrame]) -> None:
    total, parts = exhibits["demand_city"], exhibits["settings_city"]
    counted = total[(total["status"] != "projected") & (total["year"] == 2021) & (total["setting"] == "total")]
    sums = parts[parts["year"] == 2021]["median"].sum()
    assert sums == pytest.approx(float(counted["median"].iloc[0]), abs=1)


def test_decomposition_parts_have_the_districts_of_the_ranking(exhibits: dict[str, pd.DataFrame]) -> None:
    growth, why = exhibits["growth_district"], exhibits["decomposition"]
    assert set(growth["district"]) <= set(why["district"])
    assert {"population", "ageing", "prevalence"} <= set(why["factor"])


def test_intervals_are_ordered(exhibits: dict[str, pd.DataFrame]) -> None:
    order = ["lower_95", "lower_80", "lower_50", "median", "upper_50", "upper_80", "upper_95"]
    for name in ("demand_city", "growth_district", "care_rates"):
        values = exhibits[name][order].to_numpy(dtype=float)
        assert (values[:, 1:] >= values[:, :-1] - 1e-9).all(), name
