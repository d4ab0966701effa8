"""How near tours come to the best that is known: ``python -m carelab.runs.bench_tours`` (``--quick``: small towns).

Three seeds plan the same invented day with the search every run uses, and in the small town the first of them
(``--full``: everywhere all) with one ten times longer. Each is compared with the cheapest plan that any search found;
without a longer search that is no judgement. Every plan is checked without the solver.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from time import process_time

import numpy as np

from carelab.planning.outreach.feasible import broken_rules
from carelab.planning.outreach.month import month_visits, plan_month
from carelab.planning.outreach.reasons import REASONS
from carelab.planning.outreach.shift import Shift, Visit
from carelab.planning.outreach.tours import Search, Tours, plan_tours
from carelab.planning.outreach.travel import Array, drive_minutes, straight_km
from carelab.runs.bench_table import Row, as_markdown

SHIFT = Shift(480, 960, 720, 30)
SEEDS, LONGER = (1, 2, 3), 10
SIZES, QUICK_SIZES = ((100, 16), (500, 110)), ((20, 4), (40, 7))
"""Visits and teams: enough teams for every visit that can be made at all, so cost is time on the road."""
MONTH_DAYS, REQUESTS = 20, 180


def made_up_day(count: int, seed: int = 0) -> tuple[list[Visit], Array]:
    """Return visits at as many addresses in a city of Halle's extent, and minutes by car (place, place); base first.

    A third is open all day, a third each before and after lunch; then 30 % get one hour in which the visit must start.
    """
    rng = np.random.default_rng(seed)
    lon = 11.97 + np.concatenate([[0], rng.normal(0, 0.05, count)])
    lat = 51.48 + np.concatenate([[0], rng.normal(0, 0.03, count)])
    visits = []
    for place in range(1, count + 1):
        early, late = [(0, 1440), (480, 690), (750, 930)][rng.integers(3)]
        if rng.random() < 0.3:
            early = int(rng.choice([480, 540, 600, 660, 780, 840, 900]))
            late = early + 60
        visits.append(Visit(f"v{place}", place, int(rng.choice([15, 30, 45, 60, 75])), early, late))
    minutes = drive_minutes(straight_km(lon, lat), detour=1.34, speed=25)
    return visits, np.ceil(minutes * 60) / 60


def tour_rows(*, quick: bool, full: bool) -> Iterator[Row]:
    """Yield, for each size, the largest gap to the best plan known and the broken rules; then a month's time."""
    for place, (count, teams) in enumerate(QUICK_SIZES if quick else SIZES):
        yield from _gaps(count, teams, SEEDS if full or quick else SEEDS[: 1 - place])
    yield from _month()


def _gaps(count: int, teams: int, longer: Sequence[int]) -> Iterator[Row]:
    """Yield the rows of one size; ``longer``: seeds that search ten times longer as well."""
    visits, travel = made_up_day(count)
    length = Search().length(count)
    plans: dict[int, list[Tours]] = {}
    seconds: dict[int, list[float]] = {}
    for times in (1, LONGER):
        for seed in SEEDS if times == 1 else longer:
            search = Search(None if times == 1 else LONGER * length, seed)
            began = process_time()
            found = plan_tours(visits, travel, SHIFT, teams=teams, search=search)
            seconds.setdefault(times, []).append(process_time() - began)
            plans.setdefault(times, []).append(found)
    short, long = ([plan.cost for plan in plans.get(times, [])] for times in (1, LONGER))
    best = min(*short, *long)
    gap = max(short) / best - 1
    each = " / ".join(f"{100 * (cost / best - 1):.2f}" for cost in short)
    what = f"tours, {count} visits, {teams} teams, default search: cost above the best found (%), seed by seed"
    yield Row(what, each, f"{best:,} s", "", "at most 1", gap <= 0.01 if longer else None)
    each = " / ".join(f"{100 * (cost / best - 1):.2f}" for cost in long)
    yield Row(f"  the same, {LONGER} times longer ({len(longer)} of {len(SEEDS)})", each, f"{best:,} s", "", "", None)
    spent = " / ".join(f"{np.median(seconds[times]):.0f}" for times in seconds)
    yield Row("  processor seconds: default / longer", spent, "", "", "", None)
    yield _rules([(visits, plan) for some in plans.values() for plan in some], travel)


def _rules(plans: Sequence[tuple[Sequence[Visit], Tours]], travel: Array) -> Row:
    """Return how many rules are broken and how many visits not made have no reason, over all plans."""
    broken = sum(len(broken_rules(plan, visits, travel, SHIFT)) for visits, plan in plans)
    silent = sum(int((~plan.unserved["reason"].isin(REASONS)).sum()) for _, plan in plans)
    left = sum(len(plan.unserved) for _, plan in plans)
    found = f"{broken}; {silent} of {left}"
    what = f"  {len(plans)} plans: broken rules; visits not made that lack a reason"
    return Row(what, found, "", "", "none; none", broken == silent == 0)


def _month() -> Iterator[Row]:
    """Yield the processor time of a month for one vehicle, asked a little more than it can do."""
    _, travel = made_up_day(42)
    expected = np.column_stack([np.zeros(1), np.full((1, 42), REQUESTS / 42)]).T
    windows = ((480, 690), (750, 930), (480, 930))
    visits = month_visits(expected, np.array([45.0]), days=MONTH_DAYS, rng=np.random.default_rng(1), windows=windows)
    began = process_time()
    month = plan_month(visits, travel, SHIFT, days=MONTH_DAYS)
    seconds = process_time() - began
    what = f"tours, a month of one vehicle, {len(visits)} requests, {len(month.stops)} made: processor seconds"
    yield Row(what, f"{seconds:.1f}", "", "", "at most 60", seconds <= 60)
    yield _rules(list(month.tours.values()), travel)
    known = {*month.stops["visit"], *month.unserved["visit"]} == {visit.key for visit in visits}
    reasons = bool(month.unserved["reason"].isin(REASONS).all()) and known
    what = f"  {len(month.unserved)} requests of the month not made: each with a reason"
    yield Row(what, "yes" if reasons else "no", "", "", "all", reasons)


def main() -> None:
    """Print the table as markdown, line by line as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 and 40 visits instead of 100 and 500")
    parser.add_argument("--full", action="store_true", help="search ten times longer from every seed: half an hour")
    asked = parser.parse_args()
    for line in as_markdown(tour_rows(quick=asked.quick, full=asked.full)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
