"""What the slides of the conference share: their words, their pictures, their places in the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from carelab.release import drawing as d
from carelab.release.captions_conference import CONFERENCE_CAPTIONS
from carelab.release.numbers import NBSP, listing, number, signed
from carelab.release.slide import Quotes, Slide, Write
from carelab.terms import LEVELS, Language, say

HEIGHT: Final = 3.3
"""Inches of a figure on a slide: text of 11 units is then at least 14 points on a slide of 13.33 x 7.5 inches."""
Rows = list[dict[str, Any]]


class Said(NamedTuple):
    """The words of a slide that hold numbers: its message, its caption, its alt text."""

    title: str
    caption: str
    alt: str


class Picture(NamedTuple):
    """A figure twice: for pages and for programs that draw no SVG."""

    svg: str
    png: bytes


def quotes(key: str, table: pd.DataFrame, language: Language) -> Quotes:
    """Return the quotes of a slide, the levels of its intervals among them."""
    found = Quotes(table, key, language)
    for level in LEVELS:
        found.defined("level of the prediction interval", level)
    return found


def slide(
    key: str,
    quoted: Quotes,
    said: Said,
    *,
    picture: Picture | None,
    columns: Sequence[str] = (),
    formats: Mapping[str, str] | None = None,
) -> Slide:
    """Return slide ``key`` of its quotes' table and words; without picture it shows ``columns`` of the table."""
    shown = quoted.cells(columns, formats or {}) if picture is None else []
    how_to_read, limits, source = (say(quoted.language, *pair) for pair in CONFERENCE_CAPTIONS[key])
    return Slide(
        id=key,
        **said._asdict(),
        table=quoted.table.reset_index(drop=True),
        how_to_read=how_to_read,
        limits=limits,
        source=source,
        figure_svg=None if picture is None else picture.svg,
        png=b"" if picture is None else picture.png,
        facts=tuple(dict.fromkeys([*quoted.facts, *shown])),
        columns=tuple(columns),
        language=quoted.language,
        formats=formats or {},
    )


def draw(paint: Callable[[Any], None], **options: Any) -> Picture:
    """Return a figure as SVG and PNG (options: drawing.draw)."""
    with d.also_png() as pictures:
        svg = d.draw(paint, **{"height": HEIGHT, **options})
    return Picture(svg, pictures[-1])


def pct(language: Language, *, sign: bool = False, digits: int = 0) -> Write:
    """Return how a value in per cent is written."""
    write = signed if sign else number
    return lambda value: write(value, language, digits) + say(language, NBSP + "%", "%")


def share(language: Language, digits: int = 0) -> Write:
    """Return how a share (0-1) is written."""
    return lambda value: pct(language, digits=digits)(100 * value)


def in_cities(parts: Sequence[str], language: Language) -> str:
    """Return "a, b und c"; a dash where there is nothing."""
    return listing(list(parts), language) if parts else "–"


def records(table: pd.DataFrame) -> Rows:
    """Return the rows of a table as dictionaries with text keys."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def interval_rows(axes: Axes, rows: pd.DataFrame, names: Sequence[str], colour: str, *, lines: int = 1) -> None:
    """Draw one row per city or design: intervals, median, name at the left."""
    d.row_axis(axes, names, lines=lines)
    hollow = rows["grade"].isin(d.PALE_GRADES).tolist()
    d.intervals(axes, rows, colours=[colour] * len(rows), hollow=hollow)


def nothing(key: str, language: Language) -> Slide:
    """Return the slide that says why there is no figure: the city is known as a whole only, or its places are not."""
    words = say(
        language,
        "Für diese Städte nicht zu rechnen: zu wenige Stadtteile oder Heimplätze sind bekannt",
        "Cannot be computed for these cities: too few districts or places are known",
    )
    quoted = quotes(key, pd.DataFrame(columns=["city", "city_name", "grade"]), language)
    return slide(key, quoted, Said(words, words + ".", words + "."), picture=None, columns=("city_name",))
