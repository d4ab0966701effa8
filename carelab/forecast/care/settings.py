"""Settings of care: shares of people in need by age, met at the city's last count, moving as its Land's did.

Shares live on the log scale: log share[band, setting] = log reference share + shift[setting, year], renormalised. The
reference is Nordrhein-Westfalen, the only Land that publishes age by setting; its profile over age is used, not its
level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from carelab.forecast.arrays import Array
from carelab.forecast.care.cities_panel import KREIS_BANDS
from carelab.forecast.care.trend import SURVEY_STEP, WIDTH_80
from carelab.terms import SETTINGS, UserError

SWEEPS = 60
LEAST_SHARE = 1e-4


@dataclass(frozen=True)
class Shares:
    """Shares of settings (order of terms.SETTINGS) on the log scale.

    ``profile`` (band, setting) log shares by age; ``shift`` (setting,) that meets the city's count of ``year``;
    ``land_change`` (setting,) seen in its Land from then to ``known_year``; ``sd`` (setting,) per survey step.
    """

    profile: Array
    shift: Array
    land_change: Array
    sd: Array
    year: int
    known_year: int


def learn_shares(
    need: Array, counts: Array, reference: Mapping[str, pd.DataFrame], *, land: str, years: tuple[int, int], until: int
) -> Shares:
    """Return the shares of a city: ``need`` (band,) and ``counts`` (setting,) persons at its last count.

    ``reference`` tables of data/reference by name; ``years`` of the city's last count and of its Land's last survey;
    figures of years after ``until`` are not used, but for the profile over age where there was none yet.
    """
    profile = age_profile(reference["care_settings_age"], until=until)
    areas, totals = (reference[name] for name in ("care_settings_area", "care_totals"))
    areas, totals = areas[areas["year"] <= until], totals[totals["year"] <= until]
    people = totals[totals["area"] == land].set_index("year")["people_in_need"]
    return Shares(
        profile=profile,
        shift=fit_shares(need, counts, profile),
        land_change=land_change(areas, people, land, years),
        sd=step_spread(areas, totals[totals["level"] == "kreis"]),
        year=years[0],
        known_year=years[1],
    )


def age_profile(settings_age: pd.DataFrame, *, until: int) -> Array:
    """Return log shares (band, setting) of the latest year up to ``until``, or the first there is.

    Pflegegrad 1 without services is the same at every age.
    """
    years = settings_age["year"]
    known = years[years <= until]
    latest = settings_age[years == (known.max() if len(known) else years.min())]
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


def setting_counts(settings: Mapping[str, float], year: int) -> Array:
    """Return persons (setting,) that sum to ``total``: what no setting counts is Pflegegrad 1 without services.

    ``settings``: people by setting and in total (care_counts). Raises UserError where one of the others is not counted.
    """
    missing = [name for name in (*SETTINGS[:-1], "total") if not np.isfinite(settings.get(name, np.nan))]
    if missing:
        raise UserError(
            f"care.csv: für {year} (letzte Zählung) fehlt {', '.join(missing)}; erwartet: alle Versorgungsarten.",
            f"care.csv: {', '.join(missing)} missing for {year} (last count); expected: all care settings.",
        )
    total, known = settings["total"], [settings[name] for name in SETTINGS[:-1]]
    return np.asarray(np.maximum([*known, total - sum(known)], LEAST_SHARE * total))


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
        both = own.reindex(["pflegegeld", "ambulant"]).sum(skipna=False)
        home, voll = float(own.get("zu_hause", both)), float(own["vollstationaer"])
        total = float(totals[year])
        rest = max(total - home - voll, LEAST_SHARE * total)
        shares.append(np.log(np.array([home, home, voll, rest]) / total))
    return np.asarray(np.nan_to_num(shares[1] - shares[0]))


def step_spread(settings_area: pd.DataFrame, totals: pd.DataFrame) -> Array:
    """Return standard deviations (setting,) of a Kreis's log shares beside all Kreise's median, per survey step."""
    kreise = settings_area[settings_area["level"] == "kreis"].merge(totals, on=["area", "year"])
    kreise = kreise[kreise["setting"].isin(SETTINGS)]
    kreise = kreise.assign(log_share=np.log(np.maximum(kreise["persons"] / kreise["people_in_need"], LEAST_SHARE)))
    table = kreise.pivot_table(index=["area", "setting"], columns="year", values="log_share")
    steps = table.diff(axis=1).iloc[:, 1:]
    beside = steps - steps.groupby("setting").transform("median")
    low, high = (beside.stack().groupby("setting").quantile(q) for q in (0.1, 0.9))
    found = ((high - low) / WIDTH_80).reindex(list(SETTINGS)).to_numpy(float)
    return np.asarray(np.nan_to_num(found, nan=float(np.nanmax(found))))


def draw_shares(shares: Shares, last_year: int, *, damping: float, rng: np.random.Generator, draws: int) -> Array:
    """Return logits (draw, year, band, setting) from ``shares.year`` to ``last_year``.

    Up to the Land's last survey the shares move as the Land's did, beyond it that yearly change fades by ``damping``.
    """
    years = np.arange(shares.year, last_year + 1)
    steps = max(shares.known_year - shares.year, 1)
    known = np.clip((years - shares.year) / steps, 0.0, 1.0)
    ahead = np.maximum(years - shares.known_year, 0).astype(float)
    fading = damping * (1 - damping**ahead) / (1 - damping) if damping < 1 else ahead
    slope = shares.land_change / steps
    shift = shares.shift + known[:, None] * shares.land_change + fading[:, None] * slope
    moves = rng.normal(0.0, 1.0, (years.size, draws, len(SETTINGS))).swapaxes(0, 1) * shares.sd / np.sqrt(SURVEY_STEP)
    walk = np.cumsum(moves * (years > shares.year)[:, None], axis=1)
    return np.asarray(shares.profile + (shift + walk)[:, :, None, :])
