"""Loaded before nbval (``-p tests.quick_start``): nbformat without the grammars that take two seconds per process."""

from carelab.runs.quick_import import import_nbformat

import_nbformat()
