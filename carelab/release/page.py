"""One executed notebook as a self-contained page: prose and exhibits, code behind a button, nothing from outside."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from carelab.release.bundles import Notebook, read_notebook, read_output, text_of
from carelab.release.exhibit import Exhibit
from carelab.release.markdown import Prose
from carelab.release.templating import read_template, render
from carelab.terms import Language, say

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def page(notebook_path: Path, folder: Path, language: Language) -> Path:
    """Render an executed notebook to ``folder/pages/<name>.html`` and return that path."""
    notebook = read_notebook(notebook_path, language)
    script = read_template("page.js")
    target = folder / "pages" / f"{notebook.name}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = render(
        "page.html.j2",
        title=notebook.title,
        name=notebook.name,
        brief=notebook.scope == "district",
        blocks=_blocks(notebook, language),
        has_code=any(cell["cell_type"] == "code" for cell in notebook.cells),
        style=Markup(read_template("style.css")),
        script=Markup(script),
        script_hash=Markup(script_hash(script)),
        language=language,
        say=lambda de, en: say(language, de, en),
    )
    target.write_text(text, encoding="utf-8")
    return target


def script_hash(script: str) -> str:
    """Return the hash by which the page's content security policy admits its one script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _blocks(notebook: Notebook, language: Language) -> list[dict[str, Any]]:
    """Return what the page shows, cell by cell; a page always begins with one h1."""
    prose = Prose()
    blocks: list[dict[str, Any]] = []
    if not any(cell["cell_type"] == "markdown" and "#" in text_of(cell["source"]) for cell in notebook.cells):
        blocks.append({"kind": "prose", "html": prose.render(f"# {notebook.title}")})
    for cell in notebook.cells:
        source = text_of(cell["source"])
        if cell["cell_type"] == "markdown":
            blocks.append({"kind": "prose", "html": prose.render(source)})
        elif cell["cell_type"] == "code":
            if source.strip():
                blocks.append({"kind": "code", "text": source})
            blocks += [_output(output, language) for output in cell.get("outputs", [])]
    return blocks


def _output(output: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return one output of a cell: an exhibit, findings, an image, or escaped text."""
    kind = output["output_type"]
    if kind == "stream":
        return {"kind": "text", "text": _ANSI.sub("", text_of(output["text"]))}
    if kind == "error":
        trace = _ANSI.sub("", "\n".join(output.get("traceback", [])))
        return {"kind": "error", "title": f"{output['ename']}: {output['evalue']}", "text": trace}
    shown = read_output(output)
    if shown is not None:
        exhibit_id = shown.id if isinstance(shown, Exhibit) else ""
        return {"kind": "exhibit", "html": Markup(shown.to_html()), "id": exhibit_id}
    data = output.get("data", {})
    plain = text_of(data.get("text/plain", ""))
    image = _png(text_of(data.get("image/png", "")))
    if image:
        alt = say(language, "Abbildung ohne Beschreibung: ", "Figure without description: ") + plain
        return {"kind": "image", "image": image, "alt": alt}
    return {"kind": "text", "text": _ANSI.sub("", plain)}


def _png(encoded: str) -> str:
    """Return a PNG as a data URI; empty where it is none."""
    try:
        content = base64.b64decode(encoded, validate=False)
    except (binascii.Error, ValueError):
        return ""
    if not content.startswith(b"\x89PNG"):
        return ""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
