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
LITTLE = 1e-5  # of what all choices cost: a round that gains no more is the last of its kind
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
    mine = np.zeros(choices.use.nnz)
    changed_orders = np.arange(len(chosen))
    for _ in range(rounds):
        # what an order uses is looked up anew where it has changed
        entry = choices.entries(changed_orders)
        own = csr_array(choices.use[chosen])
        mine[entry] = np.asarray(own[choices.entry_order[entry], choices.use.indices[entry]]).ravel()
        now = _Now(choices, chosen, value, capacity, crowd, own, mine)
        changed = _round(now, level)
        changed_orders = changed.order
        if len(changed.order):
            chosen = chosen.copy()
            chosen[changed.order] = changed.choice
        gain = (value[now.chosen[changed.order]] - value[changed.choice]).sum()
        if gain <= LITTLE * np.abs(value[chosen].sum()):
            if level == depth:
                break
            level += 1
    return chosen


@dataclass(frozen=True)
class _Now:
    """What is chosen now, and what each choice would lack.

    `own`: (orders, resources) used now. `mine`: by entry of `choices.use`, what its order uses of that now.
    """

    choices: Choices
    chosen: Ints
    value: Floats
    capacity: Floats
    crowd: Mask
    own: csr_array
    mine: Floats

    @cached_property
    def left(self) -> Floats:
        """(resources,) unused."""
        left: Floats = self.capacity - self.own.sum(axis=0)
        return left

    @cached_property
    def lacking(self) -> Floats:
        """Units lacking at every entry, beyond what is left and what the order itself would give back."""
        use = self.choices.use
        lacking: Floats = use.data - self.mine
        lacking -= self.left[use.indices]
        return np.maximum(lacking, 0.0, out=lacking)

    @cached_property
    def lacks(self) -> Ints:
        """Entries that lack something."""
        return np.flatnonzero(self.lacking > DUST)

    def units(self, entry: Ints) -> Ints:
        """Whole units lacking at these entries, as rows of the ejections."""
        return np.minimum(np.ceil(self.lacking[entry] - DUST), MOST_UNITS).astype(np.int64)

    @cached_property
    def fits(self) -> Mask:
        """Choices that lack nothing."""
        fits = np.ones(len(self.choices.order), dtype=np.bool_)
        fits[self.choices.entry_choice[self.lacks]] = False
        return fits

    def with_ejections(self, given: _Ejections) -> Floats:
        """Value of every choice, the loss of those included who must leave for it."""
        resource, units = self.choices.use.indices[self.lacks], self.units(self.lacks)
        loss = given.loss[units, resource]
        itself = given.who[units, resource] == self.choices.entry_order[self.lacks]
        loss[itself | (self.lacking[self.lacks] > MOST_UNITS + DUST)] = np.inf
        choice = self.choices.entry_choice[self.lacks]
        total = self.value + np.bincount(choice, loss, minlength=len(self.value))
        total[self.chosen] = np.inf
        return total

    def ejections(self, choice: Ints, loss: Floats) -> _Ejections:
        """Who leaves which resource at the least loss if every order may change to `choice` at that loss."""
        own, loss = self.own, np.maximum(loss, 0.0)
        order = np.repeat(np.arange(len(self.chosen)), np.diff(own.indptr))
        asked = np.zeros(own.shape[1], dtype=np.bool_)
        asked[self.choices.use.indices[self.lacks]] = True
        entry = np.flatnonzero(asked[own.indices] & np.isfinite(loss)[order])
        order, resource = order[entry], own.indices[entry]
        # only the entries that each order uses now: what it takes of them elsewhere is not given up
        elsewhere = np.asarray(self.choices.use[choice][order, resource]).ravel()
        given = own.data[entry] - elsewhere
        usable = np.flatnonzero(given >= 1 - DUST)
        usable = usable[np.lexsort((loss[order[usable]], resource[usable]))]
        order, resource, given = order[usable], resource[usable], given[usable]
        least = np.full((MOST_UNITS + 1, own.shape[1]), np.inf)
        who = np.full(least.shape, NOBODY)
        for units in range(1, MOST_UNITS + 1):
            gives = np.flatnonzero(given >= units - DUST)
            first = gives[np.diff(resource[gives], prepend=-1) != 0]
            least[units, resource[first]] = loss[order[first]]
            who[units, resource[first]] = order[first]
        many = np.flatnonzero(self.crowd[resource])
        starts = np.flatnonzero(np.diff(resource[many], prepend=-1))
        queues = np.split(order[many], starts)[1:]
        return _Ejections(least, who, dict(zip(resource[many[starts]].tolist(), queues, strict=True)))


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
        order = given[level - 1].who[now.units(entry), use.indices[entry]]
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
