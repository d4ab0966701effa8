"""Maps: one value per district in at most five classes, uncertain districts hatched, uninhabited ones grey."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patches import Patch
from matplotlib.path import Path
from numpy.typing import NDArray

from carelab.release import drawing as d
from carelab.release.captions import OWN_PROJECTION
from carelab.release.exhibit import Exhibit, TableExhibit
from carelab.release.map_classes import class_colours, class_labels, class_of, round_breaks
from carelab.release.map_places import place_limits, schematic_note
from carelab.release.numbers import about, listing, number
from carelab.release.schematic import LEFT_OUT
from carelab.release.whole_city import areas_dative
from carelab.terms import Language, say

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

HATCHED_GRADES: Final = ("D", "E")
EMPTY_COLOUR: Final = "#e4e4e2"
_NAMED: Final = 6
"""So many of the largest values are labelled with the district's name."""
_TOP: Final = 3
"""So many of them are moved a little where their label would cover another one."""
_SHIFTS: Final = ((0.0, 0.0), *((x, y) for y in (0.25, -0.25, 0.45, -0.45, 0.65, -0.65) for x in (0.0, 0.3, -0.3)))
"""Where such a label may go, in inches from its district's middle."""
_LEGEND: Final = 2.15
_LEGEND_LETTERS: Final = 26
_TALLEST: Final = 7.0
_FINE: Final = 1 / 700
"""Borders are simplified to this share of the map's width: about one pixel."""


class MapWords(NamedTuple):
    """What a map is called: ``id`` (a file name), question, unit shown above the legend; source None = this run."""

    id: str
    title: str
    unit: str
    source: str | None = None


class _Map(NamedTuple):
    """What is drawn: borders and rows in the same order, bounds of the classes, what is schematic (empty: nothing)."""

    shapes: NDArray[np.object_]
    rows: pd.DataFrame
    bounds: list[float]
    schematic: str


def map_exhibit(
    polygons: GeoDataFrame,
    table: pd.DataFrame,
    *,
    value: str,
    words: MapWords,
    language: Language = "de",
    over: Callable[[Axes], None] | None = None,
) -> Exhibit:
    """Return the map of column ``value`` (unit as in ``words``) with its legend, table, alt text and limits.

    ``polygons``: district, geometry (EPSG:25832) and, from ``schematic_map``, schematic. ``table``: one row per
    district: district, name, ``value``, and where known grade (D and E are hatched) and population (0 = uninhabited).
    ``over`` draws something on top. Raises ValueError where a district of the table occurs twice or has no polygon; a
    schematic map lists those that have no place.
    """
    schematic = bool("schematic" in polygons and polygons["schematic"].all())
    known = {*polygons["district"], *polygons.attrs.get(LEFT_OUT, [])}
    if table["district"].duplicated().any() or not set(table["district"]) <= known:
        raise ValueError("a map needs one row per district, and a polygon for each of them")
    rows = polygons[["district"]].merge(table, on="district", how="left").rename(columns={value: "value"})
    rows["value"] = rows["value"].astype(float).where(~_uninhabited(rows))
    shapes = np.asarray(polygons.geometry.array, dtype=object)
    note = schematic_note(polygons, language) if schematic else ""
    content = _Map(shapes if schematic else _simplify(shapes), rows, round_breaks(rows["value"]), note)
    figure = _figure(content, words.unit, language, over=over) if len(rows) > 1 else None  # one area is no map
    return (Exhibit if figure else TableExhibit)(
        id=words.id,
        title=words.title,
        alt=_alt(rows, words.unit.replace("\n", " "), language),
        table=table.reset_index(drop=True),
        how_to_read=_how_to_read(rows, language),
        limits=_limits(schematic, language) + place_limits(polygons, table, language),
        source=words.source or say(language, *OWN_PROJECTION),
        figure_svg=figure,
        language=language,
    )


def _figure(content: _Map, unit: str, language: Language, *, over: Callable[[Axes], None] | None) -> str:
    """Return the SVG: the map at its true proportions, north up, the legend at the right."""
    west, south, east, north = shapely.total_bounds(content.shapes)
    room = d.WIDTH - _LEGEND - 0.1
    height = min(_TALLEST, max(2.6, room * (north - south) / (east - west)))

    def paint(axes: Axes) -> None:
        axes.set_axis_off()
        axes.set_aspect("equal", anchor="W")
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.margins(0.01)
        _districts(axes, content)
        if over is None:
            _names(axes, content, language)
        else:
            over(axes)
        _legend(axes, content, unit, language)

    bottom = 0.45 if content.schematic else 0.1
    return d.draw(paint, height=height + bottom + 0.1, margins=(0.1, _LEGEND, bottom, 0.1))


