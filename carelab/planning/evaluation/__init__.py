"""Evaluation: did it work, could we have seen it, and what may be said."""
