"""What the figures for the conference show: a few tables of each city, taken while its study is in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from carelab.forecast.summary import quantile_table
from carelab.planning.gap import probability_above
from carelab.stages.outreach import Outreach
from carelab.stages.roll_out import roll_out_power

if TYPE_CHECKING:
    from carelab.stages.siting import Siting

Tables = Mapping[str, pd.DataFrame]
COMPARED = ("share_80plus", "care_rate", "share_pflegegeld", "places_per_100_80plus")
"""Indicators shown side by side: old age, need, who cares, places."""
INFORMAL = ("care_potential", "family_carers")
TEST_HORIZONS = (2, 4, 6)
"""Years ahead of which the back-test is shown."""
DESIGN_MEASURES = ("cases", "cost_per_contact", "served_share")


def city_tables(study: Siting, *, year: int, places: bool) -> dict[str, pd.DataFrame]:
    """Return need, missing places, indicators, warnings and known files of one city.

    ``year`` is the common year of the cities; ``places``: nursing-home places are counted (without, gap, indicators
    and warnings are empty). The columns are those of ``Conference``, without the city's.
    """
    tables = {"need": _need(study, year)}
    if not places:
        return tables | dict.fromkeys(("gap", "indicators", "warnings", "files"), pd.DataFrame())
    warnings = study.warnings_since(year).drop(columns="city").merge(study.rule_words[["rule", "rule_name"]], on="rule")
    return tables | {
        "gap": _gap(study),
        "indicators": _indicators(study),
        "warnings": warnings,
        "files": _files(study, year),
    }


def single_tables(study: Siting, *, places: bool) -> dict[str, pd.DataFrame]:
    """Return what is shown of one city: the designs of its Mobil, what an evaluation of its roll-out could see, and
    the back-test, which is the same for all."""
    tables = {"backtest": _backtest(study)}
    if not places:
        return tables | dict.fromkeys(("designs", "power"), pd.DataFrame())
    outreach = Outreach(study)
    designs = outreach.designs[outreach.designs["measure"].isin(DESIGN_MEASURES)]
    chosen = designs["design"] == outreach.best
    designs = designs.assign(chosen=chosen, certainty=pd.Series(outreach.certainty, designs.index).where(chosen))
    return tables | {
        "designs": designs.assign(year=outreach.year, status="assumed", grade=study.city.info.grade),
        "power": roll_out_power(study, outreach),
    }


class Conference:
    """The tables of several cities below one another; each begins with city and city_name.

    ``parts`` city -> tables; ``names`` city -> name; ``mobil``: the city whose Mobil is shown and
    whether it plans one.
    """

    def __init__(self, parts: Mapping[str, Tables], names: Mapping[str, str], mobil: tuple[str, bool]) -> None:
        self._parts, self._names = parts, names
        self.mobil_city, self.mobil_planned = mobil

    @cached_property
    def need(self) -> pd.DataFrame:
        """People in need by year: year, quantile columns, status, grade."""
        return self._joined("need")

    @cached_property
    def gap(self) -> pd.DataFrame:
        """Missing places in the focus year: level (city, district), district, name, year, p_short, p_large, grade.

        City rows have ``districts`` and, of those, ``likely`` (p_large of at least 0.8); cities whose places are not
        known have no rows.
        """
        return self._joined("gap")

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """City values of a few indicators: columns of ``study.indicators`` and indicator_name."""
        return self._joined("indicators")

    @cached_property
    def warnings(self) -> pd.DataFrame:
        """Columns of ``study.warnings`` and rule_name, for all cities from the common year on."""
        return self._joined("warnings")

    @cached_property
    def backtest(self) -> pd.DataFrame:
        """Errors of people in need over all Kreise: columns of ``study.backtest_errors`` and coverage_80; no city."""
        return self._parts[self.mobil_city]["backtest"]

    @cached_property
    def files(self) -> pd.DataFrame:
        """Files that would help: ask, present."""
        return self._joined("files")

    @property
    def designs(self) -> pd.DataFrame:
        """Designs of the Mobil: columns of ``study.outreach.designs``, chosen, certainty, year, grade."""
        return self._joined("designs", (self.mobil_city,))

    @property
    def power(self) -> pd.DataFrame:
        """What an evaluation could see: columns of stages.roll_out.COLUMNS."""
        return self._joined("power", (self.mobil_city,))

    def _joined(self, name: str, cities: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return a table of the cities that have rows, below one another."""
        chosen = {city: self._parts[city][name] for city in cities or tuple(self._parts)}
        parts = [part for part in chosen.values() if len(part)]
        first = next(iter(chosen.values()))
        if not parts:
            return pd.DataFrame(columns=["city", "city_name", *first.columns])
        named = [part.assign(city=city, city_name=self._names[city]) for city, part in chosen.items() if len(part)]
        table = pd.concat(named, ignore_index=True)
        return table[["city", "city_name", *(column for column in table if column not in ("city", "city_name"))]]


