"""Trend models for all series at once (state space)."""
