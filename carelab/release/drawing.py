"""Drawing: the pieces that all figures share. Text stays text, bytes are reproducible, colours come from terms."""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from carelab.release.numbers import about, about_signed, number, percent
from carelab.terms import COLOURS, Language, label

WIDTH: Final = 7.8
"""Width of every figure in inches (562 units): text of 12 units stays readable when scaled to a column or a phone."""
INK: Final = "#22282d"
SOFT: Final = COLOURS["neutral"]
LINE: Final = "#d9dee2"
PAPER: Final = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5}
"""Box behind a text that would otherwise lie on a line."""
PALE_GRADES: Final = ("C", "D", "E")
"""Grades of estimated districts: drawn with a hollow dot."""
WEAK_GRADES: Final = ("D",)
"""Grades of districts whose number of inhabitants is estimated, too: drawn dotted and paler, bars hatched."""
WEAK_ALPHA: Final = 0.6
HATCHED: Final[dict[str, Any]] = {"hatch": "////", "alpha": WEAK_ALPHA, "edgecolor": "#ffffff", "linewidth": 0}

SHORT: Final = 26
"""Characters of a row's name on one line."""
LONG: Final = 40
"""Characters of the second line of a row's name."""
PNG_DPI: Final = 220
"""Dots per inch of pictures for programs that draw no SVG: 1,716 across a slide."""
_PICTURES: ContextVar[list[bytes] | None] = ContextVar("pictures", default=None)

_SOLID: Final[Any] = "solid"
_DOTTED: Final[Any] = (0.0, (0.8, 0.5))
_BOUNDS: Final = ("lower_80", "upper_80", "lower_95", "upper_95")
_FONTS = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "carelab",
    "font.family": ["DejaVu Sans"],
    "font.size": 12.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "xtick.labelsize": 11.5,
    "ytick.labelsize": 11.5,
    "lines.solid_capstyle": "butt",
}


def draw(
    paint: Callable[[Any], None],
    *,
    height: float,
    margins: tuple[float, float, float, float],
    panels: tuple[int, int] = (1, 1),
    **grid: Any,
) -> str:
    """Return the SVG of a figure: ``paint`` gets the axes (an array of them for panels).

    ``margins`` are left, right, bottom, top in inches, so that a long figure has the same margins as a short one.
    """
    left, right, bottom, top = margins
    with mpl.rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=(WIDTH, height))
        FigureCanvasSVG(figure)
        axes = figure.subplots(*panels, squeeze=True, **grid)
        figure.subplots_adjust(left / WIDTH, bottom / height, 1 - right / WIDTH, 1 - top / height)
        paint(axes)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        pictures = _PICTURES.get()
        if pictures is not None:
            picture = io.BytesIO()
            figure.savefig(picture, format="png", dpi=PNG_DPI, metadata={"Software": None})
            pictures.append(picture.getvalue())
    return _slim(stream.getvalue())


@contextmanager
def also_png() -> Iterator[list[bytes]]:
    """Within this context each figure drawn is kept as PNG, too, in the list that it gives."""
    pictures: list[bytes] = []
    token = _PICTURES.set(pictures)
    try:
        yield pictures
    finally:
        _PICTURES.reset(token)


def fan(axes: Axes, table: pd.DataFrame, colour: str, *, x: str = "year") -> None:
    """Draw the 95, 80 and 50 % intervals and the median of a projection."""
    years = table[x].to_numpy(float)
    for level, alpha in ((95, 0.13), (80, 0.2), (50, 0.28)):
        lower, upper = (table[f"{side}_{level}"].to_numpy(float) for side in ("lower", "upper"))
        axes.fill_between(years, lower, upper, color=colour, alpha=alpha, linewidth=0)
    axes.plot(years, table["median"].to_numpy(float), color=colour, linewidth=2.0, linestyle=(0, (4, 1.6)))


def dots(axes: Axes, table: pd.DataFrame, colour: str) -> None:
    """Draw past values on a thin line: counted ones as solid dots, derived ones hollow."""
    years, values = table["year"].to_numpy(float), table["median"].to_numpy(float)
    axes.plot(years, values, color=colour, linewidth=1.0)
    faces = [colour if status == "observed" else "#ffffff" for status in table["status"]]
    axes.scatter(years, values, s=22, c=faces, edgecolors=colour, linewidths=1.2, zorder=3)


