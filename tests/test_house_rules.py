"""The rules of the house, in plain words when they fail (docs/architecture.md, docs/decisions)."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from carelab.params import Params, json_schema, load_params, read_yaml
from carelab.paths import NOTEBOOKS, PARAMS, ROOT
from carelab.runs.portfolio import is_portfolio

pytestmark = pytest.mark.unit

LAYERS = {
    "terms_chain": -1,
    "terms_conference": -1,
    "terms_districts": -1,
    "terms_access": -1,
    "terms_backtest": -1,
    "terms_catalogue": -1,
    "terms_siting": -1,
    "terms_tables": -1,
    "terms_logbook": -1,
    "terms_outreach": -1,
    "terms_lumina": -1,
    "terms_needs": -1,
    "terms_pilot": -1,
    "terms": 0,
    "paths": 0,
    "params": 1,
    "inputs": 2,
    "forecast": 2,
    "planning": 2,
    "release": 2,
    "stages": 3,
    "study": 4,
    "runs": 5,
    "cli_backtest": 5,
    "cli_parts": 0,
    "cli_catalogue": 5,
    "cli_data": 5,
    "cli_design": 5,
    "cli_portfolio": 6,
    "cli_slides": 7,
    "cli": 8,
    "__main__": 9,
}
"""Imports go down only; rooms of the same height never import each other."""
FILE_LINES, FUNCTION_LINES, ARGUMENTS = 330, 60, 8
"""Above this a file or function is refused; what feels right is lower (house.md)."""
PACKAGE = sorted((ROOT / "carelab").rglob("*.py"))
NOTEBOOK_FILES = sorted(NOTEBOOKS.glob("*.ipynb"))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "carelab").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the rooms that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "carelab":
            names += [f"carelab.{alias.name}" for alias in node.names if not alias.name.startswith("__")]
        found |= {name.split(".")[1] for name in names if name.startswith("carelab.")}
    return found


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = room(path)
    if own == "__init__":
        assert not imports(path), "carelab/__init__.py holds the version and nothing else"
        return
    for other in imports(path) - {own}:
        assert LAYERS[other] < LAYERS[own], f"{path.name}: {own} must not import {other} (docs/architecture.md)"


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_size_and_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= FILE_LINES, f"{path.name} has grown past {FILE_LINES} lines: what wants to leave it?"
    assert ast.get_docstring(tree), f"{path.name} does not say what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            count = len(node.args.args) + len(node.args.kwonlyargs)
            assert length <= FUNCTION_LINES, f"{path.name}: {node.name} has {length} lines"
            assert count <= ARGUMENTS, f"{path.name}: {node.name} takes {count} arguments"


def test_only_inputs_reads_data() -> None:
    for path in PACKAGE:
        if room(path) in {"inputs", "paths"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert "read_csv" not in text, f"{path.name} reads a table: only carelab/inputs does"
        assert "paths.DATA" not in text, f"{path.name} uses data/: only carelab/inputs does"


def test_no_registry_host_no_machine_path() -> None:
    hosts = "|".join(
        ["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"\.debian", "crates" + r"\.io"]
    )
    machine = r"/(?:wo" + r"rk|ro" + r"ot|ho" + r"me)/[a-z]"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    for name in filter(None, tracked):
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".xlsx", ".gz"}:
            continue
        found = re.search(f"({hosts})|({machine})", path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: names {found.group(0) if found else ''}"


def cells(path: Path, kind: str) -> list[dict]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def code_lines(cell: dict) -> list[str]:
    return [line for line in "".join(cell["source"]).splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("path", NOTEBOOK_FILES, ids=lambda path: path.stem)
def test_notebook_is_thin(path: Path) -> None:
    code = cells(path, "code")
    lines = [line for cell in code for line in code_lines(cell)]
    words = sum(len("".join(cell["source"]).split()) for cell in cells(path, "markdown"))
    assert len(code) <= 15, f"{path.name}: {len(code)} code cells; a notebook asks one question"
    assert len(lines) <= 60, f"{path.name}: {len(lines)} code lines"
    assert words >= 3 * len(lines), f"{path.name}: {words} words for {len(lines)} code lines; say what it means"
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in code))
    banned = (ast.FunctionDef, ast.For, ast.While, ast.Try, ast.ClassDef)
    assert not any(isinstance(node, banned) for node in ast.walk(tree)), f"{path.name}: carelab lacks a function"
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = ("carelab.params", "carelab.study", "carelab.release")
    assert all(str(name).startswith(allowed) for name in modules), f"{path.name} imports {modules}"


@pytest.mark.parametrize("path", NOTEBOOK_FILES, ids=lambda path: path.stem)
def test_notebook_parameters_are_params(path: Path) -> None:
    tagged = [cell for cell in cells(path, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1, f"{path.name}: exactly one cell carries the tag parameters"
    namespace: dict[str, object] = {}
    exec("".join(tagged[0]["source"]), namespace)
    given = {name: value for name, value in namespace.items() if not name.startswith("__")}
    assert given == Params().model_dump(mode="json"), f"{path.name}: its parameters are not the fields of Params"


@pytest.mark.parametrize("path", NOTEBOOK_FILES, ids=lambda path: path.stem)
def test_notebook_speaks_both_languages_and_keeps_no_outputs(path: Path) -> None:
    for cell in cells(path, "markdown"):
        assert cell["metadata"].get("en", "").strip(), f"{path.name}: {''.join(cell['source'])[:40]!r} has no English"
    kept = [cell for cell in cells(path, "code") if cell["outputs"]]
    assert all("kernzahlen" in cell["metadata"].get("tags", []) for cell in kept), f"{path.name}: strip its outputs"
    assert len(kept) == 1, f"{path.name}: one Kernzahlen cell keeps its output, for nbval"


@pytest.mark.parametrize("path", sorted(PARAMS.rglob("*.yaml")), ids=lambda path: str(path.relative_to(PARAMS)))
def test_params_files_are_complete(path: Path) -> None:
    if path.name == "assumptions.yaml" or path.parent.name == "designs" or is_portfolio(read_yaml(path)):
        return
    params = load_params(path)
    named = re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert named == list(Params.model_fields), (
        f"{path.name}: one flat, complete file per scenario, in the order of Params"
    )
    assert params.city == path.parent.name, f"{path}: lies in the folder of another city"


def test_schema_is_current() -> None:
    assert (PARAMS / "schema.json").read_text(encoding="utf-8") == json_schema(), (
        "params/schema.json is out of date: carelab schema > params/schema.json"
    )
