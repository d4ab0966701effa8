"""What every table in data/ must look like: columns, kinds of cells, keys. Read by people as well as by the checks."""

from __future__ import annotations

from typing import Final

from carelab.inputs.contract import Contract
from carelab.inputs.contracts_chain import CHAIN, LOG
from carelab.inputs.contracts_offers import OFFERS
from carelab.inputs.kinds import (
    AGE,
    AGE_OR_OPEN,
    AREA,
    BASIS,
    CARE_MEASURE,
    COUNT,
    COUNT_OR_EMPTY,
    DATE_OR_EMPTY,
    DISTRICT,
    DISTRICT_OR_EMPTY,
    FACILITY_STATUS,
    FLAG,
    LAT_OR_EMPTY,
    LEVEL,
    LON_OR_EMPTY,
    NUMBER,
    NUMBER_OR_EMPTY,
    PARENT,
    PERIOD,
    PFLEGEGRAD,
    POINT_BASIS,
    QUALITY,
    SETTING,
    SETTING_OR_TOTAL,
    SEX,
    SEX_MW,
    SHARE,
    SIGNED_OR_EMPTY,
    STATUS_KIND,
    SUPPLY_MEASURE,
    TEXT,
    TEXT_OR_EMPTY,
    YEAR,
    one_of,
)

_AGES: Final = {"age_from": AGE, "age_to": AGE_OR_OPEN}
_CARE: Final = {
    "year": YEAR,
    "sex": SEX,
    "measure": CARE_MEASURE,
    "persons": COUNT,
    "half_width": COUNT,
    "status": STATUS_KIND,
    "basis": BASIS,
}

CITY: Final[dict[str, Contract]] = {
    "districts": Contract(
        {
            "district": DISTRICT,
            "name": TEXT,
            "area_ha": NUMBER_OR_EMPTY,
            "lon": LON_OR_EMPTY,
            "lat": LAT_OR_EMPTY,
            "lon_people": LON_OR_EMPTY,
            "lat_people": LAT_OR_EMPTY,
            "point_basis": POINT_BASIS,
        },
        ("district",),
        (),
        False,
        optional={"point_basis": ""},
    ),
    "population_bands": Contract(
        {
            "district": DISTRICT,
            "year": YEAR,
            **_AGES,
            "persons": COUNT_OR_EMPTY,
            "suppressed": FLAG,
            "status": STATUS_KIND,
        },
        ("district", "year", "age_from", "age_to"),
        ("district", "year"),
        ages_complete=True,
    ),
    "population_total": Contract(
        {"district": DISTRICT, "year": YEAR, "persons": COUNT, "status": STATUS_KIND}, ("district", "year")
    ),
    "population_city": Contract(
        {"year": YEAR, "sex": SEX, **_AGES, "persons": COUNT, "status": STATUS_KIND},
        ("year", "sex", "age_from", "age_to"),
        ("year", "sex"),
        False,
        ages_complete=True,
        optional={"status": "observed"},
    ),
    "indicators": Contract(
        {
            "district": DISTRICT,
            "year": YEAR,
            "women": COUNT_OR_EMPTY,
            "mean_age": NUMBER_OR_EMPTY,
            "billeter": SIGNED_OR_EMPTY,
            "youth_ratio": NUMBER_OR_EMPTY,
            "old_age_ratio": NUMBER_OR_EMPTY,
            "foreigners": COUNT_OR_EMPTY,
            "households": COUNT_OR_EMPTY,
            "mean_household_size": NUMBER_OR_EMPTY,
            "wohngeld_households": COUNT_OR_EMPTY,
        },
        ("district", "year"),
    ),
    "births": Contract(
        {"year": YEAR, "mother_age_from": AGE, "mother_age_to": AGE_OR_OPEN, "births": COUNT},
        ("year", "mother_age_from", "mother_age_to"),
        ("year",),
    ),
    "care": Contract(_CARE, ("year", "sex", "measure")),
    "supply": Contract(
        {"year": YEAR, "measure": SUPPLY_MEASURE, "value": NUMBER, "status": STATUS_KIND}, ("year", "measure")
    ),
    "facilities": Contract(
        {
            "facility": TEXT,
            "name": TEXT,
            "category": TEXT,
            "operator_type": one_of("", "public", "non_profit", "private"),
            "district": DISTRICT_OR_EMPTY,
            "places": COUNT_OR_EMPTY,
            "places_day": COUNT_OR_EMPTY,
            "places_short": COUNT_OR_EMPTY,
            "opened": DATE_OR_EMPTY,
            "closed": DATE_OR_EMPTY,
            "status": FACILITY_STATUS,
            "as_of": TEXT_OR_EMPTY,
            "url": TEXT_OR_EMPTY,
            "note": TEXT_OR_EMPTY,
        },
        ("facility",),
    ),
    "physicians": Contract(
        {"district": DISTRICT, "year": YEAR, "physicians": COUNT, "dentists": COUNT, "pharmacies": COUNT},
        ("district", "year"),
    ),
}

