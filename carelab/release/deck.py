"""The deck: what each page of a talk says, and where each of its numbers comes from (numbers.csv)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from carelab.release.numbers import cell, day, listing
from carelab.release.slide import DEFINITION, PARAMETERS, RECORD, Fact, Slide, unsaid
from carelab.terms import Language, label, say

HTML, PPTX, NUMBERS = "slides.html", "slides.pptx", "numbers.csv"


@dataclass(frozen=True)
class Page:
    """One page: number of the slide it shows, message, caption, footnote, notes; ``head`` and ``rows`` of a table."""

    slide: Slide
    footnote: str
    notes: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Deck:
    """A talk: its title page, its pages, and the facts of title page and footnotes."""

    title: str
    subtitle: str
    notice: str
    pages: tuple[Page, ...]
    facts: tuple[Fact, ...]
    run_id: str
    language: Language


def make_deck(slides: Sequence[Slide], run: Mapping[str, Any]) -> Deck:
    """Return the deck of a run's slides. ``run``: id, params, finished, city_name, synthetic where known.

    Raises ValueError where the title page says a number that no fact holds.
    """
    language: Language = run["params"]["language"]
    run_id, params = str(run.get("id", "")), run["params"]
    cities = _cities(slides) or [str(run.get("city_name") or params["city"])]
    named = listing(cities, language)
    horizon, focus = params["horizon_year"], params["focus_year"]
    moment = day(run.get("finished"), language)
    title = say(language, f"Pflegebedarf in {named} bis {horizon}", f"Need of care in {named} until {horizon}")
    subtitle = say(
        language,
        f"Was wir wissen, wie sicher es ist, was fehlt · Szenario {label(params['trend'], 'de')} · {moment}",
        f"What we know, how sure it is, what is missing · scenario {label(params['trend'], 'en')} · {moment}",
    )
    facts = [
        Fact("horizon_year", str(horizon), horizon, table=PARAMETERS, row="horizon_year"),
        Fact("focus_year", str(focus), focus, table=PARAMETERS, row="focus_year"),
        Fact("finished", moment, table=RECORD, row="finished"),
        *(Fact("name of a city", name, table=DEFINITION) for name in cities),
        Fact("scenario", label(params["trend"], language), table=PARAMETERS, row="trend"),
    ]
    left = unsaid((title, subtitle), facts)
    if left:
        raise ValueError(f"title page: no fact holds {sorted(left)}")
    pages = tuple(_page(each, run_id, language) for each in slides)
    return Deck(title, subtitle, _notice(run, language), pages, tuple(facts), run_id, language)


def numbers_table(deck: Deck) -> pd.DataFrame:
    """Return figure, statement, said, value, lower_80, upper_80, run, table (file), row, column of every number."""
    rows = [("title", fact) for fact in deck.facts]
    rows += [(page.slide.id, fact) for page in deck.pages for fact in page.slide.facts]
    files = {DEFINITION: "", PARAMETERS: PARAMETERS, RECORD: RECORD}
    return pd.DataFrame(
        [
            {
                "figure": figure,
                "statement": fact.statement,
                "said": fact.said,
                "value": fact.value,
                "lower_80": fact.lower,
                "upper_80": fact.upper,
                "run": deck.run_id,
                "table": files.get(fact.table, f"tables/{fact.table}.csv"),
                "row": fact.row,
                "column": fact.column,
            }
            for figure, fact in rows
        ]
    )


def write_deck(folder: Path, slides: Sequence[Slide], run: Mapping[str, Any]) -> None:
    """Write slides.html, slides.pptx and numbers.csv of a run's slides into its folder."""
    from carelab.release.deck_html import deck_html
    from carelab.release.deck_pptx import write_pptx

    deck = make_deck(slides, run)
    numbers_table(deck).to_csv(folder / NUMBERS, index=False, encoding="utf-8", lineterminator="\n")
    (folder / HTML).write_text(deck_html(deck), encoding="utf-8")
    write_pptx(deck, folder / PPTX)


def _cities(slides: Sequence[Slide]) -> list[str]:
    """Return the cities that the slides speak of, in their order."""
    names = [str(name) for each in slides if "city_name" in each.table for name in each.table["city_name"]]
    return list(dict.fromkeys(names))


def _page(slide: Slide, run_id: str, language: Language) -> Page:
    """Return the page of a slide: source, evidence grades, run and table in the footnote; reading help in the notes."""
    parts = [f"{say(language, 'Quelle', 'Source')}: {slide.source.rstrip('.')}"]
    if slide.grades:
        parts.append(f"{label('grade', language)}: {_grades(slide)}")
    parts += [
        f"{say(language, 'Lauf', 'Run')}: {run_id}",
        f"{say(language, 'Tabelle', 'Table')}: tables/{slide.id}.csv",
    ]
    notes = [
        f"{say(language, 'So liest man das', 'How to read this')}: {slide.how_to_read}",
        f"{say(language, 'Grenzen', 'Limits')}: {slide.limits}",
        slide.alt,
    ]
    head = tuple(label(name, language) for name in slide.columns) if not slide.figure_svg else ()
    rows = tuple(
        tuple(cell(value, name, language, slide.formats) for name, value in zip(slide.columns, row, strict=True))
        for row in (slide.table[list(slide.columns)].itertuples(index=False) if head else ())
    )
    return Page(slide, " · ".join(parts), "\n".join(notes), head if rows else (), rows)


def _grades(slide: Slide) -> str:
    """Return "Halle (Saale) C/D, Magdeburg B"."""
    cities: dict[str, list[str]] = {}
    for city, grade in slide.grades:
        cities.setdefault(city, []).append(grade)
    return ", ".join(f"{city} {'/'.join(sorted(grades))}".strip() for city, grades in cities.items())


def _notice(run: Mapping[str, Any], language: Language) -> str:
    """Return the warning that goes on every page of invented figures; empty for real ones."""
    if not run.get("synthetic"):
        return ""
    return say(language, "Erfundene Stadt: alle Zahlen sind simuliert", "Invented city: all figures are simulated")
