"""The index page: what a planner sees first, and the way to everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from carelab.release.bundles import Notebook
from carelab.release.contents import contents, in_order
from carelab.release.exhibit import Exhibit
from carelab.release.numbers import day, listing, percent
from carelab.release.templating import data_uri, read_template, render
from carelab.release.whole_city import is_one_area
from carelab.terms import GRADES, Language, label, say
from carelab.terms_districts import language_of_run

_LEADS = (
    ("Wie viele?", "How many?"),
    ("Wo?", "Where?"),
    ("Warum dort?", "Why there?"),
    ("Reichen die Plätze?", "Enough places?"),
    ("Wie falsch lägen wir?", "How wrong?"),
)
"""First words of the five key findings, in their fixed order."""
_UNKNOWN: Mapping[str, Any] = {
    "id": "",
    "part": "",
    "finished": None,
    "compared": None,
    "warnings": (),
    "data": {},
    "packages": {},
}
_RANKING = "growth_district"
_BACKTEST = "backtest"
_COVERAGE = "backtest_coverage"
_HORIZONS = (2, 4)
_QUALITY, _GAPS = "data_quality", ("missing", "no_data", "known")
"""The exhibit of data checks, and the checks that say what nobody counted or located."""
_ENOUGH = 0.7
"""Below this share of back-test cases within the 80 % interval, readers are told to allow for more."""
_QUESTION = {"trend": "trend_variant", "district": "name"}
"""Parameters whose key also names one of their values have a label of their own."""
_EMPTY = {
    "law_year": ("keines erwartet", "none expected"),
    "local_ratio_sd": ("wie gemessen", "as measured"),
    "geometry": ("schematische Karte", "schematic map"),
    "district": ("der erste der Rangfolge", "the first ranked"),
    "cities": ("nur diese Stadt", "this city alone"),
}
_SHOWN_FIRST = ("trend", "base_year", "focus_year", "horizon_year")


def index_html(
    notebooks: Sequence[Notebook], exhibits: Mapping[str, tuple[Exhibit, str]], run: Mapping[str, Any]
) -> str:
    """Return the page for a run, finished or failed."""
    language: Language = language_of_run(run)
    return render(
        "index.html.j2",
        language=language,
        say=lambda de, en: say(language, de, en),
        label=lambda key: label(key, language),
        style=Markup(read_template("style.css")),
        run={**_UNKNOWN, **run},
        params=_parameters(run, language),
        city=city_name(run),
        failed=run["status"] == "failed",
        reasons=dict(run.get("reasons", {})),
        synthetic=bool(run.get("synthetic")),
        key=_key_findings(notebooks, language),
        finished=day(run.get("finished"), language),
        grades=_grades(exhibits, language),
        missing=_missing(exhibits),
        held=_held(exhibits, language),
        contents=contents(notebooks, language),
        notebooks=_sections(notebooks),
        exhibits=[{"exhibit": exhibit, "page": where} for exhibit, where in exhibits.values()],
        ids=set(exhibits),
        has_slides=any(notebook.slides for notebook in notebooks),
        where={key: name for key, (_, name) in exhibits.items()},
    )


def city_name(run: Mapping[str, Any]) -> str:
    """Return the city's name; its folder's name, capitalised, where the run does not know it."""
    name = str(run.get("city_name") or str(run["params"]["city"]).replace("_", " ").title())
    return f"{name}: {run['subject']}" if run.get("subject") else name


def _key_findings(notebooks: Sequence[Notebook], language: Language) -> list[tuple[str, str]]:
    """Return the key findings, each with its first words where there are the usual five."""
    key = [shown for notebook in notebooks for shown in notebook.findings if shown.key]
    sentences = key[-1].sentences if key else ()
    leads = [say(language, *words) for words in _LEADS] if len(sentences) == len(_LEADS) else [""] * len(sentences)
    return list(zip(leads, sentences, strict=True))


def _grades(exhibits: Mapping[str, tuple[Exhibit, str]], language: Language) -> list[str]:
    """Return which evidence grade how many districts have, from the ranking or else the first table that knows."""
    for exhibit, _ in sorted(exhibits.values(), key=lambda entry: entry[0].id != _RANKING):
        table = exhibit.table
        if {"district", "grade"} <= set(table.columns) and len(table):
            if is_one_area(table):
                return [label(str(table["grade"].iloc[0]), language)]
            counts = Counter(table.drop_duplicates("district")["grade"])
            return [_count(label(grade, language), counts[grade], language) for grade in GRADES if counts[grade]]
    return []


def _count(words: str, count: int, language: Language) -> str:
    """Return "C: nur Einwohner … – 25 Stadtteile"."""
    one, many = say(language, "Stadtteil", "district"), say(language, "Stadtteile", "districts")
    return f"{words} – {count} {one if count == 1 else many}"


def _missing(exhibits: Mapping[str, tuple[Exhibit, str]]) -> list[str]:
    """Return what the city does not know, in the sentences of the data check."""
    if _QUALITY not in exhibits:
        return []
    table = exhibits[_QUALITY][0].table
    gaps = table["check"].isin(_GAPS) & (table["result"] == "warning")
    return [str(text) for text in table.loc[gaps, "text"]]


def _held(exhibits: Mapping[str, tuple[Exhibit, str]], language: Language) -> str:
    """Return how often the back-test's interval held the count; empty where there is no back-test."""
    if _COVERAGE in exhibits:
        return _held_by_horizon(exhibits[_COVERAGE][0].table, language)
    if _BACKTEST not in exhibits:
        return ""
    table = exhibits[_BACKTEST][0].table
    model = table.loc[table["rule"] == "model", "inside_80"].dropna().astype(bool)
    if model.empty:
        return ""
    held, cases = int(model.sum()), len(model)
    wide = held / cases < _ENOUGH
    return say(
        language,
        f"In der Rückprüfung lag die Zählung in {held} von {cases} Fällen darin"
        f"{': rechnen Sie mit mehr Spielraum' if wide else ''}.",
        f"In the back-test the count lay within it in {held} of {cases} cases"
        f"{': allow for a wider margin' if wide else ''}.",
    )


