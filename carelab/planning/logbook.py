"""What a logbook of contacts adds up to by half-year, with cells below 5 hidden so that no total gives them away.

Each half-year is one table that stands alone (no sums over half-years are made): districts and the city, by services,
all services, first contacts and repeated ones. Cells of 1 to 4 are hidden. Then, as an attacker would, the smallest and
the largest value of every hidden cell that all visible cells and sums allow is computed (linear programming; Fischetti
and Salazar 2001 audit tables so), knowing that hidden cells are at least 1. Where they lie closer than 3, a further
cell of its row or column is hidden, until no hidden cell can be told. Zeros stay: nobody stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST = 5
"""Counts from 1 to below this are hidden."""
SPREAD = 3.0
"""A hidden cell must be possible with values at least this far apart."""
TOTAL = "total"
FIRST, AGAIN = "first", "again"
Cells = NDArray[np.float64]
Mask = NDArray[np.bool_]


def half_year(month: pd.Series) -> pd.Series:
    """Return the half-year (2026-H1) of months (2026-03)."""
    second = month.str[5:].astype(int) > 6
    return month.str[:4] + "-H" + second.astype(int).add(1).astype(str)


def published_contacts(log: pd.DataFrame, *, least: int = LEAST) -> pd.DataFrame:
    """Return half_year, district, service, contacts, minutes, kilometres, hidden; NaN where hidden.

    ``log`` columns of log.csv. ``district`` "total" = the city; ``service`` also total, first and again (first and
    repeated contacts over all services). Minutes and kilometres are hidden wherever the contacts are.
    """
    weighted = log.assign(half_year=half_year(log["month"]))
    weighted[["minutes", "kilometres"]] = log[["minutes", "kilometres"]].mul(log["contacts"], axis=0)
    tables = [_half(rows, str(name), least) for name, rows in weighted.groupby("half_year")]
    columns = ["half_year", "district", "service", "contacts", "minutes", "kilometres", "hidden"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _half(rows: pd.DataFrame, name: str, least: int) -> pd.DataFrame:
    """Return the table of one half-year."""
    counts = _crossed(rows, "contacts")
    services = [column for column in counts.columns if column not in (TOTAL, FIRST, AGAIN)]
    hidden = hide(counts.to_numpy(float), parts=_parts(len(services)), least=least)
    long = {column: _crossed(rows, column).where(~hidden).stack(future_stack=True) for column in _MEASURES}
    table = pd.DataFrame(long).rename_axis(["district", "service"]).reset_index()
    return table.assign(half_year=name, hidden=hidden.ravel())[
        ["half_year", "district", "service", *_MEASURES, "hidden"]
    ]


_MEASURES = ("contacts", "minutes", "kilometres")


def _crossed(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return sums: districts and the city by services, all of them, first and repeated contacts."""
    rows = rows.astype({value: float})
    by_service = rows.pivot_table(index="district", columns="service", values=value, aggfunc="sum", fill_value=0.0)
    by_contact = rows.pivot_table(index="district", columns="contact", values=value, aggfunc="sum", fill_value=0.0)
    table = by_service.assign(**{TOTAL: by_service.sum(axis=1)})
    table = table.join(by_contact.reindex(columns=[FIRST, AGAIN], fill_value=0.0)).astype(float)
    table.loc[TOTAL] = table.sum()
    return table


def _parts(services: int) -> list[Cells]:
    """Return the sums within a row: services = all of them, first + again = all of them."""
    whole = np.zeros((2, services + 3))
    whole[0, :services], whole[:, services] = 1.0, -1.0
    whole[1, services + 1 :] = 1.0
    return list(whole)


def hide(counts: Cells, *, parts: Sequence[Cells], least: int = LEAST) -> Mask:
    """Return which cells are hidden. ``counts`` (row, column), the last row is the sum of the others.

    ``parts``: sums within each row, as weights (column) that add up to 0.
    """
    hidden: Mask = (counts > 0) & (counts < least)
    small = hidden.copy()
    sums = _sums(counts.shape, parts)
    while True:
        close = small & (_spread(counts, hidden, sums, small) < SPREAD - 1e-6)
        if not close.any():
            return hidden
        hidden |= _companions(counts, hidden, close)


def _sums(shape: tuple[int, ...], parts: Sequence[Cells]) -> Cells:
    """Return all sums as rows of weights (sum, cell) that give 0."""
    rows, columns = shape
    within = [np.kron(np.eye(rows)[row], part) for row in range(rows) for part in parts]
    down = np.append(np.ones(rows - 1), -1.0)
    return np.array([*within, *(np.kron(down, np.eye(columns)[column]) for column in range(columns))])


def _spread(counts: Cells, hidden: Mask, sums: Cells, wanted: Mask) -> Cells:
    """Return how far apart the smallest and largest possible value of each wanted hidden cell are (inf: no limit)."""
    from scipy.optimize import linprog  # starts threads in some builds: only where it is used

    cells = np.flatnonzero(hidden)
    matrix = sums[:, cells]
    used = np.any(matrix != 0, axis=1)
    visible = np.where(hidden, 0.0, counts).ravel()
    right = -(sums[used] @ visible)
    low = counts.ravel()[cells].astype(float)
    high = low.copy()
    for place in np.flatnonzero(wanted.ravel()[cells]):
        for sign in (1.0, -1.0):
            if high[place] - low[place] >= SPREAD:
                break
            cost = np.zeros(len(cells))
            cost[place] = sign
            found = linprog(cost, A_eq=matrix[used], b_eq=right, bounds=(1.0, float(counts.max()) + 10 * SPREAD))
            if found.status == 0:
                low, high = np.minimum(low, found.x), np.maximum(high, found.x)
    spread = np.full(counts.size, np.inf)
    spread[cells] = high - low
    return spread.reshape(counts.shape)


def _companions(counts: Cells, hidden: Mask, close: Mask) -> Mask:
    """Return further cells to hide: for each cell that is too close, the smallest of its row and of its column.

    If neither has any left, the smallest visible cell of the table; totals last, since they are read most.
    """
    more = np.zeros_like(hidden)
    size = np.where(hidden | (counts <= 0), np.inf, counts + 1e9 * (np.arange(len(counts)) == len(counts) - 1)[:, None])
    for row, column in np.argwhere(close):
        by_row, by_column = int(np.argmin(size[row])), int(np.argmin(size[:, column]))
        more[row, by_row] |= np.isfinite(size[row, by_row])
        more[by_column, column] |= np.isfinite(size[by_column, column])
    if not more.any():
        more[np.unravel_index(int(np.argmin(size)), size.shape)] = bool(np.isfinite(size).any())
        if not more.any():
            return hidden | (counts > 0) | close
    return more
