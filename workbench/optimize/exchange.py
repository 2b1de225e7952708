"""Orders change to better choices, and make others give way, until no such exchange gains anything.

An ejection chain (Glover, Ejection chains, reference structures and alternating path methods, Discrete
Applied Mathematics 65, 1996): an order takes what it wants of a full resource; whoever can leave that at the
least loss does, and may in turn make another leave. Many exchanges that do not touch each other are made at
once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from workbench.optimize.batch import Floats, Ints, Mask, ranges
from workbench.optimize.choices import Choices

DUST = 1e-9  # amounts and money closer than this are the same
NOBODY = -1
MOST_UNITS = 4  # that one order is asked to give up; orders want few units of a SKU
AT_ONCE = 20_000  # exchanges looked at in a round, those that gain most


class _Exchanges(NamedTuple):
    """Rows of exchanges: the number of the exchange, an order in it, and the choice that it changes to."""

    number: Ints
    order: Ints
    choice: Ints


class _Ejections(NamedTuple):
    """Who gives up 0, 1, … units of each resource at the least loss: (units, resources) money and orders.

    `queue`: of each crowd all who could leave it, those of least loss first.
    """

    loss: Floats
    who: Ints
    queue: dict[int, Ints]


def exchange(
    choices: Choices, chosen: Ints, value: Floats, capacity: Floats, crowd: Mask, depth: int, rounds: int
) -> Ints:
    """The chosen choices, (orders,), after exchanges that lower the sum of their `value` (choices,), money.

    What is chosen keeps to `capacity` (resources,), before and after. In a `crowd` (resources,) so many could
    leave that each exchange of a round finds somebody else who does. `depth` orders at most give way in a
    chain.
    """
    level = 0
    for _ in range(rounds):
        now = _Now(choices, chosen, value, capacity, crowd)
        changed = _round(now, level)
        if len(changed.order):
            chosen = chosen.copy()
            chosen[changed.order] = changed.choice
        if len(np.unique(changed.number)) <= 2:
            if level == depth:
                break
            level += 1
    return chosen


@dataclass(frozen=True)
class _Now:
    """What is chosen now, and what each choice would lack."""

    choices: Choices
    chosen: Ints
    value: Floats
    capacity: Floats
    crowd: Mask

    @cached_property
    def own(self) -> csr_array:
        """(orders, resources) used now."""
        return csr_array(self.choices.use[self.chosen])

    @cached_property
    def left(self) -> Floats:
        """(resources,) unused."""
        left: Floats = self.capacity - self.own.sum(axis=0)
        return left

    @cached_property
    def entry_choice(self) -> Ints:
        """The choice of every entry of `choices.use`."""
        return np.repeat(np.arange(len(self.choices.order)), np.diff(self.choices.use.indptr))

    @cached_property
    def lacking(self) -> Floats:
        """Units lacking at every entry, beyond what is left and what the order itself would give back."""
        use = self.choices.use
        order = self.choices.order[self.entry_choice]
        mine = np.asarray(self.own[order, use.indices]).ravel()
        lacking: Floats = np.maximum(use.data - mine - self.left[use.indices], 0.0)
        return lacking

    @cached_property
    def units(self) -> Ints:
        """Whole units lacking at every entry, as rows of the ejections."""
        return np.minimum(np.ceil(self.lacking - DUST), MOST_UNITS).astype(np.int64)

    @cached_property
    def fits(self) -> Mask:
        """Choices that lack nothing."""
        lacks = self.entry_choice[self.lacking > DUST]
        return np.equal(np.bincount(lacks, minlength=len(self.choices.order)), 0)

    def with_ejections(self, given: _Ejections) -> Floats:
        """Value of every choice, the loss of those included who must leave for it."""
        resource = self.choices.use.indices
        lacks = self.lacking > DUST
        loss = np.where(lacks, given.loss[self.units, resource], 0.0)
        itself = given.who[self.units, resource] == self.choices.order[self.entry_choice]
        loss[lacks & (itself | (self.lacking > MOST_UNITS + DUST))] = np.inf
        total = self.value.copy()
        np.add.at(total, self.entry_choice[lacks], loss[lacks])
        total[self.chosen] = np.inf
        return total

    def ejections(self, choice: Ints, loss: Floats) -> _Ejections:
        """Who leaves which resource at the least loss if every order may change to `choice` at that loss."""
        own = self.own
        order = np.repeat(np.arange(len(self.chosen)), np.diff(own.indptr))
        # only the entries that each order uses now: what it takes of them elsewhere is not given up
        elsewhere = np.asarray(self.choices.use[choice][order, own.indices]).ravel()
        given = own.data - elsewhere
        loss_of = np.maximum(loss[order], 0.0)
        usable = np.isfinite(loss_of) & (given >= 1 - DUST)
        by_loss = np.lexsort((loss_of, own.indices))
        by_loss = by_loss[usable[by_loss]]
        least = np.full((MOST_UNITS + 1, own.shape[1]), np.inf)
        who = np.full(least.shape, NOBODY)
        for units in range(1, MOST_UNITS + 1):
            entry = by_loss[given[by_loss] >= units - DUST]
            first = entry[np.diff(own.indices[entry], prepend=-1) != 0]
            least[units, own.indices[first]] = loss_of[first]
            who[units, own.indices[first]] = order[first]
        many = by_loss[self.crowd[own.indices[by_loss]]]
        starts = np.flatnonzero(np.diff(own.indices[many], prepend=-1))
        queues = np.split(order[many], starts)[1:]
        return _Ejections(least, who, dict(zip(own.indices[many[starts]].tolist(), queues, strict=True)))


def _round(now: _Now, level: int) -> _Exchanges:
    """Exchanges that gain and can be made together; `level` orders give way in a chain."""
    value = np.where(now.fits, now.value, np.inf)
    value[now.chosen] = np.inf
    best, choice = now.choices.least(value)
    changes, given = [choice], []
    for _ in range(level):
        given.append(now.ejections(choice, best - now.value[now.chosen]))
        best, choice = now.choices.least(now.with_ejections(given[-1]))
        changes.append(choice)
    gain = now.value[now.chosen] - best
    wanting = np.flatnonzero(gain > DUST)
    wanting = wanting[np.argsort(-gain[wanting], kind="stable")][:AT_ONCE]
    return _apart(now, _chains(now, wanting, changes, given))


def _chains(now: _Now, wanting: Ints, changes: list[Ints], given: list[_Ejections]) -> _Exchanges:
    """One exchange for each order that wants one, with all who give way for it, and for them in turn."""
    use = now.choices.use
    number, order = np.arange(len(wanting)), wanting
    rows = []
    for level in range(len(given), -1, -1):
        choice = changes[level][order]
        rows.append((number, order, choice))
        if level == 0:
            break
        row = np.repeat(np.arange(len(choice)), np.diff(use.indptr)[choice])
        entry = ranges(use.indptr.astype(np.int64), choice)
        lacks = now.lacking[entry] > DUST
        entry, row = entry[lacks], row[lacks]
        order = given[level - 1].who[now.units[entry], use.indices[entry]]
        for resource, queue in given[level - 1].queue.items():
            wanting = np.flatnonzero(use.indices[entry] == resource)[: len(queue)]
            order[wanting] = queue[: len(wanting)]
        number = number[row]
    return _Exchanges(*(np.concatenate(part) for part in zip(*rows, strict=True)))


def _apart(now: _Now, found: _Exchanges) -> _Exchanges:
    """Those that gain, name no order twice, share none with one before, and fit after all before them."""
    count = int(found.number.max(initial=-1)) + 1
    orders = len(now.chosen)
    pair = found.number * orders + found.order
    _, first = np.unique(pair, return_index=True)
    twice = np.ones(len(pair), dtype=np.bool_)
    twice[first] = False
    out = np.zeros(count, dtype=np.bool_)
    out[found.number[twice]] = True
    earliest = np.full(orders, count)
    np.minimum.at(earliest, found.order[~out[found.number]], found.number[~out[found.number]])
    out[found.number[earliest[found.order] < found.number]] = True
    gain = now.value[now.chosen[found.order]] - now.value[found.choice]
    out |= np.bincount(found.number, weights=gain, minlength=count) <= DUST
    found = _Exchanges(*(part[~out[found.number]] for part in found))
    late = np.flatnonzero(_too_late(now, found, count))
    return _Exchanges(*(part[~np.isin(found.number, late)] for part in found))


def _too_late(now: _Now, found: _Exchanges, count: int) -> Mask:
    """Exchanges, (count,), for which those before leave too little; what one frees counts next round."""
    rows = len(found.number)
    members = csr_array((np.ones(rows), (found.number, np.arange(rows))), shape=(count, rows))
    net = csr_array(members @ csr_array(now.choices.use[found.choice] - now.own[found.order]))
    return ~admitted(net, now.left)


def admitted(more: csr_array, left: Floats) -> Mask:
    """Which changes, in their order, fit in what is `left` (resources,) after all those before them.

    `more`: (changes, resources), what each takes beyond what it has; less than nothing is not counted.

    >>> admitted(csr_array([[2.0], [2.0], [1.0]]), np.array([3.0])).tolist()
    [True, False, False]
    """
    change = np.repeat(np.arange(more.shape[0]), np.diff(more.indptr))
    takes = more.data > DUST
    change, taken, resource = change[takes], more.data[takes], more.indices[takes]
    queue = np.lexsort((change, resource))
    summed = np.cumsum(taken[queue])
    starts = np.searchsorted(resource[queue], resource[queue], side="left")
    over = summed - np.append(0.0, summed)[starts] > left[resource[queue]] + DUST
    fits = np.ones(more.shape[0], dtype=np.bool_)
    fits[change[queue[over]]] = False
    return fits