def _held_by_horizon(calibration: pd.DataFrame, language: Language) -> str:
    """Return how often the interval held over all Kreise, by years ahead (columns of a study's calibration)."""
    rows = calibration[(calibration["rule"] == "model_city") & (calibration["size_class"] == "all")]
    rows = rows[(rows["target"] == "people_in_need") & rows["horizon"].isin(_HORIZONS)]
    shares = dict(zip(rows["horizon"].astype(int), rows["coverage_80"].astype(float), strict=True))
    parts = [
        say(language, f"nach {h} Jahren in {percent(c, 'de')}", f"after {h} years in {percent(c, 'en')}")
        for h, c in shares.items()
    ]
    if not parts:
        return ""
    wide = min(shares.values()) < _ENOUGH
    return say(
        language,
        "In der Rückprüfung desselben Rechenwegs an allen Kreisen lag die Zählung "
        f"{listing(parts, 'de')} der Fälle darin"
        f"{': rechnen Sie mit mehr Spielraum, wenn ein neues Gesetz kommt' if wide else ''}.",
        "In the back-test of the same way of computing over all Kreise the count lay within it "
        f"{listing(parts, 'en')} of cases"
        f"{': allow for a wider margin if a new law comes' if wide else ''}.",
    )


def _parameters(run: Mapping[str, Any], language: Language) -> list[tuple[str, str, str]]:
    """Return key, words and value of every parameter, the important ones first."""
    values = run["params"]
    keys: list[str] = [key for key in _SHOWN_FIRST if key in values] + [
        key for key in values if key not in _SHOWN_FIRST
    ]
    return [(key, label(_QUESTION.get(key, key), language), _value(key, values[key], language)) for key in keys]


def _value(key: str, value: Any, language: Language) -> str:
    """Return a parameter's value as people read it; what an empty one means."""
    if value is None:
        return say(language, *_EMPTY.get(key, ("wie vorgegeben", "as given")))
    return label(str(value), language)


def _sections(notebooks: Sequence[Notebook]) -> list[dict[str, Any]]:
    """Return question and previews of every notebook in the order of the contents, the report first; no exhibit twice.

    The city report is the last notebook with the key findings.
    """
    report = next((one for one in reversed(notebooks) if any(found.key for found in one.findings)), None)
    shown: set[str] = set()
    sections = []
    for notebook in sorted(in_order(notebooks), key=lambda one: one is not report):
        exhibits = [exhibit for exhibit in notebook.exhibits if exhibit.id not in shown]
        shown.update(exhibit.id for exhibit in exhibits)
        section = {"key": notebook is report, "name": notebook.name, "title": notebook.title}
        figures = [{"exhibit": exhibit, "image": _image(exhibit)} for exhibit in exhibits if exhibit.figure_svg]
        sections.append({**section, "figures": figures, "tables": [one for one in exhibits if not one.figure_svg]})
    return sections


def _image(exhibit: Exhibit) -> Markup | None:
    return Markup(data_uri(exhibit.figure_svg)) if exhibit.figure_svg else None
