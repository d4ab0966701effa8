"""Figures: the one door for notebooks. Every function takes tidy tables and returns an exhibit."""

from carelab.release.figures_checks import backtest_errors, base_fit_errors, data_quality, sources_table, table_exhibit
from carelab.release.figures_districts import decomposition_bars, district_ranking
from carelab.release.figures_need import care_rates, demand_fan, population_by_age, settings_over_time
from carelab.release.figures_places import gap_city_over_time, gap_intervals, rank_compare

__all__ = [
    "backtest_errors",
    "base_fit_errors",
    "care_rates",
    "data_quality",
    "decomposition_bars",
    "demand_fan",
    "district_ranking",
    "gap_city_over_time",
    "gap_intervals",
    "population_by_age",
    "rank_compare",
    "settings_over_time",
    "sources_table",
    "table_exhibit",
]
