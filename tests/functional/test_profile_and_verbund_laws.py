"""Laws of the district's page and of the comparison: they say what the study says, of the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from carelab.params import Params
from carelab.release import findings
from carelab.stages.profile import Profile
from carelab.stages.verbund import Verbund
from carelab.study import Study
from carelab.terms import UserError

pytestmark = pytest.mark.functional


def test_a_profile_repeats_the_study(study: Study) -> None:
    profile = Profile(study)
    assert profile.district == study.growth["district"].iloc[0]
    year = study.params.focus_year
    mine = profile.need[(profile.need["year"] == year) & (profile.need["setting"] == "total")]["median"].item()
    whole = study.demand_district.query("year == @year and setting == 'total' and district == @profile.district")
    assert mine == whole["median"].item()
    assert profile.why["factor"].tolist().count("total") == 1


def test_ranks_of_all_districts_hold_their_median_and_are_complete(study: Study) -> None:
    ranking = Profile(study).ranking
    assert ranking["rank"].tolist() == list(range(1, len(ranking) + 1))
    assert (ranking["rank_from"] >= 1).all()
    assert (ranking["rank_to"] <= len(ranking)).all()
    assert (ranking["rank_from"] <= ranking["rank_to"]).all()
    assert set(ranking["district"]) == set(study.districts.index[study.districts["ranked"]])


@pytest.mark.parametrize("district", ["01", "02", "03", "04", "05"])
def test_every_district_has_sentences(study: Study, district: str) -> None:
    profile = Profile(study, district)
    sentences = findings.profile_findings(profile, params=study.params).sentences
    assert profile.name in sentences[0]
    assert "Belegstufe" in sentences[-1]
    assert ("weniger als 100" in sentences[-1]) == (not profile.ranked)
    assert not any("nan" in sentence for sentence in sentences)


def test_an_unknown_district_is_refused_with_some_that_exist(study: Study) -> None:
    with pytest.raises(UserError, match="„99“ gibt es nicht; vorhanden zum Beispiel 01"):
        Profile(study, "99")


def test_what_a_notebook_speaks_about_changes_no_result(study: Study) -> None:
    other = study.about(study.params.model_copy(update={"district": "02"}))
    assert other.params.district == "02"
    assert other.demand is study.demand


def test_the_verbund_takes_the_largest_base_year_and_sums_the_districts(study: Study) -> None:
    params = study.params.model_copy(update={"cities": "musterstadt@2025,dessau_rosslau@2024"})

    def opened(wanted: Params) -> Study:
        assert wanted.cities is None
        assert wanted.base_year == {"musterstadt": 2025, "dessau_rosslau": 2024}[wanted.city]
        return study if wanted.city == "musterstadt" else study.about(wanted)

    verbund = Verbund(params, opened)
    assert verbund.year == 2025
    total = study.demand.sel(year=2025).sum(["district", "setting"])
    row = verbund.need.query("city == 'musterstadt' and measure == 'persons' and year == 2025")
    assert row["median"].item() == pytest.approx(float(total.median("draw")))
    per = verbund.need.query("city == 'musterstadt' and measure == 'per_1000' and year == 2025")["median"].item()
    people = study.population.sel(year=2025).sum(["district", "sex", "age"], dtype=np.float64)
    assert per == pytest.approx(float((1000 * total / people).median("draw")), rel=1e-9)
    late = verbund.remarks.query("text.str.contains('2024')", engine="python")
    assert len(late) == 1
    sentences = findings.verbund_findings(verbund, params=params).sentences
    assert "2025" in sentences[0]
    assert "2024" in sentences[0]
    assert any("überlappen" in sentence for sentence in sentences), "equal cities cannot be told apart"


def test_a_base_year_after_the_focus_year_is_refused(study: Study) -> None:
    with pytest.raises(UserError, match="erwartet: vor 2035"):
        _ = Verbund(study.params.model_copy(update={"cities": "musterstadt@2036"}), Study).base_years
