"""Networks of quarters by hand: who is linked, who holds together, which kinds are missing or unknown."""

import pandas as pd
import pytest

from carelab.planning.actors import actor_edges, actor_positions, quarter_kinds
from carelab.terms_chain import ACTOR_KINDS

pytestmark = pytest.mark.unit
NAMES = pd.Series({"01": "a", "02": "b"})
ACTORS = pd.DataFrame(
    [("h", "betreiber", "01"), ("p", "aerzte", "01"), ("t", "therapiepraxis", "01"), ("k", "kasse", ""),
     ("s", "kommune", ""), ("x", "selbsthilfe", "01"), ("o", "sportverein", "02")],
    columns=["actor", "kind", "district"],
).assign(status="active", name=lambda table: table["actor"].str.upper())  # fmt: skip
AGREEMENTS = pd.DataFrame(
    [("1", "h", "p", "in_force"), ("2", "h", "t", "in_force"), ("3", "h", "k", "negotiated"),
     ("4", "p", "o", "in_force"), ("5", "x", "s", "ended")],
    columns=["agreement", "actor_a", "actor_b", "status"],
).assign(subject="", since="")  # fmt: skip


def test_positions_of_a_star() -> None:
    table = actor_positions(ACTORS, AGREEMENTS, NAMES).set_index(["district", "actor"])
    quarter = table.loc["01"]
    assert set(quarter.index) == {"h", "p", "t", "x", "k"}, "the fund by talks; the city only by an ended agreement"
    assert quarter.loc["h", "partners"] == 2
    assert quarter.loc["h", "betweenness"] == pytest.approx(1 / 6)  # one of the six pairs among the four others
    assert quarter["holds_together"].to_dict() == {"h": True, "p": False, "t": False, "x": False, "k": False}
    assert quarter.loc["k", "talks"] == 1
    assert quarter.loc["x", "part"] > quarter.loc["h", "part"]
    assert table.loc[("02", "o"), "partners"] == 0, "an agreement with another quarter is none of this one"
    edges = actor_edges(actor_positions(ACTORS, AGREEMENTS, NAMES), AGREEMENTS)
    assert edges["agreement"].tolist() == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("told", "none", "alone"), [((), "unknown", "unknown_link"), (("actors", "agreements"), "not_found", "alone")]
)
def test_a_kind_is_missing_only_where_the_list_is_complete(told: tuple[str, ...], none: str, alone: str) -> None:
    positions = actor_positions(ACTORS, AGREEMENTS, NAMES)
    coverage = pd.DataFrame({"kind": list(told), "complete": True})
    kinds = quarter_kinds(positions, names=NAMES, kinds=ACTOR_KINDS, coverage=coverage)
    state = kinds.set_index(["district", "actor_kind"])["state"]
    assert len(state) == 2 * len(ACTOR_KINDS)
    assert state[("01", "investor")] == none
    assert state[("01", "selbsthilfe")] == alone
    assert state[("01", "betreiber")] == "linked"
    assert state[("01", "kasse")] == "negotiated"


def test_no_actors_give_empty_tables() -> None:
    empty = actor_positions(ACTORS[:0], AGREEMENTS[:0], NAMES)
    assert empty.empty
    assert actor_edges(empty, AGREEMENTS[:0]).empty
