"""The report of a small city: complete, accessible, offline, proof against hostile names; tables equal to the bit."""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from carelab.params import Params
from carelab.release import figures, findings, report
from carelab.release.exhibit import Exhibit
from carelab.terms import AGE_BANDS, QUANTILE_COLUMNS, SETTINGS, SETTINGS_ALSO, UserError, label

SCRIPT, FORMULA = "<script>alert(1)</script>", "=cmd|' /C calc'!A0"
NAMES = [SCRIPT, FORMULA, "Süd & $x_1$"]
KEYS = ["01", "02", "03"]
OFFSETS = {
    "median": 0,
    "lower_50": -0.6,
    "upper_50": 0.6,
    "lower_80": -1.3,
    "upper_80": 1.3,
    "lower_95": -2,
    "upper_95": 2,
}
PARAMS = Params(base_year=2023, focus_year=2025, horizon_year=2027)


def quantiles(middle: float, sd: float) -> dict[str, float]:
    return {name: middle + OFFSETS[name] * sd for name in QUANTILE_COLUMNS}


def years(key: str, values: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "year": year,
                key: value,
                **quantiles(100.0 / 3 * (place + year - 2019), max(0, year - 2023)),
                "status": status,
            }
            for place, value in enumerate(values)
            for year, status in [(2021, "observed"), (2023, "observed"), (2025, "projected"), (2027, "projected")]
        ]
    )


def by_district(**values: Any) -> pd.DataFrame:
    rows = [
        {"district": key, "name": name, **quantiles(30.0 / (place + 1), 4), "grade": "BC"[place % 2]}
        for place, (key, name) in enumerate(zip(KEYS, NAMES, strict=True))
    ]
    return pd.DataFrame(rows).assign(**values)


def tables() -> SimpleNamespace:
    factors = ("population", "ageing", "prevalence", "total")
    odds = {"p_shortfall": [0.9, 0.5, 0.1], "p_shortfall_places": [0.4, 0.0, 0.0], "p_five_worst": 1.0}
    places = {"demand": 40.0, "supply": 30.0, "places_known": 15.0, "rank": [1, 2, 3], "rank_population": [3, 2, 1]}
    rates = pd.concat(years("age_band", list(AGE_BANDS)).assign(sex=sex) for sex in "mw")
    rates[list(QUANTILE_COLUMNS)] /= 1000
    case = {"area": "15003", "name": "Magdeburg", "origin": 2019, "observed": 100.0}
    return SimpleNamespace(
        demand_city=years("setting", ["total", *SETTINGS, *SETTINGS_ALSO]),
        population_city=years("age_band", [*AGE_BANDS, "total"]),
        rates=rates,
        demand_district=by_district(year=2025, setting="total", status="projected"),
        growth=by_district(from_year=2023, to_year=2025, growth_pct=10.0, p_top3=1.0),
        decomposition=pd.concat([by_district(factor=factor) for factor in factors], ignore_index=True),
        gap=by_district(year=2025, **odds, **places),
        supply_city=pd.DataFrame({"year": [2023], "measure": "places_homes", "value": 90.0, "status": "observed"}),
        gap_city=pd.DataFrame(
            [{"year": year, **quantiles(5.0 * (year - 2024), 9), "p_shortfall": 0.6} for year in range(2023, 2028)]
        ),
        base_fit=by_district(
            population=[900, 80, 0], error_full=[0.1, -0.1, np.nan], error_blind=0.4, error_profile=-1.2
        ),
        calibration=pd.DataFrame(columns=["target", "rule", "horizon", "size_class", "n", "coverage_80"]),
        backtest_own=pd.DataFrame(columns=["rule", "horizon", "inside_80", "width_ratio"]),
        backtest=pd.DataFrame(
            [
                {
                    **case,
                    "year": year,
                    **quantiles(101, 3),
                    "error_pct": 1.0,
                    "inside_80": rule == "model" or None,
                    "rule": rule,
                }
                for year in (2021, 2023)
                for rule in ("model", "constant_rates", "own_last_growth")
            ]
        ),
        checks=pd.DataFrame({"table": ["care"], "check": ["Summe"], "result": ["warning"], "text": [SCRIPT]}),
        sources=pd.DataFrame(
            {"table": ["care"], "publisher": [FORMULA], "title": ["T"], "url": ["https://example.org"]}
        ),
    )