def counted_and_projected(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the counted rows and the fan, which starts at the last counted row."""
    table = table.sort_values("year")
    counted = table[table["status"].isin(["observed", "derived"])]
    ahead = table[~table["status"].isin(["observed", "derived"])]
    if len(counted) and len(ahead):
        start = counted.iloc[[-1]]
        later = ahead[ahead["year"] > int(start["year"].iloc[0])]
        ahead = pd.concat([start, later], ignore_index=True)
    return counted, ahead


def intervals(axes: Axes, table: pd.DataFrame, *, colours: Sequence[str], hollow: Sequence[bool]) -> None:
    """Draw one row per place: thin 95 %, thicker 80 %, thickest 50 % line and the median as a dot.

    Where ``table`` has a grade, weak ones are dotted and paler.
    """
    rows = np.arange(len(table))
    weak = table["grade"].isin(WEAK_GRADES).to_numpy() if "grade" in table else np.zeros(len(table), dtype=bool)
    for level, width, alpha in ((95, 1.4, 0.45), (80, 3.2, 0.5), (50, 6.0, 0.55)):
        for part, style, pale in ((~weak, _SOLID, 1.0), (weak, _DOTTED, WEAK_ALPHA)):
            lower, upper = (table.loc[part, f"{side}_{level}"] for side in ("lower", "upper"))
            own = [colour for colour, chosen in zip(colours, part, strict=True) if chosen]
            axes.hlines(rows[part], lower, upper, colors=own, linewidth=width, alpha=alpha * pale, linestyles=style)
    faces = ["#ffffff" if empty else colour for colour, empty in zip(colours, hollow, strict=True)]
    axes.scatter(table["median"], rows, s=30, c=faces, edgecolors=list(colours), linewidths=1.5, zorder=3)


def row_axis(axes: Axes, names: Sequence[str], *, lines: int = 1) -> None:
    """Write the names of the rows at the left, first row on top, with a faint line every row.

    ``lines``: rows high enough for 2 break a long name instead of cutting it.
    """
    count = len(names)
    axes.set_ylim(count - 0.4, -0.6)
    broken = [_broken(name) if lines > 1 else [shorten(name)] for name in names]
    axes.set_yticks(range(count), [texts[0] if len(texts) == 1 else "" for texts in broken], color=INK)
    for row, texts in enumerate(broken):
        for line, text in enumerate(texts if len(texts) > 1 else ()):  # line by line: only these end where they should
            axes.annotate(text, (0, row), xycoords=axes.get_yaxis_transform(), xytext=(-4, 7 - 14 * line), ha="right",
                          va="center", textcoords="offset points", fontsize=11.5, annotation_clip=False)  # fmt: skip
    axes.hlines(range(count), 0, 1, transform=axes.get_yaxis_transform(), colors=LINE, linewidth=0.6, zorder=0)
    axes.spines["bottom"].set_visible(False)


def side_columns(axes: Axes, columns: Sequence[tuple[str, Sequence[str]]], *, step: float = 0.8) -> None:
    """Write columns of text right of the rows, each with its heading; ``step`` is their distance in inches."""
    width = axes.get_position().width * WIDTH
    for place, (heading, texts) in enumerate(columns):
        x = 1 + (place + 1) * step / width
        axes.text(
            x, -1.0, heading, transform=axes.get_yaxis_transform(), ha="right", va="bottom", fontsize=10.5, color=SOFT
        )
        for row, text in enumerate(texts):
            axes.text(x, row, text, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=11.5)


def name_margin(names: Sequence[str], *, lines: int = 1) -> float:
    """Return the left margin in inches that the longest name (``lines``: as row_axis writes it) needs."""
    texts = [line for name in names for line in (_broken(name) if lines > 1 else [shorten(name)])]
    return 0.25 + 0.098 * max(map(len, texts), default=8)


def _broken(name: str) -> list[str]:
    """Return a name on at most two lines, as even as its words allow."""
    if len(name) <= SHORT:
        return [name]
    first, *rest = textwrap.wrap(name, max(SHORT, math.ceil(len(name) / 2) + 3))
    return [first, *(shorten(" ".join(rest), LONG) for _ in rest[:1])]


def shorten(name: str, most: int = SHORT) -> str:
    """Return a name that fits its margin; the table always has it in full."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def count_axis(axes: Axes, language: Language, *, which: str = "y", sign: bool = False) -> None:
    """Format an axis of persons or places."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, language, sign=sign)))
    axes.grid(axis=which, color=LINE, linewidth=0.8)  # type: ignore[arg-type]


def percent_axis(axes: Axes, language: Language, *, which: str = "y") -> None:
    """Format an axis of shares (0-1) as percent."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language)))
    axes.grid(axis=which, color=LINE, linewidth=0.8)  # type: ignore[arg-type]


def year_axis(axes: Axes, table: pd.DataFrame, *, most: int = 7) -> None:
    """Format an axis of years: whole years only."""
    axes.set_xlim(float(table["year"].min()) - 0.5, float(table["year"].max()) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def unit(axes: Axes, text: str) -> None:
    """Write the unit above the axes, at the left: no turned text."""
    axes.annotate(
        text, (0, 1), xycoords=("axes fraction"), xytext=(0, 9), textcoords="offset points", color=SOFT, fontsize=11.5
    )


def panel_title(axes: Axes, text: str) -> None:
    """Write the heading of a panel above it, on two lines where it is long."""
    lines = "\n".join(textwrap.wrap(text, 30)[:2])
    axes.annotate(
        lines, (0, 1), xycoords="axes fraction", xytext=(0, 10), textcoords="offset points", fontweight="bold"
    )


def fan_labels(axes: Axes, table: pd.DataFrame, language: Language, *, colour: str, sign: bool = False) -> None:
    """Label the end of a fan directly: median and the bounds of the 80 and 95 % intervals."""
    last, show = table.iloc[-1], about_signed if sign else about
    bounds = {name: f"{show(float(last[name]), language)} · {name[-2:]} %" for name in _BOUNDS}
    texts = [(float(last["median"]), show(float(last["median"]), language), True)]
    texts = sorted(texts + [(float(last[name]), text, False) for name, text in bounds.items()])
    low, high = axes.get_ylim()
    inches = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]
    heights = spread([value for value, _, _ in texts], gap=(high - low) * 0.19 / inches)
    for y, (_, text, bold) in zip(heights, texts, strict=True):
        axes.annotate(
            text, (float(last["year"]), y), xytext=(7, 0), textcoords="offset points", va="center",
            annotation_clip=False,
            color=colour if bold else SOFT, fontsize=12.5 if bold else 11, fontweight="bold" if bold else "normal",
        )  # fmt: skip


def spread(values: Sequence[float], *, gap: float) -> list[float]:
    """Return ascending positions at least ``gap`` apart, moved as little as possible around their middle."""
    heights = list(values)
    for _ in range(200):
        moved = False
        for low in range(len(heights) - 1):
            lack = gap - (heights[low + 1] - heights[low])
            if lack > gap * 1e-3:
                heights[low], heights[low + 1], moved = heights[low] - lack / 2, heights[low + 1] + lack / 2, True
        if not moved:
            break
    return heights


def status_words(axes: Axes, counted: pd.DataFrame, colour: str, language: Language) -> None:
    """Write "gezählt" left and "vorausberechnet" right of the last counted year."""
    if counted.empty:
        return
    last = float(counted["year"].max())
    axes.axvline(last, color=SOFT, linewidth=0.7, linestyle=(0, (1, 2)))
    place = {"textcoords": "offset points", "xycoords": ("data", "axes fraction"), "va": "top", "fontsize": 11}
    axes.annotate(label("observed", language) + " ●", (last, 1.0), xytext=(-5, 0), ha="right", color=colour, **place)  # type: ignore[arg-type]
    axes.annotate("▒ " + label("projected", language), (last, 1.0), xytext=(5, 0), ha="left", color=colour, **place)  # type: ignore[arg-type]


def key(axes: Axes, entries: Sequence[tuple[str, str, str]], *, rise: float, shift: float = 0.0) -> None:
    """Name marks in one line above the rows: (mark, its colour, its name)."""
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
    x = shift
    for mark, colour, name in entries:
        axes.annotate(mark, (0, 1), xytext=(x, rise), color=colour, **place)
        axes.annotate(name, (0, 1), xytext=(x + 14, rise), color=INK, fontsize=11.5, **place)
        x += 6.6 * len(name) + 34


def iterate(axes: Any) -> Iterator[Axes]:
    """Return the axes of a panel figure one after the other."""
    return iter(np.asarray(axes, dtype=object).ravel())


def _tick(value: float, language: Language, *, sign: bool) -> str:
    text = number(value, language)
    return "+" + text if sign and value > 0 else text


def _slim(svg: str) -> str:
    """Name fonts that every system has once for all texts, instead of matplotlib's own, and drop the metadata."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]*;", "", body).replace(" 'DejaVu Sans'", " " + _FONTS)
    return body.replace('<style type="text/css">', f'<style type="text/css">text{{font-family: {_FONTS}}}', 1)
