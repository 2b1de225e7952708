"""The joint choice of order quantities under one budget, the warehouses' room and the suppliers' terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from workbench.optimize.purchase_limits import ALL, NONE, Blocks, Codes, Limits, Money, Programme, programme
from workbench.optimize.purchase_prices import Priced, least_bound
from workbench.optimize.purchase_rounding import Round

SMALL = 600  # options that are weighed against each other by HiGHS; where there are more, prices decide
NODES = 500  # of its search tree: bounds its time without making the answer depend on the machine
GAP = 1e-6  # of the gain: where it stops; not a matter of business
ROUNDING = 1e-6  # of a container; less is a rounding of volumes
UNSURE = 0.02  # share of an order from which on it may be made, or not made


@dataclass(frozen=True)
class Choice:
    """What was chosen: positions of options, their gain, and the gain that no choice can exceed (money)."""

    options: NDArray[np.int64]
    gain: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the choice may be from the best possible, as a fraction of the bound."""
        return max(0.0, self.bound - self.gain) / self.bound if self.bound > 0 else 0.0


def choose(options: pd.DataFrame, limits: Limits) -> Choice:
    """At most one option a line, of the greatest gain within the limits.

    `options` has a row a quantity that a line could order, sorted by line and units: line, supplier,
    warehouse, units, value (money, landed), order_value (money at unit cost), volume_m3 and gain (expected,
    money). A supplier gets no order or one of at least its minimum. Where the best option of every line keeps
    to the limits, these are the answer; else prices on the limits say what nearly every line takes, and the
    rest is rounded; few options are weighed against each other by HiGHS (Kellerer, Pferschy & Pisinger,
    Knapsack Problems, chapter 11). Lines worth 60, 50 and 40 that gain 9, 8 and 6 share a budget of 100: 60
    and 40 gain 15.
    """
    rows = options.reset_index(drop=True)
    free = best_of_each(rows)
    if keeps(rows.loc[free], limits):
        gain = float(rows.loc[free, "gain"].sum())
        return Choice(free, gain, gain)
    asked = programme(rows, limits, Blocks.of(rows["supplier"].unique(), limits))
    return settle(asked, least_bound(asked))


def best_of_each(options: pd.DataFrame) -> NDArray[np.int64]:
    """Position of the option of greatest gain of every line that gains at all; the smaller of equals."""
    gains = options[options["gain"] > 0]
    ranked = gains.sort_values(["line", "gain", "units"], ascending=[True, False, True], kind="stable")
    return np.sort(ranked.drop_duplicates("line").index.to_numpy(dtype=np.int64))


def keeps(chosen: pd.DataFrame, limits: Limits) -> bool:
    """Whether options keep to all limits together."""
    units = chosen.groupby("supplier")["units"].sum()
    order_value = chosen.groupby("supplier")["order_value"].sum()
    of_group = chosen.groupby(["supplier", "group"])["order_value"].sum()
    volume = chosen.groupby("warehouse")["volume_m3"].sum()
    return bool(
        chosen["value"].sum() <= limits.budget
        and all(m3 <= limits.room.get(str(name), np.inf) for name, m3 in volume.items())
        and all(amount <= limits.capacity.get(str(name), np.inf) for name, amount in units.items())
        and all(money >= limits.minimum.get(str(name), 0.0) for name, money in order_value.items())
        and all(of_group.get(key, least) >= least for key, least in limits.group_minimum.items())
        and fills_containers(chosen, limits)
    )


def fills_containers(chosen: pd.DataFrame, limits: Limits) -> bool:
    """Whether the last container of every supplier that ships in them is filled enough."""
    for name, m3 in chosen.groupby("supplier")["volume_m3"].sum().items():
        size = limits.container.get(str(name), np.inf)
        part = m3 / size % 1
        if np.isfinite(size) and ROUNDING < part < limits.container_fill - ROUNDING:
            return False
    return True


def settle(asked: Programme, priced: Priced) -> Choice:
    """The best choice within the limits that is found near their prices; as from `least_bound`."""
    bound = priced.response.bound
    rounds = [_rounded(asked, priced, orders) for orders in _orders(priced.share)]
    best = max(rounds, key=lambda found: float(asked.gain[found].sum()))
    if len(asked.gain) <= SMALL:
        exact, below = _weighed(asked)
        best = max((exact, best), key=lambda found: float(asked.gain[found].sum()))
        bound = min(bound, below)
    gain = float(asked.gain[best].sum())
    return Choice(best, gain, max(gain, bound))


