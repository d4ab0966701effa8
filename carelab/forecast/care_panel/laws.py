"""Changes of law that were known at an origin: when they add how many people to the count, and how sure that was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carelab.forecast.arrays import Array


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

    def pending(self, origin: int) -> bool:
        """Say whether the law is known at an origin and not in force yet."""
        return self.known_from <= origin and origin + self.survey_time <= self.start

    def effect(self, origin: int, year: int) -> float:
        """Return the expected addition to log counts between two surveys, 0 where the law is not known or in force."""
        if not self.pending(origin):
            return 0.0
        arrived = np.clip((year + self.survey_time - self.start) / self.phase_in, 0.0, 1.0)
        return float(np.log1p(self.size * arrived))


Laws = tuple[LawChange, ...]


@dataclass(frozen=True)
class LawRisk:
    """The risk of a law that nobody knows of yet, one-sided: none is known since 1995 that narrowed whom it counts.

    An assumption, as one change is too few to learn from (docs/backtest_care.md says how results depend on it): a
    change every ten years (``rate`` a year; 0.05-0.2) adds on average ``size`` to the count (exponential; 0.05-0.2),
    evenly over ``phase_in`` years (2-4).
    """

    rate: float = 0.1
    size: float = 0.1
    phase_in: float = 2.0

    def draw(self, years_ahead: Sequence[int], draws: int, rng: np.random.Generator) -> Array:
        """Return what an unknown law adds to log counts (target, draw), the same law along each path."""
        even = (np.arange(draws) + 0.5) / draws  # quantiles in random order: no noise between runs of few draws
        start, size = (-np.log(rng.permutation(even)) for _ in range(2))
        since = np.asarray(years_ahead, dtype=float)[:, None] - start / self.rate
        return np.asarray(np.log1p(self.size * size * np.clip(since / self.phase_in, 0.0, 1.0)))


def law_effect(laws: Laws, origin: int, year: int) -> float:
    """Return the expected addition of all laws to log counts between two surveys."""
    return sum(law.effect(origin, year) for law in laws)


def law_spread(laws: Laws, origin: int, year: int) -> float:
    """Return the standard deviation of what all laws add to log counts between two surveys; they err independently."""
    return float(np.sqrt(sum((law.spread * law.effect(origin, year)) ** 2 for law in laws)))
