"""How long the sliders of the replenishment notebook take to answer, for 10,000 SKUs.

Run as `python -m tests.benchmarks.what_if [--skus 10000] [--suppliers 100] [--seed 1]`. Each row is one
slider moved, with what it does to the day's orders; the first is the day as it is. Half of the suppliers ask
for a minimum that binds and the budget is 60 % of what would be spent without one, as in `purchase_plan`.
"""

import argparse
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.benchmarks.purchase_business import AS_OF, business
from tests.benchmarks.purchase_plan import with_limits
from workbench.agents.replenishment import situation_of
from workbench.agents.replenishment.what_if import Change, answer, what_if
from workbench.policy import Policy
from workbench.views.what_if_panel import for_fill_rate


def main():
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=10_000)
    parser.add_argument("--suppliers", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    given, policy = business(asked.skus, asked.suppliers, seed=asked.seed), Policy()
    rules = policy.replenishment
    free = situation_of(*given, policy=policy, as_of=AS_OF, seed=asked.seed)
    inputs = with_limits(given, free.chosen, np.random.default_rng(asked.seed))
    situation = situation_of(*inputs, policy=policy, as_of=AS_OF, seed=asked.seed)
    budget = situation.limits.budget
    changes = {
        "budget 20 % less": Change(budget=0.8 * budget),
        "budget 20 % more": Change(budget=1.2 * budget),
        "a fill rate of 95 %": Change(rules=rules.model_copy(update=for_fill_rate(0.95))),
        "a shortage costs half as much again": Change(
            rules=rules.model_copy(update={"stockout_penalty": rules.stockout_penalty + 0.75})
        ),
        "supplier S001 ten days later": Change(later={"S001": 10}),
        "a tenth of the suppliers ten days later": Change(
            later={f"S{number:03d}": 10 for number in range(0, asked.suppliers, 10)}
        ),
        "S001's duty at 35 %": Change(duty_rate={"S001": 0.35}),
    }
    columns = ("what", "seconds", "CPU", "spend", "gain", "cost", "fill rate", "cover, days", "gap")
    table = Table(*columns, title=f"{asked.skus:,} SKUs, {asked.suppliers} suppliers")
    began, worked = time.perf_counter(), time.process_time()
    found = answer(situation.market, situation.chosen)
    for name, change in [("as it is", None), *changes.items()]:
        if change:
            began, worked = time.perf_counter(), time.process_time()
            found = what_if(situation, rules, change)
        took, work = time.perf_counter() - began, time.process_time() - worked
        total = found.figures.loc["all suppliers"]
        money = (f"{total[column]:,.0f}" for column in ("spend", "gain", "cost"))
        rest = (f"{total['fill_rate']:.1%}", f"{total['cover_days']:.1f}", f"{found.chosen.choice.gap:.3%}")
        table.add_row(name, f"{took:.1f}", f"{work:.1f}", *money, *rest)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
