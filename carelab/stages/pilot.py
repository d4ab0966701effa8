"""Did it work: reach, equity and process of a logbook against the forecast of need, and the registered comparison.

Lazy; no step of a run. Where a city has no design, logbook or outcomes yet, tables are empty and ``missing`` says what
to bring; what roll-outs at hand could see is computed all the same.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from carelab.forecast.summary import quantile_table
from carelab.inputs.pilot import Pilot, load_pilot, load_truth
from carelab.planning import pilot_measures
from carelab.planning.equity import concentration_index, fifths, gap_by_chance
from carelab.planning.evaluation.comparison import CLUSTERED, EFFECT, PLACEBO, SINCE
from carelab.planning.evaluation.planned import COLUMNS as PLANNED
from carelab.planning.evaluation.planned import Assumed, planned_effects
from carelab.planning.logbook import TOTAL
from carelab.planning.outreach.travel import Array
from carelab.stages.evaluation import Results, evaluate
from carelab.stages.outreach_at import OutreachAt
from carelab.stages.pilot_site import PATHS, TABLE, SiteResults, evaluate_site
from carelab.stages.simulated_truth import COLUMNS as TRUTH_COLUMNS
from carelab.stages.simulated_truth import beside_truth
from carelab.terms import QUANTILE_COLUMNS, UserError

if TYPE_CHECKING:
    from carelab.stages.needs import Needs

AT_HOME = ("pflegegeld", "ambulant", "pg1_only")
GRADE_BANDS = {"pg1": [1], "pg2_3": [2, 3], "pg4_5": [4, 5]}
TAKE_UP = {
    "care_counselling": ("counselling",),
    "advisory_visit": ("advisory",),
    "identity_card": ("cards_home", "cards_homes"),
    "registration": ("registration",),
    "discharge": ("discharge",),
}
"""Service of the logbook -> services of the forecast of requests (planning.outreach.events)."""
PLANNED_DRAWS = 300
ALPHA = 0.05
EMPTY = pd.DataFrame()


class PilotEvaluation:
    """The evaluation of one city. Tables: docs/architecture.md."""

    def __init__(self, study: Needs) -> None:
        self.study, self.params = study, study.params

    @cached_property
    def pilot(self) -> Pilot:
        """Design, outcomes, contacts; simulated or real."""
        return load_pilot(self.study.published)

    @property
    def simulated(self) -> bool:
        """Say whether everything here is made up: every page says so."""
        return self.pilot.simulated

    @property
    def missing(self) -> tuple[str, ...]:
        """What is lacking for an evaluation: design, registration, log, outcomes."""
        pilot = self.pilot
        lacking = {
            "design": pilot.design is None,
            "log": pilot.log.empty,
            "outcomes": pilot.design is not None and not pilot.measured(pilot.design),
        }
        return tuple(name for name, is_lacking in lacking.items() if is_lacking)

    @cached_property
    def results(self) -> Results | None:
        """The registered comparison; None without design or outcomes."""
        pilot = self.pilot
        if pilot.design is None or not pilot.measured(pilot.design):
            return None
        return evaluate(pilot.design, pilot.design_log, pilot.outcomes)

    @cached_property
    def site(self) -> SiteResults | None:
        """The registered look at a single site; None without design or outcomes."""
        known = self.pilot
        ready = known.site is not None and known.measured(known.site)
        return evaluate_site(known.site, known.design_log, known.outcomes) if known.site and ready else None

    @property
    def site_tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What a single site shows by method (columns pilot_site.TABLE) and its series (PATHS); empty without."""
        if self.site is None:
            return pd.DataFrame(columns=list(TABLE)), pd.DataFrame(columns=list(PATHS))
        return self.site.table, self.site.paths

    @cached_property
    def log_year(self) -> int | None:
        """The last year to whose end the logbook was kept; None without one."""
        years = pilot_measures.full_years(self.pilot.log) if len(self.pilot.log) else []
        return years[-1] if years else None

    def contacts(self, column: str) -> pd.DataFrame:
        """Contacts of the logbook's year by a column of the log, small cells hidden (planning.pilot_measures)."""
        assert self.log_year is not None
        return pilot_measures.published_year(self.pilot.log, self.log_year, column)

    @property
    def year(self) -> int:
        """The year of need that contacts are compared with: the logbook's, as far as the study reaches."""
        wanted = self.params.base_year if self.log_year is None else self.log_year
        return min(max(wanted, self.params.base_year), self.params.horizon_year)

    @cached_property
    def need(self) -> xr.DataArray:
        """People in need at home (draw, district) in ``year``."""
        at_home = [setting for setting in AT_HOME if setting in self.study.demand["setting"].values]
        found = self.study.demand.sel(year=self.year, setting=at_home).sum("setting").transpose("draw", "district")
        return found.astype(np.float64)

    @cached_property
    def reach(self) -> pd.DataFrame:
        """Reach: district (last: city), name, contacts, first, need, served, quantile columns (first / need), grade.

        Counts are NaN where small cells are hidden.
        """
        if self.log_year is None:
            return EMPTY
        districts = self.study.districts
        shown = districts.index[districts["ranked"]]
        counts = self.contacts("district")
        ags, name = self.study.city.info.ags, self.study.city.info.name
        need = xr.concat([self.need.sel(district=shown), self._city_need], dim="district")
        keys = [*shown, TOTAL]
        persons = np.array([counts["first"].get(key, 0.0) for key in keys], dtype=float)
        table = quantile_table(need.copy(data=persons / np.maximum(need.values, 1e-9)))
        return table.assign(
            name=[*districts.loc[shown, "name"], name],
            contacts=[counts["contacts"].get(key, 0.0) for key in keys],
            first=persons,
            need=np.median(need.values, axis=0),
            served=[self._served(str(key)) for key in keys],
            grade=[*districts.loc[shown, "grade"], self.study.city.info.grade],
            district=[*shown, ags],
        )[["district", "name", "contacts", "first", "need", "served", *QUANTILE_COLUMNS, "grade"]]

    @property
    def _city_need(self) -> xr.DataArray:
        return self.need.sum("district").expand_dims(district=[TOTAL], axis=1)

    def _served(self, district: str) -> float:
        """Return the share of need (as registered) in units that had started by the end of the logbook's year."""
        design, units = self.pilot.design, self.pilot.units.set_index("unit")["district"]
        if design is None:
            return float("nan")
        inside = [unit for unit in design.units if district in (TOTAL, units.get(unit.district))]
        begun = [unit.need for unit in inside if unit.start <= f"{self.log_year}-H2"]
        whole = sum(unit.need for unit in inside)
        return sum(begun) / whole if whole > 0 else float("nan")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Reach by Pflegegrad band in the whole city: group, first, need (median), quantile columns."""
        if self.log_year is None or self.study.grades_city.empty:
            return EMPTY
        counts = pilot_measures.published_counts(self.pilot.log, self.log_year, "pflegegrad_band", first=True)
        grades = self.study.grades.sel(year=self.year, setting=list(AT_HOME)).sum("setting")
        need = xr.concat([grades.sel(grade=some).sum("grade") for some in GRADE_BANDS.values()], dim="group")
        need = need.assign_coords(group=list(GRADE_BANDS)).transpose("draw", "group").astype(np.float64)
        persons = np.array([counts.get(key, 0.0) for key in GRADE_BANDS], dtype=float)
        table = quantile_table(need.copy(data=persons / np.maximum(need.values, 1e-9)))
        table = table.assign(first=persons, need=np.median(need.values, axis=0))
        return table[["group", "first", "need", *QUANTILE_COLUMNS]]

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Equity over districts without hidden counts: measure, quantile columns, districts (how many)."""
        if self.log_year is None:
            return EMPTY
        rows = self.reach.iloc[:-1].dropna(subset=["first"])
        if len(rows) < 2:
            return EMPTY
        need = self.need.sel(district=list(rows["district"])).values
        reached = rows["first"].to_numpy(float)
        rate = np.divide(reached, need, out=np.zeros(need.shape), where=need > 0)
        best, least = fifths(rate, need)
        rng = np.random.default_rng([self.params.seed, *b"equity"])
        measures = {"least_fifth": least, "best_fifth": best, "gap_fifths": best - least}
        measures["gap_by_chance"] = gap_by_chance(reached, need, rng)
        for name, ranked in self._rankings(list(rows["district"])).items():
            measures[f"concentration_{name}"] = concentration_index(rate, need, ranked)
        return self._quantiles(measures).assign(districts=len(rows))

    def _rankings(self, keys: list[str]) -> dict[str, Array]:
        """Return what districts are ranked by: households with Wohngeld, people of 65 and over (where known of all)."""
        context = self.study.local_context.set_index("district").reindex(keys)
        known = {"wohngeld": context["wohngeld_per_1000"], "share_65plus": context["share_65plus"]}
        return {name: values.to_numpy(float) for name, values in known.items() if np.isfinite(values).all()}

    @cached_property
    def _mobil(self) -> OutreachAt:
        """Rates, hours and requests of the Mobil in the year looked at."""
        return OutreachAt(self.study, self.year)

    @cached_property
    def take_up(self) -> pd.DataFrame:
        """Take-up by service: service, contacts, quantile columns (contacts / due), assumed_low, assumed_high."""
        if self.log_year is None:
            return EMPTY
        requests, rates = self._mobil, {rate.id: rate for rate in self._mobil.rates}
        counts = pilot_measures.published_counts(self.pilot.log, self.log_year, "service", first=False)
        rows, draws = [], []
        for service, parts in TAKE_UP.items():
            if service not in counts.index:
                continue
            due = np.asarray(sum(requests.due[part].sum(axis=1) for part in parts))
            assumed = [rates[f"take_up_{part}"] for part in parts]
            draws.append(counts[service] / np.maximum(due, 1e-9))
            low, high = min(each.low for each in assumed), max(each.high for each in assumed)
            rows.append({"service": service, "contacts": counts[service], "assumed_low": low, "assumed_high": high})
        table = self._quantiles({row["service"]: each for row, each in zip(rows, draws, strict=True)})
        return pd.DataFrame(rows).join(table[list(QUANTILE_COLUMNS)])

    @cached_property
    def process(self) -> pd.DataFrame:
        """Process in the logbook's year: measure, quantile columns, status (observed or assumed)."""
        if self.log_year is None:
            return EMPTY
        whole, mobil, drawn = self.contacts("service").iloc[-1], self._mobil.mobil, self._mobil.drawn
        contacts, minutes, km = (float(whole[name]) for name in ("contacts", "minutes", "kilometres"))
        one = np.ones(len(drawn["speed"]))
        days = mobil.weeks * mobil.days_per_week * (1 - drawn["days_lost"])
        measures = {
            "contacts": contacts * one,
            "minutes_per_contact": minutes / contacts * one,
            "km_per_contact": km / contacts * one,
            "contacts_per_day": contacts / days,
            "road_share": pilot_measures.road_share(km, minutes, drawn["speed"]),
            "cost_per_contact": drawn["budget"] / drawn["project_years"] / contacts,
        }
        counted = ["observed"] * 3 + ["assumed"] * 3
        return self._quantiles(measures).assign(status=counted)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Outcomes: outcome, role, estimate, lower_80, upper_80, p_value, mde, target, verdict, p_clustered."""
        if self.results is None:
            return EMPTY
        rows = [
            {
                "outcome": one.key, "role": one.role, "estimate": one.found.estimate, "lower_80": one.found.lower,
                "upper_80": one.found.upper, "p_value": one.found.p_value, "mde": one.mde, "target": one.target,
                "verdict": one.verdict(self.results.alpha), "p_clustered": one.clustered,
            }
            for one in self.results.outcomes
        ]  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def events(self) -> pd.DataFrame:
        """Effects by half-year: outcome, role, since (negative: placebo), estimate, lower_80, upper_80, p_value."""
        if self.results is None:
            return EMPTY
        rows = [
            (one.key, one.role, since, found.estimate, found.lower, found.upper, found.p_value)
            for one in self.results.outcomes
            for since, found in one.events.items()
        ]
        return pd.DataFrame(rows, columns=["outcome", "role", "since", "estimate", "lower_80", "upper_80", "p_value"])

    @cached_property
    def checks(self) -> pd.DataFrame:
        """Every test that is printed: outcome, test, p_value, rejected, attainable, runs (null check on the design)."""
        if self.results is None:
            return EMPTY
        parts = []
        for one in self.results.outcomes:
            placebos = {f"{PLACEBO}{lead}": found.p_value for lead, found in one.placebos.items()}
            printed = {EFFECT: one.found.p_value, CLUSTERED: one.clustered} | placebos
            if one.role == "primary":
                printed |= {f"{SINCE}{at}": found.p_value for at, found in one.events.items() if at >= 0}
            told = one.null[one.null["test"].isin(list(printed))]
            parts.append(told.assign(outcome=one.key, p_value=told["test"].map(printed)))
        return pd.concat(parts, ignore_index=True)[["outcome", "test", "p_value", "rejected", "attainable", "runs"]]

    @cached_property
    def planned(self) -> pd.DataFrame:
        """Detectable effects of roll-outs at hand on this forecast (planning.evaluation.planned); may be empty."""
        ranked = list(self.study.districts.index[self.study.districts["ranked"]])
        try:
            return planned_effects(
                self.need.sel(district=ranked).values[:PLANNED_DRAWS], Assumed(), alpha=ALPHA, seed=self.params.seed
            )
        except UserError:
            return pd.DataFrame(columns=list(PLANNED))

    @cached_property
    def truth(self) -> pd.DataFrame:
        """Simulated only, what was put in beside what was found: measure, part, truth, found, interval, inside."""
        if not self.simulated or self.results is None:
            return pd.DataFrame(columns=list(TRUTH_COLUMNS))
        known = load_truth(self.params.city)
        reached = pd.concat(
            [self.reach.rename(columns={"district": "part"}), self.groups.rename(columns={"group": "part"})]
        )
        found = {("reached", row["part"]): row for row in reached.to_dict("records")}
        found |= {("effect", row["outcome"]): row for row in self.effects.to_dict("records")}
        found |= {(row["method"], row["outcome"]): row for row in self.site_tables[0].to_dict("records")}
        return beside_truth(known, found)

    @staticmethod
    def _quantiles(measures: dict[str, Array]) -> pd.DataFrame:
        draws = xr.DataArray(np.stack(list(measures.values()), axis=1), dims=("draw", "measure"),
                             coords={"measure": list(measures)})  # fmt: skip
        return quantile_table(draws)
