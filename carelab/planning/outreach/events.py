"""Who could be served, and how many services a year would be asked of the Mobil, by district and draw.

Every number is people (draws of the study) times rates (draws of their own); rates are given as (draw,).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from carelab.planning.outreach.rates import Rates
from carelab.planning.outreach.travel import Array

LAW_2026 = 2026
"""From this year on Pflegegrad 4 and 5 need advice half-yearly only, quarterly on request (§ 37 (3) SGB XI)."""
SERVICES = ("counselling", "advisory", "cards_home", "cards_homes", "registration", "discharge")
PLACES = {
    "home": ("counselling", "advisory", "cards_home"),
    "homes": ("cards_homes", "registration"),
    "hospital": ("discharge",),
}
"""Where a service takes place."""
CARDS = ("cards_home", "cards_homes")
MINUTES = {
    "counselling": "minutes_counselling",
    "advisory": "minutes_advisory",
    "cards_home": "minutes_card",
    "cards_homes": "minutes_card",
    "registration": "minutes_registration",
    "discharge": "minutes_counselling",
}
"""Service -> the rate that says how long one contact takes."""


@dataclass(frozen=True)
class People:
    """Who lives where: all (draw, district) but ``grades``, shares (draw, grade 1-5) of pflegegeld recipients of the
    city; ``residents`` live in homes of the district (places x occupancy); ``carer_factor`` (draw,)."""

    pflegegeld: Array
    ambulant: Array
    grade_1_only: Array
    residents: Array
    persons_65to79: Array
    persons_80plus: Array
    grades: Array
    carer_factor: Array


def groups(people: People, rates: Rates) -> dict[str, Array]:
    """Return the groups that could be served (draw, district): in_need_home, residents, limited, carers.

    They overlap (most people in need are limited in mobility), so they are never added up. ``limited`` are people of
    65 and over outside homes; residents of homes are taken out of the older age group.
    """
    at_home = people.pflegegeld + people.ambulant + people.grade_1_only
    return {
        "in_need_home": at_home,
        "residents": people.residents,
        "limited": limited(people, rates),
        "carers": people.pflegegeld * people.carer_factor[:, None],
    }


def limited(people: People, rates: Rates) -> Array:
    """Return people of 65 and over outside homes who can hardly walk or climb stairs (draw, district)."""
    outside = np.maximum(people.persons_80plus - people.residents, 0.0)
    return np.asarray(people.persons_65to79 * _c(rates, "limited_65to79") + outside * _c(rates, "limited_80plus"))


def due(people: People, rates: Rates, year: int) -> dict[str, Array]:
    """Return services that fall due in a year (draw, district), whoever provides them."""
    in_need = people.pflegegeld + people.ambulant + people.grade_1_only
    wanting = 1.0 / _c(rates, "card_validity")
    return {
        "counselling": in_need * _c(rates, "counselling_per_person"),
        "advisory": people.pflegegeld * advisory_visits(people.grades, rates, year)[:, None],
        "cards_home": limited(people, rates) * wanting * (1 - _c(rates, "exempt_limited")),
        "cards_homes": people.residents * wanting * (1 - _c(rates, "exempt_residents")),
        "registration": people.residents * _c(rates, "moves_into_homes"),
        "discharge": (in_need + people.residents) * _c(rates, "hospital_cases"),
    }


def advisory_visits(grades: Array, rates: Rates, year: int) -> Array:
    """Return advisory visits § 37 (3) per recipient of pflegegeld in a year (draw,); grades (draw, grade) sum to 1."""
    if year < LAW_2026:
        heavy = rates["advisory_grade_4_5_before"]
    else:
        least, most = rates["advisory_grade_4_5_since"], rates["advisory_grade_4_5_before"]
        heavy = least + rates["advisory_quarterly_wanted"] * (most - least)
    return np.asarray(grades[:, 1:3].sum(axis=1) * rates["advisory_grade_2_3"] + grades[:, 3:].sum(axis=1) * heavy)


def requests(due_services: dict[str, Array], rates: Rates) -> dict[str, Array]:
    """Return the part of what falls due that is asked of the Mobil in a year (draw, district)."""
    return {name: values * _c(rates, f"take_up_{name}") for name, values in due_services.items()}


def _c(rates: Rates, name: str) -> Array:
    """Return a rate as a column, to be multiplied with (draw, district)."""
    return rates[name][:, None]