def _orders(share: Money) -> list[NDArray[np.bool_]]:
    """Sets of suppliers to order from: those whose orders are sure, and one more of whom only a part is."""
    sure = share > 1 - UNSURE
    unsure = np.flatnonzero(~sure & (share > UNSURE))
    return [sure, *(sure | (np.arange(len(share)) == supplier) for supplier in unsure)]


def _rounded(asked: Programme, priced: Priced, orders: NDArray[np.bool_]) -> Codes:
    """Options within the limits near what everybody would do at the prices, from some suppliers."""
    of_line = asked.supplier[asked.starts]
    making = Round(asked, priced.prices, np.where(orders[of_line], priced.response.option, NONE))
    making.mend()
    making.fill()
    return making.options


def _weighed(asked: Programme) -> tuple[Codes, float]:
    """The options of greatest gain by HiGHS, and what no options gain more than.

    Columns: one an option, then one a block: is anything ordered from it? and one a supplier: how many
    containers?
    """
    options, blocks, suppliers = len(asked.gain), asked.blocks, asked.suppliers
    ships = np.isfinite(asked.container)
    most = np.where(ships, np.ceil(asked.volume.sum() / np.where(ships, asked.container, 1)), 0)
    result = milp(
        np.concatenate([-asked.gain, np.zeros(blocks + suppliers)]),
        constraints=[_limits(asked), _one_a_line(asked), *_containers(asked, ships)],
        integrality=np.ones(options + blocks + suppliers, dtype=np.int64),
        bounds=Bounds(0, np.concatenate([np.ones(options + blocks), most])),
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    # ordering nothing keeps to every limit; it stands in where the search ended before it found better
    taken = np.zeros(options, dtype=bool) if result.x is None else result.x[:options] > 0.5
    below = np.inf if result.mip_dual_bound is None else -float(result.mip_dual_bound)
    return np.flatnonzero(taken), below


def _limits(asked: Programme) -> LinearConstraint:
    """What all share, and what is a block's own where anything is ordered from it."""
    own = np.flatnonzero(asked.owner != ALL)
    allowed = csr_array((asked.limit[own], (own, asked.owner[own])), shape=(len(asked.limit), asked.blocks))
    use = hstack([asked.use.T, -allowed, csr_array((len(asked.limit), asked.suppliers))])
    return LinearConstraint(csr_array(use), -np.inf, np.where(asked.owner == ALL, asked.limit, 0.0))


def _one_a_line(asked: Programme) -> LinearConstraint:
    """A line takes at most one option, none where its block orders nothing; a group is of its supplier."""
    lines, options, blocks = len(asked.starts), len(asked.gain), asked.blocks
    one = csr_array((np.ones(options), (asked.place, np.arange(options))), shape=(lines, options))
    of_line = csr_array(
        (np.ones(lines), (np.arange(lines), asked.block[asked.starts])), shape=(lines, blocks)
    )
    groups = np.arange(asked.suppliers, blocks)
    row = np.arange(len(groups))
    of_group = csr_array((np.ones(len(groups)), (row, groups)), shape=(len(groups), blocks))
    supplier = csr_array(
        (np.ones(len(groups)), (row, asked.supplier_of[groups])), shape=(len(groups), blocks)
    )
    rest = csr_array((lines + len(groups), asked.suppliers))
    rows = vstack([hstack([one, -of_line]), hstack([csr_array((len(groups), options)), of_group - supplier])])
    return LinearConstraint(csr_array(hstack([rows, rest])), -np.inf, np.zeros(lines + len(groups)))


def _containers(asked: Programme, ships: NDArray[np.bool_]) -> list[LinearConstraint]:
    """The m³ that a supplier ships in containers fill all but the last, and that one far enough."""
    supplier = np.flatnonzero(ships)
    if not len(supplier):
        return []
    options, size = len(asked.gain), asked.container[supplier]
    m3 = csr_array((asked.volume, (asked.supplier, np.arange(options))), shape=(asked.suppliers, options))
    count = csr_array((size, (np.arange(len(supplier)), supplier)), shape=(len(supplier), asked.suppliers))
    rows = hstack([m3[supplier], csr_array((len(supplier), asked.blocks)), -count])
    return [LinearConstraint(csr_array(rows), -(1 - asked.container_fill) * size, np.zeros(len(supplier)))]
