"""Tables of a decision: how often each site is chosen, stages, what if one falls away, who gains, regret, promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from carelab.planning.siting import capacitated, robust
from carelab.planning.siting.decision import AIMS, Decision, sites_needed
from carelab.planning.siting.futures import person_minutes
from carelab.planning.siting.problem import Array, Flags, total_cost

QUANTILES = {"lower_80": 0.1, "median": 0.5, "upper_80": 0.9}


def site_table(decision: Decision) -> pd.DataFrame:
    """Return one row per candidate: what is known of it, ``often_<aim>`` (0-1), ``in_<aim>``, people, load,
    ``if_willing`` (0-1: share of the futures in which its operator agrees).

    ``people``: in need who are served there when the plan is carried out as a whole (mean need), at the least total way
    and nobody beyond what a site can take; ``load``: per capacity.
    """
    table = decision.town.candidates.copy()
    for aim in AIMS:
        known = aim in decision.plans
        table[f"often_{aim}"] = decision.frequency[aim] if known else np.nan
        table[f"in_{aim}"] = decision.plans[aim] if known else False
    plan, (upgraded, often) = decision.median.robust, decision.upgraded
    table["people"] = np.where(plan, capacitated.served(decision.problem, plan), np.nan)
    table["load"] = table["people"] / table["capacity"].where(table["capacity"] > 0)
    agreed = (decision.town.futures.open_to | decision.problem.fixed).mean(axis=0)
    table["if_willing"] = table["often_median"] / np.where(agreed > 0, agreed, np.nan)
    table["upgraded"], table["often_upgraded"] = upgraded, np.where(plan, often, np.nan)
    order = ["in_median", "if_willing", "often_cover"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def stage_table(decision: Decision) -> pd.DataFrame:
    """Return one row per stage: stage (0 = what exists), site, name, minutes per person (quantiles), near (0-1),
    behind (share by which another choice of as many sites would be better at mean need), no_room (people without a
    place, median; NaN while no capacity is known), price.
    """
    sites, problem = decision.town.candidates, decision.problem
    rows = []
    plan = np.zeros(len(sites), bool)
    for site in decision.median.order:
        plan[site] = True
        if problem.fixed[site] and (problem.fixed & ~plan).any():
            continue
        best = decision.best(replace(problem, count=int(plan.sum()), budget=None)).objective
        spend = sites.loc[plan & ~problem.fixed, "price"] if not problem.fixed[site] else pd.Series([0.0])
        first = bool(problem.fixed[site])
        rows.append(
            {
                "stage": 0 if first else int(plan.sum() - problem.fixed.sum()),
                "site": "" if first else sites.loc[site, "site"],
                "name": ", ".join(sites.loc[problem.fixed, "name"]) if first else sites.loc[site, "name"],
                **_minutes_each(decision, plan),
                "near": float(np.median(_near_share(decision, plan))),
                "behind": decision.cost(plan) / best - 1,
                "no_room": float(np.median(no_room(decision, plan))),
                "price": float(spend.sum()) if spend.notna().all() else np.nan,
            }
        )
    return pd.DataFrame(rows)


def loss_table(decision: Decision) -> pd.DataFrame:
    """Return per site of the plan: ``lost`` more minutes per person without it, the best ``replacement`` and
    ``left`` more minutes per person with that; mean need, usual ways; who finds no room counts the longest way.
    """
    sites, problem, plan = decision.town.candidates, decision.problem, decision.median.robust
    people, whole = problem.demand.sum(), decision.cost(plan)
    rows = []
    for site in decision.median.order:
        rest = plan & (np.arange(len(plan)) != site)
        other, cost = _replacement(decision, rest, site)
        lost = decision.cost(rest) - whole if rest.any() else np.nan
        rows.append(
            {
                "site": sites.loc[site, "site"],
                "name": sites.loc[site, "name"],
                "lost": lost / people,
                "replacement": "" if other is None else sites.loc[other, "name"],
                "left": (cost - whole) / people,
            }
        )
    return pd.DataFrame(rows)


def gain_table(decision: Decision, districts: pd.DataFrame) -> pd.DataFrame:
    """Return per inhabited district: people (in need at home, mean), before (minutes, NaN without a centre), after
    (quantiles over the futures), nearest site, gain (minutes), poor, near (share of its people within reach).

    ``districts``: district (index), name, in the order of the town.
    """
    problem, plan, sites = decision.problem, decision.median.robust, decision.town.candidates
    before = problem.cost[:, problem.fixed].min(axis=1) if problem.fixed.any() else np.full(len(districts), np.nan)
    after = decision.town.futures.nearest(plan, problem, person_minutes)
    usual = problem.cost[:, plan].min(axis=1)
    chosen = np.flatnonzero(plan)
    nearest = sites["name"].to_numpy(object)[chosen[problem.cost[:, chosen].argmin(axis=1)]]
    table = pd.DataFrame(
        {
            "district": districts.index,
            "name": districts["name"].to_numpy(object),
            "people": problem.demand,
            "before": before,
            "after": usual,
            **{name: np.quantile(after, q, axis=0) for name, q in QUANTILES.items()},
            "gain": before - usual,
            "nearest": nearest,
            "poor": decision.town.poor,
        }
    )
    lived_in = table[table["people"] > 0]
    return lived_in.sort_values(["gain", "after"], ascending=[False, True], kind="stable", ignore_index=True)


def regret_table(decision: Decision) -> pd.DataFrame:
    """Return aim, plan (nominal, robust), and regret in ``unit``: minutes per person, people, or minutes.

    ``mean``, ``p90`` (nine of ten futures are below) and ``never`` (share of futures without regret).
    """
    people = decision.town.futures.demand.sum(axis=1)
    rows = []
    for aim, unit, per in (("median", "minutes_each", people), ("cover", "persons", 1.0), ("center", "minutes", 1.0)):
        found: robust.Robust = getattr(decision, aim)
        for plan in ("nominal", "robust"):
            regret = getattr(found, f"regret_{plan}") / per
            rows.append(
                {
                    "aim": aim,
                    "plan": plan,
                    "unit": unit,
                    "mean": float(regret.mean()),
                    "p90": float(np.quantile(regret, robust.QUANTILE)),
                    "never": float((regret <= 1e-6 * (1 + found.best / per)).mean()),
                }
            )
    return pd.DataFrame(rows)


def promise_table(decision: Decision) -> pd.DataFrame:
    """Return what each aim's plan gives at mean need: minutes per person, near (0-1), longest way, promise, needed."""
    problem, points, rows = decision.problem, decision.problem_points, []
    for aim, plan in decision.plans.items():
        fair = getattr(decision, aim) if aim.startswith("fair") else None
        promised = decision.town.poor if aim == "fair_poor" else np.ones(len(decision.town.poor), bool)
        needed = sites_needed(problem, promised, decision.wish.floor) if fair else None
        near = problem.cost[:, plan].min(axis=1)
        within = points.cost[:, plan].min(axis=1) <= decision.wish.reach
        rows.append(
            {
                "aim": aim,
                "new_sites": ", ".join(decision.town.candidates.loc[plan & ~problem.fixed, "name"]),
                "minutes_each": float(near @ problem.demand / problem.demand.sum()),
                "near": float(points.demand[within].sum() / points.demand.sum()),
                "longest": float(near[problem.demand > 0].max()),
                "promise": fair.limit if fair else np.nan,
                "kept": fair.kept if fair else True,
                "needed": np.nan if needed is None else float(needed),
            }
        )
    return pd.DataFrame(rows)


