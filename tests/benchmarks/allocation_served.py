"""What transfers bring once every day's orders are routed by the batch solver, beside what they claim.

`OMP_NUM_THREADS=1 python -m tests.benchmarks.allocation_served FOLDER [--worlds 5]`: FOLDER is a business
folder with a published plan. Its transfers are planned anew, once by what routing pays and once by the rule
of ranks (a fixed `overflow_cost`, no `serving_costs`). In some of the plan's demand paths each unit that is
wanted of the SKUs concerned becomes an order of its own day; the days follow one another, each routed by
`settle` with the stock that the days before have left, once with nothing moved, with each lane's transfer
alone and with all. What no day serves is lost at the worth that the agent gives it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from workbench.agents.allocation import allocate, hindsight
from workbench.agents.allocation.standing import standing_of
from workbench.demand.paths import matrix, with_paths
from workbench.formulas.stock import WHERE
from workbench.optimize.batch import NONE
from workbench.optimize.open_orders import contest
from workbench.optimize.route_plan import day_case
from workbench.optimize.serving_costs import days_promised, serving_costs
from workbench.optimize.settlement import settle
from workbench.runs.business import Business
from workbench.tables import TABLES

PRICED = ("open_lines", "products", "warehouses", "regions", "services", "zones", "rates", "deliveries")
READ = ("stock", "channel_shares", "regions", "channels", "lanes", "warehouses", "prices", "inbound")
FIXED = ("products", "warehouses", "regions", "services", "zones", "rates", "deliveries", "disruptions")


class World:
    """A published plan's tables, and what a path of its demand costs under routing."""

    def __init__(self, folder: str) -> None:
        business = Business(folder)
        run = business.live()["run_id"]
        self.policy, self.day = business.policy, pd.Timestamp(business.ledger.run(run)["date"]).date()
        self.read = business.lake.snapshot(business.ledger.run(run)["versions"])
        self.paths = business.lake.snapshot(business.versions(run)).demand_paths
        self.about = {"policy": self.policy, "as_of": self.policy.business.as_of(self.day)}
        priced = [getattr(self.read, name) for name in (*PRICED, "disruptions")]
        self.costs = serving_costs(self.paths, *priced, TABLES["scarcity_prices"].empty(), **self.about)
        self.promises = days_promised(self.read.open_lines, self.policy.business)

    def transfers(self, costs: pd.DataFrame) -> pd.DataFrame:
        """The transfers inside the guardrail that allocation proposes."""
        names = ("lanes", "warehouses", "products", "prices", "inbound", "offers")
        given = [getattr(self.read, name) for name in names]
        first = [getattr(self.read, name) for name in ("regions", "channels")]
        shares = (self.read.stock, self.read.channel_shares, self.paths)
        inbound = given[4].iloc[:0]  # transfers alone
        proposals = allocate(*shares, *first, *given[:4], inbound, given[5], costs, **self.about)
        moves = proposals[(proposals["kind"] == "transfer") & (proposals["reason"] == "wrong_warehouse")]
        return moves.assign(instead=None).reset_index(drop=True)

    def claimed(self, moves: pd.DataFrame, path: int, costs: pd.DataFrame) -> pd.Series:
        """What each transfer brings over doing nothing on one path, as allocation judges it."""
        keys, paths = self.paths.drop(columns="paths"), matrix(self.paths)[:, [path]]
        read = [getattr(self.read, name) for name in READ]
        found = hindsight(moves, with_paths(keys, paths), *read, costs, **self.about)
        gains = {name: one.others["Do nothing."] - one.chosen for name, one in found.items()}
        return moves["proposal_id"].map(gains)

    def orders(self, skus: set[str], path: int) -> pd.DataFrame:
        """One order a unit wanted, with `ahead`, its day from today, and days promised in turn."""
        rows = self.paths[["sku", "region", "date"]].assign(
            units=np.rint(matrix(self.paths)[:, path]).astype(int)
        )
        rows = rows[rows["sku"].isin(skus)]
        rows = rows.loc[rows.index.repeat(rows["units"])].reset_index(drop=True)
        ahead = (rows["date"] - pd.Timestamp(self.day)).dt.days
        rows = rows.assign(ahead=ahead, promised=np.resize(self.promises, len(rows)))
        return rows[ahead < self.policy.allocation.cover_days]

    def worth(self) -> pd.Series:
        """What a lost order costs beyond one that leaves by its cheapest way, by SKU and region."""
        names = ("regions", "channels", "warehouses", "prices")
        known = [getattr(self.read, name) for name in names]
        standing = standing_of(
            self.read.stock, self.paths, *known, self.costs, rules=self.policy.allocation, day=self.day
        )
        places = self.paths[["sku", "region"]].drop_duplicates().sort_values(["sku", "region"])
        value = pd.Series(standing.value[standing.asked.first], pd.MultiIndex.from_frame(places))
        return value + self.costs.groupby(["sku", "region"])["serving_cost"].min()

    def cost(self, orders: pd.DataFrame, worth: pd.Series, lines: Sequence[dict]) -> float:
        """Money of all days' orders under routing once the lines have moved, the moves' own cost included."""
        stock = self.read.stock
        held = (stock["available"] + stock["in_transfer"] - stock["backordered"]).clip(lower=0)
        there = pd.Series(held.to_numpy(), pd.MultiIndex.from_frame(stock[WHERE]))
        there = there[there.index.get_level_values(0).isin(orders["sku"])].astype(float)
        for line in lines:
            there[line["sku"], line["from_warehouse"]] -= line["quantity"]
        total = sum(line["cost"] for line in lines)
        for ahead in range(self.policy.allocation.cover_days):
            day = self.day + timedelta(days=ahead)
            for line in lines:
                if line["expected_on"] == day.isoformat():
                    place = line["sku"], line["to_warehouse"]
                    there[place] = there.get(place, 0.0) + line["quantity"]
            cost, used, lost = self._routed(orders[orders["ahead"] == ahead], there)
            there = there.sub(used, fill_value=0.0)
            total += cost + worth.reindex(pd.MultiIndex.from_frame(lost)).sum()
        return total

    def _routed(self, orders, there):
        """Cost of the orders that leave, the units they take by SKU and warehouse, and who is lost.

        Every day is routed as the plan's own: later ones would take parcels on their way for late.
        """
        lines = orders[["sku", "region"]].reset_index(drop=True)
        today = pd.Timestamp(self.day) + pd.to_timedelta(orders["promised"].to_numpy(), unit="D")
        number = lines.index.map("{:06d}".format)
        lines = lines.assign(order_id=number, line=1, quantity=1, promised_on=today)
        stock = there.rename("on_hand").rename_axis(WHERE).reset_index().assign(reserved=0)
        fixed = [getattr(self.read, name) for name in FIXED]
        lines = lines.reindex(columns=TABLES["open_lines"].names)
        case = day_case(lines, stock, *fixed, **self.about)
        contested, _ = contest(case, self.policy.routing)
        taken, _, _ = settle(contested)
        order, column = np.nonzero(taken.parcel != NONE)
        parcel, place, service = (part[order, column] for part in taken)
        cost = float(contested.cost[place, service, parcel].sum(dtype=np.float64))
        left = case.lines.iloc[parcel]
        at = case.costs.places["warehouse"].to_numpy()[place]
        used = left.assign(warehouse=at).groupby(WHERE)["quantity"].sum()
        return cost, used, case.lines.drop(index=left.index)[["sku", "region"]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what every lane's transfer and all together claim and bring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--worlds", type=int, default=5)
    given = parser.parse_args(arguments)
    world, worked = World(given.folder), time.process_time()
    plans = {"what routing pays": world.costs, "the rule of ranks": world.costs.iloc[:0]}
    moves = {name: world.transfers(costs) for name, costs in plans.items()}
    skus = {line["sku"] for rows in moves.values() for lines in rows["lines"] for line in lines}
    paths = np.random.default_rng(1).choice(matrix(world.paths).shape[1], given.worlds, replace=False)
    worth, claimed, brought, whole = world.worth(), {}, {}, {}
    for path in paths:
        orders = world.orders(skus, path)
        nothing = world.cost(orders, worth, [])
        print(f"path {path}: {len(orders):,} orders of {len(skus)} SKUs cost {nothing:,.0f}", flush=True)
        for name, rows in moves.items():
            lanes = [list(lines) for lines in rows["lines"]]
            fixed = rows["value"] - [sum(line["cost"] for line in lines) for lines in lanes]
            claimed.setdefault(name, []).append(world.claimed(rows, path, plans[name]))
            alone = [nothing - world.cost(orders, worth, lines) for lines in lanes]
            brought.setdefault(name, []).append(np.array(alone) - fixed)
            together = nothing - world.cost(orders, worth, [line for lines in lanes for line in lines])
            whole.setdefault(name, []).append(together - fixed.sum())
    for name, rows in moves.items():
        said, was = (pd.DataFrame(np.transpose(one[name])) for one in (claimed, brought))
        print(f"by {name}:")
        told = pd.DataFrame({"claimed": rows["money_at_risk"], "in these worlds": said.mean(axis=1)})
        told = told.assign(routed=was.mean(axis=1), doubt=was.sub(said).std(axis=1) / len(paths) ** 0.5)
        print(told.set_index(rows["subject"]).round(0).to_string())
        order = spearmanr(said.mean(axis=1), was.mean(axis=1)).statistic
        print(
            f"all: claimed {said.sum().mean():,.0f} in these worlds, routed {np.mean(whole[name]):,.0f} "
            f"(each alone {was.sum().mean():,.0f}); order of the lanes: rank correlation {order:.2f}"
        )
    print(f"processor {time.process_time() - worked:.0f} s")


if __name__ == "__main__":
    main()
