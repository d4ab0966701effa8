"""Figures: the one door for notebooks. Every function takes tidy tables and returns an exhibit."""

from carelab.release.figures_checks import backtest_errors, base_fit_errors, data_quality, sources_table, table_exhibit
from carelab.release.figures_districts import decomposition_bars, district_ranking
from carelab.release.figures_maps import growth_map, oldest_map
from carelab.release.figures_need import care_rates, demand_fan, population_by_age, settings_over_time
from carelab.release.figures_places import gap_city_over_time, gap_intervals, rank_compare
from carelab.release.figures_sensitivity import tornado
from carelab.release.figures_tables import (
    anchoring_table,
    demand_table,
    facilities_table,
    load_table,
    physicians_table,
    population_table,
    trend_table,
)
from carelab.release.needs import needs_exhibit

__all__ = [
    "anchoring_table",
    "backtest_errors",
    "base_fit_errors",
    "care_rates",
    "data_quality",
    "decomposition_bars",
    "demand_fan",
    "demand_table",
    "district_ranking",
    "facilities_table",
    "gap_city_over_time",
    "gap_intervals",
    "growth_map",
    "load_table",
    "needs_exhibit",
    "oldest_map",
    "physicians_table",
    "population_by_age",
    "population_table",
    "rank_compare",
    "settings_over_time",
    "sources_table",
    "table_exhibit",
    "tornado",
    "trend_table",
]
