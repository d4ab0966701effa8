"""Abschnitte: the stages of a study in computing order; each adds named results to the one before."""
