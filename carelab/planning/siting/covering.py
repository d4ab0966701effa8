"""Can so few sites reach everybody? An exact search for small cases, quicker than asking the solver.

A point that few candidates reach decides most: branch over them, and give up a branch where even the widest candidates
could not reach all that is left (set covering by branch and bound; Christofides 1975, Graph Theory, ch. 3).
"""

from __future__ import annotations

from carelab.planning.siting.problem import Flags

STEPS = 2000
"""Branches looked at before the question is left to the solver."""


def coverable(near: Flags, *, fixed: Flags, possible: Flags, count: int) -> bool | None:
    """Say whether ``count`` candidates, the fixed ones among them, reach every point; None: too long to tell.

    ``near`` (point, candidate): within reach; ``fixed``, ``possible`` (candidate).
    """
    usable = near & possible
    usable = usable[~(usable & fixed).any(axis=1)]
    if not usable.any(axis=1).all():
        return False
    order = usable.sum(axis=1).argsort(kind="stable")  # the scarcest point is the lowest bit
    usable = usable[order]
    reached = [_as_bits(column) for column in usable.T]
    choices = [row.nonzero()[0].tolist() for row in usable]
    free = count - int(fixed.sum())
    steps = STEPS

    def search(left: int, sites: int) -> bool | None:
        nonlocal steps
        if not left:
            return True
        steps -= 1
        if steps < 0:
            return None
        if max((each & left).bit_count() for each in reached) * sites < left.bit_count():
            return False
        scarcest = (left & -left).bit_length() - 1
        unsure = False
        for site in choices[scarcest]:
            found = search(left & ~reached[site], sites - 1)
            if found:
                return True
            unsure |= found is None
        return None if unsure else False

    return search(_as_bits(usable.any(axis=1)), free)


def _as_bits(flags: Flags) -> int:
    """Return flags as one whole number, the first flag as its lowest bit."""
    return sum(1 << place for place in flags.nonzero()[0].tolist())
