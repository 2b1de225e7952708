"""The joint choice of what to buy: 20,000 SKU-locations, 200 suppliers, half of them with a binding minimum.

Run as `python -m tests.benchmarks.purchase_plan [--locations 20000] [--suppliers 200] [--seed 1]`. Limits are
set from what would be spent without any: a budget of 60 % of it, and for every second supplier a minimum of
102 to 150 % of what would be ordered from it. Limits are checked on the orders themselves, apart from the
solver. The bound is on all quantities in whole packs at all price tiers.
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from tests.benchmarks.purchase_business import AS_OF, business
from workbench.agents.replenishment import replenish, situation_of
from workbench.policy import Policy

BUDGET = 0.6  # of what would be spent without one
MINIMUM = (1.02, 1.5)  # of what would be ordered without one
NOTHING = 1e-6  # relative; a limit broken by less is not


def with_limits(inputs, chosen, random):
    """The inputs with a budget and with minimums that bind."""
    wanted = chosen.wanted
    ordered = wanted.groupby("supplier")["order_value"].sum()
    asking = ordered.index[::2]
    minimum = ordered[asking] * random.uniform(*MINIMUM, len(asking))
    suppliers = inputs.suppliers.assign(
        minimum_order_value=inputs.suppliers["supplier"].map(minimum).fillna(0.0)
    )
    offers = inputs.landed_offers.assign(
        minimum_order_value_base=inputs.landed_offers["supplier"].map(minimum).fillna(0.0)
    )
    cash = pd.DataFrame({"date": [pd.Timestamp(AS_OF.date())], "budget": [BUDGET * wanted["value"].sum()]})
    return inputs._replace(suppliers=suppliers, landed_offers=offers, cash=cash)


def violations(proposals, inputs):
    """What the proposed orders break: budget, minimums, packs, least quantities, tier prices."""
    lines = pd.DataFrame([line for lines in proposals["lines"] for line in lines])
    offers = inputs.landed_offers
    terms = lines.merge(offers, on=["supplier", "sku", "warehouse"], suffixes=("", "_offer"))
    terms = terms[terms["tier_from"] <= terms["quantity"]].sort_values("tier_from")
    terms = terms.drop_duplicates(["supplier", "sku", "warehouse"], keep="last")
    value = terms["quantity"] * terms["landed_cost_offer"]
    ordered = (terms["quantity"] * terms["unit_cost_base"]).groupby(terms["supplier"]).sum()
    minimum = inputs.suppliers.set_index("supplier")["minimum_order_value"]
    short = ordered < minimum.reindex(ordered.index) * (1 - NOTHING)
    at_minimum = ordered[minimum.reindex(ordered.index) > 0]
    found = {
        "lines of unknown offers": len(lines) - len(terms),
        "budget": int(value.sum() > inputs.cash["budget"].iloc[0] * (1 + NOTHING)),
        "supplier minimum": int(short.sum()),
        "pack": int((terms["quantity"] % terms["order_multiple_offer"] != 0).sum()),
        "minimum quantity": int((terms["quantity"] < terms["minimum_order_quantity_offer"]).sum()),
        "price of the tier": int((~np.isclose(value, terms["value"])).sum()),
        "two lines of one SKU": int(lines.duplicated(["supplier", "sku", "warehouse"]).sum()),
    }
    return found, float(value.sum()), len(at_minimum)


def main():
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, default=20_000)
    parser.add_argument("--suppliers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    given, policy = business(asked.locations, asked.suppliers, seed=asked.seed), Policy()
    free = situation_of(*given, policy=policy, as_of=AS_OF, seed=asked.seed)
    inputs = with_limits(given, free.chosen, np.random.default_rng(asked.seed))
    del free
    began, worked = time.perf_counter(), time.process_time()
    situation = situation_of(*inputs, policy=policy, as_of=AS_OF, seed=asked.seed)
    read, read_worked = time.perf_counter(), time.process_time()
    choice = situation.chosen.choice
    chosen, chosen_worked = time.perf_counter(), time.process_time()
    proposals = replenish(situation, policy=policy)
    ended, end_worked = time.perf_counter(), time.process_time()
    broken, spent, at_minimum = violations(proposals, inputs)
    table = Table("measure", "value", title=f"{asked.locations:,} SKU-locations, {asked.suppliers} suppliers")
    rows = {
        "run-down of stock and market, seconds (CPU)": f"{read - began:.1f} ({read_worked - worked:.1f})",
        "joint choice, seconds (CPU)": f"{chosen - read:.1f} ({chosen_worked - read_worked:.1f})",
        "proposals, seconds (CPU)": f"{ended - chosen:.1f} ({end_worked - chosen_worked:.1f})",
        "the whole agent, seconds (CPU)": f"{ended - began:.1f} ({end_worked - worked:.1f})",
        "peak memory, MiB": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f}",
        "expected gain": f"{choice.gain:,.0f}",
        "bound": f"{choice.bound:,.0f}",
        "gap": f"{choice.gap:.3%}",
        "budget used": f"{spent / inputs.cash['budget'].iloc[0]:.2%}",
        "suppliers with a minimum, ordered from": f"{at_minimum} of {(asked.suppliers + 1) // 2}",
        "violations": ", ".join(f"{name} {count}" for name, count in broken.items() if count) or "none",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    Console().print(table)


if __name__ == "__main__":
    main()
