"""Templates: one jinja2 environment for all pages; everything that goes in is escaped."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER: Final = Path(__file__).with_name("templates")


def render(template: str, **values: Any) -> str:
    """Return a filled template; ``values`` are escaped unless they are ``Markup``."""
    return _environment().get_template(template).render(**values)


def read_template(name: str) -> str:
    """Return a template file as it is (style sheets, scripts)."""
    return (FOLDER / name).read_text(encoding="utf-8")


def data_uri(svg: str) -> str:
    """Return an SVG as a data URI, so that a page needs no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
