"""The deck as PowerPoint: real titles, pictures with alt text, native tables, notes; the same run gives equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any, Final

from carelab.release.deck import Deck, Page
from carelab.terms import say

WIDTH, HEIGHT = 13.333, 7.5
"""Inches: 16:9."""
LEFT, INNER = 0.5, 12.333
TITLE_BOX: Final = (LEFT, 0.3, INNER, 1.05)
FIGURE_BOX: Final = (LEFT, 1.4, INNER, 4.45)
CAPTION_BOX: Final = (LEFT, 5.9, INNER, 0.95)
FOOT_BOX: Final = (LEFT, 6.9, INNER, 0.45)
TITLE_POINTS: Final = ((140, 26), (180, 22), (100_000, 18))
"""Most letters of a title, and the size at which they fill two lines."""
COVER_POINTS, TEXT_POINTS, TABLE_POINTS, FOOT_POINTS = 40, 16, 15, 10
INK, SOFT, BLUE = "22282D", "5B6670", "1B5E7A"
_FIXED: Final = dt.datetime(2000, 1, 1)
_TITLE_ONLY = 5
"""Layout of python-pptx's own template: a title and nothing else."""
_LANGUAGES: Final = {"de": "de-DE", "en": "en-GB"}


def write_pptx(deck: Deck, path: Path) -> None:
    """Write the deck: title page, then a page per slide."""
    from pptx import Presentation
    from pptx.util import Inches

    show: Any = Presentation()
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    facts = show.core_properties
    facts.title, facts.author, facts.language = deck.title, "carelab", _LANGUAGES[deck.language]
    facts.created = facts.modified = _FIXED
    facts.last_modified_by, facts.comments = "carelab", f"run {deck.run_id}"
    _cover(show, deck)
    for page in deck.pages:
        _slide(show, page, deck)
    stream = io.BytesIO()
    show.save(stream)
    path.write_bytes(_without_times(stream.getvalue()))


def _cover(show: Any, deck: Deck) -> None:
    slide = _blank(show, deck.title, (LEFT, 2.0, INNER, 2.0), points=COVER_POINTS, language=deck.language)
    _text(slide, deck.subtitle, (LEFT, 4.1, INNER, 0.8), points=20, colour=SOFT, deck=deck)
    foot = f"{say(deck.language, 'Lauf', 'Run')}: {deck.run_id}"
    _text(slide, _noticed(foot, deck), FOOT_BOX, points=FOOT_POINTS, colour=SOFT, deck=deck)


def _slide(show: Any, page: Page, deck: Deck) -> None:
    points = next(size for most, size in TITLE_POINTS if len(page.slide.title) <= most)
    slide = _blank(show, page.slide.title, TITLE_BOX, points=points, language=deck.language)
    if page.slide.png:
        _picture(slide, page)
    elif page.rows:
        _table(slide, page, deck)
    _text(slide, page.slide.caption, CAPTION_BOX, points=TEXT_POINTS, colour=INK, deck=deck)
    _text(slide, _noticed(page.footnote, deck), FOOT_BOX, points=FOOT_POINTS, colour=SOFT, deck=deck)
    slide.notes_slide.notes_text_frame.text = page.notes


def _noticed(text: str, deck: Deck) -> str:
    """Return a footnote, before it what must be said on every page."""
    return f"{deck.notice}. {text}" if deck.notice else text


def _blank(show: Any, title: str, box: tuple[float, float, float, float], *, points: int, language: str) -> Any:
    """Return a new page with its title in a real title placeholder and a thin line of colour on top."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Inches

    slide = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(WIDTH), Inches(0.08))
    line.fill.solid()
    line.fill.fore_color.rgb = _colour(BLUE)
    line.line.fill.background()
    line.shadow.inherit = False
    line.name = "line"
    heading = slide.shapes.title
    heading.left, heading.top, heading.width, heading.height = (Inches(each) for each in box)
    heading.text_frame.word_wrap = True
    heading.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _write(heading.text_frame, title, points=points, colour=INK, language=language, bold=True)
    return slide


def _text(
    slide: Any, text: str, box: tuple[float, float, float, float], *, points: int, colour: str, deck: Deck
) -> None:
    from pptx.util import Inches

    shape = slide.shapes.add_textbox(*(Inches(each) for each in box))
    shape.text_frame.word_wrap = True
    _write(shape.text_frame, text, points=points, colour=colour, language=deck.language)


def _write(frame: Any, text: str, *, points: float, colour: str, language: str, bold: bool = False) -> None:
    """Put one paragraph into a frame, marked with its language for screen readers and spelling."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(points), bold
    run.font.color.rgb = _colour(colour)
    run._r.get_or_add_rPr().set("lang", _LANGUAGES[language])


def _colour(code: str) -> Any:
    """Return a colour of python-pptx from six hexadecimal digits."""
    from pptx.dml.color import RGBColor

    return RGBColor(*bytes.fromhex(code))  # type: ignore[no-untyped-call]


def _picture(slide: Any, page: Page) -> None:
    """Add the figure, as large as its box allows, with its alt text."""
    from pptx.util import Inches

    left, top, width, height = FIGURE_BOX
    picture = slide.shapes.add_picture(io.BytesIO(page.slide.png), 0, 0)
    scale = min(Inches(width) / picture.width, Inches(height) / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    picture.left = Inches(left) + (Inches(width) - picture.width) // 2
    picture.top = Inches(top) + (Inches(height) - picture.height) // 2
    picture.name = page.slide.id
    picture._element.nvPicPr.cNvPr.set("descr", page.slide.alt)


def _table(slide: Any, page: Page, deck: Deck) -> None:
    """Add a native table: heading row, then the rows."""
    from pptx.util import Inches

    left, top, width, _ = FIGURE_BOX
    count = len(page.rows) + 1
    frame = slide.shapes.add_table(
        count, len(page.head), Inches(left), Inches(top + 0.1), Inches(width), Inches(0.45 * count)
    )
    frame.name = page.slide.id
    frame._element.nvGraphicFramePr.cNvPr.set("descr", page.slide.alt)
    table = frame.table
    first = width * (0.45 if len(page.head) < 5 else 1 / len(page.head))
    for at in range(len(page.head)):
        share = first if at == 0 else (width - first) / max(len(page.head) - 1, 1)
        table.columns[at].width = Inches(share)
    for at, row in enumerate((page.head, *page.rows)):
        for column, value in enumerate(row):
            colour = "FFFFFF" if at == 0 else INK
            _write(table.cell(at, column).text_frame, value, points=TABLE_POINTS, colour=colour,
                   language=deck.language, bold=at == 0)  # fmt: skip


def _without_times(content: bytes) -> bytes:
    """Return a zip file whose members all carry one date: the same run gives the same bytes."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(zipfile.ZipInfo(name, _FIXED.timetuple()[:6]), source.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()
