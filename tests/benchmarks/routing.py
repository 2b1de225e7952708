"""Routing at scale: gap to the certified bound, seconds, memory, violations, and planning again.

`python -m tests.benchmarks.routing [--regime ordinary tight peak] [--orders 100000] [--seed 1]`, or on tables
from elsewhere `--tables FOLDER [--out FILE]`: the project's tables as CSV or Parquet by name (open_lines or
order_lines, stock or inventory, products, warehouses, regions, services, zones, rates).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from tests.benchmarks.routing_business import AS_OF, DAY, business, more_orders
from tests.benchmarks.routing_check import checked
from tests.benchmarks.routing_tables import read_tables
from workbench.optimize.last_plan import NO_PLAN, LastPlan
from workbench.optimize.route_plan import RoutePlan, plan_routes
from workbench.policy import Policy
from workbench.tables import TABLES

POLICY = Policy()
NEW_SHARE = 0.03  # of the orders, that come in before the plan is made again
NAMES = (
    "open_lines",
    "stock",
    "products",
    "warehouses",
    "regions",
    "services",
    "zones",
    "rates",
    "deliveries",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regime", nargs="+", default=["ordinary", "tight", "peak"])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tables", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--again", action="store_true", help="plan again after 3 % new orders")
    asked = parser.parse_args()
    if asked.tables:
        _report("tables", read_tables(asked.tables), asked.out)
    elif len(asked.regime) > 1:
        # a process each, so that each has its own peak of memory
        for regime in asked.regime:
            told = ["--orders", str(asked.orders), "--seed", str(asked.seed)]
            again = ["--again"] if regime == "ordinary" else []
            command = [sys.executable, "-m", "tests.benchmarks.routing", "--regime", regime, *told, *again]
            subprocess.run(command, check=True)
    else:
        tables = business(asked.regime[0], asked.orders, asked.seed)
        plan = _report(asked.regime[0], tables, asked.out)
        if asked.again:
            new = more_orders(int(NEW_SHARE * asked.orders), asked.orders, asked.seed)
            tables["open_lines"] = pd.concat([tables["open_lines"], new], ignore_index=True)
            _report("planned again", tables, None, plan.as_last())


def _report(
    name: str,
    tables: dict[str, pd.DataFrame],
    out: Path | None,
    last: LastPlan = NO_PLAN,
) -> RoutePlan:
    """Plan, print the figures, and write the assignment where a file is named."""
    tables.setdefault("deliveries", TABLES["deliveries"].empty())
    tables.setdefault("disruptions", TABLES["disruptions"].empty())
    wall, processor = time.perf_counter(), time.process_time()
    plan = plan_routes(
        *(tables[table] for table in NAMES),
        tables["disruptions"],
        TABLES["inbound"].empty(),
        last,
        policy=POLICY,
        as_of=AS_OF,
    )
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sent = assignment(plan)
    cost, broken = checked(tables, sent, POLICY.routing, DAY)
    found = plan.found
    claimed = float((plan.parcels["freight"] + plan.parcels["handling"]).sum())
    claimed += float((plan.parcels["co2e_kg"] * POLICY.routing.co2e_price).sum())
    claimed += float((plan.parcels["days_late"] * plan.parcels["late_cost"]).sum())
    print(
        f"{name}: {len(plan.case.orders):,} orders, {len(plan.parcels):,} parcels, {len(plan.held):,} held "
        f"({plan.held['reason'].value_counts().to_dict()})\n"
        f"  cost {found.cost:,.2f}, bound {found.bound:,.2f}, gap {found.gap:.3%}\n"
        f"  {wall:.1f} s, {processor:.1f} s of processor, peak {peak:,.0f} MiB\n"
        f"  the checker: parcels cost {cost:,.2f} (claimed {claimed:,.2f}), "
        f"violations {dict(broken) or 'none'}"
    )
    if out is not None:
        sent.to_csv(out, index=False)
    return plan


def assignment(plan: RoutePlan) -> pd.DataFrame:
    """Every line that leaves: order_id, line, parcel, sku, quantity, warehouse, carrier, service."""
    lines = plan.case.lines[["order_id", "line", "sku", "quantity"]]
    return plan.as_last().ways.merge(lines, on=["order_id", "line"], how="left", validate="one_to_one")


if __name__ == "__main__":
    main()
