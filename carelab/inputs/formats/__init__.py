"""Readers for the files that cities and statistics offices really hand out (docs/formats.md)."""
