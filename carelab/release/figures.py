"""Figures: the one door for notebooks. Every function takes tidy tables and returns an exhibit."""

from carelab.release.figures_access import (
    access_intervals,
    decay_table,
    flags_table,
    hot_spots_table,
    minutes_table,
    minutes_wide,
    modes_table,
    near_intervals,
    reach_map,
    sites_table,
)
from carelab.release.figures_actors import actor_kinds_table, actor_network, actor_positions_table
from carelab.release.figures_backtest import (
    care_coverage,
    care_rule_errors,
    district_coverage,
    district_rule_errors,
    interval_quality,
    own_record,
)
from carelab.release.figures_chain import (
    chain_districts_table,
    chain_matrix,
    chain_overview_table,
    home_concepts_table,
    one_more_site_table,
    survey_needs_table,
)
from carelab.release.figures_checks import backtest_errors, base_fit_errors, data_quality, sources_table, table_exhibit
from carelab.release.figures_districts import decomposition_bars, district_ranking
from carelab.release.figures_indicators import (
    funnel,
    indicator_catalogue,
    indicator_intervals,
    indicator_rows,
    indicator_table,
    mean_age_estimated,
)
from carelab.release.figures_maps import growth_map, oldest_map
from carelab.release.figures_measures import (
    indicators_since_table,
    measure_progress_table,
    measures_table,
    plan_late_table,
    plan_timeline,
)
from carelab.release.figures_need import care_rates, demand_fan, population_by_age, settings_over_time
from carelab.release.figures_parts import grades_over_time, group_table, local_context_table
from carelab.release.figures_places import gap_city_over_time, gap_intervals, rank_compare
from carelab.release.figures_profile import (
    profile_need,
    profile_physicians,
    profile_places,
    profile_population,
    profile_ranking,
)
from carelab.release.figures_sensitivity import tornado
from carelab.release.figures_siting import (
    siting_aims,
    siting_assumptions,
    siting_frequency,
    siting_gains,
    siting_losses,
    siting_map,
    siting_regrets,
    siting_stages,
)
from carelab.release.figures_tables import (
    anchoring_table,
    demand_table,
    facilities_table,
    load_table,
    physicians_table,
    population_table,
    trend_table,
)
from carelab.release.figures_verbund import cities_compared, cities_table, remarks_table
from carelab.release.figures_warning import rules_table, warning_findings, warning_table
from carelab.release.findings_siting import siting_findings
from carelab.release.needs import needs_exhibit
from carelab.release.official import official_table

__all__ = [
    "access_intervals",
    "actor_kinds_table",
    "actor_network",
    "actor_positions_table",
    "anchoring_table",
    "backtest_errors",
    "base_fit_errors",
    "care_coverage",
    "care_rates",
    "care_rule_errors",
    "chain_districts_table",
    "chain_matrix",
    "chain_overview_table",
    "cities_compared",
    "cities_table",
    "data_quality",
    "decay_table",
    "decomposition_bars",
    "demand_fan",
    "demand_table",
    "district_coverage",
    "district_ranking",
    "district_rule_errors",
    "facilities_table",
    "flags_table",
    "funnel",
    "gap_city_over_time",
    "gap_intervals",
    "grades_over_time",
    "group_table",
    "growth_map",
    "home_concepts_table",
    "hot_spots_table",
    "indicator_catalogue",
    "indicator_intervals",
    "indicator_rows",
    "indicator_table",
    "indicators_since_table",
    "interval_quality",
    "load_table",
    "local_context_table",
    "mean_age_estimated",
    "measure_progress_table",
    "measures_table",
    "minutes_table",
    "minutes_wide",
    "modes_table",
    "near_intervals",
    "needs_exhibit",
    "official_table",
    "oldest_map",
    "one_more_site_table",
    "own_record",
    "physicians_table",
    "plan_late_table",
    "plan_timeline",
    "population_by_age",
    "population_table",
    "profile_need",
    "profile_physicians",
    "profile_places",
    "profile_population",
    "profile_ranking",
    "rank_compare",
    "reach_map",
    "remarks_table",
    "rules_table",
    "settings_over_time",
    "sites_table",
    "siting_aims",
    "siting_assumptions",
    "siting_findings",
    "siting_frequency",
    "siting_gains",
    "siting_losses",
    "siting_map",
    "siting_regrets",
    "siting_stages",
    "sources_table",
    "survey_needs_table",
    "table_exhibit",
    "tornado",
    "trend_table",
    "warning_findings",
    "warning_table",
]
