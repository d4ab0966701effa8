"""The deck as one HTML file: no network, keys to move on, one page per slide on paper, readable without script."""

from __future__ import annotations

from markupsafe import Markup

from carelab.release.deck import NUMBERS, PPTX, Deck
from carelab.release.page import script_hash
from carelab.release.templating import data_uri, read_template, render
from carelab.terms import say


def deck_html(deck: Deck) -> str:
    """Return the page: a heading per slide, figures with alt text, native tables, notes to fold out."""
    script = read_template("slides.js")
    return render(
        "slides.html.j2",
        deck=deck,
        images=[Markup(data_uri(page.slide.figure_svg)) if page.slide.figure_svg else "" for page in deck.pages],
        style=Markup(read_template("slides.css")),
        script=Markup(script),
        script_hash=Markup(script_hash(script)),
        say=lambda de, en: say(deck.language, de, en),
        files=(PPTX, NUMBERS),
    )
