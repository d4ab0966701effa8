"""Say where figures come from (sources.yaml) and which exact files were read (hashes)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import pandas as pd

from carelab import paths
from carelab.inputs.city import KREIS_FOLDER, REFERENCE_FOLDER, city_folder, read_yaml
from carelab.inputs.contracts import CITY, KREISE, OPTIONAL, REFERENCE
from carelab.inputs.errors import Problem, raise_problems
from carelab.inputs.geometry import OWN

FIELDS = ("publisher", "title", "date", "url", "licence", "quality", "note")
COLUMNS = ("table", *FIELDS[:-1])


def data_hashes(city: str, *, root: Path | None = None) -> dict[str, str]:
    """Return path relative to data/ -> sha256 for every file of the city, of the reference, and the catalogues.

    A simulated pilot and the city's registered designs (``designs/...``) are among them.
    """
    folder = city_folder(city, root)
    base = folder.parent
    parts = [*folder.glob("*.*"), *folder.glob("pilot/*.*"), *(base / REFERENCE_FOLDER).glob("*.*")]
    files = sorted([*base.glob("*.yaml"), *parts])
    designs = {
        f"designs/{path.name}": _hash(path, path.stat().st_mtime_ns)
        for path in sorted((paths.PARAMS / "designs").glob(f"{city}_*.yaml"))
    }
    return designs | {path.relative_to(base).as_posix(): _hash(path, path.stat().st_mtime_ns) for path in files}


@lru_cache(maxsize=4096)
def _hash(path: Path, changed: int) -> str:
    """Return a file's sha256; many parts of a portfolio share the reference tables, which are read once."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources_table(city: str, *, root: Path | None = None) -> pd.DataFrame:
    """Return table, publisher, title, date, url, licence, quality: one row per source. Raises DataError."""
    base = paths.DATA if root is None else root
    folder = city_folder(city, root)
    tables = [*CITY, *(name for name in OPTIONAL if (folder / f"{name}.csv").is_file())]
    if folder.name == KREIS_FOLDER:
        tables = list(KREISE)
    tables += [Path(OWN).stem] if (folder / OWN).is_file() else []
    own = _sources(folder / "sources.yaml", f"{folder.name}/sources.yaml", tables)
    shared = _sources(base / REFERENCE_FOLDER / "sources.yaml", "reference/sources.yaml", list(REFERENCE))
    return pd.DataFrame([*own, *shared], columns=list(COLUMNS))


def _sources(path: Path, name: str, tables: list[str]) -> list[dict[str, str]]:
    """Return the entries of one sources.yaml; every table needs at least one complete source."""
    values = read_yaml(path, name)
    problems, rows = [], []
    for table in [*tables, *(key for key in values if key not in tables)]:
        if table not in tables:
            problems.append(Problem(name, 0, f"Tabelle „{table}“ gibt es nicht", f'there is no table "{table}"'))
            continue
        entries = values.get(table)
        if not isinstance(entries, list) or not entries:
            problems.append(Problem(name, 0, f"{table}: Quelle fehlt", f"{table}: source is missing"))
            continue
        for entry in entries:
            problems += _entry_problems(name, table, entry)
            rows.append({"table": table, **{field: str(dict(entry).get(field, "")) for field in FIELDS}})
    raise_problems(problems)
    return rows


def _entry_problems(name: str, table: str, entry: dict[str, object]) -> list[Problem]:
    """Return what a source lacks: every field must be there, quality is A, B or C."""
    lacking = [field for field in FIELDS if field not in entry]
    problems = [Problem(name, 0, f"{table}: „{field}“ fehlt", f'{table}: "{field}" is missing') for field in lacking]
    quality = entry.get("quality")
    if quality not in ("A", "B", "C", None):
        said = f"{table}: quality {quality!r}, "
        problems.append(Problem(name, 0, said + "erwartet A, B oder C", said + "expected A, B or C"))
    return problems
