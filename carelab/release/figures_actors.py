"""Figures of actors: the network of each quarter, which kinds are missing, who holds it together."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions import captioned
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import listing
from carelab.terms import COLOURS, Language, label, say

MOST_PANELS = 6
"""Networks drawn: those with most institutions; the table has all."""


def actor_network(positions: pd.DataFrame, edges: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return one network per quarter, institutions on an ellipse; the table holds the agreements.

    ``positions``: columns of planning.actors. ``edges``: district, name, agreement, actor_a, actor_b, subject, status.
    """
    sizes = positions.groupby("district").size().sort_values(ascending=False, kind="stable")
    shown = sizes.index[sizes > 1][:MOST_PANELS].tolist()
    names = positions.drop_duplicates("actor").set_index("actor")["actor_name"]
    table = edges.assign(actor_a=edges["actor_a"].map(names), actor_b=edges["actor_b"].map(names))
    table = table.rename(columns={"status": "state"})
    if not shown:
        none = say(
            language, "Die Stadt hat keine Institutionen genannt (actors.csv).", "The city has named no institutions."
        )
        alt = none if positions.empty else _alt(positions, language)
        return captioned("actor_network", table, figure=(alt, None), edition=(language, None))

    def paint(panels: Any) -> None:
        for axes, district in zip(d.iterate(panels), shown, strict=False):
            _network(axes, positions[positions["district"] == district], edges[edges["district"] == district], language)
        for axes in list(d.iterate(panels))[len(shown) :]:
            axes.set_visible(False)

    heights = [max(4, int(sizes[district])) for district in shown]
    svg = d.draw(
        paint,
        height=0.7 + 0.34 * sum(heights) + 0.55 * len(shown),
        margins=(2.1, 2.1, 0.2, 0.6),
        panels=(len(shown), 1),
        gridspec_kw={"hspace": 0.4, "height_ratios": heights},
    )
    return captioned("actor_network", table, figure=(_alt(positions, language), svg), edition=(language, None))


def _network(axes: Axes, nodes: pd.DataFrame, edges: pd.DataFrame, language: Language) -> None:
    """Draw one quarter: institutions on an ellipse, the same kinds side by side."""
    nodes = nodes.sort_values(["actor_kind", "actor"], kind="stable")
    place = dict(zip(nodes["actor"], _around(len(nodes)), strict=True))
    for row in edges.itertuples():
        (x0, y0), (x1, y1) = place[row.actor_a], place[row.actor_b]
        style = "-" if row.status == "in_force" else (0, (3, 2))
        axes.plot([x0, x1], [y0, y1], color=d.SOFT, linewidth=1.2, linestyle=style, zorder=1)
    for row in nodes.itertuples():
        x, y = place[row.actor]
        face = COLOURS["need"] if row.holds_together else "#ffffff"
        axes.scatter(
            [x],
            [y],
            s=130 if row.holds_together else 60,
            c=[face],
            edgecolors=COLOURS["need"],
            linewidths=1.6,
            zorder=3,
        )
        side = "left" if x >= 0 else "right"
        words = "\n".join(textwrap.wrap(str(row.actor_name), 22)[:2])
        axes.annotate(
            words, (x, y), xytext=(9 if side == "left" else -9, 0), textcoords="offset points", ha=side, va="center",
            fontsize=10, annotation_clip=False,
        )  # fmt: skip
    axes.set_xlim(-1.15, 1.15)
    axes.set_ylim(-1.15, 1.15)
    axes.axis("off")
    d.panel_title(axes, str(nodes["name"].iloc[0]))


def _around(count: int) -> list[tuple[float, float]]:
    """Return points on an ellipse, right half from top to bottom, then left half upwards, so that no names collide."""
    right = (count + 1) // 2
    heights = [np.linspace(1, -1, part + 2)[1:-1] for part in (right, count - right)]
    sides = [(float(1 - 0.8 * y**2), float(y)) for y in heights[0]]
    return sides + [(-float(1 - 0.8 * y**2), float(y)) for y in heights[1][::-1]]


def _alt(positions: pd.DataFrame, language: Language) -> str:
    """Return per quarter how many institutions there are and who holds them together."""
    parts = []
    for name, rows in positions.groupby("name", sort=False):
        centre = listing(rows.loc[rows["holds_together"], "actor_name"].tolist(), language)
        words = say(
            language,
            f"{name}: {len(rows)} Institutionen, zusammengehalten von {centre or 'keiner einzelnen'}",
            f"{name}: {len(rows)} institutions, held together by {centre or 'no single one'}",
        )
        parts.append(words)
    return "; ".join(parts) + "."


def actor_kinds_table(actor_kinds: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return per district the kinds of institutions by state, in words. Columns: district, name, actor_kind, state."""
    rows = []
    for (district, name), group in actor_kinds.groupby(["district", "name"], sort=False):
        by_state = group.groupby("state")["actor_kind"].agg(list)
        lists = {
            column: ", ".join(label(kind, language) for state in states for kind in by_state.get(state, []))
            for column, states in _LISTS.items()
        }
        rows.append({"district": district, "name": name, **lists})
    table = pd.DataFrame(rows, columns=["district", "name", *_LISTS])
    told = int((actor_kinds["state"] == "linked").groupby(actor_kinds["district"]).any().sum())
    alt = say(
        language,
        f"In {told} von {len(table)} Stadtteilen sind Vereinbarungen bekannt.",
        f"Agreements are known in {told} of {len(table)} districts.",
    )
    return captioned("actor_kinds", table, figure=(alt, None), edition=(language, None))


_LISTS = {
    "linked_kinds": ("linked",),
    "talks": ("negotiated",),
    "alone_kinds": ("alone", "unknown_link"),
    "missing_kinds": ("not_found",),
    "unknown_kinds": ("unknown",),
}


def actor_positions_table(positions: pd.DataFrame, *, language: Language) -> Exhibit:
    """Return institutions by quarter, the one that mediates most first."""
    table = positions.sort_values(["district", "betweenness"], ascending=[True, False], kind="stable")
    columns = [
        "district",
        "name",
        "actor_name",
        "actor_kind",
        "partners",
        "talks",
        "betweenness",
        "holds_together",
        "part",
    ]
    alt = say(language, f"{len(table)} Institutionen.", f"{len(table)} institutions.")
    return captioned(
        "actor_positions", table[columns].reset_index(drop=True), figure=(alt, None), edition=(language, None)
    )
