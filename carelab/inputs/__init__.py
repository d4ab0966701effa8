"""Eingang: the only room that reads data/; contracts, sources and importers."""
