"""Slides for the conference: every number is found where numbers.csv says, and decks say no other number."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from pptx import Presentation
from pptx.util import Inches, Pt

from carelab.params import Params
from carelab.planning.evaluation.futures import counted_futures
from carelab.release.conference import FIGURES, conference_slides
from carelab.release.deck import HTML, NUMBERS, PPTX, write_deck
from carelab.release.exhibit import EXHIBIT_MIME
from carelab.release.slide import SLIDE_MIME, Fact, Quotes, Slide, numbers_in, slide_from_json
from carelab.release.workbook import write_csv
from carelab.stages.conference import COMPARED, INFORMAL, Conference, city_tables, single_tables
from carelab.stages.roll_out import _power
from carelab.stages.verbund import Verbund
from carelab.study import Study

pytestmark = pytest.mark.functional
RUN = {"id": "one-baseline-0a1b2c3d", "finished": "2026-11-22T04:00:00+01:00", "synthetic": False}
PICTURE = 13
"""Shape type of python-pptx."""


@pytest.fixture(scope="module")
def tables(study: Study) -> dict[str, pd.DataFrame]:
    """The tables of the synthetic city; what an evaluation could see, which it is too small for, of a made-up one."""
    units = pd.DataFrame({"district": [f"{n:02d}" for n in range(24)], "need": 90.0 + np.arange(24), "size": 1000.0})
    rates = counted_futures(np.full((50, 24), 40.0), np.random.default_rng(1), periods=10)
    rows = [row for amount in (4, 8) for row in _power(units, rates, amount, seed=1)]
    own = city_tables(study, year=2025, places=True) | single_tables(study, places=True)
    return own | {"power": pd.DataFrame(rows).assign(status="assumed", grade="C")}


@pytest.fixture(scope="module")
def growth(study: Study) -> pd.DataFrame:
    """Growth of two cities with equal figures."""
    table = Verbund(study.params, lambda _: study).growth.assign(name="Eins", city="one")
    return pd.concat([table, table.assign(name="Zwei", city="two")], ignore_index=True)


def slides_of(tables: dict[str, pd.DataFrame], growth: pd.DataFrame, **changes: Any) -> list[Slide]:
    """Return the slides of two cities, the second with other figures."""
    other = {name: part.copy() for name, part in tables.items()}
    scaled = ["median", *(f"{side}_{level}" for side in ("lower", "upper") for level in (50, 80, 95))]
    other["need"][scaled] *= 0.4
    both = Conference({"one": tables, "two": other}, {"one": "Eins", "two": "Zwei"}, ("one", True))
    return conference_slides(both, growth, year=2025, params=Params(draws=200, **changes))


def written(slides: list[Slide], folder: Path, **params: Any) -> pd.DataFrame:
    """Write decks and tables as a run does; return numbers.csv."""
    values = Params(draws=200, **params).model_dump(mode="json")
    (folder / "tables").mkdir(parents=True)
    for each in slides:
        write_csv(each, folder / "tables")
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    write_deck(folder, slides, {**RUN, "params": values})
    return pd.read_csv(folder / NUMBERS, dtype={"row": str, "said": str}, keep_default_na=False)


@pytest.fixture(scope="module", params=["de", "en"])
def deck(
    request: pytest.FixtureRequest,
    tables: dict[str, pd.DataFrame],
    growth: pd.DataFrame,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, pd.DataFrame, list[Slide]]:
    """A deck on disk in both languages."""
    folder = tmp_path_factory.mktemp(f"deck-{request.param}")
    slides = slides_of(tables, growth, language=request.param)
    return folder, written(slides, folder, language=request.param), slides


def cell_of(folder: Path, row: pd.Series) -> object:
    """Return what the file says in the row and column that numbers.csv names."""
    table = pd.read_csv(folder / row["table"], dtype={"district": str, "city": str})
    if row["row"].startswith("row="):
        return table[row["column"]].iloc[int(row["row"][4:])]
    for pair in row["row"].split("; "):
        name, _, wanted = pair.partition("=")
        numeric = pd.api.types.is_numeric_dtype(table[name])
        table = table[table[name] == float(wanted)] if numeric else table[table[name].astype(str) == wanted]
    assert len(table) == 1, row.to_dict()
    return table[row["column"]].iloc[0]


def test_every_number_is_in_the_cell_it_names(deck: tuple[Path, pd.DataFrame, list[Slide]]) -> None:
    folder, numbers, _ = deck
    found = numbers[numbers["table"].str.startswith("tables/")]
    assert len(found) > 90
    for _, row in found.iterrows():
        value = cell_of(folder, row)
        if row["value"] == "":
            assert numbers_in(row["said"]) <= numbers_in(str(value)), row.to_dict()
        else:
            assert float(row["value"]) == pytest.approx(float(str(value)), rel=1e-9), row.to_dict()
    params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    for _, row in numbers[(numbers["table"] == "params.yaml") & numbers["row"].isin(list(params))].iterrows():
        assert row["value"] == "" or float(row["value"]) == params[row["row"]]


def texts_of(folder: Path) -> list[str]:
    """Return all that the PowerPoint file says, alt texts and notes included."""
    texts = []
    for page in Presentation(str(folder / PPTX)).slides:
        for shape in page.shapes:
            texts.append(shape._element.xpath("./*/p:cNvPr/@descr") or [""])
            texts.append([shape.text_frame.text] if shape.has_text_frame else [])
            if shape.has_table:
                texts.append([cell.text for row in shape.table.rows for cell in row.cells])
        texts.append([page.notes_slide.notes_text_frame.text] if page.has_notes_slide else [])
    return [text for group in texts for text in group]


class Page(HTMLParser):
    """Collects texts, headings, pictures and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.sections: list[dict[str, str | None]] = []
        self.heads: dict[str, str] = {}
        self.inside: list[str] = []
        self.id = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.images.append(found)
            self.texts.append(found["alt"] or "")
        elif tag == "section":
            self.sections.append(found)
        if tag not in ("img", "meta"):
            self.inside.append(tag)
            self.id = found.get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag, "every element is closed where it should be"

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in ("h1", "h2"):
            self.heads[self.id] = data
        if not self.inside or self.inside[-1] not in ("style", "script"):
            self.texts.append(data)


