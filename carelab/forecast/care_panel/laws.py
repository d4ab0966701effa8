"""Changes of law that were known at an origin: when they add how many people to the count, and how sure that was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LawChange:
    """A structural break entered as a scenario: what was expected, from when it was known.

    ``size``: expected addition to the count once complete, as share of it (0.2 = 20 %); it arrives evenly over
    ``phase_in`` years from ``start`` (years with fraction; 2017.0 = 1 January) and is uncertain by ``spread`` (standard
    deviation, share of the addition). Used at origins from ``known_from`` on that lie before ``start``.
    ``survey_time``: time of a survey within its year (1.0 = 31 December). ``name``, ``source``: what
    it is called and who expected it (de, en), empty where it was entered by hand.
    """

    known_from: int
    start: float
    size: float
    phase_in: float = 4.0
    spread: float = 0.5
    survey_time: float = 1.0
    source: tuple[str, str] = ("", "")
    name: tuple[str, str] = ("", "")

    def effect(self, origin: int, year: int) -> float:
        """Return the expected addition to log counts between two surveys, 0 where the law is not known or in force."""
        if not self.known_from <= origin or origin + self.survey_time > self.start:
            return 0.0
        arrived = np.clip((year + self.survey_time - self.start) / self.phase_in, 0.0, 1.0)
        return float(np.log1p(self.size * arrived))


Laws = tuple[LawChange, ...]


def law_effect(laws: Laws, origin: int, year: int) -> float:
    """Return the expected addition of all laws to log counts between two surveys."""
    return sum(law.effect(origin, year) for law in laws)


def law_spread(laws: Laws, origin: int, year: int) -> float:
    """Return the standard deviation of what all laws add to log counts between two surveys; they err independently."""
    return float(np.sqrt(sum((law.spread * law.effect(origin, year)) ** 2 for law in laws)))
