"""carelab: small-area forecasts of care needs, with honest uncertainty."""

__version__ = "0.1.0"
