"""Results of the synthetic city as stored and reviewed.

``pytest tests/back --regenerate-golden`` stores new ones and says what changed. Six significant digits are stored; 1e-4
is allowed, so that another version of numpy or scipy passes.
"""

from pathlib import Path

import pandas as pd
import pytest

from carelab.params import Params
from carelab.study import Study
from carelab.terms import QUANTILE_COLUMNS

pytestmark = pytest.mark.back
GOLDEN = Path(__file__).parent / "golden"
DRAWS = 100
CITIES = (("halle", 2020), ("hannover", 2024), ("dessau_rosslau", 2020))
"""Cities estimated from coarser data and their base years; few draws, one table each."""
TABLES = ("demand_city", "population_city", "growth", "gap_city", "grades_city", "demand_group")
TEXT = dict.fromkeys(("district", "group", "name", "setting", "age_band", "status", "grade"), str)


def stored(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLDEN / f"{name}.csv", dtype=TEXT)


@pytest.mark.parametrize("name", TABLES)
def test_results_are_the_stored_ones(study: Study, name: str, request: pytest.FixtureRequest) -> None:
    compare(getattr(study, name), name, request)


@pytest.mark.parametrize(("city", "base_year"), CITIES)
def test_growth_by_district_of_a_city_is_the_stored_one(
    city: str, base_year: int, request: pytest.FixtureRequest
) -> None:
    table = Study(Params(city=city, base_year=base_year, draws=DRAWS)).growth
    compare(table.sort_values("district"), f"growth_{city}", request)


def compare(table: pd.DataFrame, name: str, request: pytest.FixtureRequest) -> None:
    """Compare a table with the stored one, or store it."""
    path = GOLDEN / f"{name}.csv"
    if request.config.getoption("--regenerate-golden"):
        before = stored(name) if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{name}: {changes(before, stored(name))}")
    pd.testing.assert_frame_equal(
        table.reset_index(drop=True), stored(name), check_dtype=False, rtol=1e-4, atol=1e-6, obj=name
    )


def changes(before: pd.DataFrame | None, after: pd.DataFrame) -> str:
    """Return in words how a stored table changed."""
    if before is None:
        return f"new, {len(after)} rows"
    if before.shape != after.shape or list(before.columns) != list(after.columns):
        return f"{before.shape} became {after.shape}, columns {sorted({*before.columns} ^ {*after.columns})}"
    quantiles = list(QUANTILE_COLUMNS)
    ratio = (after[quantiles] / before[quantiles] - 1).abs()
    differing = (ratio > 1e-9).any(axis=1)
    if not differing.any():
        return "unchanged" if after.equals(before) else "other columns than the quantiles changed"
    worst = ratio.max(axis=1).idxmax()
    return (
        f"{int(differing.sum())} of {len(after)} rows changed, most ({100 * ratio.loc[worst].max():.2g} %):\n"
        f"{pd.DataFrame({'before': before.loc[worst], 'after': after.loc[worst]}).to_string()}"
    )