def _districts(axes: Axes, content: _Map) -> None:
    """Fill the districts: one collection per colour and kind."""
    classes, colours = class_of(content.rows["value"], content.bounds), class_colours(content.bounds)
    hatched = _hatched(content.rows)
    for code in np.unique(classes):
        for pale in (False, True):
            chosen = content.shapes[(classes == code) & (hatched == pale)]
            if len(chosen):
                colour = colours[code] if code >= 0 else EMPTY_COLOUR
                axes.add_collection(PathCollection([_path(shape) for shape in chosen], **_style(colour, pale=pale)))


def _style(colour: str, *, pale: bool) -> dict[str, Any]:
    """Return how a district of this colour is filled; pale = estimated weakly."""
    plain = {"facecolor": colour, "edgecolor": "#ffffff", "linewidth": 0.9}
    return {**plain, "hatch": "////", "alpha": 0.6} if pale else plain


def _names(axes: Axes, content: _Map, language: Language) -> None:
    """Label the districts with the largest values; a label that would cover another one moves or is left out."""
    largest = content.rows["value"].dropna().nlargest(_NAMED).index
    spots = shapely.get_coordinates(shapely.point_on_surface(content.shapes))
    spots = np.where(
        _centred(content.shapes)[:, None], shapely.get_coordinates(shapely.centroid(content.shapes)), spots
    )
    axes.apply_aspect()  # now the axes are as large as they will be drawn
    high = float(np.ptp(np.asarray(axes.get_ylim()))) * axes.figure.dpi / axes.bbox.height
    taken: list[tuple[float, float, float]] = []
    for place, row in enumerate(largest):
        name = d.shorten(str(content.rows.loc[row, "name"]), 20)
        half = (0.04 * len(name) + 0.04) * high
        for right, up in _SHIFTS if place < _TOP else _SHIFTS[:1]:
            x, y = float(spots[row][0]) + right * high, float(spots[row][1]) + up * high
            if all(abs(y - other) > 0.42 * high or abs(x - near) > half + width for near, other, width in taken):
                taken.append((x, y, half))
                _write(axes, (x, y), name, _value(float(content.rows.loc[row, "value"]), content.rows, language))
                break


def _write(axes: Axes, spot: tuple[float, float], name: str, amount: str) -> None:
    """Write a name and, below, its number on white: two texts, so that each stays centred in any font."""
    box = {"boxstyle": "square,pad=0.12", "facecolor": "#ffffff", "alpha": 0.82, "linewidth": 0}
    for text, rise in ((name, 6.5), (amount, -6.5)):
        axes.annotate(
            text,
            spot,
            xytext=(0, rise),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=10,
            bbox=box,
            zorder=5,
        )


