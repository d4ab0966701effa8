"""Where the time of a run goes, and how that compares with plain papermill in the same environment."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from carelab import paths
from carelab.params import Params
from carelab.runs import publish
from carelab.runs.runner import all_notebooks
from carelab.terms import Language, UserError, say

STEPS = ("kernel_start", "running", "rendering")
WHOLE = ("imports", "computing", "report", "total")


@dataclass(frozen=True)
class Measurement:
    """Seconds, medians over the repeats. ``plain`` is empty unless plain papermill was measured."""

    repeat: int
    notebooks: dict[str, dict[str, float]]
    whole: dict[str, float]
    plain: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times longer plain papermill takes, one notebook after another (without rendering pages)."""
        return sum(self.plain.values()) / self.whole["total"] if self.plain else None


def measure(params: Params, *, repeat: int = 1, plain: bool = False) -> Measurement:
    """Run a study ``repeat`` times in new processes and take medians. Raises UserError if a run fails."""
    runs, plains = [], []
    with tempfile.TemporaryDirectory(prefix="carelab-bench-") as folder:
        file = Path(folder) / "params.yaml"
        file.write_text(yaml.safe_dump(params.model_dump(mode="json"), allow_unicode=True), encoding="utf-8")
        for _ in range(max(1, repeat)):
            runs.append(_run(file))
            if plain:
                plains.append({path.stem: _plain(path, file) for path in all_notebooks()})
    notebooks = {
        name: _medians((run["notebooks"][name]["seconds"] for run in runs), STEPS) for name in runs[0]["notebooks"]
    }
    whole = _medians((run["seconds"] for run in runs), WHOLE)
    return Measurement(max(1, repeat), notebooks, whole, _medians(plains, plains[0]) if plains else {})


def as_table(result: Measurement, language: Language) -> str:
    """Return the measurement as a markdown table with a few lines below."""
    head = say(
        language,
        "Notebook | Kernel-Start | Ausführen | Darstellen | papermill allein",
        "Notebook | Kernel start | Executing | Rendering | plain papermill",
    )
    lines = [f"| {head} |", "|---|--:|--:|--:|--:|"]
    for name, seconds in result.notebooks.items():
        cells = [_number(seconds.get(step), language) for step in STEPS]
        lines.append(f"| {' | '.join([name, *cells, _number(result.plain.get(name), language)])} |")
    words = {
        "imports": ("Importe", "Imports"),
        "computing": ("Rechnen", "Computing"),
        "report": ("Bericht (nach dem letzten Notebook)", "Report (after the last notebook)"),
        "total": ("Lauf insgesamt", "Whole run"),
    }
    lines.append("")
    lines += [f"- {say(language, *words[key])}: {_number(result.whole[key], language)} s" for key in WHOLE]
    if result.ratio is not None:
        total, ratio = _number(sum(result.plain.values()), language), _number(result.ratio, language)
        de = f"papermill allein, nacheinander, ohne Bericht: {total} s, das {ratio}-Fache"
        en = f"plain papermill, one after another, without report: {total} s, {ratio} times as long"
        lines.append(f"- {say(language, de, en)}")
    lines.append(f"- {say(language, 'Median aus', 'median of')} {result.repeat}")
    return "\n".join(lines)


def write(result: Measurement, path: Path, language: Language) -> None:
    """Write the measurement as JSON, or as markdown if the file is called so."""
    whole = json.dumps({**asdict(result), "ratio": result.ratio}, indent=2) + "\n"
    path.write_text(as_table(result, language) + "\n" if path.suffix == ".md" else whole, encoding="utf-8")


def _run(params: Path) -> dict[str, Any]:
    """Run ``carelab run`` in a process of its own and return its run.json."""
    outputs = params.parent / "outputs"
    words = [sys.executable, "-m", "carelab", "run", str(params), "--force", "--outputs", str(outputs)]
    began = time.monotonic()
    done = subprocess.run(words, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    wall = time.monotonic() - began
    if done.returncode:
        raise UserError(f"Der Lauf ist nicht gelungen: {done.stderr}", f"The run has failed: {done.stderr}")
    record = publish.read_record(next(folder for folder in outputs.iterdir() if folder.is_dir()))
    record["seconds"]["total"] = wall
    return record


def _plain(notebook: Path, params: Path) -> float:
    """Execute a notebook with papermill's command line and return the seconds it took."""
    words = [sys.executable, "-m", "papermill", str(notebook), str(params.parent / "plain.ipynb"), "-f", str(params)]
    began = time.monotonic()
    done = subprocess.run(
        [*words, "-k", "python3", "-l", "python", "--no-progress-bar"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise UserError(
            f"papermill scheitert an {notebook.name}: {last}", f"papermill fails on {notebook.name}: {last}"
        )
    return time.monotonic() - began


def _medians(runs: Iterable[Mapping[str, float]], keys: Iterable[str]) -> dict[str, float]:
    found = list(runs)
    return {key: round(statistics.median(run.get(key, 0.0) for run in found), 3) for key in keys}


def _number(seconds: float | None, language: Language) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.1f}".replace(".", ",") if language == "de" else f"{seconds:.1f}"
