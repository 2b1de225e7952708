"""How an order's lines may go together: every parcel worth pricing, every way to make an order of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Floats, Ints, Mask

MOST_BLOCKS = 5  # 2^5 - 1 parcels of an order; beyond that they would outnumber what is gained by them


class Parcels(NamedTuple):
    """Parcels that could be made of the orders, and the plans that make whole orders of them.

    `order`: (parcels,). `lines`: (parcels, lines), 1 where the line is in it. `plan_order`: (plans,),
    ascending. `plan_parcels`: (plans, most parcels), filled up with -1.
    """

    order: Ints
    lines: csr_array
    plan_order: Ints
    plan_parcels: Ints


def parcels(order: Ints, covered: Mask, most: int) -> Parcels:
    """All parcels of all orders, and all plans of at most `most` parcels.

    `order`: (lines,), from 0, ascending; `covered`: (lines, warehouses), where a line's units are. Lines that
    the same warehouses cover stay together in an order of more than five lines, and where these differ in
    more than five ways, so do the last of them. Two lines make 3 parcels and 2 plans:

    >>> found = parcels(np.array([0, 0]), np.array([[True], [True]]), 3)
    >>> found.lines.toarray().tolist(), found.plan_parcels.tolist()
    ([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[0, 1, -1], [2, -1, -1]])
    """
    block = _blocks(order, covered)
    blocks = np.zeros(order.max(initial=-1) + 1, dtype=np.int64)
    np.maximum.at(blocks, order, block + 1)
    first = np.append(0, np.cumsum(2**blocks - 1))  # an order's first parcel
    line, parcel = _members(block, order, blocks, first)
    plan_order, plan_parcels = _plans(blocks, first, most)
    lines = csr_array((np.ones(len(line)), (parcel, line)), shape=(int(first[-1]), len(order)))
    return Parcels(np.repeat(np.arange(len(blocks)), 2**blocks - 1), lines, plan_order, plan_parcels)


def _blocks(order: Ints, covered: Mask) -> Ints:
    """Block of every line within its order: each line its own, or those that the same warehouses cover."""
    starts = np.searchsorted(order, order)
    place = np.arange(len(order)) - starts
    count = np.searchsorted(order, order, side="right") - starts
    many, signature = count > MOST_BLOCKS, place.copy()
    if many.any():
        signature[many] = np.unique(covered[many], axis=0, return_inverse=True)[1].ravel()
    by_signature = np.lexsort((signature, order))
    new = np.r_[
        False,
        (np.diff(order[by_signature]) == 0) & (np.diff(signature[by_signature]) != 0),
    ][: len(order)]
    rank = np.zeros(len(order), dtype=np.int64)
    steps = np.cumsum(new)
    rank[by_signature] = steps - steps[np.searchsorted(order, order[by_signature])]
    return np.minimum(np.where(many, rank, place), MOST_BLOCKS - 1)


def _members(block: Ints, order: Ints, blocks: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Every line with every parcel it is in: parcel m of an order holds block k if bit k of m + 1 is set."""
    parcels_of_line = 2 ** blocks[order] - 1
    line = np.repeat(np.arange(len(order)), parcels_of_line)
    number = np.arange(len(line)) - np.repeat(np.cumsum(parcels_of_line) - parcels_of_line, parcels_of_line)
    inside = ((number + 1) >> block[line]) & 1 == 1
    return line[inside], (first[order[line]] + number)[inside]


def _plans(blocks: Ints, first: Ints, most: int) -> tuple[Ints, Ints]:
    """The plans of every order, as parcels."""
    orders, plans = [np.empty(0, dtype=np.int64)], [np.empty((0, most), dtype=np.int64)]
    for count in range(1, blocks.max(initial=0) + 1):
        shapes = [shape for shape in _partitions(list(range(count))) if len(shape) <= most]
        table = np.full((len(shapes), most), NONE)
        for row, shape in enumerate(shapes):
            table[row, : len(shape)] = [sum(2**k for k in subset) - 1 for subset in shape]
        these = np.flatnonzero(blocks == count)
        moved = np.where(table[None] == NONE, NONE, first[these][:, None, None] + table[None])
        orders.append(np.repeat(these, len(shapes)))
        plans.append(moved.reshape(-1, most))
    order, plan = np.concatenate(orders), np.concatenate(plans)
    ascending = np.argsort(order, kind="stable")
    return order[ascending], plan[ascending]


def _partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """Every way to part the items into subsets."""
    if not items:
        yield []
        return
    for smaller in _partitions(items[1:]):
        yield [[items[0]], *smaller]
        for place, subset in enumerate(smaller):
            yield [*smaller[:place], [items[0], *subset], *smaller[place + 1 :]]


def per_parcel(found: Parcels, of_line: Floats) -> Floats:
    """Sum over the lines of every parcel; `of_line`: (lines, ...)."""
    total: Floats = found.lines @ of_line
    return total


def whole(found: Parcels, goes: Mask) -> Mask:
    """Plans, (plans,), all of whose parcels go; `goes`: (parcels,)."""
    complete: Mask = np.logical_and.reduce(np.append(goes, True)[found.plan_parcels], axis=1)
    return complete


def with_plan(found: Parcels, goes: Mask, orders: int) -> Mask:
    """Orders that have a whole plan if only the parcels that go, (parcels,), can."""
    return np.bincount(found.plan_order[whole(found, goes)], minlength=orders) > 0
