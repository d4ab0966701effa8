"""The command line: what users may type, and what they read when they mistype."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from carelab import cli
from carelab.params import Params
from carelab.runs.runner import RunResult
from carelab.terms import UserError

pytestmark = pytest.mark.unit


@pytest.fixture
def params(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text("city: musterstadt\ndraws: 200\n", encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    out, err = capsys.readouterr()
    return int(str(end.value.code)), out, err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("rn {}", "Befehl „rn“ gibt es nicht; meinten Sie „run“?"),
        ("run", "Es fehlt eine Angabe"),
        ("slides {}", "kein Portfolio; erwartet eine Datei wie params/conference.yaml."),
        ("run {} --workers viele", "Ein Wert passt nicht"),
        ("run {} zweite.yaml", "Eine Angabe ist zu viel"),
        ("run fehlt.yaml", "fehlt.yaml: Datei nicht gefunden."),
        ("run {} --draw 300", "Option --draw gibt es nicht; meinten Sie --draws?"),
        ("run {} --draw 300 --forse", "Option --forse gibt es nicht; meinten Sie --force?"),
        ("run {} --hokuspokus=1", "Option --hokuspokus gibt es nicht; siehe --help."),
        ("run {} --draws x", "Parameter „draws“: gefunden 'x', erwartet eine ganze Zahl."),
        ("run {} --draws -3", "Parameter „draws“: gefunden -3, erwartet mindestens 100."),
        ("run {} --draws 1.5", "erwartet eine ganze Zahl"),
        ("run {} --horizon-year 2020", "Jahre stehen nicht in der Reihenfolge"),
        ("run {} --trend up", "Parameter „trend“"),
        ("run {} --notebook 99_none", "Notebook „99_none“ gibt es nicht; vorhanden: 01_population."),
        ("run {} --draws x --language en", "parameter \"draws\": found 'x', expected a whole number."),
        ("check {} --city Xanten", "Parameter „city“"),
        ("run {} --keep-going --only x", "--only, --keep-going: nur für Portfolios"),
    ],
)
def test_mistakes_are_told_in_one_sentence(
    words: str, sentence: str, params: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("carelab.runs.runner.all_notebooks", lambda: [Path("01_population.ipynb")])
    code, _, err = said(capsys, *words.format(params).split())
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err


def test_values_from_the_command_line_win_and_are_typed(params: Path) -> None:
    words = {"horizon-year": "2045", "mortality-improvement": "-0.01", "geometry": "null", "scenario": "2030"}
    read = cli.read_params(params, words)
    assert read == Params(draws=200, horizon_year=2045, mortality_improvement=-0.01, scenario="2030")


def test_every_parameter_is_an_option_and_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "run", "--help")
    assert code == 0
    for name in Params.model_fields:
        assert f"--{name.replace('_', '-')}" in out


def test_schema_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(said(capsys, "schema")[1])["properties"]["city"]
    assert said(capsys, "version")[1].strip()[0].isdigit()


def test_error_language_comes_from_the_params_file(params: Path, capsys: pytest.CaptureFixture[str]) -> None:
    params.write_text("language: en  # for our partners\ndraws: many\n", encoding="utf-8")
    assert "expected a whole number" in said(capsys, "run", str(params))[2]


@pytest.mark.parametrize(("status", "code"), [("complete", 0), ("unchanged", 0), ("failed", 1)])
def test_exit_codes_and_last_words(
    status: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reasons = {"reasons": {"01_x": "ValueError: nein"} if status == "failed" else {}}
    result = RunResult("id", tmp_path / "outputs" / "id", status, reasons, [f"Satz {n}" for n in range(7)])  # type: ignore[arg-type]
    assert cli.tell(result, "de") == code
    out, err = capsys.readouterr()
    assert "outputs/id/index.html" in out + err
    assert str(tmp_path) not in out + err
    assert out.count("- Satz") == (5 if code == 0 else 0)
    assert ("01_x: ValueError: nein" in err) == (status == "failed")


def test_several_problems_are_several_lines(params: Path) -> None:
    with pytest.raises(UserError) as problem:
        cli.read_params(params, {"draws": "1", "seed": "x"})
    assert len(problem.value.de.splitlines()) == 2


def test_help_waits_for_no_heavy_library() -> None:
    told = "import sys; from carelab import cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True).stdout.split()
    heavy = {"numpy", "pandas", "scipy", "statsmodels", "matplotlib", "geopandas", "xarray", "pptx", "nbformat"}
    assert "carelab.cli" in loaded
    assert heavy.isdisjoint(loaded)
