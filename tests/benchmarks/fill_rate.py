"""Realised fill rates against their targets, and confidence against what came true, in a made business.

Run as `python -m tests.benchmarks.fill_rate [--weeks 48] [--seed 1] [--out FOLDER]`. The business of
`fill_rate_world` is played week by week: the forecast's paths, the agent's orders, then the week as it comes.
For every target the agent sizes by fill rate; the share of demand met from stock is counted from the ninth
week on, by class of speed, for lines without minimum and pack and for their twins with real ones.

Every purchase order's claim is compared with what came true, by the agent's own rule on the demand and the
lead times that its paths did not know; also where orders weigh money, at the policy's holding rate, at which
nearly every order is right, and at one so dear that they are in doubt. The expected calibration error is the
mean distance of claimed and come true over ten bins, weighted by count.
"""

import argparse
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from tests.benchmarks.fill_rate_world import (
    CLASSES,
    LATER,
    PACKED,
    START,
    WEEK,
    World,
    paths,
    supply,
    world,
)
from workbench.agents.replenishment.alternatives import costs_of, is_right
from workbench.agents.replenishment.choosing import Chosen
from workbench.agents.replenishment.market import Market, market_of
from workbench.agents.replenishment.runout import arrivals_of
from workbench.agents.replenishment.situation import Situation, met_by, situation_of
from workbench.agents.replenishment.wanted import wanted_of
from workbench.policy import Policy, ReplenishmentPolicy

TARGETS = (0.9, 0.95, 0.98)
WARM_UP = 8  # weeks
PER_CLASS = {"slow": 60, "medium": 20, "fast": 20}
SUPPLIERS, BINS = 100, 10
DEAR = 3.0  # holding rate a year at which orders are in doubt
MUST, AIM = 0.02, 0.01


