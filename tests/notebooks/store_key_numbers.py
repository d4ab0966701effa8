"""Store the output of every notebook's Kernzahlen cell, on purpose: nbval compares it from then on.

Run as ``make key-numbers``; the notebooks run with their defaults (the synthetic city) and keep no other output.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TAG = "kernzahlen"


def store(path: Path) -> bool:
    """Execute a notebook, keep the tagged cell's output, drop all others; return whether the file changed."""
    before = path.read_text(encoding="utf-8")
    executed = NotebookClient(
        nbformat.read(path, as_version=4), timeout=300, resources={"metadata": {"path": "."}}
    ).execute()
    content = json.loads(before)
    for cell, done in zip(content["cells"], executed.cells, strict=True):
        if cell["cell_type"] == "code":
            kept = TAG in cell["metadata"].get("tags", [])
            cell["outputs"] = json.loads(json.dumps(done.outputs)) if kept else []
            cell["execution_count"] = done.execution_count if kept else None
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8")
    return text != before


if __name__ == "__main__":
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        print(f"{notebook.name}: {'changed' if store(notebook) else 'as before'}", file=sys.stdout)