def _need(study: Siting, year: int) -> pd.DataFrame:
    """Return people in need of the city: counted years, and all years from the common one on."""
    table = study.demand_city[study.demand_city["setting"] == "total"].drop(columns="setting")
    counted = table["status"].isin(["observed", "derived"])
    kept = table[counted | (table["year"] >= year)]
    return kept.assign(year=kept["year"].astype(int), grade=study.city.info.grade).reset_index(drop=True)


def _gap(study: Siting) -> pd.DataFrame:
    """Return the rows of ``Conference.gap`` of one city: the city first, then its ranked districts."""
    year, limit = study.params.focus_year, float(study.params.shortfall_places)
    draws = study.gap_draws.sel(year=[year]).transpose("draw", "district", "year")
    ranked = study.districts[study.districts["ranked"]] if not study.whole else study.districts.head(0)
    table = pd.DataFrame(
        {
            "district": study.districts.index,
            "name": study.districts["name"].to_numpy(),
            "p_short": probability_above(draws.values)[:, 0],
            "p_large": probability_above(draws.values, limit)[:, 0],
            "grade": study.districts["grade"].to_numpy(),
        }
    ).assign(level="district")
    table = table[table["district"].isin(ranked.index)]
    total = draws.sum("district")
    city = quantile_table(total).assign(
        level="city",
        district=study.city.info.ags,
        name=study.city.info.name,
        p_short=float((total > 0).mean()),
        districts=float(len(table)),
        likely=float((table["p_large"] >= LIKELY).sum()),
        grade=study.city.info.grade,
    )
    return pd.concat([city, table.assign(year=year)], ignore_index=True)


LIKELY = 0.8
"""From this probability on a large shortfall counts as likely, as in the rules of early warning."""


def _indicators(study: Siting) -> pd.DataFrame:
    """Return the city's rows of a few indicators, both sexes together."""
    table = study.indicators_of((*COMPARED, *INFORMAL))
    rows = table[(table["district"] == study.city.info.ags) & (table["sex"] == "t")]
    words = study.catalogue_words[["indicator", "indicator_name"]]
    return rows.drop(columns=["city", "name"]).merge(words, on="indicator")


def _backtest(study: Siting) -> pd.DataFrame:
    """Return errors and coverage of people in need over all Kreise."""
    errors = study.backtest_errors
    errors = errors[(errors["panel"] == "kreise") & (errors["target"] == "people_in_need")]
    found = study.calibration
    found = found[(found["panel"] == "kreise") & (found["size_class"] == "all")]
    table = errors.merge(found[["target", "horizon", "rule", "coverage_80"]], how="left")
    return table[table["horizon"].isin(TEST_HORIZONS)].reset_index(drop=True)


def _files(study: Siting, year: int) -> pd.DataFrame:
    """Return which files that a city could ask for are there; a newer count is one of ``year``, for all cities."""
    present = study.files_present | {"care_city": study.last_count >= year}
    return pd.DataFrame({"ask": list(present), "present": list(present.values())})
