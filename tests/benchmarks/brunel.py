"""A real day of a supply chain: 9,215 orders, plants that can send 5,791, every order priced and assigned.

`python -m tests.benchmarks.brunel [--out FILE]`; README.md beside this file says how the tables are read.
"""

import argparse
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow

from tests.benchmarks.brunel_check import checked
from tests.conftest import PROJECT
from workbench.optimize.assignment import Assignment, assign
from workbench.optimize.batch import Batch
from workbench.optimize.exact_assignment import assign_exactly

FOLDER = PROJECT.parent / "shared" / "data" / "brunel"
COLLECTED = "CRF"  # the customer sends for it and pays the freight
ORDER = "Order ID"


class Problem(NamedTuple):
    """`orders`: the table; `options`: order (its row), plant, carrier, freight, storage and cost of every way
    there is, by order and plant; `capacity`: orders a day by plant; `reason`: why an order has no way."""

    orders: pd.DataFrame
    options: pd.DataFrame
    capacity: pd.Series
    reason: np.ndarray


def tables(folder: Path = FOLDER) -> dict[str, pd.DataFrame]:
    """The seven files, by name, without spaces around headers and modes."""
    found = {path.stem: pd.read_csv(path, dtype={ORDER: "str"}) for path in sorted(folder.glob("*.csv"))}
    return {name: frame.rename(columns=str.strip) for name, frame in found.items()}


def problem(files: dict[str, pd.DataFrame]) -> Problem:
    """Every plant that has the order's product and may serve its customer, with the cheapest freight."""
    orders = files["OrderList"].reset_index(names="order")
    makes = files["ProductsPerPlant"].rename(columns={"Plant Code": "plant"})
    able = orders.merge(makes, on="Product ID", validate="many_to_many")
    able = able[_may_serve(able, files["VmiCustomers"])]
    priced = _with_freight(able, files["FreightRates"], files["PlantPorts"])
    storage = files["WhCosts"].set_index("WH")["Cost/unit"]
    priced["storage"] = priced["plant"].map(storage) * priced["Unit quantity"]
    priced["cost"] = priced["freight"] + priced["storage"]
    options = priced.sort_values(["order", "plant"], ignore_index=True)
    reason = np.where(
        ~orders["order"].isin(able["order"]),
        "no plant",
        np.where(~orders["order"].isin(priced["order"]), "no freight", ""),
    )
    capacity = files["WhCapacities"].set_index("Plant ID")["Daily Capacity"]
    return Problem(orders, options, capacity, reason)


def _may_serve(able: pd.DataFrame, bound: pd.DataFrame) -> np.ndarray:
    """A plant that names customers serves nobody else; any other serves everybody."""
    pairs = pd.MultiIndex.from_frame(bound[["Plant Code", "Customers"]])
    named = pd.MultiIndex.from_frame(able[["plant", "Customer"]]).isin(pairs)
    return ~able["plant"].isin(bound["Plant Code"]).to_numpy() | named


def _with_freight(able: pd.DataFrame, rates: pd.DataFrame, ports: pd.DataFrame) -> pd.DataFrame:
    """The cheapest freight of an order from a plant: any carrier, its service level, as fast as asked."""
    own = able[able["Service Level"] == COLLECTED].assign(carrier="customer", freight=0.0)
    ours = able[able["Service Level"] != COLLECTED]
    lanes = ours.merge(ports.rename(columns={"Plant Code": "plant"}), on="plant", validate="many_to_many")
    offers = rates.rename(columns={"Carrier": "carrier", "Port": "orig_port_cd"})
    asked = lanes[["order", "plant", "Port", "Destination Port", "Service Level", "TPT", "Weight"]]
    found = asked.merge(
        offers,
        left_on=["Port", "Destination Port", "Service Level"],
        right_on=["orig_port_cd", "dest_port_cd", "svc_cd"],
        validate="many_to_many",
    )
    holds = found["Weight"].between(found["minm_wgh_qty"], found["max_wgh_qty"])
    found = found[holds & (found["tpt_day_cnt"] <= found["TPT"])]
    found = found.assign(freight=np.maximum(found["minimum cost"], found["rate"] * found["Weight"]))
    best = found.sort_values(["freight", "carrier"]).drop_duplicates(["order", "plant"])
    carried = ours.drop(columns="Carrier").merge(
        best[["order", "plant", "carrier", "freight"]], on=["order", "plant"]
    )
    return pd.concat([own.drop(columns="Carrier"), carried], ignore_index=True)


def batch(case: Problem, hold_cost: float) -> Batch:
    """The orders with a way as a batch; one that is parked costs `hold_cost`."""
    options = case.options
    orders, order = np.unique(options["order"], return_inverse=True)
    plants = case.capacity.index.get_indexer(options["plant"])
    each, shape = np.ones(len(options)), (len(options), len(case.capacity))
    count = np.arange(len(orders))
    return Batch(
        options["cost"].to_numpy(),
        order,
        csr_array((each, (np.arange(len(options)), plants)), shape),
        case.capacity.to_numpy(dtype=float),
        count,
        count[:, None],
        np.full(len(orders), hold_cost),
    )