def exhibits(language: Any = "de") -> list[Exhibit]:
    t, k = tables(), {"language": language}
    return [
        figures.demand_fan(t.demand_city, **k),
        figures.settings_over_time(t.demand_city, **k),
        figures.population_by_age(t.population_city, **k),
        figures.care_rates(t.rates, **k),
        figures.district_ranking(t.demand_district, t.growth, year=2025, **k),
        figures.decomposition_bars(t.decomposition, **k),
        figures.gap_intervals(t.gap, year=2025, **k),
        figures.rank_compare(t.gap, year=2025, **k),
        figures.gap_city_over_time(t.gap_city, **k),
        figures.base_fit_errors(t.base_fit, **k),
        figures.backtest_errors(t.backtest, **k),
        figures.data_quality(t.checks, **k),
        figures.sources_table(t.sources, **k),
    ]


def code(value: Any, **more: Any) -> dict[str, Any]:
    output = {
        "output_type": "execute_result",
        "data": json.loads(json.dumps(value._repr_mimebundle_(), allow_nan=False)),
    }
    return {"cell_type": "code", "source": ["a = 1\n", "a < 2"], "outputs": [{**output, **more}]}


def prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def write_notebook(folder: Path, name: str, cells: list[dict[str, Any]]) -> None:
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    (folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def record(status: str = "completed", language: str = "de") -> dict[str, Any]:
    values = PARAMS.model_dump(mode="json") | {"language": language}
    reasons = {"02_city": f"ValueError: {SCRIPT}"} if status == "failed" else {}
    return {"id": "musterstadt", "status": status, "params": values, "reasons": reasons, "synthetic": True}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    key = findings.city_findings(tables(), params=PARAMS)
    words = f"# Worum geht es?\n\n{SCRIPT}\n\n#### Tiefer\n\n![bild](https://example.org/x.png)\n\n"
    text = words + "| a | b |\n|---|--:|\n| 1 | 2 |"
    stream = {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": SCRIPT}]}
    error = {"output_type": "error", "ename": "ValueError", "evalue": SCRIPT, "traceback": [f"\x1b[31m{SCRIPT}"]}
    write_notebook(folder, "01_all", [prose(text), *(code(one) for one in exhibits()), stream])
    write_notebook(folder, "02_city", [prose("# Und die Stadt?"), code(key), {**stream, "outputs": [error]}])
    report.build_report(folder, record())
    return folder


class Outline(HTMLParser):
    """What a screen reader would meet: headings, images, table heads, resources, and whether every tag is closed."""

    VOID = ("meta", "img", "link", "br", "hr", "input")

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


def pages(folder: Path) -> list[Path]:
    return [folder / "index.html", *sorted((folder / "pages").glob("*.html"))]


@pytest.mark.functional
def test_pages_are_accessible(folder: Path) -> None:
    for page in pages(folder):
        outline = Outline(page)
        levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
        assert outline.open == []
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all((image["alt"] or "").strip() for image in outline.all("img"))
        assert all(head.get("scope") in ("col", "row") for head in outline.all("th"))
        assert outline.all("html") == [{"lang": "de"}]
        assert len(outline.all("main")) == 1
        ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
        assert len(ids) == len(set(ids))


@pytest.mark.functional
def test_pages_load_nothing_and_run_nothing_but_their_own_script(folder: Path) -> None:
    for page in pages(folder):
        outline, text = Outline(page), page.read_text(encoding="utf-8")
        resources = [attrs.get("src") or "" for _, attrs in outline.tags if "src" in attrs]
        assert all(source.startswith("data:image/") for source in resources)
        assert outline.all("link", "iframe", "object", "base") == []
        assert all(script == {} for script in outline.all("script"))
        assert text.count("<script") == (1 if page.parent.name == "pages" else 0)
        assert "alert(1)</script>" not in text
        assert "default-src 'none'" in text


@pytest.mark.functional
def test_csv_files_and_workbook_equal_the_tables(folder: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    book = calamine.CalamineWorkbook.from_path(folder / "tables.xlsx")
    assert book.sheet_names[0] == "Inhalt"
    for exhibit, sheet in zip(exhibits(), book.sheet_names[1:], strict=True):
        kinds = {column: str for column in ("district", "area", "publisher") if column in exhibit.table}
        stored = pd.read_csv(folder / "tables" / f"{exhibit.id}.csv", dtype=kinds)
        pd.testing.assert_frame_equal(stored, exhibit.table, check_exact=True, check_dtype=False)
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[6:]
        for position, column in enumerate(exhibit.table.columns):
            if pd.api.types.is_float_dtype(exhibit.table[column]):
                shown = [np.nan if row[position] == "" else row[position] for row in rows]
                np.testing.assert_allclose(shown, exhibit.table[column].to_numpy(), rtol=1e-15)


@pytest.mark.functional
def test_no_text_becomes_a_formula(folder: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(folder / "tables.xlsx", tmp_path, "zip")
    sheets = list((tmp_path / "xl" / "worksheets").glob("*.xml"))
    assert len(sheets) == 1 + len(exhibits())
    assert not any("<f>" in sheet.read_text(encoding="utf-8") for sheet in sheets)
    assert "=cmd|" in (tmp_path / "xl" / "sharedStrings.xml").read_text(encoding="utf-8")


@pytest.mark.functional
def test_index_leads_with_the_key_findings_and_says_that_the_city_is_invented(folder: Path) -> None:
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert report.findings(folder) == list(findings.city_findings(tables(), params=PARAMS).sentences)
    assert (
        text.index("Kernaussagen")
        < text.index("Wie sicher ist das?")
        < text.index("Und die Stadt?")
        < text.index("Worum geht es?")
    )
    assert "Erfundene Stadt." in text
    links = re.findall(r'href="((?:pages|tables|figures|notebooks)[^"#]*)', text)
    assert links
    assert all((folder / link).is_file() for link in links)


@pytest.mark.functional
def test_last_notebook_with_key_findings_comes_first_and_the_backtest_tells_its_coverage(tmp_path: Path) -> None:
    key = findings.city_findings(tables(), params=PARAMS)
    missed = tables().backtest.assign(inside_80=lambda table: [rule != "model" for rule in table["rule"]])
    for name, title in (("00_start", "Anfang"), ("01_middle", "Mitte"), ("05_city", "Stadt")):
        shown = [] if name == "01_middle" else [code(key)]
        write_notebook(tmp_path, name, [prose(f"# {title}?"), *shown])
    write_notebook(tmp_path, "02_check", [prose("# Probe?"), code(figures.backtest_errors(missed, language="de"))])
    report.build_report(tmp_path, record())
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.index("Stadt?</a>") < text.index("Anfang?</a>") < text.index("Mitte?</a>")
    assert "lag die Zählung in 0 von 2 Fällen darin: rechnen Sie mit mehr Spielraum." in text


@pytest.mark.functional
def test_facilities_are_shown_in_words() -> None:
    known = {"facility": "F1", "name": "Haus A", "category": "asz", "district": "01", "name_district": "Süd"}
    known |= {"places": 9.0, "status": "closing", "as_of": "2026", "url": "https://example.org/x"}
    shown = figures.facilities_table(pd.DataFrame([known]), language="de")
    page = shown.to_html()
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)", page)
    assert heads == ["Einrichtung", "Art", "Stadtteil", "Plätze", "Betrieb", "Stand", "Adresse"]
    assert {"facility", "district"} <= set(shown.table), "keys stay in the file"
    assert '<th scope="row">Haus A</th><td>Alten- und Service-Zentrum</td><td>Süd</td>' in page
    assert "<td>schließt</td>" in page
    assert '<td class="address">https://example.org/x</td>' in page


@pytest.mark.functional
def test_demand_table_begins_with_all_districts_in_the_focus_year() -> None:
    need = tables().demand_district
    later = pd.concat([need.assign(year=2024), need.assign(setting="ambulant"), need], ignore_index=True)
    shown = figures.demand_table(later, year=2025, language="de")
    assert shown.table["setting"].tolist()[:6] == ["total"] * 3 + ["ambulant"] * 3
    assert shown.table["year"].tolist() == [2025] * 6 + [2024] * 3
    assert shown.alt.startswith("9 Zeilen: je Stadtteil, Jahr und Versorgungsart; größter Bedarf 2025")


@pytest.mark.functional
def test_tornado_leaves_out_what_changes_nothing() -> None:
    drivers = pd.DataFrame(
        {"driver": ["occupancy", "migration"], "district_low_pct": [0.0, -5.0], "district_high_pct": [0.0, 4.0]}
    ).assign(swing_pct=[0.0, 9.0], places_low=[100.0, 80.0], places_high=[100.0, 130.0])
    shown = figures.tornado(drivers, language="de")
    assert len(shown.table) == 2
    assert "±0" not in shown.alt
    assert label("occupancy", "de") not in str(shown.figure_svg)


@pytest.mark.functional
def test_tornado_shows_what_moves_missing_places_alone() -> None:
    """How many live in homes changes no need, and decides on places: it must be in the figure."""
    ends = {"driver": ["local_ratio", "setting_shares"], "district_low_pct": [-18.0, 0.0]}
    ends |= {"district_high_pct": [20.0, 0.0], "swing_pct": [38.0, 0.0]}
    drivers = pd.DataFrame(ends).assign(places_low=[50.0, -700.0], places_high=[50.0, 600.0], low=0.8, high=1.2)
    shown = figures.tornado(drivers, language="de")
    assert label("setting_shares", "de") in str(shown.figure_svg)
    assert f"wichtigstes zuerst: {label('setting_shares', 'de')} −700 bis +600" in shown.alt


@pytest.mark.functional
def test_gap_is_red_only_where_many_places_are_missing() -> None:
    gap = tables().gap.assign(p_shortfall=[0.9, 0.9, 0.1], p_shortfall_places=[0.85, 0.1, 0.0], median=[60, 0.7, -30])
    alt = figures.gap_intervals(gap, year=2025, language="de").alt
    assert "2025 fehlen in 1 davon mit mindestens 80 % Wahrscheinlichkeit mehr als 25 Plätze; in 1 fehlt" in alt


@pytest.mark.functional
def test_failed_runs_have_a_report_with_reasons(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "notebooks", tmp_path / "notebooks")
    report.build_report(tmp_path, record("failed", "en"))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "This run has failed" in text
    assert "ValueError: &lt;script&gt;" in text
    empty = tmp_path / "empty"
    empty.mkdir()
    report.build_report(empty, record("failed"))
    assert "Dieser Lauf ist nicht gelungen" in (empty / "index.html").read_text(encoding="utf-8")
    assert report.findings(empty) == []


@pytest.mark.functional
def test_ids_that_stand_for_two_tables_are_refused(tmp_path: Path) -> None:
    other = figures.sources_table(tables().sources.assign(title="U"), language="de")
    write_notebook(tmp_path, "01", [code(exhibits()[-1]), code(other)])
    with pytest.raises(UserError, match="sources"):
        report.build_report(tmp_path, record())


@pytest.mark.functional
@pytest.mark.parametrize("language", ["de", "en"])
def test_figures_are_reproducible_and_speak(language: str) -> None:
    for first, second in zip(exhibits(language), exhibits(language), strict=True):
        assert first.figure_svg == second.figure_svg
        assert len(first.alt) > 15
        if first.figure_svg:
            assert "<script" not in first.figure_svg
            assert "<text" in first.figure_svg
            assert not re.search(r'(href|src)="http', first.figure_svg)
        words = " ".join((first.title, first.alt, first.how_to_read, first.limits))
        assert "Prognose" not in words
        assert "Konfidenz" not in words


@pytest.mark.functional
def test_browser_makes_no_request_and_the_code_switch_works(folder: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    binary = os.environ.get("CARELAB_CHROMIUM", shutil.which("chromium") or "")
    if not binary:
        pytest.skip("no chromium here; set CARELAB_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=flags)
        tab = browser.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: wrong.append(message.text))
        tab.goto((folder / "pages" / "01_all.html").as_uri())
        assert not tab.locator("pre.code").first.is_visible()
        tab.get_by_role("button", name="Rechenschritte zeigen").press("Enter")
        assert tab.locator("pre.code").first.is_visible()
        tab.goto((folder / "index.html").as_uri())
        broken = tab.evaluate("[...document.images].filter(i => i.loading !== 'lazy' && !i.naturalWidth).length")
        browser.close()
    assert broken == 0
    assert wrong == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
