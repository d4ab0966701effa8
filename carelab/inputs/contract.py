"""What a table is: its columns, kinds of cells and keys; the tables themselves stand in ``contracts``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from carelab.inputs.kinds import Kind


@dataclass(frozen=True)
class Contract:
    """One table: columns and kinds of cells, key, and what holds beyond single cells.

    ``ages_within``: groups in which ages must not overlap; ``ages_complete``: they also run from 0 to an open end.
    ``optional``: columns that a file may leave out, and what their cells then hold.
    ``quiet``: messages never repeat what a cell holds; it may be about a person.
    """

    columns: Mapping[str, Kind]
    key: tuple[str, ...]
    ages_within: tuple[str, ...] = ()
    may_be_empty: bool = True
    ages_complete: bool = False
    optional: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False

    def written(self, found: Iterable[str]) -> list[str]:
        """Return the columns that a file gets: those of the contract, optional ones only where ``found`` has them."""
        here = set(found)
        return [column for column in self.columns if column in here or column not in self.optional]
