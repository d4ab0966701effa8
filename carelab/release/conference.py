"""The slides of the conference in their order: eight figures, how wrong the method was, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from carelab.params import Params
from carelab.release.conference_backtest import backtest_slide, method_slide
from carelab.release.conference_compare import carers_slide, indicators_slide
from carelab.release.conference_mobil import mobil_slide, power_slide
from carelab.release.conference_need import gap_slide, need_slide
from carelab.release.conference_watch import missing_slide, warnings_slide
from carelab.release.exhibit import Findings
from carelab.release.slide import Slide

FIGURES = 8


class ConferenceTables(Protocol):
    """What the slides show; a Conference has it (columns: stages/conference.py)."""

    @property
    def need(self) -> pd.DataFrame: ...
    @property
    def gap(self) -> pd.DataFrame: ...
    @property
    def indicators(self) -> pd.DataFrame: ...
    @property
    def warnings(self) -> pd.DataFrame: ...
    @property
    def backtest(self) -> pd.DataFrame: ...
    @property
    def files(self) -> pd.DataFrame: ...
    @property
    def designs(self) -> pd.DataFrame: ...
    @property
    def power(self) -> pd.DataFrame: ...
    @property
    def mobil_planned(self) -> bool: ...


def conference_slides(tables: ConferenceTables, growth: pd.DataFrame, *, year: int, params: Params) -> list[Slide]:
    """Return eight figures, then method and what is missing. ``growth`` of the Verbund, ``year`` the common year."""
    language, focus = params.language, params.focus_year
    return [
        need_slide(tables.need, growth, years=(year, focus, params.horizon_year), language=language),
        gap_slide(tables.gap, year=focus, limit=params.shortfall_places, language=language),
        backtest_slide(tables.backtest, language=language),
        indicators_slide(tables.indicators, year=focus, language=language),
        warnings_slide(tables.warnings, years=(year, params.horizon_year), language=language),
        carers_slide(tables.indicators, year=focus, language=language),
        mobil_slide(tables.designs, planned=tables.mobil_planned, language=language),
        power_slide(tables.power, language=language),
        method_slide(tables.backtest, language=language),
        missing_slide(tables.files, language=language),
    ]


def messages(slides: Sequence[Slide]) -> Findings:
    """Return the messages of the eight figures."""
    return Findings([f"{each.title}." for each in slides[:FIGURES]], slides[0].language, key=True)