def page_of(folder: Path) -> Page:
    page = Page()
    page.feed((folder / HTML).read_text(encoding="utf-8").replace("<!doctype html>", ""))
    assert not page.inside
    return page


def test_the_decks_say_no_number_of_their_own(deck: tuple[Path, pd.DataFrame, list[Slide]]) -> None:
    folder, numbers, _ = deck
    known = {each for said in numbers["said"] for each in numbers_in(said)}
    for texts in (texts_of(folder), page_of(folder).texts):
        assert len(" ".join(texts)) > 3000
        for text in texts:
            assert numbers_in(text.replace(RUN["id"], "")) <= known, text


def test_powerpoint_has_titles_pictures_with_words_and_footnotes(deck: tuple[Path, pd.DataFrame, list[Slide]]) -> None:
    folder, _, slides = deck
    show = Presentation(str(folder / PPTX))
    pages = list(show.slides)
    assert len(pages) == 1 + len(slides) == 1 + FIGURES + 2
    assert (show.slide_width, show.slide_height) == (Inches(13.333), Inches(7.5))
    assert all(page.shapes.title.text_frame.text.strip() for page in pages)
    pictures = 0
    for page, slide in zip(pages[1:], slides, strict=True):
        assert page.shapes.title.text_frame.text == slide.title
        shown = [shape for shape in page.shapes if shape.shape_type == PICTURE or shape.has_table]
        assert len(shown) == 1, slide.id
        assert shown[0]._element.xpath("./*/p:cNvPr/@descr") == [slide.alt]
        pictures += shown[0].shape_type == PICTURE
        boxes = [shape for shape in page.shapes if shape.has_text_frame and shape.text_frame.text]
        assert RUN["id"] in boxes[-1].text_frame.text
        assert slide.source.rstrip(".") in boxes[-1].text_frame.text
        sizes = [run.font.size for box in boxes[:-1] for line in box.text_frame.paragraphs for run in line.runs]
        assert min(sizes) >= Pt(14)
        inside = [shape for shape in page.shapes if shape.top + shape.height <= show.slide_height]
        assert len(inside) == len(page.shapes), slide.id
    assert pictures == FIGURES