def _legend(axes: Axes, content: _Map, unit: str, language: Language) -> None:
    """Write the classes from much to little, then what grey and hatching mean; the note that borders are schematic."""
    labels, colours = class_labels(content.bounds, language), class_colours(content.bounds)
    handles = [Patch(label=text, **_style(c, pale=False)) for text, c in zip(labels, colours, strict=True)][::-1]
    if content.rows["value"].isna().any():
        handles.append(Patch(label=_empty_label(content.rows, language), **_style(EMPTY_COLOUR, pale=False)))
    if _hatched(content.rows).any():
        weak = say(
            language, "schraffiert: Einwohner\ngeschätzt (Beleg D, E)", "hatched: inhabitants\nestimated (grade D, E)"
        )
        handles.append(Patch(label=weak, **_style(colours[len(colours) // 2], pale=True)))
    corner = (1 - (_LEGEND - 0.05) / d.WIDTH, 0.98)
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=corner, bbox_transform=axes.figure.transFigure,
        title=_wrapped(unit),
        alignment="left", fontsize=11, title_fontsize=11.5, handlelength=1.3, frameon=False, borderpad=0,
    )  # fmt: skip
    if content.schematic:
        axes.figure.text(0.1 / d.WIDTH, 0.015, content.schematic + "  ·  N ↑", fontsize=11, color=d.SOFT, va="bottom")


def _wrapped(unit: str) -> str:
    """Return the unit in lines that fit beside the map."""
    return "\n".join(textwrap.fill(line, _LEGEND_LETTERS) for line in unit.split("\n"))


def _path(shape: Any) -> Path:
    """Return a polygon with its holes, or several, as one path."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))


def _simplify(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the borders with fewer points; neighbours keep a common border."""
    west, _, east, _ = shapely.total_bounds(shapes)
    return np.asarray(shapely.coverage_simplify(shapes, (east - west) * _FINE))


def _centred(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.asarray(shapely.contains(shapes, shapely.centroid(shapes)))


def _uninhabited(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["population"] == 0 if "population" in rows else pd.Series(False, index=rows.index)


def _hatched(rows: pd.DataFrame) -> NDArray[np.bool_]:
    weak = rows["grade"].isin(HATCHED_GRADES) if "grade" in rows else pd.Series(False, index=rows.index)
    return (weak & rows["value"].notna()).to_numpy(bool)


def _empty_label(rows: pd.DataFrame, language: Language) -> str:
    if _uninhabited(rows)[rows["value"].isna()].all():
        return say(language, "unbewohnt", "uninhabited")
    return say(language, "unbewohnt oder\nohne Wert", "uninhabited or\nno value")


def _value(value: float, rows: pd.DataFrame, language: Language) -> str:
    """Return a value as a label shows it: rounded counts, one decimal where all values are small."""
    return number(value, language, 1) if rows["value"].abs().max() < 20 else about(value, language)


def _level(rows: pd.DataFrame) -> bool:
    """Say whether all values are the same, as where ages are carried over from one region to all districts."""
    values = rows["value"].dropna()
    return len(values) > 1 and bool(np.isclose(values.min(), values.max(), rtol=1e-6, atol=0))


def _same(rows: pd.DataFrame, language: Language) -> str:
    shown = _value(float(rows["value"].dropna().iloc[0]), rows, language)
    return say(
        language,
        f"Alle Stadtteile haben denselben Wert ({shown}), weil Unterschiede zwischen ihnen nicht bekannt sind.",
        f"All districts have the same value ({shown}), because differences between them are not known.",
    )


def _how_to_read(rows: pd.DataFrame, language: Language) -> str:
    both = say(language, " Blau liegt über null, ocker darunter.", " Blue is above zero, ochre below.")
    if len(rows) == 1:
        return say(
            language,
            "Ein Gebiet: Je Stadtteil liegen keine Zahlen vor, eine Karte gibt es deshalb nicht.",
            "One area: there are no figures by district, and therefore no map.",
        )
    if _level(rows):
        return _same(rows, language)
    first = say(
        language, "Je dunkler ein Stadtteil, desto größer der Wert.", "The darker a district, the larger its value."
    )
    if rows["value"].min() < 0:
        first = say(language, "Je dunkler, desto weiter von null.", "The darker, the further from zero.") + both
    return first + say(
        language,
        " Beschriftet sind große Werte, soweit Platz ist; alle Werte stehen in der Tabelle.",
        " Large values are labelled where there is room; all values are in the table.",
    )


def _limits(schematic: bool, language: Language) -> str:
    colour = say(
        language,
        "Farben zeigen keine Unsicherheit: Nachbarklassen sind oft nicht zu unterscheiden.",
        "Colours do not show uncertainty: neighbouring classes often cannot be told apart.",
    )
    borders = say(
        language,
        " Die Karte ist schematisch: bekannte Flächen und ungefähre Lage stimmen, Grenzen und Nachbarn nicht immer.",
        " The map is schematic: known areas and rough places are right, borders and neighbours not always.",
    )
    return colour + (borders if schematic else "")


def _alt(rows: pd.DataFrame, unit: str, language: Language) -> str:
    """Return the map in words: how many districts, the largest and the smallest values."""
    known = rows.dropna(subset=["value"]).sort_values("value", ascending=False, kind="stable")
    if known.empty:
        return say(language, f"Karte: {unit}, ohne Werte.", f"Map: {unit}, no values.")
    first = [f"{row['name']} {_value(row['value'], rows, language)}" for _, row in known.head(3).iterrows()]
    if len(known) == 1:
        return say(language, f"Karte eines Gebiets: {unit}. {first[0]}.", f"Map of one area: {unit}. {first[0]}.")
    if _level(rows):
        return say(
            language,
            f"Karte von {areas_dative(len(rows), 'de')}: {unit}. {_same(rows, language)}",
            f"Map of {areas_dative(len(rows), 'en')}: {unit}. {_same(rows, language)}",
        )
    last = f"{known['name'].iloc[-1]} {_value(known['value'].iloc[-1], rows, language)}"
    return say(
        language,
        f"Karte von {areas_dative(len(rows), 'de')}: {unit}. Am größten {listing(first, 'de')}; am kleinsten {last}.",
        f"Map of {areas_dative(len(rows), 'en')}: {unit}. Largest {listing(first, 'en')}; smallest {last}.",
    )
