"""Markdown of notebook cells as accessible HTML: raw HTML escaped, headings in order, no outside images."""

from __future__ import annotations

from typing import Any

import mistune
from markupsafe import Markup, escape


class Prose:
    """Renders the markdown cells of one page; keeps heading levels in order across cells."""

    def __init__(self) -> None:
        self._renderer = _Renderer(escape=True)
        self._markdown = mistune.create_markdown(renderer=self._renderer, plugins=["table", "strikethrough"])

    def render(self, text: str) -> Markup:
        """Return one cell as HTML."""
        return Markup(self._markdown(text))


class _Renderer(mistune.HTMLRenderer):
    """HTML with one h1, then levels that never skip; images only as their description."""

    level = 0

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        wanted = max(level, 2) if self.level else 1
        self.level = min(wanted, self.level + 1)
        return f"<h{self.level}>{text}</h{self.level}>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>{escape(text)}</em>"

    def table(self, text: str) -> str:
        return f'<div class="carelab-scroll" tabindex="0"><table>\n{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        css = ' class="num"' if align == "right" else ""
        return f'<th scope="col"{css}>{text}</th>' if head else f"<td{css}>{text}</td>"
