"""Care rates: age-sex schedule, trend, local ratio, settings, people in need."""