def most_served(made: Batch) -> int:
    """The most orders that the plants can send, whatever that costs: a maximal flow."""
    orders, plants = len(made.hold_cost), len(made.capacity)
    end = orders + plants + 1
    way = made.use.tocoo()
    start = np.r_[np.zeros(orders, int), made.order[way.row] + 1, np.arange(orders + 1, end)]
    to = np.r_[np.arange(orders) + 1, way.col + orders + 1, np.full(plants, end)]
    limit = np.r_[np.ones(orders), way.data, made.capacity].astype(np.int32)
    flow = maximum_flow(coo_array((limit, (start, to)), shape=(end + 1, end + 1)).tocsr(), 0, end)
    return int(flow.flow_value)


def assigned(case: Problem) -> tuple[Batch, Assignment]:
    """As many orders as can be served: parking is made dearer until no further one could be."""
    hold_cost = 1_000.0
    most = most_served(batch(case, hold_cost))
    while True:
        made = batch(case, hold_cost)
        found = assign(made, close_enough=0.0)
        if (~found.held).sum() == most:
            return made, found
        hold_cost *= 2


def assignment(case: Problem, found: Assignment) -> pd.DataFrame:
    """Order ID, plant, carrier, freight, cost and, where it is parked, why."""
    taken = found.option[:, 0]
    chosen = case.options.iloc[taken[taken >= 0]].set_index("order")
    rows = case.orders[["order", ORDER]].join(chosen[["plant", "carrier", "freight", "cost"]], on="order")
    plants = case.options.groupby("order")["plant"].agg(" ".join)
    full = "no capacity at " + rows["order"].map(plants).fillna("")
    reason = np.where(rows["plant"].notna(), "", np.where(case.reason == "", full, case.reason))
    return rows.assign(reason=reason).drop(columns="order")


def historical(case: Problem, files: dict[str, pd.DataFrame]) -> pd.Series:
    """Cost of each order as it was sent, by its own plant, port, carrier, service level and days; blank where
    the rates do not hold that."""
    sent = case.orders
    storage = sent["Plant Code"].map(files["WhCosts"].set_index("WH")["Cost/unit"]) * sent["Unit quantity"]
    found = sent.merge(
        files["FreightRates"],
        left_on=["Origin Port", "Destination Port", "Carrier", "Service Level", "TPT"],
        right_on=["orig_port_cd", "dest_port_cd", "Carrier", "svc_cd", "tpt_day_cnt"],
    )
    found = found[found["Weight"].between(found["minm_wgh_qty"], found["max_wgh_qty"])]
    cost = np.maximum(found["minimum cost"], found["rate"] * found["Weight"])
    freight = cost.groupby(found["order"]).min().reindex(sent["order"])
    return storage + freight.where(sent["Service Level"] != COLLECTED, 0.0)


def main() -> None:
    """Assign, check from the raw tables, prove, and compare with what was done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="CSV of the assignment")
    arguments = parser.parse_args()
    files = tables()
    case = problem(files)
    began, spent = time.perf_counter(), time.process_time()
    made, found = assigned(case)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    rows = assignment(case, found)
    served = rows["reason"] == ""
    print(f"{len(rows):,} orders, {case.capacity.sum():,} a day; {len(case.options):,} ways")
    print(f"served {served.sum():,}; parked:")
    print(rows["reason"][~served].value_counts().to_string())
    print(f"cost {rows['cost'].sum():,.2f}, freight {rows['freight'].sum():,.2f} in it")
    print(
        f"with {made.hold_cost[0]:,.0f} for each parked order {found.cost:,.2f}, bound {found.bound:,.2f}, "
        f"gap {found.gap:.3%}; {seconds:.1f} s, {processor:.1f} s of processor time"
    )
    prove(made, rows["cost"].sum())
    print(f"checker, from the files alone: {checked(FOLDER, rows)}")
    compare(case, files, rows)
    if arguments.out:
        rows.to_csv(arguments.out, index=False)


def prove(made: Batch, cost: float) -> None:
    """The least cost at which as many can be served, by HiGHS."""
    began = time.process_time()
    exact = assign_exactly(made)
    if exact is None:
        print("HiGHS gave no proof")
        return
    out = int((exact[:, 0] < 0).sum())
    least = float(made.cost_of(exact, made.cost).sum()) - out * made.hold_cost[0]
    print(
        f"HiGHS: {len(exact) - out:,} served at {least:,.2f}, proven; ours is {cost / least - 1:.4%} above; "
        f"{time.process_time() - began:.1f} s of processor time"
    )


def compare(case: Problem, files: dict[str, pd.DataFrame], rows: pd.DataFrame) -> None:
    """What was done, on all orders and on those that both serve."""
    then = historical(case, files).to_numpy()
    ours = rows["cost"].to_numpy()
    both = np.isfinite(then) & np.isfinite(ours)
    sent = case.orders["Plant Code"].value_counts()
    over = int(sent.sub(case.capacity, fill_value=0).clip(lower=0).sum())
    print(
        f"as it was sent: {np.isfinite(then).sum():,} orders can be priced, {over:,} beyond the capacities; "
        f"of the {both.sum():,} that both serve: {ours[both].sum():,.2f} against {then[both].sum():,.2f}, "
        f"{1 - ours[both].sum() / then[both].sum():.2%} less"
    )


if __name__ == "__main__":
    main()
