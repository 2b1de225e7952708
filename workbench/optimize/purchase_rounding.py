"""From prices to whole orders: what a limit asks for is mended where it costs least, what is left is spent.

At the prices of the limits every line takes its best option, and nearly all limits nearly hold. Moves of
single lines from one option to another mend the rest, those first that lose least for what they mend; then
moves that gain fill what the limits leave (a greedy round, Kellerer, Pferschy & Pisinger, Knapsack Problems,
chapter 2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.optimize.purchase_limits import ALL, NONE, Codes, Money, Programme

Mask = NDArray[np.bool_]
MOVES = 200  # of one look at all candidates
DUST = 1e-9  # of a limit; keeps rounding errors of sums from being mended


class Round:
    """Orders in the making. Beside the options every line has a candidate more: nothing.

    `used` and `limit` (suppliers, limits) hold what all share in their first columns, the same in every row,
    and then what is the supplier's own.
    """

    def __init__(self, asked: Programme, prices: Money, option: Codes) -> None:
        """Start from an option a line, NONE for nothing."""
        options, lines = len(asked.gain), len(option)
        starts = asked.starts
        self._options = options
        self._place = np.concatenate([asked.place, np.arange(lines)])
        self._supplier = np.concatenate([asked.supplier, asked.supplier[starts]])
        self._gain = np.concatenate([asked.gain, np.zeros(lines)])
        self._score = np.concatenate([asked.gain - asked.use @ prices, np.zeros(lines)])
        self._shared = np.flatnonzero(asked.owner == ALL)
        use, self.limit = _columns(asked, self._shared)
        self._use = np.concatenate([use, np.zeros((lines, use.shape[1]))])
        self.taken = np.where(option == NONE, options + np.arange(lines), option)
        self._by_supplier = np.argsort(self._supplier, kind="stable")
        self._bounds = np.searchsorted(self._supplier[self._by_supplier], np.arange(asked.suppliers + 1))
        self._sum_up()

    def _sum_up(self) -> None:
        """What is used now; what all share is summed over all suppliers."""
        self.used = np.zeros_like(self.limit)
        np.add.at(self.used, self._supplier[self.taken], self._use[self.taken])
        self.used[:, : len(self._shared)] = self.used[:, : len(self._shared)].sum(axis=0)

    @property
    def options(self) -> Codes:
        """The options that are taken."""
        found: Codes = np.sort(self.taken[self.taken < self._options])
        return found

    @property
    def gain(self) -> float:
        """What they gain, money."""
        return float(self._gain[self.taken].sum())

    def mend(self) -> None:
        """Move lines until all limits hold; a supplier that cannot keep to its own gets no order."""
        shared = len(self._shared)
        for supplier, column in np.argwhere(self._over()[:, shared:]).tolist():
            members = self._by_supplier[self._bounds[supplier] : self._bounds[supplier + 1]]
            if not self._mend(members, supplier, shared + column):
                self._drop(supplier)
        everything = np.arange(len(self._gain))
        for column in range(shared):
            while self._over()[0, column] and not self._mend(everything, 0, column):
                self._drop(self._least_worth(column))

    def fill(self) -> None:
        """Make moves that gain while the limits allow one, the greatest gain for what they use first.

        A supplier of whom nothing is ordered gets no order if it asks for a minimum.
        """
        asks = (self.limit < 0).any(axis=1) & ~self._ordered
        open_to = np.flatnonzero(~asks[self._supplier])
        while len(moves := self._gaining(open_to)):
            before = self.gain
            for move in moves:
                if self._fits(move[None])[0]:
                    self._move(move)
            if self.gain <= before:
                return

    def _gaining(self, candidates: Codes) -> Codes:
        """Moves that gain within the limits, one a line, those that use the limits best first."""
        now = self.taken[self._place[candidates]]
        more = self._gain[candidates] - self._gain[now]
        gaining = np.flatnonzero(more > DUST)
        gaining = gaining[self._fits(candidates[gaining])]
        # what a move gains beyond what it loses at the prices is what it pays for the limits
        share = (self._score[now[gaining]] - self._score[candidates[gaining]]) / more[gaining]
        best = candidates[gaining[np.argsort(share, kind="stable")]]
        first = np.unique(self._place[best], return_index=True)[1]
        moves: Codes = best[np.sort(first)[:MOVES]]
        return moves

    @property
    def _ordered(self) -> Mask:
        """Suppliers of whom anything is ordered."""
        ordered = np.zeros(len(self.limit), dtype=bool)
        ordered[self._supplier[self.taken[self.taken < self._options]]] = True
        return ordered

    def _over(self) -> Mask:
        """Which limits do not hold; those of a supplier of whom nothing is ordered do."""
        over: Mask = self.used > self.limit + DUST * (1 + np.abs(self.limit))
        over[:, len(self._shared) :] &= self._ordered[:, None]
        return over

    def _mend(self, members: Codes, supplier: int, column: int) -> bool:
        """Move lines of `members` until one limit holds; False where no move helps."""
        while (excess := self.used[supplier, column] - self.limit[supplier, column]) > DUST:
            moves, less = self._mending(members, column, excess)
            if not len(moves):
                return False
            # the first does most for what it loses, were it too much; the others only as far as they are needed
            self._move(moves[0])
            excess -= less[0]
            for move, does in zip(moves[1:], less[1:], strict=True):
                if does > excess:
                    break
                if self._fits(move[None], self._minded(column))[0]:
                    self._move(move)
                    excess -= does
        return True

    def _mending(self, members: Codes, column: int, excess: float) -> tuple[Codes, Money]:
        """Moves that use less of a limit, one a line, those first that lose least for it; and how much less."""
        now = self.taken[self._place[members]]
        less = self._use[now, column] - self._use[members, column]
        helps = np.flatnonzero(less > DUST)
        helps = helps[self._fits(members[helps], self._minded(column))]
        loss = self._score[now[helps]] - self._score[members[helps]]
        order = helps[np.argsort(loss / np.minimum(less[helps], excess), kind="stable")]
        first = np.sort(np.unique(self._place[members[order]], return_index=True)[1])[:MOVES]
        return members[order[first]], less[order[first]]

    def _minded(self, column: int) -> int:
        """The first column that a move for a limit minds: what all share is mended after a supplier's own."""
        return 0 if column < len(self._shared) else len(self._shared)

    def _fits(self, candidates: Codes, minded: int = 0) -> Mask:
        """Whether a move to each breaks no limit further, of those from column `minded` on."""
        row = self._supplier[candidates]
        change = self._use[candidates] - self._use[self.taken[self._place[candidates]]]
        most = np.maximum(self.limit[row], self.used[row])
        fits: Mask = ((change <= 0) | (self.used[row] + change <= most))[:, minded:].all(axis=1)
        return fits

    def _move(self, candidate: np.int64) -> None:
        line = self._place[candidate]
        change = self._use[candidate] - self._use[self.taken[line]]
        shared = len(self._shared)
        self.used[:, :shared] += change[:shared]
        self.used[self._supplier[candidate], shared:] += change[shared:]
        self.taken[line] = candidate

    def _drop(self, supplier: int) -> None:
        """Order nothing from a supplier."""
        lines = np.flatnonzero(self._supplier[self.taken] == supplier)
        self.taken[lines] = self._options + lines
        self._sum_up()

    def _least_worth(self, column: int) -> int:
        """The supplier whose orders gain least for what they use of a limit."""
        suppliers = len(self.limit)
        gain = np.bincount(self._supplier[self.taken], self._gain[self.taken], suppliers)
        use = np.bincount(self._supplier[self.taken], self._use[self.taken, column], suppliers)
        return int(np.argmin(np.where(use > 0, gain / np.maximum(use, DUST), np.inf)))


def _columns(asked: Programme, shared: Codes) -> tuple[Money, Money]:
    """Use (options, limits) and limits (suppliers, limits): the shared ones, then each supplier's own."""
    own = np.flatnonzero(asked.owner != ALL)
    order = own[np.argsort(asked.owner[own], kind="stable")]
    owner = asked.owner[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    columns = len(shared) + int(rank.max(initial=-1)) + 1
    place = np.empty(len(asked.limit), dtype=np.int64)
    place[shared], place[order] = np.arange(len(shared)), len(shared) + rank
    limit = np.full((asked.suppliers, columns), np.inf)
    limit[:, : len(shared)] = asked.limit[shared]
    limit[owner, len(shared) + rank] = asked.limit[order]
    entries = asked.use.tocoo()
    use = np.zeros((len(asked.gain), columns))
    use[entries.row, place[entries.col]] = entries.data
    return use, limit
