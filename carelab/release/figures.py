"""Figures: the one door for notebooks. Every function takes tidy tables and returns an exhibit."""

from carelab.release.figures_backtest import (
    care_coverage,
    care_rule_errors,
    district_coverage,
    district_rule_errors,
    interval_quality,
    own_record,
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
from carelab.release.figures_need import care_rates, demand_fan, population_by_age, settings_over_time
from carelab.release.figures_outreach import (
    assumptions_table,
    designs_figure,
    designs_table,
    extra_table,
    groups_table,
    month_table,
    rates_tornado,
    reach_table,
    services_table,
)
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
from carelab.release.findings_outreach import outreach_findings
from carelab.release.needs import needs_exhibit

__all__ = [
    "anchoring_table",
    "assumptions_table",
    "backtest_errors",
    "base_fit_errors",
    "care_coverage",
    "care_rates",
    "care_rule_errors",
    "cities_compared",
    "cities_table",
    "data_quality",
    "decomposition_bars",
    "demand_fan",
    "demand_table",
    "designs_figure",
    "designs_table",
    "district_coverage",
    "district_ranking",
    "district_rule_errors",
    "extra_table",
    "facilities_table",
    "funnel",
    "gap_city_over_time",
    "gap_intervals",
    "grades_over_time",
    "group_table",
    "groups_table",
    "growth_map",
    "indicator_catalogue",
    "indicator_intervals",
    "indicator_rows",
    "indicator_table",
    "interval_quality",
    "load_table",
    "local_context_table",
    "mean_age_estimated",
    "month_table",
    "needs_exhibit",
    "oldest_map",
    "outreach_findings",
    "own_record",
    "physicians_table",
    "population_by_age",
    "population_table",
    "profile_need",
    "profile_physicians",
    "profile_places",
    "profile_population",
    "profile_ranking",
    "rank_compare",
    "rates_tornado",
    "reach_table",
    "remarks_table",
    "rules_table",
    "services_table",
    "settings_over_time",
    "sources_table",
    "table_exhibit",
    "tornado",
    "trend_table",
    "warning_findings",
    "warning_table",
]
