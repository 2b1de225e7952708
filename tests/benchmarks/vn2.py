"""VN2's rules on past windows, through the demand engine and the replenishment agent; or one week's order.

`python -m tests.benchmarks.vn2 [--out FOLDER]` plays eight weeks, six orders, after each of seven past weeks
and prints what weeks 3 to 8 cost, beside the challenge's own rule on the same windows. A window begins with
what that rule leaves after eight weeks of warm-up. What was wanted is known only in stock: a series' week
out of stock wants nothing and costs nobody anything, and as in the challenge nobody is told of it while the
window is played. Seconds are of all that one window takes: six trainings, forecasts and orders.

`python -m tests.benchmarks.vn2 --sales FILE --stock FILE --week N --out FILE` decides the N-th order: sales
in the layout of sales.csv with the weeks played so far appended, stock with Store, Product, on_hand, due_1
and due_2 at the end of the last of them; the answer has Store, Product and order.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from tests.benchmarks.vn2_data import KEY, VN2Data, read, read_state
from tests.benchmarks.vn2_planner import order
from tests.benchmarks.vn2_rules import (
    ORDERS,
    WEEKS,
    State,
    cost,
    official_order,
    opening,
    play,
)

WINDOWS = 7  # one after the other, back from the end of the records: a year and some weeks
MUST, AIM = 0.87, 0.80  # of the official rule's cost
COLUMNS = ["last_week", "official", "workbench", "ratio", "held", "lost", "seconds"]


def decide(sales: Path, stock: Path, number: int) -> pd.DataFrame:
    """The order of one week, by series: Store, Product, order.

    Raises ValueError where the files do not hold as many weeks as have been played by then.
    """
    known, challenge = read(sales), read()
    weeks = len(challenge.weeks) + number - 1
    if len(known.weeks) != weeks:
        raise ValueError(f"{sales.name} has {len(known.weeks)} weeks; order {number} is placed after {weeks}")
    units = order(known, read_state(stock, known.series), WEEKS + 1 - number)
    return known.series[KEY].assign(order=units)


def windows(data: VN2Data) -> list[int]:
    """Columns of the first week of each window, the oldest first."""
    return [len(data.weeks) - WEEKS * (number + 1) for number in reversed(range(WINDOWS))]


def warmed_up(data: VN2Data, first: int) -> State:
    """What the official rule leaves before column `first`, after WEEKS weeks from the challenge's opening."""
    begin = first - WEEKS

    def by_rule(week: int, state: State) -> np.ndarray:
        known = data.until(begin + week)
        return official_order(known.sales, known.in_stock, known.weeks, state)

    weeks = play(opening(data.sales[:, :begin]), data.sales[:, begin:first], by_rule, WEEKS)
    return weeks[-1].state


def compared(data: VN2Data, first: int) -> dict[str, object]:
    """A row of the table: both rules from the same stock on."""
    start, end = warmed_up(data, first), first + WEEKS
    seen = data.unaware(first)

    def by_rule(week: int, state: State) -> np.ndarray:
        known = seen.until(first + week)
        return official_order(known.sales, known.in_stock, known.weeks, state)

    in_stock = data.in_stock[:, first:end]
    wanted = data.sales[:, first:end]
    official = cost(play(start, wanted, by_rule, ORDERS), in_stock)
    began = time.monotonic()

    def by_us(week: int, state: State) -> np.ndarray:
        return order(seen.until(first + week), state, WEEKS - week)

    ours = play(start, wanted, by_us, ORDERS)
    seconds = time.monotonic() - began
    held, lost = (
        cost([week._replace(**{other: 0 * week.held}) for week in ours], in_stock)
        for other in ("lost", "held")
    )
    return {
        "last_week": str(data.weeks[first - 1].date()),
        "official": official,
        "workbench": held + lost,
        "ratio": (held + lost) / official,
        "held": held,
        "lost": lost,
        "seconds": seconds,
    }


def show(rows: pd.DataFrame) -> None:
    """One table, with the ratio of all costs and the mean of the ratios."""
    table = Table(*COLUMNS, title=f"VN2 on past windows: must {MUST}, aim {AIM}")
    for row in rows.to_dict("records"):
        table.add_row(*_texts(row))
    total = rows.drop(columns="last_week").sum().to_dict()
    total |= {"last_week": "all", "ratio": total["workbench"] / total["official"]}
    table.add_row(*_texts(total))
    Console().print(table)
    Console().print(f"mean of the ratios {rows['ratio'].mean():.3f}, worst {rows['ratio'].max():.3f}")


def _texts(row: dict) -> list[str]:
    return [
        f"{row[c]:.3f}" if c == "ratio" else f"{row[c]:,.0f}" if c != "last_week" else row[c] for c in COLUMNS
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=Path, help="sales so far, in the layout of sales.csv")
    parser.add_argument("--stock", type=Path, help="Store, Product, on_hand, due_1, due_2")
    parser.add_argument("--week", type=int, choices=range(1, ORDERS + 1), help="number of the order")
    parser.add_argument("--out", type=Path, help="file of the order, or folder of the table vn2.csv")
    given = parser.parse_args()
    one_week = [given.sales, given.stock, given.week]
    if all(one_week) and given.out:
        decide(given.sales, given.stock, given.week).to_csv(given.out, index=False)
        return
    if any(one_week):
        parser.error("an order needs --sales, --stock, --week and --out")
    data = read()
    rows = pd.DataFrame([compared(data, first) for first in windows(data)], columns=COLUMNS)
    show(rows)
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        rows.to_csv(given.out / "vn2.csv", index=False)


if __name__ == "__main__":
    main()
