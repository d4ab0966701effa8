"""Settings of care: shares of people in need by age, met at the city's last count, moving as its Land's did, with their
spread.

Shares live on the log scale: log share[band, setting] = log reference share + shift[setting, year], renormalised. The
reference is Nordrhein-Westfalen, the only Land that publishes age by setting; its profile over age is used, not its
level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.care_levels import KREIS_BANDS, SURVEY_STEP
from carelab.terms import SETTINGS

SWEEPS = 60
LEAST_SHARE = 1e-4


@dataclass(frozen=True)
class Shares:
    """Shares of settings (order of terms.SETTINGS). ``profile`` (band, setting) log shares by age; ``shift``
    (setting,) that meets the city's last count; ``slope`` (setting,) yearly change seen in the Land since; ``sd``
    (setting,) per survey step.
    """

    profile: Array
    shift: Array
    slope: Array
    sd: Array
    land_change: Array


def age_profile(settings_age: pd.DataFrame) -> Array:
    """Return log shares (band, setting) of the latest year; Pflegegrad 1 without services has the same share at
    every age.
    """
    latest = settings_age[settings_age["year"] == settings_age["year"].max()]
    profile = np.zeros((len(KREIS_BANDS), len(SETTINGS)))
    for b, (first, last) in enumerate(KREIS_BANDS):
        counts = latest[latest["age_from"].between(first, last)].groupby("setting")["persons"].sum()
        shares = counts / counts.sum()
        profile[b] = [np.log(shares.get(setting, 1.0)) for setting in SETTINGS]
    return profile


def fit_shares(need: Array, counts: Array, profile: Array) -> Array:
    """Return shifts (setting,) such that need (band,) split by profile gives the counts (setting,); persons."""
    shift = np.zeros(len(SETTINGS))
    target = counts / counts.sum()
    for _ in range(SWEEPS):
        shift += np.log(target) - np.log(split(need, profile + shift) / need.sum())
    return shift


def split(need: Array, logits: Array) -> Array:
    """Return persons (..., setting): need (..., band) split by the softmax of logits (..., band, setting)."""
    result: Array = np.einsum("...b,...bk->...k", need, softmax(logits))
    return result


def softmax(logits: Array) -> Array:
    """Return shares that sum to 1 over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def setting_counts(settings: Mapping[str, float], total: float) -> Array:
    """Return persons (setting,) that sum to the total: what no setting counts is Pflegegrad 1 without services.

    ``zu_hause`` (cash benefit and home care together) stands for both where only it is known: split by the caller.
    """
    known = [settings.get(setting, np.nan) for setting in SETTINGS[:-1]]
    rest = total - float(np.nansum(known))
    return np.maximum(np.array([*known, rest]), LEAST_SHARE * total)


def land_change(settings_area: pd.DataFrame, totals: pd.Series, land: str, years: tuple[int, int]) -> Array:
    """Return changes (setting,) of log shares in a Land between two surveys; cash benefit and home care move together.

    ``totals`` people in need by year. Zeros where the Land has no counts for both years.
    """
    rows = settings_area[(settings_area["area"] == land) & settings_area["year"].isin(years)]
    shares = []
    for year in years:
        own = rows[rows["year"] == year].set_index("setting")["persons"]
        if year not in totals.index or "vollstationaer" not in own:
            return np.zeros(len(SETTINGS))
        home = own.get("zu_hause", own.get("pflegegeld", np.nan) + own.get("ambulant", np.nan))
        voll = float(own["vollstationaer"])
        rest = max(float(totals[year]) - float(home) - voll, LEAST_SHARE * float(totals[year]))
        shares.append(np.log(np.array([home, home, voll, rest], dtype=float) / float(totals[year])))
    change: Array = np.nan_to_num(shares[1] - shares[0])
    return change


def step_spread(settings_area: pd.DataFrame, totals: pd.DataFrame) -> Array:
    """Return standard deviations (setting,) over Kreise of one survey step of log shares beside all Kreise's median
    step.
    """
    kreise = settings_area[settings_area["level"] == "kreis"].merge(totals, on=["area", "year"])
    kreise = kreise[kreise["setting"].isin(SETTINGS)]
    kreise = kreise.assign(log_share=np.log(np.maximum(kreise["persons"] / kreise["people_in_need"], LEAST_SHARE)))
    table = kreise.pivot_table(index=["area", "setting"], columns="year", values="log_share")
    steps = table.diff(axis=1).iloc[:, 1:]
    beside = steps - steps.groupby("setting").transform("median")
    low, high = (beside.stack().groupby("setting").quantile(q) for q in (0.1, 0.9))
    sd = (high - low) / (2 * 1.2815515655446004)
    found = [float(sd.get(setting, np.nan)) for setting in SETTINGS]
    return np.nan_to_num(np.array(found), nan=float(np.nanmax(found)))


def draw_shares(
    shares: Shares, ahead: Array, known: Array, *, damping: float, rng: np.random.Generator, draws: int
) -> Array:
    """Return logits (draw, year, band, setting). ``known`` (year,) 0-1: how far the Land's last survey has been
    reached; ``ahead`` (year,) years beyond it, over which the Land's yearly change fades by ``damping``.
    """
    fading = damping * (1 - damping**ahead) / (1 - damping) if damping < 1 else ahead
    shift = shares.shift + known[:, None] * shares.land_change + fading[:, None] * shares.slope
    passed = np.diff(known * SURVEY_STEP + ahead, prepend=0.0)
    steps = rng.normal(0.0, 1.0, (draws, ahead.size, len(SETTINGS))) * shares.sd / np.sqrt(SURVEY_STEP)
    walk = np.cumsum(steps * (passed > 0)[:, None], axis=1)
    logits: Array = shares.profile + (shift + walk)[:, :, None, :]
    return logits