def played(rules: dict, weeks: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill rates as in `fills`, and the judged orders of a business."""
    now = world(PER_CLASS, SUPPLIERS, weeks, seed)
    policy = Policy.model_validate({"replenishment": rules})
    place = pd.Index(now.lines["sku"])
    judged = []
    for number in range(weeks):
        as_of = (START + pd.Timedelta(days=number * WEEK)).to_pydatetime().replace(tzinfo=UTC)
        tables = supply(now, number, paths(now, seed * 10_000 + number))
        met = situation_of(**tables, policy=policy, as_of=as_of, seed=number)
        chosen = met.chosen
        if number >= WARM_UP:
            real = as_it_came(now, number, met, policy.replenishment)
            judged += claims(chosen, met.market, real, policy.replenishment)
        units = np.zeros(len(now.lines), dtype=np.int64)
        skus = met.market.lines["sku"].iloc[chosen.orders["line"]]
        units[place.get_indexer(skus)] = chosen.orders["units"]
        now.place(number, units)
        now.week(number)
    return fills(now, weeks), pd.DataFrame(judged, columns=["lines", "claimed", "right"])


def fills(now: World, weeks: int) -> pd.DataFrame:
    """Share of demand met from stock after the warm-up, by packed and speed; n units were wanted.

    `error` is the standard error of the share, lines being drawn: as far as chance alone moves it (Cochran,
    Sampling Techniques, section 6.3).
    """
    days = slice(WARM_UP * WEEK, weeks * WEEK)
    units = now.lines.assign(met=now.met[days].sum(axis=0), n=now.demand[days].sum(axis=0))
    by_class = units.groupby(["packed", "speed"])
    sums = by_class[["met", "n"]].transform("sum")
    units["square"] = ((units["met"] - units["n"] * sums["met"] / sums["n"]) / sums["n"]) ** 2
    found = by_class[["met", "n", "square"]].sum()
    return found.assign(realised=found["met"] / found["n"], error=np.sqrt(found["square"])).reset_index()


def as_it_came(now: World, number: int, met: Situation, rules: ReplenishmentPolicy) -> Market:
    """The market of a week in the one world that came true."""
    first = number * WEEK
    truth = supply(now, number, now.demand[first : first + LATER * WEEK].T[:, :, None])
    wanted = wanted_of(truth["demand_paths"], truth["regions"], truth["stock"], truth["products"], met.day)
    later = [ahead * WEEK + now.lead_times[number + ahead] for ahead in range(1, LATER)]
    vendors = replace(
        met.vendors,
        lead_times=now.lead_times[number][:, None],
        next_arrivals=np.min(later, axis=0)[:, None],
    )
    key = ["reference", "sku"]
    came = now.open_orders.set_index(key)["received_on"]
    came = came.reindex(pd.MultiIndex.from_frame(met.inbound[key]))
    days = (came - pd.Timestamp(met.day)).dt.days.to_numpy(np.int64)
    arrivals = arrivals_of(met.inbound, days[:, None], met.items)
    lines = met.market.lines
    run = met_by(wanted, met.items, arrivals, lines, vendors, rules)
    # what the next order would have aimed at is known when it is placed, not when it has sold
    aimed_at = run.exposure._replace(wanted_after=met.run.exposure.wanted_after)
    run = replace(run, exposure=aimed_at)
    real = market_of(lines, met.market.tiers, vendors.lead_times[lines["position"]], run, rules, met.day)
    return replace(real, money=met.market.money)


def claims(chosen: Chosen, planned: Market, real: Market, rules: ReplenishmentPolicy) -> list[tuple]:
    """Lines, confidence and whether it came true, by purchase order."""
    ordered = chosen.orders["line"].to_numpy(np.int64)
    found = []
    for _, rows in chosen.orders.groupby("supplier"):
        order = rows.reset_index(drop=True)
        value = float(order["value"].sum())
        claimed, right = (
            float(is_right(costs_of(order, market, ordered), value, rules).mean())
            for market in (planned, real)
        )
        found.append((len(order), claimed, right))
    return found


def by_bin(judged: pd.DataFrame) -> pd.DataFrame:
    """Orders, mean claim and share come true by bin of the claim."""
    of = np.minimum((judged["claimed"] * BINS).astype(int), BINS - 1)
    return judged.groupby(of).agg(n=("right", "size"), claimed=("claimed", "mean"), right=("right", "mean"))


def calibration_error(bins: pd.DataFrame) -> float:
    """Mean distance of claimed and come true, weighted by count."""
    return float((bins["n"] * (bins["claimed"] - bins["right"]).abs()).sum() / bins["n"].sum())


def show(title: str, rows: pd.DataFrame) -> None:
    """One table."""
    table = Table(*rows.columns, title=title)
    for row in rows.itertuples(index=False):
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for fill_rate.csv and confidence.csv")
    asked = parser.parse_args()
    rates, confidence = [], []
    businesses = {
        f"fill rate {target}": {"aim": "fill_rate", "fill_rate_target": target} for target in TARGETS
    }
    businesses |= {"economics": {}, "economics, dear stock": {"holding_rate": DEAR}}
    for name, rules in businesses.items():
        found, judged = played(rules, asked.weeks, asked.seed)
        bins = by_bin(judged)
        confidence.append(bins.assign(business=name, error=calibration_error(bins)))
        if "fill_rate_target" in rules:
            rates.append(found.assign(target=rules["fill_rate_target"]))
    order = list(CLASSES)
    table = pd.concat(rates).sort_values(
        ["packed", "target", "speed"], key=lambda of: of.map(order.index) if of.name == "speed" else of
    )
    table = table.assign(
        packs=table["packed"].map(PACKED),
        difference=table["realised"] - table["target"],
        n=table["n"].astype(int),
    )
    table = table[["packs", "target", "speed", "realised", "difference", "error", "n"]]
    claimed = pd.concat(confidence)[["business", "n", "claimed", "right", "error"]]
    show(f"Fill rate, met from stock of n units wanted: must {MUST}, aim {AIM}", table)
    show("Confidence of purchase orders against what came true: error must 0.10, aim 0.05", claimed)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        table.to_csv(asked.out / "fill_rate.csv", index=False)
        claimed.to_csv(asked.out / "confidence.csv", index=False)


if __name__ == "__main__":
    main()
