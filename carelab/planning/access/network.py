"""Ways on foot over a network: metres from where people live to sites, along streets and paths instead of as the crow
flies.

Shortest ways by Dijkstra's method (SciPy) from each site. The way from a door to the network and from the network to a
site is the straight line to the nearest point of it, times the detour factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from carelab.planning.access.catchment import Array
from carelab.planning.access.places import Plane
from carelab.planning.access.travel import DETOUR
from carelab.terms import UserError

STEP = 40.0
"""Metres: longer edges get points in between, so that a door is never joined to a far junction."""
FAR = 1000.0
"""Metres to the network beyond which a place is not on it."""
SAME = 2.0
"""Metres within which a place asked for is one that was computed (coordinates are stored to about a metre)."""
AT_ONCE = 16
"""Sites whose ways are found together: bounds memory."""


@dataclass(frozen=True)
class Network:
    """``at`` (node, 2) metres on the city's plane, ``graph`` (node, node) metres: one piece, both directions."""

    at: Array
    graph: sparse.csr_array


def build_network(at: Array, start: NDArray[np.int64], end: NDArray[np.int64]) -> Network:
    """Return the largest connected piece of nodes ``at`` (node, 2) metres and edges ``start``, ``end`` (edge,)."""
    length = np.hypot(*(at[start] - at[end]).T)
    pieces = np.maximum(np.ceil(length / STEP), 1).astype(int)
    between, start, end, length = _split(at, start, end, (length, pieces))
    every = np.concatenate([at, between])
    graph = sparse.csr_array((np.maximum(length, 1e-3), (start, end)), shape=(len(every), len(every)))
    graph = graph.maximum(graph.T).tocsr()
    _, piece = connected_components(graph, directed=False)
    kept = np.flatnonzero(piece == np.bincount(piece).argmax())
    return Network(every[kept], graph[kept][:, kept])


def _split(
    at: Array, start: NDArray[np.int64], end: NDArray[np.int64], parts: tuple[Array, NDArray[np.int64]]
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64], Array]:
    """Return new nodes and edges of at most STEP metres: (node, 2), start, end, metres (edge,)."""
    length, pieces = parts
    edge = np.repeat(np.arange(len(start)), pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    last = number == pieces[edge] - 1
    share = ((number + 1) / pieces[edge])[~last][:, None]
    between = at[start[edge[~last]]] * (1 - share) + at[end[edge[~last]]] * share
    to = end[edge].copy()
    to[~last] = len(at) + np.arange(len(between))
    origin = np.where(number == 0, start[edge], np.concatenate([[0], to[:-1]]))
    return between, origin, to, (length / pieces)[edge]


def away(network: Network, places: Array) -> Array:
    """Return metres from each place (place, 2) to the network."""
    return np.asarray(cKDTree(network.at).query(places)[0])


def walks(network: Network, homes: Array, sites: Array) -> Array:
    """Return metres on foot (home, site) between places (…, 2); NaN to and from places farther than FAR from a way."""
    tree = cKDTree(network.at)
    (out, leaving), (into, arriving) = tree.query(homes), tree.query(sites)
    found = np.empty((len(homes), len(sites)))
    for first in range(0, len(sites), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        found[:, some] = dijkstra(network.graph, directed=False, indices=arriving[some])[:, leaving].T
    found += DETOUR * (out[:, None] + into[None, :])
    found[out > FAR] = np.nan
    found[:, into > FAR] = np.nan
    return found


def nearest(network: Network, homes: Array, sites: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return metres on foot (home,) to the next of ``sites`` (site, 2) and which it is; NaN as in ``walks``."""
    tree = cKDTree(network.at)
    (out, leaving), (into, arriving) = tree.query(homes), tree.query(sites)
    known = np.flatnonzero(into <= FAR)
    metres, _, source = dijkstra(
        network.graph, directed=False, indices=arriving[known], min_only=True, return_predecessors=True
    )
    which = known[np.argsort(arriving[known])][np.searchsorted(np.sort(arriving[known]), source[leaving])]
    total = metres[leaving] + DETOUR * (out + into[which])
    return np.where(out <= FAR, total, np.nan), which


def as_table(homes: Array, sites: Array, metres: Array) -> pd.DataFrame:
    """Return pairs with a way: from_lon, from_lat, to_lon, to_lat (degrees), metres; places are (…, 2) lon, lat."""
    home, site = np.nonzero(np.isfinite(metres))
    columns = [*homes[home].T.round(5), *sites[site].T.round(5), metres[home, site].round(0)]
    names = ("from_lon", "from_lat", "to_lon", "to_lat", "metres")
    table = pd.DataFrame(dict(zip(names, columns, strict=True)))
    return table.drop_duplicates(list(names[:4]), ignore_index=True)


def look_up(table: pd.DataFrame, plane: Plane, homes: Array, sites: Array) -> Array:
    """Return metres (home, site) of the pairs of ``as_table``; NaN where a pair, a home or a site is not in it.

    ``homes``, ``sites`` (…, 2) metres on the plane, NaN = no point.
    """
    start, from_place = _places(table, plane, "from", homes)
    end, to_place = _places(table, plane, "to", sites)
    known = np.full((int(start.max(initial=-1)) + 2, int(end.max(initial=-1)) + 2), np.nan)
    known[start, end] = table["metres"].to_numpy(float)
    return np.asarray(known[from_place[:, None], to_place[None, :]])


def check_homes(table: pd.DataFrame, plane: Plane, homes: Array, city: str) -> None:
    """Raise UserError where places in which people live are not in the table: it is older than the grid or borders."""
    different, at = _places(table, plane, "from", homes)
    lacking = int((at > different.max(initial=-1)).sum())
    if lacking:
        raise UserError(
            f"walks.csv: {lacking} von {len(homes)} Wohnorten fehlen darin; Stadtteile oder Raster sind neuer. "
            f"Bitte den OSM-Auszug noch einmal aufnehmen: carelab data add {city} DATEI --as osm.",
            f"walks.csv: {lacking} of {len(homes)} places people live in are not in it; districts or grid are newer. "
            f"Please add the OSM extract once more: carelab data add {city} FILE --as osm.",
        )


def _places(table: pd.DataFrame, plane: Plane, side: str, wanted: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the number of each row's place, and of each wanted place (one more than there are = not in the table)."""
    degrees = table[[f"{side}_lon", f"{side}_lat"]].to_numpy(float)
    different, row = np.unique(degrees, axis=0, return_inverse=True)
    found = np.full(len(wanted), len(different), np.intp)
    here = np.isfinite(wanted).all(axis=1)
    if here.any() and len(different):
        apart, at = cKDTree(plane.metres(*different.T)).query(wanted[here])
        found[here] = np.where(apart <= SAME, at, len(different))
    return row.ravel(), found
