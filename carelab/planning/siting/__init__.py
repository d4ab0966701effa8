"""Siting: which homes become centres of their quarter, proven best, and good in many futures rather than one."""
