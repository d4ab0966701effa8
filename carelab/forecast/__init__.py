"""Vorausberechnung: population, care rates, demand, and how wrong they were."""
