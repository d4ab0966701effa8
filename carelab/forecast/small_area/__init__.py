"""Small-area projection of any panel: shrunk cohort change ratios, totals, past errors."""
