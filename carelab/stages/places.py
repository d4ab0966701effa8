"""Places of a study: supply of nursing-home places, and where they are missing."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pandas as pd
import xarray as xr
from geopandas import GeoDataFrame

from carelab.forecast.summary import quantile_table
from carelab.inputs.geometry import load_geometry, own_geometry
from carelab.planning import gap as gap_model
from carelab.planning import supply as supply_model
from carelab.planning.tables import gap_table
from carelab.release.schematic import schematic_map
from carelab.stages.parts import Parts


class Places(Parts):
    """Nursing-home places, missing places, load of home care, and the map they are shown on."""

    @cached_property
    def polygons(self) -> GeoDataFrame:
        """Borders of the districts (EPSG:25832): the user's file, else the city's own, else a schematic map with the
        official areas."""
        if self.geometry_file is not None:
            return load_geometry(self.geometry_file, self.city.districts)
        return schematic_map(self.city.districts)

    @property
    def geometry_file(self) -> Path | None:
        """The file with the districts' borders: the parameter's, else the one in the city's folder, else None."""
        return Path(self.params.geometry) if self.params.geometry is not None else own_geometry(self.params.city)

    @cached_property
    def supply(self) -> xr.DataArray:
        """Nursing-home places (draw, district): known ones, and the rest placed at random."""
        old = self.base_population[:, :, 65:].sum(axis=(1, 2))
        places = supply_model.draw_places(self.supply_known_places, old, self.params.draws, self._rng("supply"))
        return xr.DataArray(places, dims=("draw", "district"), coords=self._coords("draw", "district"))

    @cached_property
    def supply_known_places(self) -> supply_model.Supply:
        """What is known of nursing homes."""
        structure = self.reference.kreis_structure
        official = structure[structure["area"] == self.city.info.ags].set_index("year")["population"]
        register = pd.Series(self.history.persons.sum(axis=1), index=self.history.years)
        return supply_model.known_supply(
            self.city.facilities,
            self.city.supply,
            official if len(official) else register,
            self._tables.districts,
            self.params.base_year,
        )

    @cached_property
    def supply_city(self) -> pd.DataFrame:
        """Official supply of the city: year, measure, value, status."""
        return self.city.supply

    @cached_property
    def supply_known(self) -> pd.DataFrame:
        """Facilities found, with place where known."""
        names = self.districts["name"]
        table = self.city.facilities.assign(name_district=self.city.facilities["district"].map(names))
        return table[["facility", "name", "category", "district", "name_district", "places", "status", "as_of", "url"]]

    @cached_property
    def physicians(self) -> pd.DataFrame:
        """Physicians, dentists, pharmacies by district and year, as counted."""
        table = self.city.physicians.assign(name=self.city.physicians["district"].map(self.districts["name"]))
        return table[["district", "name", "year", "physicians", "dentists", "pharmacies"]]

    @cached_property
    def gap_draws(self) -> xr.DataArray:
        """Missing nursing-home places (draw, district, year)."""
        wanted = self.demand.sel(setting="vollstationaer", drop=True)
        values = gap_model.place_gap(wanted.values, self.supply.values, self.params.occupancy)
        return wanted.copy(data=values)

    @cached_property
    def gap(self) -> pd.DataFrame:
        """Missing places by district and year, with probabilities and ranks."""
        oldest = self._age_bands.sel(age_band=["80-84", "85-89", "90+"]).sum("age_band").median("draw")
        wanted = self.demand.sel(setting="vollstationaer", drop=True)
        table = gap_table(
            xr.Dataset({"gap": self.gap_draws, "demand": wanted, "supply": self.supply, "oldest": oldest}),
            self.districts.assign(places_known=self.supply_known_places.known),
            limit=self.params.shortfall_places,
        )
        return table[~table["district"].isin(self._few)].reset_index(drop=True)

    @cached_property
    def gap_city(self) -> pd.DataFrame:
        """Missing places of the whole city by year."""
        total = self.gap_draws.sum("district")
        share = gap_model.probability_above(total.values)
        return quantile_table(total).assign(p_shortfall=share)

    @cached_property
    def ambulant_load(self) -> pd.DataFrame:
        """People cared for by home-care services per service and per member of staff, at the latest counted supply."""
        draws = self.demand.sel(setting="ambulant", drop=True).sum("district")
        known = self.city.supply[self.city.supply["year"] <= self.params.base_year]
        return supply_model.load_table(draws, known, quantiles=quantile_table)