def test_the_page_can_be_read_without_eyes_network_or_script(deck: tuple[Path, pd.DataFrame, list[Slide]]) -> None:
    folder, _, slides = deck
    page, text = page_of(folder), (folder / HTML).read_text(encoding="utf-8")
    assert len(page.sections) == 1 + len(slides)
    assert all(page.heads[str(section["aria-labelledby"])].strip() for section in page.sections)
    assert len(page.images) == FIGURES
    assert all(image["alt"] and str(image["src"]).startswith("data:image/svg+xml") for image in page.images)
    assert "://" not in re.sub(r"data:[^\"']*", "", text), "no address outside"
    assert text.count(RUN["id"]) == 1 + len(slides)


def test_the_same_run_gives_the_same_files(deck: tuple[Path, pd.DataFrame, list[Slide]], tmp_path: Path) -> None:
    folder, _, slides = deck
    written(slides, tmp_path, language=slides[0].language)
    for name in (HTML, PPTX, NUMBERS):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.parametrize("place", range(FIGURES + 2))
def test_a_slide_survives_its_mime_bundle(place: int, deck: tuple[Path, pd.DataFrame, list[Slide]]) -> None:
    slide = deck[2][place]
    bundle = json.loads(json.dumps(slide._repr_mimebundle_(), allow_nan=False))
    again = slide_from_json(bundle[EXHIBIT_MIME], bundle[SLIDE_MIME])
    assert (again.facts, again.caption, again.png, again.title) == (slide.facts, slide.caption, slide.png, slide.title)


@pytest.mark.parametrize("lacking", ["places", "districts", "second city"])
def test_what_is_not_known_is_said_and_the_deck_stays_whole(
    lacking: str, tables: dict[str, pd.DataFrame], growth: pd.DataFrame, tmp_path: Path
) -> None:
    less = dict(tables)
    if lacking == "places":
        less |= dict.fromkeys(("gap", "indicators", "warnings", "files", "designs", "power"), pd.DataFrame())
    elif lacking == "districts":
        less["gap"] = tables["gap"][tables["gap"]["level"] == "city"].assign(districts=0.0, likely=0.0)
        less["power"] = tables["power"].head(0)
    one = Conference({"one": less}, {"one": "Eins"}, ("one", False))
    slides = conference_slides(one, growth[growth["city"] == "one"], year=2025, params=Params(draws=200))
    assert len(slides) == FIGURES + 2
    assert not any("nan" in f"{each.title} {each.caption}" for each in slides)
    written(slides, tmp_path)
    assert len(list(Presentation(str(tmp_path / PPTX)).slides)) == 1 + len(slides)
    assert "gäbe es eines" in slides[6].title or lacking == "places"


def test_a_number_without_a_cell_is_refused() -> None:
    table = pd.DataFrame({"city": ["a", "b"], "median": [1234.0, 5.0]})
    quotes = Quotes(table, "x", "de")
    assert quotes.of("median", lambda value: f"{value:.0f}", city="a") == "1234"
    with pytest.raises(ValueError, match="0 rows"):
        quotes.of("median", str, city="c")
    words = {"alt": "a", "how_to_read": "b", "limits": "c", "source": "d", "id": "x", "table": table}
    fine = Slide(title="Es sind 1234.", caption="", facts=tuple(quotes.facts), **words)
    assert fine.facts == (Fact("median (city=a)", "1234", 1234.0, None, None, "x", "city=a", "median"),)
    with pytest.raises(ValueError, match="'1235'"):
        Slide(title="Es sind 1235.", caption="", facts=tuple(quotes.facts), **words)


def test_conference_tables_are_the_studys_own(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    fresh = study.variant()
    some = fresh.indicators_of((*COMPARED, *INFORMAL)).drop(columns="indicator").reset_index(drop=True)
    whole = study.indicators[
        study.indicators["indicator"].isin((*COMPARED, *INFORMAL)) & (study.indicators["sex"] == "t")
    ]
    whole = whole.drop(columns="indicator").reset_index(drop=True)
    pd.testing.assert_frame_equal(some, whole, check_dtype=False)
    gap = study.gap[study.gap["year"] == study.params.focus_year].set_index("district")
    mine = tables["gap"][tables["gap"]["level"] == "district"].set_index("district")
    np.testing.assert_allclose(mine["p_large"], gap["p_shortfall_places"].reindex(mine.index))
    city = tables["gap"].set_index("level").loc["city"]
    total = study.gap_city.set_index("year").loc[study.params.focus_year]
    assert city["p_short"] == pytest.approx(total["p_shortfall"])
    assert city["median"] == pytest.approx(total["median"])
    assert city["likely"] == (mine["p_large"] >= 0.8).sum()
