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
    *("district", "name", "actor", "actor_name", "actor_kind", "status", "partners", "talks"),
    *("betweenness", "holds_together", "part"),
)


def actor_positions(actors: pd.DataFrame, agreements: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return one row per quarter and institution in its network (columns: POSITIONS).

    ``actors``: actor, name, kind, district (empty: whole city), status. ``agreements``: actor_a, actor_b, status.
    ``names``: district -> name. The network of a quarter holds the institutions of the district and those of the whole
    city that agreements in force or under negotiation tie to them. ``partners`` counts institutions with an agreement
    in force, ``talks`` those with one under negotiation only; betweenness and connected ``part`` (the largest first)
    rest on agreements in force.
    """
    active = actors[actors["status"].isin(["active", "unclear"])]
    rows: list[dict[str, object]] = []
    for district in sorted(set(active["district"]) - {""}):
        graph = quarter_network(active, agreements, str(district))
        rows += _positions(graph, active.set_index("actor"), str(district), str(names.get(district, district)))
    table = pd.DataFrame(rows, columns=list(POSITIONS))
    live = agreements[agreements["status"] == "negotiated"]
    pairs = {frozenset(pair) for pair in zip(live["actor_a"], live["actor_b"], strict=True)}
    here = table.groupby("district")["actor"].agg(set)
    table["talks"] = [
        sum(actor in pair and pair <= here[district] for pair in pairs)
        for actor, district in zip(table["actor"], table["district"], strict=True)
    ]
    return table


def quarter_network(actors: pd.DataFrame, agreements: pd.DataFrame, district: str) -> nx.Graph:
    """Return the network of one quarter: nodes are actors' codes, edges agreements in force."""
    import networkx as nx  # a run without actors should not pay for it

    own = set(actors.loc[actors["district"] == district, "actor"])
    wide = set(actors.loc[actors["district"] == "", "actor"])
    ties = agreements[agreements["status"].isin(["in_force", "negotiated"])]
    ties = ties[ties["actor_a"].isin(own | wide) & ties["actor_b"].isin(own | wide)]
    every = nx.Graph(list(zip(ties["actor_a"], ties["actor_b"], strict=True)))
    every.add_nodes_from(own)
    reached = {node for start in own for node in nx.node_connected_component(every, start)}
    force = ties[(ties["status"] == "in_force") & ties["actor_a"].isin(reached)]
    graph = nx.Graph()
    graph.add_nodes_from(sorted(reached))
    graph.add_edges_from(zip(force["actor_a"], force["actor_b"], strict=True))
    return graph


def actor_edges(positions: pd.DataFrame, agreements: pd.DataFrame) -> pd.DataFrame:
    """Return agreements in force or under negotiation within each quarter's network.

    Columns: district, name, agreement, actor_a, actor_b, subject, since, status.
    """
    live = agreements[agreements["status"].isin(["in_force", "negotiated"])]
    members = positions[["district", "name", "actor"]]
    table = live.merge(members.rename(columns={"actor": "actor_a"}), on="actor_a")
    table = table.merge(members[["district", "actor"]].rename(columns={"actor": "actor_b"}), on=["district", "actor_b"])
    columns = ["district", "name", "agreement", "actor_a", "actor_b", "subject", "since", "status"]
    return table[columns].sort_values(["district", "agreement"], kind="stable", ignore_index=True)


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
            "talks": 0,
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

    ``state``: linked (at least one agreement in force), negotiated (talks only), alone (there, no agreement in force;
    unknown_link where the list of agreements is not said to be complete), not_found (none there; unknown where the
    list of actors is not said to be complete). ``coverage``: kind, complete.
    """
    told = set(coverage.loc[coverage["complete"].astype(bool), "kind"])
    linked = positions[positions["partners"] > 0].groupby(["district", "actor_kind"]).size()
    talks = positions[positions["talks"] > 0].groupby(["district", "actor_kind"]).size()
    there = positions.groupby(["district", "actor_kind"]).size()
    rows = pd.MultiIndex.from_product([names.index, kinds], names=["district", "actor_kind"]).to_frame(index=False)
    keys = list(zip(rows["district"], rows["actor_kind"], strict=True))
    none = "not_found" if "actors" in told else "unknown"
    alone = "alone" if "agreements" in told else "unknown_link"
    known = (("linked", linked.index), ("negotiated", talks.index), (alone, there.index))
    state = [next((word for word, index in known if key in index), none) for key in keys]
    rows = rows.assign(name=rows["district"].map(names), state=state)
    rows["actors_count"] = [int(there.get(key, 0)) for key in keys]
    return rows[["district", "name", "actor_kind", "state", "actors_count"]]
