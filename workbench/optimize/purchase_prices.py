"""Prices on what orders share, and the gain that no choice can exceed.

Lagrangian duality: a unit of budget, room, capacity or of a missing minimum gets a price, every line takes
its best option at these prices, and a supplier of whom that is not worth its minimum gets no order. What
that gains, the limits paid at their prices, no choice can exceed. The prices that make this bound least come
from cutting planes by supplier, a small linear programme on HiGHS a round (Kelley 1960; Fisher, The
Lagrangian Relaxation Method, Management Science 27, 1981), each asked half-way towards the best prices so
far (Wentges 1997), because the first cuts know little.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from workbench.optimize.purchase_limits import ALL, NONE, Codes, Money, Programme

ROUNDS = 80
CLOSE = 1e-6  # of the bound: where the prices are good enough; not a matter of business
TINY = 1e-9  # of any unit; keeps what costs nothing from being divided by


class Response(NamedTuple):
    """What everybody would do at some prices.

    `option` (lines,), NONE where nothing is best; `score` (lines,) money, prices paid; `worth` (suppliers,)
    money, own limits paid or earned; `bound`: gain that no choice can exceed.
    """

    option: Codes
    score: Money
    worth: Money
    bound: float


class Priced(NamedTuple):
    """Prices of the limits at which the bound is least, (limits,), and what everybody would do at them.

    `share` (suppliers,): how much of a supplier's order would be made if parts of orders could be.
    """

    prices: Money
    response: Response
    share: Money


def respond(asked: Programme, prices: Money) -> Response:
    """Every line's best option and every supplier's worth at `prices` (limits,)."""
    score = asked.gain - asked.use @ prices
    starts = asked.starts
    best = np.maximum(np.maximum.reduceat(score, starts), 0.0)
    first = np.where(score >= best[asked.place], np.arange(len(score)), len(score))
    option = np.minimum.reduceat(first, starts)
    block, own = asked.block[starts], asked.owner != ALL
    of_block = np.bincount(block, best, asked.blocks).astype(np.float64)
    np.add.at(of_block, asked.owner[own], prices[own] * asked.limit[own])
    # a group that is not worth its minimum is left out of its supplier's order
    closed = (np.arange(asked.blocks) >= asked.suppliers) & (of_block <= 0)
    best = np.where(closed[block], 0.0, best)
    option = np.where(best > 0, option, NONE)
    worth = np.zeros(asked.suppliers)
    np.add.at(worth, asked.supplier_of, np.where(closed, 0.0, of_block))
    bound = float(prices[~own] @ asked.limit[~own] + np.maximum(worth, 0).sum())
    return Response(option, best, worth, bound)


class _Cuts:
    """Lower bounds of each supplier's worth, linear in the prices: worth >= gain + slope @ prices."""

    def __init__(self, asked: Programme) -> None:
        """Without a cut yet."""
        self.asked, self.most = asked, _most(asked)
        self.own = np.flatnonzero(asked.owner != ALL)
        self.paid = np.where(asked.owner == ALL, asked.limit, 0.0)
        self.cuts: list[csr_array] = []
        self.gains: list[Money] = []

    def add(self, found: Response) -> None:
        """The plans of a response, one cut a supplier."""
        taken = found.option[found.option != NONE]
        asked = self.asked
        entries = (np.ones(len(taken)), (asked.supplier[taken], np.arange(len(taken))))
        of_supplier = csr_array(entries, shape=(asked.suppliers, len(taken)))
        ordered = np.arange(asked.blocks) < asked.suppliers
        ordered[asked.block[taken]] = True
        own = self.own[ordered[asked.owner[self.own]]]
        earned = csr_array(
            (asked.limit[own], (asked.supplier_of[asked.owner[own]], own)),
            shape=(asked.suppliers, len(asked.limit)),
        )
        slopes = earned - of_supplier @ asked.use[taken]
        self.cuts.append(csr_array(hstack([slopes, -eye_array(asked.suppliers)])))
        self.gains.append(of_supplier @ asked.gain[taken])

    def lowest(self) -> tuple[Money, float, Money]:
        """Prices at which the cuts' bound is least, that bound, and the share of each supplier's order."""
        suppliers = self.asked.suppliers
        limits = len(self.paid)
        result = linprog(  # type: ignore[call-overload]  # its stubs do not know sparse arrays
            np.concatenate([self.paid, np.ones(suppliers)]),
            A_ub=csr_array(vstack(self.cuts)),
            b_ub=-np.concatenate(self.gains),
            bounds=np.column_stack(
                [np.zeros(limits + suppliers), np.append(self.most, np.full(suppliers, np.inf))]
            ),
        )
        prices: Money = np.clip(result.x[:limits], 0, self.most)
        share = -result.ineqlin.marginals.reshape(len(self.gains), suppliers).sum(axis=0)
        return prices, float(result.fun), share


def least_bound(asked: Programme, start: Money | None = None, close: float = CLOSE) -> Priced:
    """Prices at which the bound is least, sought from `start` on, to the fraction `close` of it."""
    cuts = _Cuts(asked)
    best = np.zeros(len(asked.limit)) if start is None else start
    found = respond(asked, best)
    cuts.add(found)
    for _ in range(ROUNDS):
        prices, below, share = cuts.lowest()
        if found.bound - below <= close * abs(found.bound):
            break
        for step in (0.5, 1.0):
            tried = best + step * (prices - best)
            answer = respond(asked, tried)
            cuts.add(answer)
            if answer.bound < found.bound:
                best, found = tried, answer
                break
    return Priced(best, found, share)


def _most(asked: Programme) -> Money:
    """Prices beyond which next to nothing changes: nobody uses a unit of a limit, all fill what they can."""
    use = asked.use.tocoo()
    fills = use.data < 0
    most = np.zeros(len(asked.limit))
    worth = np.maximum(asked.gain, 0)[use.row[~fills]] / np.maximum(use.data[~fills], TINY)
    np.maximum.at(most, use.col[~fills], worth)
    paid = asked.use.maximum(0) @ most - np.minimum(asked.gain, 0)
    np.maximum.at(most, use.col[fills], paid[use.row[fills]] / np.maximum(-use.data[fills], TINY))
    return most
