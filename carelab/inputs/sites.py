"""Sites of care and help (sites.csv): rules within a row that no single cell can show."""

from __future__ import annotations

from collections.abc import Iterator

from carelab.inputs.errors import Problem
from carelab.inputs.tables import Table


def site_problems(sites: Table) -> Iterator[Problem]:
    """Return rows with half a point, or closed before they opened (years or year-months, compared as far as given)."""
    frame = sites.frame
    half = frame.index[frame["lon"].isna() != frame["lat"].isna()]
    for line in half:
        de, en = "lon und lat gehören zusammen, gefunden wurde nur eines", "lon and lat belong together, found only one"
        yield Problem(sites.file, int(line), f"{frame.loc[line, 'site']}: {de}", f"{frame.loc[line, 'site']}: {en}")
    for line, row in frame[(frame["opened"] != "") & (frame["closed"] != "")].iterrows():
        size = min(len(row["opened"]), len(row["closed"]))
        if row["closed"][:size] < row["opened"][:size]:
            yield Problem(
                sites.file,
                int(str(line)),
                f"{row['site']}: geschlossen {row['closed']} vor der Eröffnung {row['opened']}",
                f"{row['site']}: closed {row['closed']} before it opened {row['opened']}",
            )