OPTIONAL: Final[dict[str, Contract]] = {  # a file that is not there means: not known
    "care_districts": Contract(
        {"district": DISTRICT, "year": YEAR, "people_in_need": COUNT_OR_EMPTY}, ("district", "year")
    ),
    "groups": Contract({"district": DISTRICT, "group": DISTRICT, "name": TEXT}, ("district",)),
    "housing": Contract(
        {"district": DISTRICT, "year": YEAR, **_AGES, "persons": COUNT},
        ("district", "year", "age_from", "age_to"),
        ("district", "year", "age_from", "age_to"),  # plans may overlap, an upper age not lie below the lower one
    ),
    "control": Contract({"year": YEAR, **_AGES, "persons": COUNT}, ("year", "age_from", "age_to"), ("year",)),
    **{name: Contract(*parts) for name, parts in CHAIN.items()},
    "control_districts": Contract({"district": DISTRICT, "year": YEAR, "persons": COUNT}, ("district", "year")),
    "population_dated": Contract(
        {"district": DISTRICT, "year": YEAR, "persons": COUNT, "url": TEXT_OR_EMPTY}, ("district", "year")
    ),
    "district_parts": Contract({"district": DISTRICT, "part": TEXT, "name": TEXT}, ("district", "part")),
    "population_ages": Contract(
        {"district": DISTRICT, "year": YEAR, "sex": SEX_MW, **_AGES, "persons": COUNT_OR_EMPTY, "suppressed": FLAG},
        ("district", "year", "sex", "age_from", "age_to"),
        ("district", "year", "sex"),
        ages_complete=True,
    ),
    "log": Contract(*LOG, quiet=True),
    "offers": Contract(*OFFERS),
}

