"""run.json: what a run was made from and how it went. No secrets, no environment, no folder of this machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from carelab import paths
from carelab.params import Params
from carelab.terms import UserError
from carelab.terms_districts import FORMS

PACKAGES = (
    "carelab",
    "geopandas",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "scipy",
    "shapely",
    "statsmodels",
    "xarray",
)
HASH_DIGITS = 8


def ingredients(params: Params, *, data: Mapping[str, str], notebooks: Sequence[Path]) -> dict[str, Any]:
    """Return the hashes of all that a result depends on: parameters, data, notebooks, carelab itself, geometry."""
    return {
        "params": params.fingerprint(),
        "data": dict(sorted(data.items())),
        "notebooks": {path.stem: file_hash(path) for path in notebooks},
        "source": source_hash(),
        "geometry": geometry_hash(params),
    }


def data_hashes(city: str) -> dict[str, str]:
    """Return path below data/ -> sha256 for everything the city's results rest on."""
    from carelab.inputs.provenance import data_hashes as hashes

    return hashes(city)


def run_id(params: Params, parts: Mapping[str, Any]) -> str:
    """Return ``<city>-<scenario>-<hash8>``; the hash changes whenever one of the ingredients does."""
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{params.city}-{params.scenario}-{digest[:HASH_DIGITS]}"


def file_hash(path: Path) -> str:
    """Return the sha256 of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source_hash() -> str:
    """Return one hash over carelab's own files (names and content)."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(package).as_posix()} {file_hash(path)}\n".encode())
    return digest.hexdigest()


def geometry_hash(params: Params) -> str | None:
    """Return the hash of the geometry file, None if none is named. Raises UserError if it is missing."""
    if params.geometry is None:
        return None
    path = paths.ROOT / params.geometry
    if not path.is_file():
        raise UserError(
            f"Parameter „geometry“: Datei {params.geometry} nicht gefunden.",
            f'parameter "geometry": file {params.geometry} not found.',
        )
    return file_hash(path)


def new_record(params: Params, *, name: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a run that begins now."""
    values = params.model_dump(mode="json")
    if params.geometry is not None:
        values["geometry"] = without_paths(params.geometry)
    return {
        "id": name,
        **city_facts(params.city),
        "dataset": dataset_facts(),
        "status": "running",
        "params": values,
        "data": parts["data"],
        "notebooks": {name: {"hash": digest, "status": "pending"} for name, digest in parts["notebooks"].items()},
        "source": parts["source"],
        "geometry": parts["geometry"],
        "packages": package_versions(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "git": git_state(),
        "started": now(),
        "finished": None,
        "seconds": {},
        "peak_memory_mb": {},
        "reasons": {},
        "warnings": [],
    }


def city_facts(city: str) -> dict[str, Any]:
    """Return what the report says of the city: its name and whether its figures are invented."""
    from carelab.inputs.kreise import area_info

    info = area_info(city)
    forms = {FORMS: info.district_forms_de} if info.district_forms_de else {}
    return {"city_name": info.name, "synthetic": info.synthetic, "grade": info.grade, **forms}


def dataset_facts() -> dict[str, Any]:
    """Return what metadata say of a published run (data/catalogue.yaml)."""
    from carelab.inputs.catalogue import load_catalogue

    return dict(load_catalogue().dataset.model_dump(mode="json"))


def now() -> str:
    """Return the present time with its time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


@cache
def package_versions() -> dict[str, str]:
    """Return the versions of the packages that results depend on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


@cache
def git_state() -> dict[str, Any] | None:
    """Return commit and whether files differ from it; None without git or repository."""
    try:
        commit = _git("rev-parse", "HEAD").strip()
        return {"commit": commit, "dirty": bool(_git("status", "--porcelain"))}
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*words: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(paths.ROOT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout


def peak_memory_mb() -> dict[str, float]:
    """Return the largest memory of this process and of the largest of its ended descendants, in MB."""
    return {
        "runner": to_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss),
        "largest_child": to_mb(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss),
    }


def to_mb(maxrss: int) -> float:
    """Convert ``ru_maxrss`` (KB on Linux, bytes on macOS) to MB."""
    return round(maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def without_paths(text: str) -> str:
    """Take the folders of this machine out of a text (tracebacks, warnings)."""
    folders = {
        str(paths.ROOT): "",
        str(Path(__file__).resolve().parents[2]): "",
        sys.prefix: "python",
        sys.base_prefix: "python",
        tempfile.gettempdir(): "tmp",
        str(Path.home()): "~",
    }
    for folder in sorted(folders, key=len, reverse=True):
        if len(folder) > 1:
            text = text.replace(folder + "/", folders[folder] + "/" if folders[folder] else "")
    return text
