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

    `used` and `limit` (blocks + 1, limits) hold what all share in their first columns, the same in every row,
    then what is the block's own, then m³ and m³ with the sign turned, between which containers are full. The
    last row is of no block.
    """

    def __init__(self, asked: Programme, prices: Money, option: Codes) -> None:
        """Start from an option a line, NONE for nothing."""
        options, lines = len(asked.gain), len(option)
        first = asked.block[asked.starts]
        block = np.concatenate([asked.block, first])
        self._asked, self._options = asked, options
        self._place = np.concatenate([asked.place, np.arange(lines)])
        self._supplier = asked.supplier_of[block]
        self._group = np.where(block < asked.suppliers, asked.blocks, block)
        self._gain = np.concatenate([asked.gain, np.zeros(lines)])
        self._score = np.concatenate([asked.gain - asked.use @ prices, np.zeros(lines)])
        use, self.limit, self._shared = _columns(asked)
        self._use = np.concatenate([use, np.zeros((lines, use.shape[1]))])
        self.taken = np.where(option == NONE, options + np.arange(lines), option)
        self._sum_up()

    def _sum_up(self) -> None:
        """What is used now; what all share is summed over all suppliers."""
        self.used, self._orders = np.zeros_like(self.limit), np.zeros(len(self.limit), dtype=np.int64)
        for row in (self._supplier[self.taken], self._group[self.taken]):
            np.add.at(self.used, row, self._use[self.taken])
            np.add.at(self._orders, row, self.taken < self._options)
        self.used[:, : self._shared] = self._use[self.taken, : self._shared].sum(axis=0)

    @property
    def options(self) -> Codes:
        """The options that are taken."""
        found: Codes = np.sort(self.taken[self.taken < self._options])
        return found

    def mend(self) -> None:
        """Move lines until all limits hold; who cannot keep to its own gets no order."""
        while len(over := np.argwhere(self._over()[:, self._shared :])):
            # groups first: what lifts a group lifts its supplier too
            block, column = over[-1].tolist()
            row = self._supplier if block < self._asked.suppliers else self._group
            if not self._mend(np.flatnonzero(row == block), block, self._shared + column):
                self._drop(block)
        ships = np.isfinite(self._asked.container) & self._ordered[: self._asked.suppliers]
        for supplier in np.flatnonzero(ships).tolist():
            self._fill_containers(supplier)
        for column in range(self._shared):
            while self._over()[0, column] and not self._mend(np.arange(len(self._gain)), 0, column):
                self._drop(self._least_worth(column))

    def fill(self) -> None:
        """Make moves that gain while the limits allow one, the greatest gain for what they use first."""
        everything = np.arange(len(self._gain))
        while len(moves := self._gaining(everything)):
            moved = False
            for move in moves:
                if self._fits(move[None])[0]:
                    self._move(move)
                    moved = True
            if not moved:
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
        """Blocks of which anything is ordered."""
        ordered: Mask = self._orders > 0
        return ordered

    def _over(self) -> Mask:
        """Which limits do not hold; those of a block of which nothing is ordered do."""
        over: Mask = self.used > self.limit + DUST * (1 + np.abs(self.limit))
        over[:, self._shared :] &= self._ordered[:, None]
        return over

    def _fill_containers(self, supplier: int) -> None:
        """Drop what is in the last container, or fill it, whichever loses less; else order nothing."""
        size, least = float(self._asked.container[supplier]), self._asked.container_fill
        full = int((self.used[supplier, -2] + DUST) // size)
        if self.used[supplier, -2] <= full * size + DUST:
            self._set_containers(supplier, full, size, least)
            return
        before, tries = self.taken.copy(), []
        for containers in (full + 1, full):
            self.taken = before.copy()
            self._sum_up()
            self._set_containers(supplier, containers, size, least)
            members = np.flatnonzero(self._supplier == supplier)
            if containers and all(self._mend(members, supplier, column) for column in (-1, -2)):
                tries.append((float(self._score[self.taken].sum()), containers, self.taken))
        if not tries:
            self._drop(supplier)
            return
        _, containers, self.taken = max(tries, key=lambda found: found[:2])
        self._sum_up()
        self._set_containers(supplier, containers, size, least)

    def _set_containers(self, supplier: int, containers: int, size: float, least: float) -> None:
        self.limit[supplier, -2:] = containers * size, -(containers - 1 + least) * size

    def _mend(self, members: Codes, block: int, column: int) -> bool:
        """Move lines of `members` until one limit holds; False where no move helps."""
        while (excess := self.used[block, column] - self.limit[block, column]) > DUST:
            moves, less = self._mending(members, column, excess)
            if not len(moves):
                return False
            # the first does most for what it loses, were it too much; the others as far as they are needed
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
        """Moves that use less of a limit, one a line, which lose least for it first; and how much less."""
        now = self.taken[self._place[members]]
        less = self._use[now, column] - self._use[members, column]
        helps = np.flatnonzero(less > DUST)
        helps = helps[self._fits(members[helps], self._minded(column))]
        loss = self._score[now[helps]] - self._score[members[helps]]
        order = helps[np.argsort(loss / np.minimum(less[helps], excess), kind="stable")]
        first = np.sort(np.unique(self._place[members[order]], return_index=True)[1])[:MOVES]
        return members[order[first]], less[order[first]]

    def _minded(self, column: int) -> int:
        """The first column that a move for a limit minds: what all share is mended after a block's own."""
        return 0 if 0 <= column < self._shared else self._shared

    def _fits(self, candidates: Codes, minded: int = 0) -> Mask:
        """Whether a move to each breaks no limit further, of those from column `minded` on.

        A block of which nothing is ordered gets no order if it asks for a minimum.
        """
        change = self._use[candidates] - self._use[self.taken[self._place[candidates]]]
        fits = np.ones(len(candidates), dtype=bool)
        for row in (self._supplier[candidates], self._group[candidates]):
            used, limit = self.used[row], self.limit[row]
            within = (change <= 0) | (used + change <= np.maximum(limit, used))
            fits &= within[:, minded:].all(axis=1)
            fits &= (self._orders[row] > 0) | ~(limit < 0).any(axis=1)
        return fits

    def _move(self, candidate: np.int64) -> None:
        line = self._place[candidate]
        change = self._use[candidate] - self._use[self.taken[line]]
        self.used[:, : self._shared] += change[: self._shared]
        for row in (self._supplier[candidate], self._group[candidate]):
            self.used[row, self._shared :] += change[self._shared :]
            self._orders[row] += int(candidate < self._options) - int(self.taken[line] < self._options)
        self.taken[line] = candidate

    def _drop(self, block: int) -> None:
        """Order nothing from a block."""
        row = self._supplier if block < self._asked.suppliers else self._group
        lines = np.flatnonzero(row[self.taken] == block)
        self.taken[lines] = self._options + lines
        self._sum_up()

    def _least_worth(self, column: int) -> int:
        """The supplier whose orders gain least for what they use of a limit."""
        suppliers = self._asked.suppliers
        gain = np.bincount(self._supplier[self.taken], self._gain[self.taken], suppliers)
        use = np.bincount(self._supplier[self.taken], self._use[self.taken, column], suppliers)
        return int(np.argmin(np.where(use > 0, gain / np.maximum(use, DUST), np.inf)))


def _columns(asked: Programme) -> tuple[Money, Money, int]:
    """Use (options, limits), limits (blocks + 1, limits), and how many of their columns all share."""
    shared, own = np.flatnonzero(asked.owner == ALL), np.flatnonzero(asked.owner != ALL)
    order = own[np.argsort(asked.owner[own], kind="stable")]
    owner = asked.owner[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    # a group's own stand beside its supplier's, in columns of their own
    of_suppliers = int(rank[owner < asked.suppliers].max(initial=-1)) + 1
    rank = np.where(owner < asked.suppliers, rank, of_suppliers + rank)
    columns = len(shared) + int(rank.max(initial=-1)) + 1
    place = np.empty(len(asked.limit), dtype=np.int64)
    place[shared], place[order] = np.arange(len(shared)), len(shared) + rank
    limit = np.full((asked.blocks + 1, columns + 2), np.inf)
    limit[:-1, : len(shared)] = asked.limit[shared]
    limit[owner, len(shared) + rank] = asked.limit[order]
    entries = asked.use.tocoo()
    use = np.zeros((len(asked.gain), columns + 2))
    use[entries.row, place[entries.col]] = entries.data
    use[:, -2], use[:, -1] = asked.volume, -asked.volume
    return use, limit, len(shared)
