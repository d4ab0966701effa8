"""Actors of a quarter and their agreements: who is linked, which kind is missing, who holds the network together.

Betweenness after Freeman (1977), normalised to 0-1; an actor holds the network together where taking it away leaves
others without a path to each other (articulation point). Institutions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    import networkx as nx

POSITIONS: Final = (
    *("district", "name", "actor", "actor_name", "actor_kind", "status", "partners", "betweenness"),
    *("holds_together", "part"),
)


def actor_positions(actors: pd.DataFrame, agreements: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return one row per quarter and institution in its network (columns: POSITIONS).

    ``actors``: actor, name, kind, district (empty: whole city), status. ``agreements``: actor_a, actor_b, status (only
    in_force links). ``names``: district -> name. The network of a quarter holds the institutions of the district, and
    those of the whole city that have an agreement with one of them or with each other through them. ``partners``
    counts agreements' other sides; ``part`` numbers connected parts, the largest first.
    """
    active = actors[actors["status"].isin(["active", "unclear"])]
    rows: list[dict[str, object]] = []
    for district in sorted(set(active["district"]) - {""}):
        graph = quarter_network(active, agreements, str(district))
        rows += _positions(graph, active.set_index("actor"), str(district), str(names.get(district, district)))
    return pd.DataFrame(rows, columns=list(POSITIONS))


def quarter_network(actors: pd.DataFrame, agreements: pd.DataFrame, district: str) -> nx.Graph:
    """Return the network of one quarter: nodes are actors' codes, edges agreements in force."""
    import networkx as nx  # a run without actors should not pay for it

    own = set(actors.loc[actors["district"] == district, "actor"])
    wide = set(actors.loc[actors["district"] == "", "actor"])
    force = agreements[agreements["status"] == "in_force"]
    pairs = set(zip(force["actor_a"], force["actor_b"], strict=True))
    whole = nx.Graph([pair for pair in sorted(pairs) if set(pair) <= own | wide])
    whole.add_nodes_from(sorted(own))
    reached = {node for start in own for node in nx.node_connected_component(whole, start)}
    graph = nx.Graph()
    graph.add_nodes_from(sorted(reached))
    graph.add_edges_from(sorted(pair for pair in whole.edges if set(pair) <= reached))
    return graph


def _positions(graph: nx.Graph, actors: pd.DataFrame, district: str, name: str) -> list[dict[str, object]]:
    """Return the rows of one quarter."""
    import networkx as nx

    between, cut = nx.betweenness_centrality(graph), set(nx.articulation_points(graph))
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    part_of = {node: number for number, part in enumerate(parts, 1) for node in part}
    told = actors.loc[list(graph.nodes)]
    return [
        {
            "district": district,
            "name": name,
            "actor": actor,
            "actor_name": row["name"],
            "actor_kind": row["kind"],
            "status": row["status"],
            "partners": graph.degree[actor],
            "betweenness": between[actor],
            "holds_together": actor in cut,
            "part": part_of[actor],
        }
        for actor, row in told.iterrows()
    ]


def quarter_kinds(
    positions: pd.DataFrame, *, names: pd.Series, kinds: tuple[str, ...], coverage: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per district and kind of institution: district, name, actor_kind, state, actors_count.

    ``state``: linked (at least one agreement in force), alone (there, no agreement in force; unknown_link where the list of
    agreements is not said to be complete), not_found (none there; unknown where the list of actors is not said to be
    complete). ``coverage``: kind, complete.
    """
    told = set(coverage.loc[coverage["complete"].astype(bool), "kind"])
    linked = positions[positions["partners"] > 0].groupby(["district", "actor_kind"]).size()
    there = positions.groupby(["district", "actor_kind"]).size()
    rows = pd.MultiIndex.from_product([names.index, kinds], names=["district", "actor_kind"]).to_frame(index=False)
    keys = list(zip(rows["district"], rows["actor_kind"], strict=True))
    none = "not_found" if "actors" in told else "unknown"
    alone = "alone" if "agreements" in told else "unknown_link"
    state = ["linked" if key in linked.index else alone if key in there.index else none for key in keys]
    rows = rows.assign(name=rows["district"].map(names), state=state)
    rows["actors_count"] = [int(there.get(key, 0)) for key in keys]
    return rows[["district", "name", "actor_kind", "state", "actors_count"]]