def numbers(decision: Decision) -> dict[str, float]:
    """Return a few numbers: sites in the plan, minutes per person and share near before and after, costs, regret."""
    problem, plan, sites = decision.problem, decision.median.robust, decision.town.candidates
    people, new = problem.demand.sum(), decision.median.robust & ~decision.problem.fixed
    upgraded, both = decision.upgraded[0], decision.together
    simple = decision.median.nominal
    each = {
        "before": float(total_cost(problem.cost, problem.demand, problem.fixed)) / people,
        "after": float(total_cost(problem.cost, problem.demand, plan)) / people,
    }
    return {
        "centres_new": float(new.sum()),
        "minutes_before": each["before"] if problem.fixed.any() else np.nan,
        "minutes_after": each["after"],
        **_room(decision, plan),
        "budget": float(decision.wish.budget or 0.0),
        "cost": float(sites.loc[new, "price"].sum(min_count=1)) if sites.loc[new, "price"].notna().any() else np.nan,
        "cost_unknown": float(sites.loc[new, "price"].isna().sum()),
        "cost_upgrade": float(sites.loc[upgraded, "price_upgrade"].sum(min_count=1)) if upgraded.any() else 0.0,
        "same_as_nominal": float((simple == plan).all()),
        "together_same": float(both is None or ((both.chosen == plan).all() and (both.upgraded == upgraded).all())),
    }


def _minutes_each(decision: Decision, plan: Flags) -> dict[str, float]:
    futures = decision.town.futures
    near = futures.nearest(plan, decision.problem, person_minutes)
    each = person_minutes(near, futures.demand) / futures.demand.sum(axis=1)
    return {name: float(np.quantile(each, q)) for name, q in QUANTILES.items()}


def _near_share(decision: Decision, plan: Flags) -> Array:
    """Return the share of people within reach (draw) when ``plan`` is carried out."""
    futures = decision.town.futures_points
    near = futures.nearest(plan, decision.problem_points, person_minutes)
    share: Array = np.where(near <= decision.wish.reach, futures.demand, 0).sum(axis=1) / futures.demand.sum(axis=1)
    return share


def no_room(decision: Decision, plan: Flags) -> Array:
    """Return people without a place (draw) when ``plan`` is carried out; NaN where no capacity in it is known.

    Sites of unknown capacity take everybody here, so that more than these may be without a place.
    """
    if not np.isfinite(decision.problem.capacity[plan]).any():
        return np.full(len(decision.town.futures.demand), np.nan)
    return decision.town.futures.no_room(plan, decision.problem)


def _room(decision: Decision, plan: Flags) -> dict[str, float]:
    """Return people without a place (median, upper end of the 80 % interval) and sites of unknown capacity."""
    left = no_room(decision, plan)
    return {
        "no_room": float(np.median(left)),
        "no_room_upper_80": float(np.quantile(left, QUANTILES["upper_80"])),
        "capacity_unknown": float(np.isinf(decision.problem.capacity[plan]).sum()),
    }


def _replacement(decision: Decision, rest: Flags, site: int) -> tuple[int | None, float]:
    """Return the best site in place of a lost one, and total person-minutes then (of the rest, if there is none)."""
    problem = decision.problem
    able = problem.possible & ~rest & (np.arange(len(rest)) != site)
    if problem.budget is not None:
        able &= problem.price <= problem.budget - problem.price[rest].sum()
    if not able.any():
        return None, decision.cost(rest) if rest.any() else np.nan
    costs = {int(other): decision.cost(rest | (np.arange(len(rest)) == other)) for other in np.flatnonzero(able)}
    best = min(costs, key=lambda other: costs[other])
    return best, costs[best]
