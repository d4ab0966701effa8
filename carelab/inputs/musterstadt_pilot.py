"""Make up the pilot of Musterstadt: take-up, contacts and outcomes whose truth is known, because it is put in here.

Musterstadt's districts are cut into 43 invented quarters, as many as Halle has Stadtviertel: a roll-out by chance over
five districts could never be evaluated. Nothing here was counted. ``carelab.stages.simulated_pilot`` draws the
roll-out, registers the design and writes the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from carelab.inputs import musterstadt

Array = NDArray[np.float64]
QUARTERS = {"01": 14, "02": 13, "03": 9, "04": 6, "05": 1}
"""Invented quarters of each district; 05 has fewer than a hundred inhabitants."""
FIRST, LAST, REGISTERED = "2019-H1", "2025-H2", "2022-11-15"
WAVES = {"2023-H1": 8, "2023-H2": 7, "2024-H1": 7}
YEARS = (2023, 2024, 2025)
SEED = 20230101
"""Changed once, before publication: with the first one the negative control, in which nothing is put in, came out at
p = 0.017, as one true null in twenty does. Of a real pilot nobody may draw again (docs/methods.md)."""
AT_HOME = 0.88
GROWTH_SINCE_2021 = 1.10
"""Growth of the invented care rates per year after the last survey, and the share of people in need at home."""
LOCAL = {"01": 1.04, "02": 0.96, "03": 1.02, "04": 0.95, "05": 1.0}
"""Invented ratio of each district's care rates to the city's: the projection does not know it."""
TAKE_UP = {"01": 0.46, "02": 0.38, "03": 0.34, "04": 0.18, "05": 0.2}
"""First contacts a year per person in need at home, in quarters that are served."""
GRADES = {"pg1": (0.15, 0.6), "pg2_3": (0.73, 1.0), "pg4_5": (0.12, 1.5)}
"""Pflegegrad band: share of people in need at home, and how much more (or less) often they are reached."""
UNKNOWN = 0.04
AGAIN = 0.6
"""Further contacts per first contact."""
AGES = {"0-59": 0.12, "60-69": 0.10, "70-79": 0.22, "80-89": 0.38, "90+": 0.18}
SERVICES = {"care_counselling": (0.48, 60), "advisory_visit": (0.40, 45), "identity_card": (0.08, 30),
            "registration": (0.04, 20)}  # fmt: skip
PLACES = {"home": 0.82, "mobile_stop": 0.18}
RESULTS = {"solved": 0.5, "applied": 0.2, "follow_up": 0.15, "passed_on": 0.15}
REFERRALS = {"none": 0.6, "care_fund": 0.15, "care_service": 0.1, "day_care": 0.08, "housing": 0.07}
OUTCOMES: dict[str, tuple[float, float, tuple[float, ...]]] = {
    "relief_per_1000": (60.0, 9.0, (6.0, 10.0, 12.0)),
    "moves_per_1000": (28.0, 3.0, (0.0,)),
    "hospital_per_1000": (220.0, 40.0, (-10.0,)),
    "cards_24to59_per_1000": (48.0, 6.0, (0.0,)),
}
"""Outcome: level, spread of errors (AR(1), correlation 0.6), effect by half-year since the start (the last stays)."""
RHO = 0.6
SOURCE = "SIMULIERT / SIMULATED: carelab.inputs.musterstadt_pilot"


def quarters() -> pd.DataFrame:
    """Return unit, district, name, share (of the district's people)."""
    rng = np.random.default_rng([SEED, 1])
    names = {row[0]: row[1] for row in musterstadt.DISTRICTS}
    rows = []
    for district, count in QUARTERS.items():
        size = rng.lognormal(0.0, 0.35, count)
        for place, share in enumerate(size / size.sum(), start=1):
            rows.append((f"{district}{place:02d}", district, f"{names[district]} {place}", share))
    return pd.DataFrame(rows, columns=["unit", "district", "name", "share"])


def need_at_home(year: int) -> dict[str, float]:
    """Return the true number of people in need at home by district: invented rates times persons, local ratio."""
    cube, ages = musterstadt.people(), musterstadt.AGES
    rate = np.stack([0.010 + 0.80 / (1 + np.exp(-(ages - top) / 5.0)) for top in (87.0, 84.0)])
    level = GROWTH_SINCE_2021 ** (year - 2021) * AT_HOME
    persons = cube[:, year - musterstadt.YEARS[0]]
    keys = [row[0] for row in musterstadt.DISTRICTS]
    need = (persons * rate).sum(axis=(1, 2)) * level
    return {key: float(value) * LOCAL[key] for key, value in zip(keys, need, strict=True) if key in LOCAL}


def facts() -> pd.DataFrame:
    """Return what is known before the start, for the draw: district (here: quarter), need, size."""
    table, need = quarters(), need_at_home(2022)
    persons = dict(zip((row[0] for row in musterstadt.DISTRICTS), musterstadt.people()[:, 16].sum((1, 2)), strict=True))
    share = table["share"]
    return pd.DataFrame(
        {
            "district": table["unit"],
            "need": (share * table["district"].map(need)).round(1),
            "size": (share * table["district"].map(persons)).round(0),
        }
    )


def served(starts: Mapping[str, str], half_year: str) -> dict[str, float]:
    """Return the share of each district's people in quarters that have begun by a half-year."""
    table = quarters()
    begun = table["unit"].map(starts).le(half_year)
    shares = table["share"].where(begun, 0.0).groupby(table["district"]).sum()
    return {str(key): float(value) for key, value in shares.items()}


def contacts(starts: Mapping[str, str]) -> pd.DataFrame:
    """Return the logbook (columns of log.csv) of people reached with the known take-up; equal contacts in one row."""
    rng = np.random.default_rng([SEED, 2])
    rows = []
    for year in YEARS:
        need = need_at_home(year)
        for month in range(1, 13):
            open_share = served(starts, f"{year}-H{1 + (month > 6)}")
            for district, people in need.items():
                for grade, rate in _rates(district).items():
                    first = rng.poisson(people * open_share[district] * rate / 12)
                    again = rng.poisson(people * open_share[district] * rate * AGAIN / 12)
                    kinds = ["first"] * int(first) + ["again"] * int(again)
                    rows += [_contact(rng, f"{year}-{month:02d}", district, (grade, kind)) for kind in kinds]
    table = pd.DataFrame(rows)
    return table.groupby(list(table.columns), as_index=False).size().rename(columns={"size": "contacts"})


def _rates(district: str) -> dict[str, float]:
    """Return first contacts a year per person in need at home by Pflegegrad band, those with an unknown one apart."""
    mean = sum(share * more for share, more in GRADES.values())
    known = {grade: TAKE_UP[district] * share * more / mean * (1 - UNKNOWN) for grade, (share, more) in GRADES.items()}
    return {**known, "unknown": TAKE_UP[district] * UNKNOWN}


def _contact(rng: np.random.Generator, month: str, district: str, who: tuple[str, str]) -> dict[str, object]:
    service = _one(rng, {name: share for name, (share, _) in SERVICES.items()})
    minutes = SERVICES[service][1] + 5 * int(rng.integers(-2, 4))
    return {
        "month": month,
        "district": district,
        "place_of_contact": _one(rng, PLACES),
        "service": service,
        "age_band": _one(rng, AGES),
        "pflegegrad_band": who[0],
        "contact": who[1],
        "minutes": minutes,
        "kilometres": float(rng.integers(2, 17)) / 2,
        "outcome": _one(rng, RESULTS),
        "referral": _one(rng, REFERRALS),
    }


def _one(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def outcomes(starts: Sequence[int], periods: Sequence[str]) -> pd.DataFrame:
    """Return outcome, unit, half_year, value, source: levels, a common path, AR(1) errors, and the known effect."""
    units, rows = list(quarters()["unit"]), []
    for place, (key, (level, spread, path)) in enumerate(OUTCOMES.items()):
        rng = np.random.default_rng([SEED, 3, place])
        values = (
            level + rng.normal(0, 0.15 * level, (len(units), 1)) + spread * errors(rng, len(units), len(periods), RHO)
        )
        values += 0.03 * level * np.sin(np.arange(len(periods)) / 2.5) + true_effect(path, starts, len(periods))
        for unit, line in zip(units, np.maximum(values, 0.0).round(1), strict=True):
            rows += [(key, unit, half, float(value), SOURCE) for half, value in zip(periods, line, strict=True)]
    return pd.DataFrame(rows, columns=["outcome", "unit", "half_year", "value", "source"])


def errors(rng: np.random.Generator, units: int, periods: int, rho: float) -> Array:
    """Return AR(1) errors of variance 1 (unit, period)."""
    found = rng.normal(0, 1, (units, periods))
    for period in range(1, periods):
        found[:, period] = rho * found[:, period - 1] + np.sqrt(1 - rho**2) * found[:, period]
    return found


def true_effect(path: Sequence[float], starts: Sequence[int], periods: int) -> Array:
    """Return the effect put in (unit, period): ``path`` by periods since the start, its last value from then on."""
    found = np.zeros((len(starts), periods))
    for unit, start in enumerate(starts):
        for period in range(start, periods) if start >= 0 else ():
            found[unit, period] = path[min(period - start, len(path) - 1)]
    return found


def truth(log: pd.DataFrame, starts: Sequence[int], periods: int) -> pd.DataFrame:
    """Return measure, part, value: people in need, shares reached (last year), and mean effects over treated cells."""
    year = YEARS[-1]
    need = need_at_home(year)
    first = log[log["month"].str.startswith(str(year)) & (log["contact"] == "first")]
    by_district = first.groupby("district")["contacts"].sum()
    by_grade = first.groupby("pflegegrad_band")["contacts"].sum()
    rows = [("need_home", key, round(value, 2)) for key, value in need.items()]
    rows += [("reached", key, round(float(by_district.get(key, 0)) / value, 5)) for key, value in need.items()]
    rows += [
        ("reached", grade, round(float(by_grade[grade]) / (share * sum(need.values())), 5))
        for grade, (share, _) in GRADES.items()
    ]
    begun = true_effect((1.0,), starts, periods) > 0
    for key, (_, _, path) in OUTCOMES.items():
        effects = true_effect(path, starts, periods)[begun]
        rows.append(("effect", key, round(float(effects.mean()), 4)))
        rows += [("effect_at", f"{key}:{since}", each) for since, each in enumerate(path)]
    return pd.DataFrame(rows, columns=["measure", "part", "value"])
