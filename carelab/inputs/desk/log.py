"""``carelab data add CITY FILE --as log``: a file of the logbook is merged into log.csv, or nothing of it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from carelab.inputs.desk.population import Arrival
from carelab.inputs.desk.source_entry import SourceEntry
from carelab.inputs.logbook import NAME, read_logbook, refuse_stored
from carelab.inputs.tables import Table


def arrive_log(path: Path, stored: Mapping[str, Table], ags: str, *, sheet: str | None = None) -> Arrival:
    """Return the logbook with a file's rows added; none if all of them were stored before. Raises DataError.

    Rows add to what is stored and never replace it; a file that was stored in part is refused row by row.
    """
    districts = stored["districts"].frame[["district", "name"]].reset_index(drop=True)
    rows, numbers = read_logbook(path, districts, ags, sheet=sheet)
    log = stored["log"].frame.reset_index(drop=True)
    arrival = Arrival()
    if len(log) and len(rows.merge(log, on=list(rows.columns))) == len(rows):
        return arrival
    refuse_stored(rows, numbers, log)
    arrival.tables["log"] = pd.concat([log, rows], ignore_index=True) if len(log) else rows
    contacts = int(rows["contacts"].sum())
    arrival.note(
        f"{NAME}: {len(rows)} Zeilen mit {contacts} Kontakten aufgenommen; jetzt {len(log) + len(rows)} Zeilen.",
        f"Logbook: {len(rows)} rows with {contacts} contacts taken in; now {len(log) + len(rows)} rows.",
    )
    return arrival


def log_entry(path: Path, *, publisher: str, as_of: str, url: str, licence: str) -> SourceEntry:
    """Return the source of a logbook file without its name, which may carry a person's."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return SourceEntry(
        publisher=publisher or "nicht angegeben / not stated",
        title=NAME,
        date=as_of or date.today().isoformat(),
        url=url,
        licence=licence or "nicht angegeben / not stated",
        quality="A" if publisher else "C",
        note=f"sha256 {digest}, aufgenommen {date.today().isoformat()} mit carelab data add.",
    )