REFERENCE: Final[dict[str, Contract]] = {
    "lifetable": Contract(
        {"period": PERIOD, "year": YEAR, "sex": SEX_MW, "age": AGE, "qx": SHARE}, ("period", "sex", "age")
    ),
    "life_expectancy": Contract(
        {"region": AREA, "period": PERIOD, "year": YEAR, "sex": SEX_MW, "age": AGE, "years": NUMBER},
        ("region", "period", "sex", "age"),
    ),
    "care_rates": Contract(
        {
            "region": AREA,
            "year": YEAR,
            "sex": SEX,
            **_AGES,
            "rate": SHARE,
            "persons": COUNT_OR_EMPTY,
            "quality": QUALITY,
            "source": TEXT,
        },
        ("region", "year", "sex", "age_from", "age_to"),
    ),
    "care_totals": Contract(
        {
            "area": AREA,
            "level": LEVEL,
            "parent": PARENT,
            "year": YEAR,
            "people_in_need": COUNT,
            "status": STATUS_KIND,
            "area_changed": FLAG,
        },
        ("area", "year"),
    ),
    "care_settings_area": Contract(
        {
            "area": AREA,
            "level": LEVEL,
            "year": YEAR,
            "setting": SETTING,
            "persons": COUNT,
            "basis": BASIS,
            "status": STATUS_KIND,
        },
        ("area", "year", "setting"),
    ),
    "care_settings_age": Contract(
        {"area": AREA, "year": YEAR, **_AGES, "setting": SETTING, "persons": COUNT},
        ("area", "year", "setting", "age_from", "age_to"),
        ("area", "year", "setting"),
        ages_complete=True,
    ),
    "care_grades": Contract(
        {
            "area": AREA,
            "level": LEVEL,
            "year": YEAR,
            "setting": SETTING_OR_TOTAL,
            "pflegegrad": PFLEGEGRAD,
            "persons": COUNT,
            "half_width": COUNT,
            "status": STATUS_KIND,
        },
        ("area", "year", "setting", "pflegegrad"),
    ),
    "care_cities": Contract({"area": AREA, "name": TEXT, **_CARE}, ("area", "year", "sex", "measure")),
    "population_kreis": Contract(
        {"area": AREA, "year": YEAR, "sex": SEX_MW, **_AGES, "persons": COUNT},
        ("area", "year", "sex", "age_from", "age_to"),
        ("area", "year", "sex"),
        ages_complete=True,
    ),
    "kreis_structure": Contract(
        {"area": AREA, "year": YEAR, "population": COUNT, "share_65plus": SHARE, "median_age": NUMBER},
        ("area", "year"),
    ),
    "kreis_totals": Contract(
        {"area": AREA, "year": YEAR, "persons": COUNT, "per_km2": NUMBER, "census": YEAR}, ("area", "year")
    ),
    "population_cities": Contract(
        {"area": AREA, "year": YEAR, "sex": SEX_MW, **_AGES, "persons": COUNT},
        ("area", "year", "sex", "age_from", "age_to"),
        ("area", "year", "sex"),
        ages_complete=True,
    ),
    "population_de": Contract(
        {"year": YEAR, "sex": SEX_MW, **_AGES, "persons": COUNT, "status": STATUS_KIND},
        ("year", "sex", "age_from", "age_to"),
        ("year", "sex"),
        ages_complete=True,
    ),
    "district_totals": Contract(
        {"panel": TEXT, "district": DISTRICT, "year": YEAR, "persons": COUNT}, ("panel", "district", "year")
    ),
    "district_old": Contract(
        {"panel": TEXT, "district": DISTRICT, "year": YEAR, "persons": COUNT, "persons_65plus": COUNT},
        ("panel", "district", "year"),
    ),
    "fertility": Contract(
        {"region": AREA, "period": PERIOD, **_AGES, "share": SHARE}, ("region", "period", "age_from")
    ),
    "official_projections": Contract(
        {
            "area": AREA,
            "title": TEXT,
            "publisher": TEXT,
            "published": TEXT,
            "base_year": YEAR,
            "base_persons": COUNT_OR_EMPTY,
            "year": YEAR,
            "persons": COUNT_OR_EMPTY,
            "change_pct": SIGNED_OR_EMPTY,
            "quality": QUALITY,
            "url": TEXT,
        },
        ("area", "base_year", "year", "title"),
    ),
    "district_ages": Contract(
        {"panel": TEXT, "district": DISTRICT, "year": YEAR, "sex": SEX_MW, **_AGES, "persons": COUNT},
        ("panel", "district", "year", "sex", "age_from", "age_to"),
        ("panel", "district", "year", "sex"),
        ages_complete=True,
    ),
}

KREISE: Final[dict[str, Contract]] = {
    "areas": Contract({"area": AREA, "name": TEXT, "area_ha": NUMBER, "area_changed": FLAG}, ("area",), (), False),
    "ages": Contract(
        {"area": AREA, "year": YEAR, "sex": SEX, **_AGES, "persons": COUNT},
        ("area", "year", "sex", "age_from", "age_to"),
        ("area", "year", "sex"),
        False,
        ages_complete=True,
    ),
    "supply": Contract(
        {"area": AREA, "year": YEAR, "measure": SUPPLY_MEASURE, "value": NUMBER, "status": STATUS_KIND},
        ("area", "year", "measure"),
    ),
}
"""What lets every Kreis of the reference panel be computed as a city (inputs.kreise); care is in the reference."""
