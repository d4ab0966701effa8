"""Indicators by declaration: numerator / denominator x factor of the unit, counted where counted, else drawn.

The same for every city. Where a city has no figure the table says so with the reason; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from carelab.planning.indicator_counts import Counted
from carelab.planning.indicator_draws import Drawn, draw_factor, sorted_quantiles
from carelab.planning.indicator_facts import Array, Facts, Futures, Indicator, Quantity
from carelab.terms import LEVELS, QUANTILE_COLUMNS, SEXES
from carelab.terms_catalogue import UNITS

DISTRICT_YEARS = 5
"""Counted years shown per district; the city shows all."""
DISTRICT_FUTURES = 2
"""Projected years shown per district (base and focus); the city shows the last year, too."""
COLUMNS = (
    *("indicator", "district", "name", "year", "sex", *QUANTILE_COLUMNS, "numerator", "denominator"),
    *("status", "unit", "grade", "source", "reason"),
)
ORDER = ("observed", "derived", "projected", "assumed")
"""A ratio is only as good as its weaker part."""
Z = {50: 0.6744897501960817, 80: 1.2815515655446004, 95: 1.959963984540054}
PROBABILITIES = (0.5, *((50 + side * level / 2) / 100 for level in LEVELS for side in (-1, 1)))


def indicator_rows(indicators: Sequence[Indicator], facts: Facts, futures: Futures) -> pd.DataFrame:
    """Return the long table of all indicators, COLUMNS: one row per indicator, area, year and sex.

    Counted rows have all quantile columns equal; ``numerator`` and ``denominator`` are counts or medians of draws.
    ``status`` observed, derived, projected, assumed, or unknown with a ``reason``. The city's ``district`` is its AGS.
    """
    counted, drawn = Counted(facts), Drawn(futures, facts)
    asked = [(each, sex) for each in indicators for sex in (("t", *SEXES) if each.by_sex else ("t",))]
    parts = [_one(each, sex, counted, drawn) for each, sex in asked]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return table.astype({"year": "int64"})[list(COLUMNS)]


def _one(indicator: Indicator, sex: str, counted: Counted, drawn: Drawn) -> pd.DataFrame:
    """Return the rows of one indicator and sex, those that are not known included (once, for both sexes together)."""
    facts, futures = drawn.facts, drawn.futures
    if not indicator.computed:
        rows = _unknown([facts.ags], "no_data", facts) if sex == "t" else pd.DataFrame()
    elif indicator.numerator.site and futures.ways.refuses(indicator.numerator.site):
        rows = _unknown([facts.ags], futures.ways.refuses(indicator.numerator.site), facts)
    elif indicator.numerator.of == "mean_age_blind":
        rows = _estimated(facts)
    else:
        seen = _counted(indicator, sex, counted)
        rows = pd.concat([seen, _projected(indicator, sex, drawn, seen)], ignore_index=True)
        rows = _only_level(rows, indicator, facts)
        rows = pd.concat([rows, _gaps(rows, indicator, sex, facts, futures)], ignore_index=True)
    if rows.empty:
        return rows
    return rows.assign(
        indicator=indicator.id,
        name=rows["district"].map(facts.names),
        sex=sex,
        unit=indicator.unit,
        grade=_grades(rows["district"], indicator, facts),
        source=", ".join(indicator.source),
    )


def _counted(indicator: Indicator, sex: str, counted: Counted) -> pd.DataFrame:
    """Return the counted rows; where numerator or denominator is not counted, the published value if there is one."""
    facts, top = counted.facts, counted.rows(indicator.numerator, sex)
    if indicator.denominator is None:
        rows = top.assign(numerator=top["value"], denominator=np.nan)
    else:
        both = top.merge(counted.rows(indicator.denominator, sex), on=["district", "year"], suffixes=("", "_below"))
        both = both[both["value_below"] > 0]
        rows = both.assign(
            numerator=both["value"],
            denominator=both["value_below"],
            value=both["value"] / both["value_below"] * UNITS[indicator.unit],
            status=[max(pair, key=ORDER.index) for pair in zip(both["status"], both["status_below"], strict=True)],
        )
    if indicator.factor is not None:  # an assumption is in no count
        return _quantiled(rows.head(0), "value")
    if indicator.published is not None and sex == "t":
        rows = _or_published(rows, indicator.published, facts)
    recent = (rows["district"] == facts.ags) | (rows["year"] > facts.base_year - DISTRICT_YEARS)
    return _quantiled(rows[recent], "value")


def _or_published(rows: pd.DataFrame, column: str, facts: Facts) -> pd.DataFrame:
    table = facts.tables["indicators"][["district", "year", column]].rename(columns={column: "value"})
    table = table.dropna(subset=["value"]).assign(status="observed", numerator=np.nan, denominator=np.nan)
    table = table[table["year"] <= facts.base_year]
    return pd.concat([rows, table], ignore_index=True).drop_duplicates(["district", "year"], keep="first")


def _quantiled(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.assign(**dict.fromkeys(QUANTILE_COLUMNS, rows[column].astype(float)), reason="")


def _projected(indicator: Indicator, sex: str, drawn: Drawn, seen: pd.DataFrame) -> pd.DataFrame:
    """Return quantiles of draws; the base year only where nothing is counted in it."""
    facts, futures, below = drawn.facts, drawn.futures, indicator.denominator
    value = drawn.values(indicator.numerator, sex)
    people = None if below is None else drawn.values(below, sex)
    if value is None or (below is not None and people is None):
        return pd.DataFrame()
    frozen = indicator.numerator.of in ("supply", "places")  # nobody projects supply: it stays as last counted
    status, factor = ("assumed" if frozen else "projected"), np.ones(1)
    if indicator.factor is not None:
        status, factor = "assumed", draw_factor(indicator.factor, value.shape[2], futures.rng)
        value = value * factor
    if people is not None:
        value = np.divide(value, people, out=np.full_like(value, np.nan), where=people > 0) * UNITS[indicator.unit]
    table = _summary(value, drawn).assign(status=status, reason="")
    table["numerator"] = drawn.median(indicator.numerator, sex).ravel() * np.median(factor)
    table["denominator"] = np.nan if below is None else drawn.median(below, sex).ravel()
    base = table["year"] == facts.base_year
    if indicator.numerator.of in ("persons", "age_years") or indicator.numerator.site:
        table.loc[base, "status"] = "derived"
    known = set(zip(seen["district"], seen["year"], strict=True)) if len(seen) else set()
    fresh = np.array([pair not in known for pair in zip(table["district"], table["year"], strict=True)], bool)
    private = table["district"].isin(facts.districts[futures.few]) & ~_is_total(indicator, sex)
    late = (table["district"] != facts.ags) & ~table["year"].isin(futures.years[:DISTRICT_FUTURES])
    return table[fresh & ~private & ~late].dropna(subset=["median"])


def _is_total(indicator: Indicator, sex: str) -> bool:
    """Say whether an indicator is a bare total of persons: all that is shown of a handful of people."""
    whole: Quantity = indicator.numerator
    bare = whole.ages is None and whole.setting is None and whole.of in ("persons", "need")
    return bare and indicator.denominator is None and sex == "t"


def _summary(value: Array, drawn: Drawn) -> pd.DataFrame:
    """Return one row per year and area with the quantile columns of draws (year, area, draw)."""
    areas = [*drawn.facts.districts, drawn.facts.ags]
    keys = pd.MultiIndex.from_product([drawn.futures.years, areas], names=["year", "district"]).to_frame(index=False)
    spread = sorted_quantiles(value, PROBABILITIES).reshape(-1, len(PROBABILITIES))
    return pd.concat([keys, pd.DataFrame(spread, columns=list(QUANTILE_COLUMNS))], axis=1)


def _estimated(facts: Facts) -> pd.DataFrame:
    """Return the mean ages that age groups alone yield, with the normal range of their error within the city.

    The error is known where mean ages are published; without it there is no such estimate.
    """
    table = facts.mean_age_blind.dropna(subset=["value", "sd"])
    table = table[table["district"] != facts.ags]
    if table.empty:
        return _unknown([facts.ags], "not_in_tables", facts)
    spread = {f"{side}_{level}": sign * Z[level] for level in LEVELS for side, sign in (("lower", -1), ("upper", 1))}
    bounds = {name: table["value"] + z * table["sd"] for name, z in spread.items()}
    return table[["district"]].assign(
        year=facts.base_year, median=table["value"], **bounds, numerator=np.nan, denominator=np.nan,
        status="derived", reason="",
    )  # fmt: skip


def _only_level(rows: pd.DataFrame, indicator: Indicator, facts: Facts) -> pd.DataFrame:
    return rows[rows["district"] == facts.ags] if indicator.level == "city" and len(rows) else rows


def _gaps(rows: pd.DataFrame, indicator: Indicator, sex: str, facts: Facts, futures: Futures) -> pd.DataFrame:
    """Return a row for every area of which nothing is known, with the reason."""
    if rows.empty:
        return _unknown([facts.ags], "not_in_tables", facts) if sex == "t" else rows
    known = set(rows["district"])
    wanted = [facts.ags] if indicator.level == "city" else [*facts.districts, facts.ags]
    if indicator.level == "district" and known == {facts.ags}:
        return _unknown(list(facts.districts), "not_in_tables", facts)
    few = set(facts.districts[futures.few])
    lacking = [area for area in wanted if area not in known]
    parts = [_unknown([each for each in lacking if (each in few) is kept], why, facts)
             for kept, why in ((True, "few"), (False, "hidden"))]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _unknown(areas: list[str], reason: str, facts: Facts) -> pd.DataFrame:
    empty = dict.fromkeys((*QUANTILE_COLUMNS, "numerator", "denominator"), np.nan)
    return pd.DataFrame({"district": areas, "year": facts.base_year, **empty, "status": "unknown", "reason": reason})


def _grades(areas: pd.Series, indicator: Indicator, facts: Facts) -> pd.Series:
    """Return the grade by the indicator's rule: the area's population's, A where counted there, E for the city."""
    if indicator.grade == "district":
        return areas.map(facts.grades)
    return pd.Series("A" if indicator.grade == "counted" else "E", index=areas.index)
