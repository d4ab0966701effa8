"""Supply of nursing-home places by district: what is known by place, and the rest as uncertain draws.

The city's total is official; which district holds a place is known for a part only. The rest is placed home by home:
sizes drawn from the known homes, districts with probability in proportion to the inhabitants of 65 and over, so that no
draw is smooth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from carelab.terms import UserError

Array = npt.NDArray[np.float64]

HOME = "home_full"
STANDING = ("open", "closing")
"""States of a facility that count as supply; planned, closed and unconfirmed ones do not."""


@dataclass(frozen=True)
class Supply:
    """Nursing-home places: ``total`` in the city and its ``year``; ``known`` (district,) places whose district is
    known; ``unsized`` (district,) known homes without a known size; ``sizes`` (home,) of all sized homes;
    ``changes`` since.
    """

    total: float
    year: int
    known: Array
    unsized: Array
    sizes: Array
    changes: float


def known_supply(
    facilities: pd.DataFrame, supply: pd.DataFrame, inhabitants: pd.Series, districts: pd.Index, base_year: int
) -> Supply:
    """Return what is known of nursing homes at ``base_year``.

    Total: latest permanent places by then, counted or derived from places per 10,000 x ``inhabitants`` (by year);
    openings and closures since that are documented are added, closures announced for the next year among them. Columns
    as in data/<city> (architecture.md); unit: places. Raises UserError where no places are counted.
    """
    total, year = _latest_total(supply[supply["year"] <= base_year], inhabitants, base_year)
    homes = facilities[(facilities["category"] == HOME) & facilities["status"].isin((*STANDING, "closed"))]
    opened, closed = (_year(homes[column]) for column in ("opened", "closed"))
    later = homes.loc[(opened > year) & (opened <= base_year), "places"].sum()
    gone = homes.loc[~(opened > base_year) & (closed > year) & (closed <= base_year + 1), "places"].sum()
    standing = homes[homes["status"].isin(STANDING) & ~(closed <= base_year + 1) & ~(opened > base_year)]
    located = standing[standing["district"].isin(districts)]
    known = located.groupby("district")["places"].sum(min_count=1).reindex(districts).fillna(0.0)
    unsized = located[located["places"].isna()].groupby("district").size().reindex(districts, fill_value=0)
    sizes = standing["places"].dropna().to_numpy(dtype=float)
    return Supply(total, year, known.to_numpy(float), np.asarray(unsized, dtype=np.float64), sizes, float(later - gone))


def draw_places(supply: Supply, weights: Array, draws: int, rng: np.random.Generator) -> Array:
    """Return places (draw, district) that sum to the city's total in every draw and hold at least the known ones.

    Where more places are known than the total says, the known ones. ``weights`` (district,) inhabitants of 65 and over;
    districts without any get nothing but what is known.
    """
    rest = supply.total + supply.changes - supply.known.sum()
    places = np.repeat(supply.known[None], draws, axis=0)
    if rest <= 0:
        return places
    sizes = supply.sizes if supply.sizes.size else np.array([rest / max(round(rest / 80), 1)])
    named = np.repeat(np.arange(weights.size), supply.unsized.astype(int))
    homes = max(int(np.ceil(rest / sizes.mean())), named.size, 1)
    at = rng.choice(weights.size, (draws, homes), p=weights / weights.sum())
    at[:, : named.size] = named
    drawn = rng.choice(sizes, (draws, homes))
    drawn *= rest / drawn.sum(axis=1, keepdims=True)
    np.add.at(places, (np.arange(draws)[:, None], at), drawn)
    return places


def load_table(
    demand: xr.DataArray, supply: pd.DataFrame, *, quantiles: Callable[[xr.DataArray], pd.DataFrame]
) -> pd.DataFrame:
    """Return people in home care per service and per member of staff.

    Columns: measure, year, supply_year, supply, quantile columns. ``demand`` people (draw, year); supply stays at its
    latest count, whose year is named; ``quantiles`` makes the table.
    """
    parts = []
    for measure in ("services", "staff_services"):
        counted = supply[supply["measure"] == measure].sort_values("year")
        if counted.empty:
            continue
        latest = counted.iloc[-1]
        table = quantiles(demand / float(latest["value"]))
        parts.append(table.assign(measure=measure, supply_year=int(latest["year"]), supply=float(latest["value"])))
    empty = pd.DataFrame(columns=["measure", "year", "supply_year", "supply"])
    return pd.concat(parts, ignore_index=True) if parts else empty


def _latest_total(supply: pd.DataFrame, inhabitants: pd.Series, base_year: int) -> tuple[float, int]:
    """Return the latest permanent places and their year."""
    counted = supply[supply["measure"] == "places_permanent"].set_index("year")["value"]
    per = supply[supply["measure"] == "places_permanent_per_10000"].set_index("year")["value"]
    derived = (per * inhabitants.reindex(per.index) / 10_000).dropna()
    series = pd.concat([counted, derived.drop(counted.index, errors="ignore")]).sort_index()
    if series.empty:
        raise UserError(
            f"supply.csv: bis {base_year} keine Plätze der Heime (places_permanent); erwartet: mindestens ein Jahr.",
            f"supply.csv: no nursing-home places (places_permanent) up to {base_year}; expected: at least one year.",
        )
    return float(series.iloc[-1]), int(series.index[-1])


def _year(dates: pd.Series) -> pd.Series:
    """Return the year that a date such as "2022-05" or "about 2015" names; NaN where none or only planned."""
    text = dates.astype("string")
    year = pd.to_numeric(text.str.extract(r"(\d{4})", expand=False), errors="coerce")
    return year.where(~text.str.contains("planned", na=False)).astype(float)
