"""Population by age and sex: base year, city and districts, cohort component."""
