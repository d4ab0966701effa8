"""What the Mobil's page says: units beside numbers, and no time on the road where nobody knows the ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from carelab.release import figures
from carelab.stages.outreach import Outreach
from carelab.study import Study

pytestmark = pytest.mark.functional


def findings(outreach: Outreach) -> str:
    told = figures.outreach_findings(
        outreach.services, outreach.designs, outreach.reach, outreach.extra, outreach.tornado,
        choice=(outreach.best, outreach.certainty), year=outreach.year, language="de",
    )  # fmt: skip
    return " ".join(told.sentences)


def test_where_ways_are_unknown_the_page_says_so_instead_of_zero(study: Study) -> None:
    outreach = Outreach(study)
    known = outreach.city
    assert outreach.ways_known
    outreach.__dict__["city"] = replace(known, km=np.zeros_like(known.km), area_ha=np.zeros_like(known.area_ha))
    table = figures.designs_table(outreach.designs, language="de")
    assert table.table.loc[table.table["unit"] == "percent", "median"].max() > 1, "shares are shown in percent"
    assert "Fahrzeiten sind nicht enthalten" in table.limits
    assert "Fahrzeiten sind nicht enthalten" in findings(outreach)
    assert "Straße" not in findings(outreach)
    month = figures.month_table(outreach.month.days, outreach.month.unserved, language="de")
    assert month.table["road"].isna().all()
    assert "Fahrzeiten sind nicht enthalten" in month.limits


def test_where_ways_are_known_time_on_the_road_is_said(study: Study) -> None:
    outreach = Outreach(study)
    assert "Auf der Straße vergehen" in findings(outreach)
    assert "Fahrzeiten" not in figures.designs_table(outreach.designs, language="de").limits
