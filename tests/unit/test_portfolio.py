"""Portfolios: how parts inherit their parameters, what is refused, what belongs together, what is done already."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from carelab import paths
from carelab.inputs.listing import inhabited_districts, is_area, known_cities, known_kreise
from carelab.params import Params, ParamsError, load_params
from carelab.planning.ranks import rank_table
from carelab.release.overview import Row, overview_html
from carelab.runs import publish, record, scopes
from carelab.runs.overview import Page
from carelab.runs.parts import Hashes, Part, jobs, resolve, states
from carelab.runs.portfolio import Portfolio, is_portfolio, load_portfolio
from carelab.terms import UserError

pytestmark = pytest.mark.unit


def portfolio(tmp_path: Path, **changes: object) -> Portfolio:
    values = {"portfolio": "probe", "cities": ["musterstadt"], "scenarios": ["baseline"], **changes}
    path = tmp_path / "probe.yaml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return load_portfolio(path)


def by_id(parts: list[Part]) -> dict[str, Part]:
    return {part.id: part for part in parts}


def test_later_levels_win_and_every_part_is_complete(tmp_path: Path) -> None:
    found = by_id(
        resolve(
            portfolio(
                tmp_path,
                defaults={"draws": 200, "migration": 0.5, "occupancy": 0.9},
                cities={"musterstadt": {"migration": 0.7, "occupancy": 0.8}},
                scenarios={"baseline": {}, "low": {"occupancy": 0.7, "trend": "constant"}},
                notebooks={"0": {}, "03_demand": {"draws": 300}, "11": {}, "10": {}},
            )
        )
    )
    first, low = found["musterstadt/baseline"].params, found["musterstadt/low"].params
    assert (first.draws, first.migration, first.occupancy, first.trend) == (200, 0.7, 0.8, "trend")
    assert (low.draws, low.migration, low.occupancy, low.trend) == (200, 0.7, 0.7, "constant")
    assert low.base_year == load_params(paths.PARAMS / "musterstadt" / "baseline.yaml").base_year
    alone = found["musterstadt/low/03_demand"]
    assert (alone.params.draws, [path.stem for path in alone.notebooks]) == (300, ["03_demand"])
    assert "03_demand" not in [path.stem for path in found["musterstadt/low"].notebooks]
    assert found["musterstadt/low/11_steckbrief/02"].params.district == "02"
    assert found["verbund/low/10_verbund"].params.cities == f"musterstadt@{first.base_year}"


def test_command_line_wins_over_all(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "portfolio: p\ncities: [musterstadt]\nscenarios: [baseline]\nnotebooks: {03_demand: {draws: 300}}\n"
    )
    (part,) = resolve(load_portfolio(tmp_path / "p.yaml", {"draws": 150}))
    assert part.params.draws == 150


def test_the_folders_params_file_repeats_the_part(tmp_path: Path) -> None:
    params = Params(district="03", cities="musterstadt@2025, halle", geometry="null", mortality_improvement=1e-5)
    publish.write_params(tmp_path, params.model_dump(mode="json"))
    assert load_params(tmp_path / "params.yaml") == params


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"citys": []}, "Schlüssel „citys“ gibt es nicht; meinten Sie „cities“?"),
        ({"defaults": {"drews": 200}}, "defaults: Parameter „drews“ gibt es nicht; meinten Sie „draws“?"),
        ({"scenarios": {"a": {"trent": "x"}}}, "scenarios.a: Parameter „trent“ gibt es nicht; meinten Sie „trend“?"),
        ({"cities": {"musterstadt": {"district": "1"}}}, "„district“ ergibt sich aus dem Platz im Portfolio"),
        ({"cities": ["mustrstadt"]}, "Stadt „mustrstadt“ gibt es nicht; meinten Sie „musterstadt“?"),
        ({"notebooks": {"03_demnd": {}}}, "Notebook „03_demnd“ gibt es nicht; meinten Sie „03_demand“?"),
        ({"portfolio": "Vier Städte"}, "portfolio: gefunden 'Vier Städte', erwartet ein Name"),
        ({"scenarios": {}}, "„scenarios“ fehlt oder ist leer."),
        ({"scenarios": {"a": 3}}, "scenarios.a: gefunden 3"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ParamsError) as problem:
        portfolio(tmp_path, **changes)
    assert sentence in problem.value.de


def test_values_out_of_range_name_their_part(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="musterstadt/wild: Parameter „occupancy“"):
        resolve(portfolio(tmp_path, scenarios={"wild": {"occupancy": 3.0}}))


def test_shipped_portfolios_are_portfolios_and_single_runs_are_not() -> None:
    for name in ("verbund", "kreise", "conference"):
        assert is_portfolio(yaml.safe_load((paths.PARAMS / f"{name}.yaml").read_text(encoding="utf-8")))
    assert not is_portfolio(Params().model_dump())


def test_kreise_are_listed_from_the_reference() -> None:
    kreise = known_kreise()
    assert len(kreise) == len(set(kreise)) == 306
    assert all(is_area(name) for name in kreise)
    assert not any(is_area(name) for name in known_cities())
    assert list(inhabited_districts("musterstadt")) == ["01", "02", "03", "04", "05"]


def test_only_finds_city_scenario_notebook_district_and_id(tmp_path: Path) -> None:
    parts = resolve(portfolio(tmp_path, scenarios=["baseline", "other"]))

    def hit(pattern: str) -> set[str]:
        return {part.id for part in parts if part.covers(pattern)}

    assert len(hit("musterstadt")) == 12
    assert hit("other") == {part.id for part in parts if "/other" in part.id}
    assert hit("11") == {part.id for part in parts if "11_steckbrief" in part.id}
    assert hit("altmarkt") == {f"musterstadt/{each}/11_steckbrief/01" for each in ("baseline", "other")}
    assert hit("verbund/other/*") == {"verbund/other/10_verbund", "verbund/other/30_conference"}
    assert hit("nowhere") == set()


def test_a_study_is_computed_once_for_its_districts_and_cut_for_idle_workers(tmp_path: Path) -> None:
    todo = states(resolve(portfolio(tmp_path, scenarios=["baseline", "other"])), tmp_path)
    found = jobs(todo, tmp_path)
    assert [job.scope for job in found] == ["city", "city", "verbund", "verbund"]
    assert [len(job.parts) for job in found] == [6, 6, 2, 2]
    assert all(job.study["district"] is None for job in found)
    assert sum(len(job.parts) for job in jobs(todo[:6], tmp_path, workers=2)) == 6
    json.dumps([job.message() for job in found])


def test_what_is_done_failed_or_changed_is_read_from_the_folders(tmp_path: Path) -> None:
    parts = resolve(portfolio(tmp_path))[:3]
    ids = [record.run_id(part.params, Hashes().ingredients(part)) for part in parts]
    base = {"finished": "2026-01-01T00:00:00+00:00", "seconds": {"total": 2.5}}
    good, failed, old = (tmp_path / part.folder for part in parts)
    for folder in (good, failed.with_name(failed.name + ".failed"), old):
        folder.mkdir()
    publish.write_record(good, base | {"id": ids[0], "status": "complete"})
    publish.write_record(
        failed.with_name(failed.name + ".failed"), base | {"id": ids[1], "status": "failed", "reasons": {"x": "nein"}}
    )
    publish.write_record(old, base | {"id": "other", "status": "complete"})
    found = states(parts, tmp_path)
    assert [state.status for state in found] == ["complete", "failed", "pending"]
    assert (found[0].seconds, found[1].reason) == (2.5, "x: nein")


def test_scopes_are_read_from_the_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [path.stem for path in scopes.notebooks("district")] == ["11_steckbrief"]
    assert [path.stem for path in scopes.notebooks("verbund")] == ["10_verbund", "30_conference"]
    assert [path.stem for path in scopes.notebooks("area")] == ["09_kreis"]
    assert not {"09_kreis", "10_verbund", "11_steckbrief"} & {path.stem for path in scopes.notebooks("city")}
    order = scopes.long_first(scopes.notebooks("city"))
    assert order[0].stem == "01_data_check", "it says that it is long, and comes first of those"
    assert [path.stem for path in order if path.stem in ("00_start_here", "21_quartierszentren")][-1] == "00_start_here"
    bad = tmp_path / "01_x.ipynb"
    bad.write_text('{"metadata": {"carelab": {"scope": "citty"}}}')
    with pytest.raises(UserError, match="citty"):
        scopes.notebook_scope(bad)


def test_the_overview_escapes_searches_offline_and_says_every_status() -> None:
    row = Row(
        city="A<b>", scenario="baseline", subject="Südhang", part="a/b", status="failed", finished="", seconds=0.0,
        grade="C", link="", reason="<script>",
    )  # fmt: skip
    text = overview_html("Alles", [row], "de")
    assert "A&lt;b&gt;" in text
    assert "<script>&lt;" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text.replace("http-equiv", "")
    assert '<label for="words">' in text
    assert 'role="status"' in text
    assert "gescheitert" in text
    assert "failed" in overview_html("All", [row], "en")


def test_reports_stand_before_profiles_and_one_search_finds_all(tmp_path: Path) -> None:
    probe = portfolio(tmp_path, scenarios=["baseline", "low"], notebooks={"03": {}, "11": {}, "10": {}})
    parts = resolve(probe)
    Page(probe, states(parts, tmp_path), tmp_path).write()
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    reports, profiles = text[text.index('id="report"') :].split('id="profile"')
    shown = re.findall(r"<code>(.+?)</code>", reports)
    assert shown[:2] == ["verbund/baseline/10_verbund", "verbund/low/10_verbund"]
    assert shown[2:] == ["musterstadt/baseline", "musterstadt/low"]
    rest = re.findall(r"<code>(.+?)</code>", profiles)
    assert sorted(shown + rest) == sorted(part.id for part in parts)
    assert reports.count(">Wie stehen unsere Städte nebeneinander?<span") + reports.count("nebeneinander?</th>") == 2
    assert text.count('type="search"') == 1
    assert text.index('type="search"') < text.index('id="report"')
    assert f"Steckbriefe der Stadtteile ({len(rest)})" in text


def test_rank_table_against_ranks_counted_by_hand() -> None:
    values = np.array([[3.0, 2.0, 9.0, 1.0]] * 6 + [[1.0, 2.0, 9.0, 3.0]] * 4)
    table = rank_table(values, np.array([True, True, False, True]))
    assert table["median"].tolist()[:2] == [1.0, 2.0]
    assert table.loc[0, ["lower_80", "upper_80"]].tolist() == [1.0, 3.0]
    assert table.loc[1, ["lower_80", "upper_80"]].tolist() == [2.0, 2.0]
    assert table.loc[2].isna().all()
