"""The joint choice of order quantities under one budget, the warehouses' room and the suppliers' terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from workbench.optimize.purchase_limits import ALL, Codes, Limits, Money, Programme, programme
from workbench.optimize.purchase_prices import NONE, Response, least_bound

SMALL = 2000  # options that are all weighed against each other; where there are more, prices decide on most
WEIGHED = 6000  # options that are weighed even so, shared out to the suppliers
LEAST = 500  # and beside, whosever they are
EXACT = 1e-6  # of the gain: where the search over a small choice stops, and over a large one's rest;
CLOSE = 4e-4  # neither is a matter of business
NODES = 30  # of the search tree: bounds its time without making the answer depend on the machine


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
    to the limits, these are the answer; else prices on the limits say what nearly every line takes, and HiGHS
    weighs those lines against each other for whom it hardly matters, and the suppliers' orders as a whole
    (the core of Kellerer, Pferschy & Pisinger, Knapsack Problems, chapters 5 and 11). Lines worth 60, 50 and
    40 that gain 9, 8 and 6 share a budget of 100: 60 and 40 gain 15.
    """
    rows = options.reset_index(drop=True)
    free = best_of_each(rows)
    if keeps(rows.loc[free], limits):
        gain = float(rows.loc[free, "gain"].sum())
        return Choice(free, gain, gain)
    asked = programme(rows, limits, pd.Index(sorted(rows["supplier"].unique()), dtype="str"))
    return settle(asked, *least_bound(asked))


def best_of_each(options: pd.DataFrame) -> NDArray[np.int64]:
    """Position of the option of greatest gain of every line that gains at all; the smaller of equals."""
    gains = options[options["gain"] > 0]
    ranked = gains.sort_values(["line", "gain", "units"], ascending=[True, False, True], kind="stable")
    return np.sort(ranked.drop_duplicates("line").index.to_numpy(dtype=np.int64))


def keeps(chosen: pd.DataFrame, limits: Limits) -> bool:
    """Whether options keep to all limits together."""
    units = chosen.groupby("supplier")["units"].sum()
    order_value = chosen.groupby("supplier")["order_value"].sum()
    volume = chosen.groupby("warehouse")["volume_m3"].sum()
    return bool(
        chosen["value"].sum() <= limits.budget
        and all(m3 <= limits.room.get(str(name), np.inf) for name, m3 in volume.items())
        and all(amount <= limits.capacity.get(str(name), np.inf) for name, amount in units.items())
        and all(money >= limits.minimum.get(str(name), 0.0) for name, money in order_value.items())
    )


def settle(asked: Programme, prices: Money, found: Response, mixed: Codes) -> Choice:
    """A choice within the limits near the response to their prices; as from `least_bound`."""
    core, fixed = _core(asked, prices, found, mixed)
    taken, below = _weigh(asked, core, fixed)
    gain = float(asked.gain[taken].sum())
    bound = min(found.bound, below) if len(core) == len(asked.gain) else found.bound
    return Choice(taken, gain, max(gain, bound))


def _core(asked: Programme, prices: Money, found: Response, mixed: Codes) -> tuple[Codes, Codes]:
    """The options that are weighed, and those that the other lines take at the prices.

    Weighed are those of which parts would be taken, of every supplier those of least regret, and the least
    of all; and what their lines take at the prices.
    """
    if len(asked.gain) <= SMALL:
        return np.arange(len(asked.gain)), np.empty(0, dtype=np.int64)
    place = asked.place
    regret = found.score[place] - (asked.gain - asked.use @ prices)
    others = np.setdiff1d(np.arange(len(regret)), found.option)
    order = others[np.lexsort((regret[others], asked.supplier[others]))]
    supplier = asked.supplier[order]
    each = order[np.arange(len(order)) - np.searchsorted(supplier, supplier) < WEIGHED // asked.suppliers]
    least = others[np.argsort(regret[others], kind="stable")[:LEAST]]
    weighed = np.concatenate([np.setdiff1d(mixed, found.option), each, least])
    is_core = np.zeros(len(found.option), dtype=bool)
    is_core[place[weighed]] = True
    takes = found.option != NONE
    return np.unique(np.concatenate([weighed, found.option[is_core & takes]])), found.option[~is_core & takes]


def _weigh(asked: Programme, core: Codes, fixed: Codes) -> tuple[Codes, float]:
    """Options of the core, and suppliers whose orders with their `fixed` options are made; and what these
    cannot gain more than.

    Columns: one an option of the core, then one a supplier: is anything ordered from it?
    """
    options, suppliers = len(core), asked.suppliers
    with_fixed = _incidence(asked.supplier[fixed], suppliers)
    own = np.flatnonzero(asked.owner != ALL)
    allowed = csr_array((asked.limit[own], (own, asked.owner[own])), shape=(len(asked.limit), suppliers))
    use = hstack([asked.use[core].T, (with_fixed @ asked.use[fixed]).T - allowed])
    line, first, of_line = np.unique(asked.place[core], return_index=True, return_inverse=True)
    one_a_line = hstack(
        [_incidence(of_line, len(line)), -_incidence(asked.supplier[core[first]], suppliers).T]
    )
    most = np.concatenate([np.where(asked.owner == ALL, asked.limit, 0.0), np.zeros(len(line))])
    result = milp(
        -np.concatenate([asked.gain[core], with_fixed @ asked.gain[fixed]]),
        constraints=LinearConstraint(vstack([use, one_a_line]).tocsr(), -np.inf, most),
        integrality=np.ones(options + suppliers, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": CLOSE if len(fixed) else EXACT, "node_limit": NODES},
    )
    # ordering nothing keeps to every limit; it stands in where the search ended before it found better
    taken = np.zeros(options + suppliers, dtype=bool) if result.x is None else result.x > 0.5
    chosen = np.concatenate([core[taken[:options]], fixed[taken[options:][asked.supplier[fixed]]]])
    return np.sort(chosen), np.inf if result.mip_dual_bound is None else -float(result.mip_dual_bound)


def _incidence(group: Codes, groups: int) -> csr_array:
    """1 where a member is of a group, (groups, members)."""
    return csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))
