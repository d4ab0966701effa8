"""No hidden cell of the logbook can be computed from what stays visible: an independent attacker tries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from carelab.planning.logbook import half_year, published_contacts

pytestmark = pytest.mark.unit
SERVICES = ["care_counselling", "identity_card", "participation"]


def logbook(seed: int, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    district = rng.choice(["01", "02", "03", "04", "05"], rows, p=[0.4, 0.3, 0.2, 0.07, 0.03])
    frame = pd.DataFrame({"month": rng.choice(["2026-03", "2026-06"], rows), "district": district})
    frame["service"] = rng.choice(SERVICES, rows, p=[0.7, 0.25, 0.05])
    frame["contact"] = rng.choice(["first", "again"], rows, p=[0.3, 0.7])
    return frame.assign(minutes=rng.integers(10, 90, rows), kilometres=2.5, contacts=1)


def test_half_years() -> None:
    assert half_year(pd.Series(["2026-06", "2026-07"])).tolist() == ["2026-H1", "2026-H2"]


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_cell_can_be_computed(seed: int) -> None:
    log = logbook(seed, 40 + 20 * seed)
    table = published_contacts(log).pivot(index="district", columns="service", values="contacts")
    truth = log.groupby(["district", "service"])["contacts"].sum()
    shown = table.loc[table.index != "total", [s for s in SERVICES if s in table]].stack().dropna()
    for key, value in shown.items():
        assert value == truth.get(key, 0), "what is shown is the sum"
        assert value == 0 or value >= 5
    names = [(district, service) for district in table.index for service in table.columns]
    place = {name: n for n, name in enumerate(names)}
    sums = []
    for district in table.index:
        for parts in ([s for s in SERVICES if s in table], ["first", "again"]):
            row = np.zeros(len(names))
            row[[place[district, part] for part in parts]], row[place[district, "total"]] = 1, -1
            sums.append(row)
    for service in table.columns:
        row = np.zeros(len(names))
        row[[place[district, service] for district in table.index if district != "total"]] = 1
        row[place["total", service]] = -1
        sums.append(row)
    cells = table.to_numpy().ravel()
    bounds = [(1, 1000) if np.isnan(value) else (value, value) for value in cells]
    real = {(d, s): v for (d, s), v in truth.items()}
    for name in (name for name in names if np.isnan(cells[place[name]]) and real.get(name, 9) < 5):
        cost = np.eye(len(names))[place[name]]
        ends = [linprog(sign * cost, A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=bounds) for sign in (1, -1)]
        assert ends[0].status == ends[1].status == 0
        assert -ends[1].fun - ends[0].fun >= 3 - 1e-6, f"{name} can be told"


def test_minutes_are_hidden_with_the_contacts_and_count_each_contact() -> None:
    log = logbook(3, 200).assign(contacts=2)
    table = published_contacts(log)
    assert table["minutes"].isna().equals(table["hidden"])
    whole = table[(table["district"] == "total") & (table["service"] == "total")]
    assert whole["minutes"].item() == 2 * log["minutes"].sum()
