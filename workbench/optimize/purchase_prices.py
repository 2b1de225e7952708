"""Prices on what orders share, and the gain that no choice can exceed.

Lagrangian duality: a unit of budget, room, capacity or of a missing minimum gets a price, every line takes
its best option at these prices, and a supplier of whom that is not worth its minimum gets no order. What
that gains, the limits paid at their prices, no choice can exceed. The prices that make this bound least come
from cutting planes by supplier, a small linear programme on HiGHS a round (Kelley 1960; Fisher, The
Lagrangian Relaxation Method, Management Science 27, 1981), each asked half-way towards the best prices so
far (Wentges 1997), because the first cuts know little.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, vstack

from workbench.optimize.purchase_limits import ALL, Codes, Money, Programme

ROUNDS = 80
CLOSE = 1e-6  # of the bound: where the prices are good enough; not a matter of business
MIXED = 1e-7  # share of a plan below which it is not part of a mix
TINY = 1e-9  # of any unit; keeps what costs nothing from being divided by
NONE = -1


class Response(NamedTuple):
    """What everybody would do at some prices.

    `option` (lines,), NONE where nothing is best; `score` (lines,) money, prices paid; `worth` (suppliers,)
    money, own limits paid or earned; `bound`: gain that no choice can exceed.
    """

    option: Codes
    score: Money
    worth: Money
    bound: float


def respond(asked: Programme, prices: Money) -> Response:
    """Every line's best option and every supplier's worth at `prices` (limits,)."""
    score = asked.gain - asked.use @ prices
    starts = asked.starts
    best = np.maximum(np.maximum.reduceat(score, starts), 0.0)
    first = np.where(score >= best[asked.place], np.arange(len(score)), len(score))
    option = np.minimum.reduceat(first, starts)
    option = np.where(best > 0, option, NONE)
    worth = np.bincount(asked.supplier[starts], best, asked.suppliers).astype(np.float64)
    own = asked.owner != ALL
    np.add.at(worth, asked.owner[own], prices[own] * asked.limit[own])
    bound = float(prices[~own] @ asked.limit[~own] + np.maximum(worth, 0).sum())
    return Response(option, best, worth, bound)


@dataclass
class _Cuts:
    """Lower bounds of each supplier's worth, linear in the prices: worth >= gain + slope @ prices."""

    slopes: list[csr_array] = field(default_factory=list)
    gains: list[Money] = field(default_factory=list)
    options: list[Codes] = field(default_factory=list)

    def add(self, asked: Programme, found: Response) -> None:
        """The plans of a response, one cut a supplier."""
        taken = found.option[found.option != NONE]
        supplier = asked.supplier[taken]
        of_supplier = csr_array(
            (np.ones(len(taken)), (supplier, np.arange(len(taken)))), shape=(asked.suppliers, len(taken))
        )
        own = np.flatnonzero(asked.owner != ALL)
        earned = csr_array(
            (asked.limit[own], (asked.owner[own], own)), shape=(asked.suppliers, len(asked.limit))
        )
        self.slopes.append((earned - of_supplier @ asked.use[taken]).tocsr())
        self.gains.append(of_supplier @ asked.gain[taken])
        self.options.append(taken)

    def lowest(self, asked: Programme, most: Money) -> tuple[Money, float, Codes]:
        """Prices up to `most` at which the cuts' bound is least, that bound, and the options it mixes."""
        supplier = np.tile(np.arange(asked.suppliers), len(self.gains))
        worth = csr_array(
            (-np.ones(len(supplier)), (np.arange(len(supplier)), supplier)),
            shape=(len(supplier), asked.suppliers),
        )
        paid = np.where(asked.owner == ALL, asked.limit, 0.0)
        result = linprog(  # type: ignore[call-overload]  # its stubs do not know sparse arrays
            np.concatenate([paid, np.ones(asked.suppliers)]),
            A_ub=hstack([vstack(self.slopes), worth]).tocsr(),
            b_ub=-np.concatenate(self.gains),
            bounds=np.column_stack(
                [np.zeros(len(paid) + asked.suppliers), np.append(most, np.full(asked.suppliers, np.inf))]
            ),
        )
        prices: Money = np.clip(result.x[: len(paid)], 0, most)
        weight = result.ineqlin.marginals.reshape(len(self.gains), asked.suppliers) < -MIXED
        mixed = [taken[of[asked.supplier[taken]]] for taken, of in zip(self.options, weight, strict=True)]
        return prices, float(result.fun), np.unique(np.concatenate(mixed))


def least_bound(asked: Programme, start: Money | None = None) -> tuple[Money, Response, Codes]:
    """Prices at which the bound is least, the response to them, and the options that a choice which could
    take parts of plans would take."""
    most = _most(asked)
    best = np.zeros(len(most)) if start is None else start
    found, cuts = respond(asked, best), _Cuts()
    cuts.add(asked, found)
    for _ in range(ROUNDS):
        prices, below, mixed = cuts.lowest(asked, most)
        if found.bound - below <= CLOSE * abs(found.bound):
            break
        for share in (0.5, 1.0):
            tried = best + share * (prices - best)
            answer = respond(asked, tried)
            cuts.add(asked, answer)
            if answer.bound < found.bound:
                best, found = tried, answer
                break
    return best, found, mixed


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
