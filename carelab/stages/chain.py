"""Chain of care of a study: links by district, actors and agreements, needs and homes' concepts, measures."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import numpy as np
import pandas as pd

from carelab.inputs.schedules import schedule_columns
from carelab.inputs.supply_chain import load_links
from carelab.planning import actors as actor_model
from carelab.planning import measures as measure_model
from carelab.planning import quarter_needs, supply_chain
from carelab.planning.chain_offers import chain_offers
from carelab.stages.sensitivity import Sensitivity
from carelab.terms import say
from carelab.terms_chain import ACTOR_KINDS, MILESTONE_STATES

OLD = ("75-79", "80-84", "85-89", "90+")
"""Age bands of those for whom the chain is measured: from 75 on."""
SUPPLY_SERIES = ("services", "staff_services", "staff_homes", "places_permanent")


class Chain(Sensitivity):
    """What each quarter has of a chain of care, who works together, and what was promised."""

    @cached_property
    def chain_links(self) -> pd.DataFrame:
        """The links, what counts as each, and how near it must be (data/reference/supply_chain.yaml)."""
        return load_links()

    @cached_property
    def chain_offers(self) -> pd.DataFrame:
        """Every known offer that counts as a link at the end of the base year (planning.chain_offers)."""
        return chain_offers(self.city.tables(), self.chain_links, year=self.params.base_year)

    @cached_property
    def chain_matrix(self) -> pd.DataFrame:
        """One row per inhabited district and link: state, settled, found, nearest_m, basis, robust."""
        return supply_chain.completeness(
            self.chain_offers, self.districts, links=self.chain_links, coverage=self.city.coverage
        )

    @cached_property
    def chain_districts(self) -> pd.DataFrame:
        """district, name, existing, planned, not_found, unknown, weakest, weakest_reach, people_75plus."""
        table = supply_chain.weakest_links(self.chain_matrix, self.chain_links)
        people = self._old_people.median(axis=1).where(self.districts["ranked"])
        return table.assign(people_75plus=table["district"].map(people))

    @cached_property
    def chain_overview(self) -> pd.DataFrame:
        """One row per link: reach, whether its list is complete, districts and people 75+ by state."""
        table = supply_chain.link_table(
            self.chain_matrix, self.chain_links, coverage=self.city.coverage, people=self._old_people
        )
        links, language = self.chain_links, self.params.language
        said = [say(language, de, en) for de, en in zip(links["what_de"], links["what_en"], strict=True)]
        return table.assign(counts_as=table["link"].map(pd.Series(said, index=links.index)))

    @cached_property
    def one_more_site(self) -> pd.DataFrame:
        """What one more site of a link in a district would do for people aged 75+ in the focus year."""
        return supply_chain.one_more_site(
            self.chain_matrix, self.districts, links=self.chain_links, people=self._old_people
        )

    @cached_property
    def actor_positions(self) -> pd.DataFrame:
        """Institutions in the network of each quarter (planning.actors.POSITIONS)."""
        return actor_model.actor_positions(self.city.actors, self.city.agreements, self.districts["name"])

    @cached_property
    def actor_edges(self) -> pd.DataFrame:
        """Agreements within each quarter's network, and those under negotiation."""
        return actor_model.actor_edges(self.actor_positions, self.city.agreements)

    @cached_property
    def actor_kinds(self) -> pd.DataFrame:
        """Kinds of institutions by district: linked, negotiated, alone, unknown_link, not_found or unknown."""
        lived = self.districts.loc[self.districts["inhabited"], "name"]
        return actor_model.quarter_kinds(
            self.actor_positions, names=lived, kinds=ACTOR_KINDS, coverage=self.city.coverage
        )

    @cached_property
    def home_concepts(self) -> pd.DataFrame:
        """Homes that could become a centre, and which lacking links of their district they plan."""
        known = self.chain_offers.drop_duplicates("site").set_index("site")["district"]
        homes = self.city.facilities
        place = homes["district"].where(homes["district"] != "", homes["facility"].map(known).astype(object).fillna(""))
        return quarter_needs.homes_for_gaps(self.city.home_concepts, homes.assign(district=place), self.chain_matrix)

    @cached_property
    def survey_needs(self) -> pd.DataFrame:
        """Needs that people named in surveys, with margins of error."""
        return quarter_needs.survey_table(self.city.needs_survey, self.districts["name"])

    @cached_property
    def plan_date(self) -> dt.date:
        """The day of the list of milestones: the latest on which one was told, else the end of the base year."""
        told = [measure_model.last_day(text) for text in self.city.milestones["as_of"] if text]
        return max(told, default=dt.date(self.params.base_year, 12, 31))

    @cached_property
    def plan_state(self) -> pd.DataFrame:
        """Where every milestone stands on ``plan_date``."""
        return self.plan_at(self.plan_date)

    def plan_at(self, at: dt.date) -> pd.DataFrame:
        """Return where every milestone stands on another day (planning.measures.STATE_COLUMNS)."""
        milestones = schedule_columns(self.city.milestones)
        return measure_model.plan_against_state(milestones, self.city.measures, at=at)

    @cached_property
    def plan_counts(self) -> pd.DataFrame:
        """Number of milestones by state: state, milestones_total; all states, also in a city without milestones."""
        counts = self.plan_state["state"].value_counts().reindex(list(MILESTONE_STATES), fill_value=0)
        return counts.rename_axis("state").rename("milestones_total").reset_index()

    @cached_property
    def measures(self) -> pd.DataFrame:
        """What was promised, by whom, at what cost, and how many milestones stand where."""
        return measure_model.measure_table(self.city.measures, self.plan_state, self.districts["name"])

    @cached_property
    def indicators_since(self) -> pd.DataFrame:
        """What the counted figures of the city did since each measure began."""
        return measure_model.indicators_since(self.city.measures, self.city_series)

    @cached_property
    def city_series(self) -> pd.DataFrame:
        """Counted figures of the city by year: indicator, year, value. Supply, people in need, cash benefit."""
        care = self.city.care[self.city.care["sex"] == "t"]
        named = care[care["measure"].isin(["people_in_need", "pflegegeld"])]
        named = named.assign(measure=named["measure"].replace("pflegegeld", "pflegegeld_cases"))
        supply = self.city.supply[self.city.supply["measure"].isin(SUPPLY_SERIES)]
        parts = [named.rename(columns={"persons": "value"}), supply]
        table = pd.concat([part[["measure", "year", "value"]] for part in parts], ignore_index=True)
        return table.rename(columns={"measure": "indicator"})

    @cached_property
    def _old_people(self) -> pd.DataFrame:
        """People aged 75+ in the focus year (index district, a column per draw); 0 where too few live to be shown."""
        bands = self._age_bands.sel(age_band=list(OLD), year=self.params.focus_year).sum("age_band")
        values = bands.transpose("district", "draw").values
        shown = self.districts["ranked"].to_numpy(bool)[:, None]
        return pd.DataFrame(np.where(shown, values, 0.0).astype(float), index=list(self._tables.districts))
