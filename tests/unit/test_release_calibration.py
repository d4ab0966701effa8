"""What a report says of its intervals: on what they rest, how often they held, the city's own; and the figures."""

from types import SimpleNamespace

import pandas as pd
import pytest

from carelab.params import Params
from carelab.release import figures
from carelab.release.findings_calibration import backtest_findings, calibration_line, held_line

pytestmark = pytest.mark.unit
CELLS = (
    ("kreise", "people_in_need", "model_city", 2, 0.78, 0.98),
    ("kreise", "people_in_need", "model_city", 4, 0.56, 1.26),
    ("kreise", "people_in_need", "model", 2, 0.7, 0.99),
    ("kreise", "people_in_need", "model", 4, 0.6, 1.2),
    ("kreise", "people_in_need", "model_law", 2, 0.85, 0.74),
    ("kreise", "people_in_need", "model_law", 4, 0.76, 0.85),
    ("wien_districts", "65+", "model", 5, 0.78, 0.9),
    ("wien_districts", "80+", "model", 5, 0.79, 0.7),
)


def calibration(sizes: tuple[str, ...] = ("all", "quarter 1 (smallest)")) -> pd.DataFrame:
    columns = ["panel", "target", "rule", "horizon", "coverage_80", "wis_ratio"]
    table = pd.concat([pd.DataFrame(CELLS, columns=columns).assign(size_class=size) for size in sizes])
    return table.assign(n=1425, coverage_50=0.5, coverage_95=0.95, verdict="held", best_rule="carry_forward")


def errors() -> pd.DataFrame:
    rows = [(p, t, h, r, 5.0) for p, t, r, h, *_ in CELLS] + [
        ("kreise", "people_in_need", 2, "damped_step", 5.8),
        ("kreise", "people_in_need", 4, "damped_step", 4.0),
        ("wien_districts", "65+", 5, "carry_forward", 9.0),
        ("wien_districts", "80+", 5, "carry_forward", 9.0),
        ("wien_districts", "65+", 10, "carry_forward", 9.0),
        ("wien_districts", "80+", 10, "carry_forward", 9.0),
    ]
    return pd.DataFrame(rows, columns=["panel", "target", "horizon", "rule", "mape_pct"])


def own(width: float = 0.9) -> pd.DataFrame:
    rows = [("model_city", 2, True), ("model_city", 4, False), ("model", 2, True), ("model_city", 6, False)]
    return pd.DataFrame(rows, columns=["rule", "horizon", "inside_80"]).assign(width_ratio=width)


def test_the_line_says_origin_coverage_the_own_city_and_that_nothing_was_changed() -> None:
    assert calibration_line(calibration(), own(), "de").replace("\u00a0", " ") == (
        "Die Weite der Intervalle kommt aus früheren Fehlern, bei der Pflege auch aus dem angenommenen Risiko eines "
        "neuen Gesetzes; nachträglich verbreitert oder verengt ist sie nicht. Mit dem Rechenweg dieser Stadt an "
        "allen Kreisen geprüft (1.425 Fälle nach 2 Jahren) hielt das 80-%-Intervall nach 2 Jahren in 78 % und nach 4 "
        "Jahren in 56 % der Fälle: Kommt wieder ein neues Gesetz, reicht das Intervall nicht. In der Stadt selbst "
        "hielt es in 1 von 2 Fällen und war 0,90-mal so weit wie im mittleren Kreis."
    )
    assert "no Kreis of the panel" in calibration_line(calibration(), own().head(0), "en")


def test_a_warning_only_where_the_interval_was_too_narrow() -> None:
    wide = calibration().assign(coverage_80=0.8)
    assert "Kommt wieder" not in calibration_line(wide, own(), "de")
    assert calibration_line(wide.head(0), own(), "de") == ""


def test_the_first_page_says_it_in_one_sentence() -> None:
    assert held_line(calibration(), own(), "de").replace("\u00a0", " ") == (
        "An allen Kreisen hielt das 80-%-Vorhersageintervall, mit demselben Rechenweg aus früheren Jahren gerechnet, "
        "nach 2 Jahren in 78 % und nach 4 Jahren in 56 % der "
        "Fälle, in der Stadt selbst in 1 von 2: Kommt wieder ein neues Gesetz, reicht das Intervall nicht."
    )
    assert held_line(calibration().assign(coverage_80=0.8), own().head(0), "en").endswith("80% of cases after 4 years.")
    assert held_line(calibration().head(0), own(), "de") == ""


def test_findings_name_what_a_rule_did_better() -> None:
    life = pd.DataFrame({"rule": ["model_city", "model"], "target": ["people_in_need", "80+"], "size_class": "all"})
    life = life.assign(years=[2.0, 10.0], longest=10.0)
    record = {"target": "65+", "horizon": 2, "rule": ["model", "own_last_growth"], "n": 30}
    record = pd.DataFrame(record).assign(wape_pct=[3.0, 2.0], coverage_80=[0.8, float("nan")])
    tables = {"shelf_life": life, "backtest_own": own(), "district_record": record}
    results = SimpleNamespace(backtest_errors=errors(), calibration=calibration(), **tables)
    text = " ".join(backtest_findings(results, params=Params()).sentences).replace("\u00a0", " ")
    assert (
        "nach 4 Jahren um 5,0 % (besser die Faustregel „letzter Zuwachs, gedämpft“: 4,0 %) daneben; ein Modell aus den "
        "Zählungen allein, mit dem sich jede Reihe von Kreisen prüfen lässt, um 5,0 % und 5,0 %, mit dem Gesetz von "
        "2017 eingegeben um 5,0 % und 5,0 %." in text
    )
    assert "65+ nach 2 Jahren um 3,0 % daneben (besser die Faustregel, „eigener letzter Zuwachs“: 2,0 %); das" in text
    assert "hielt in 24 von 30 Fällen" in text
    assert "waren die Intervalle für: Pflegebedürftige nach 4 Jahren." in text
    assert "Pflegebedürftige 2 Jahre, Menschen ab 80 je Stadtteil mindestens 10 Jahre" in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_figure_has_words_and_an_image(language: str) -> None:
    shown = [
        figures.care_rule_errors(errors(), language=language),
        figures.district_rule_errors(errors(), language=language),
        figures.care_coverage(calibration(), language=language),
        figures.district_coverage(calibration(), language=language),
        figures.interval_quality(calibration(), language=language),
    ]
    assert all(each.figure_svg and "NaN" not in each.figure_svg for each in shown)
    assert ("1.26" if language == "en" else "1,26") in shown[4].alt
    assert figures.own_record(own(), language=language).figure_svg is None


@pytest.mark.parametrize(("least", "word"), [(4.94, "besser die "), (4.96, "ebenso gut die "), (5.06, "beste ")])
def test_a_rule_is_better_only_where_the_numbers_shown_say_so(least: float, word: str) -> None:
    rows = [("people_in_need", 4, "model_city", 5.01), ("people_in_need", 4, "damped_step", least)]
    table = pd.DataFrame(rows, columns=["target", "horizon", "rule", "mape_pct"])
    none = {"shelf_life": pd.DataFrame(columns=["rule", "target", "size_class", "years", "longest"])}
    none |= {"backtest_own": own(), "district_record": pd.DataFrame(), "calibration": calibration()}
    results = SimpleNamespace(backtest_errors=table, **none)
    assert f"({word}Faustregel" in backtest_findings(results, params=Params()).sentences[0]
