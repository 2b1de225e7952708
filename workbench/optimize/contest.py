"""Orders that contest stock and the day's capacities, over every way that each of them could go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Floats, Ints, Mask, least
from workbench.optimize.way_costs import Costs

AT_ONCE = 4_096  # parcels whose ways are looked at together: few enough for the cache


class Prices(NamedTuple):
    """What one more of everything would save, money: units of a `pool` (pools,), parcels from a `warehouse`
    (warehouses,), parcels by a service from a warehouse, `service` (warehouses, services)."""

    pool: Floats
    warehouse: Floats
    service: Floats

    @property
    def flat(self) -> Floats:
        """All in one row."""
        return np.concatenate([self.pool, self.warehouse, self.service.ravel()])


class Taken(NamedTuple):
    """By order and number of the parcel, (orders, most parcels), -1 where there is none: `parcel`, and the
    `place` and `service` that it goes by."""

    parcel: Ints
    place: Ints
    service: Ints


@dataclass(frozen=True)
class Contest:
    """What the orders could do and what they share; an order is its position in `hold_cost`.

    `cost`: (warehouses, services, parcels), money, infinite where it cannot go. `inside`: (parcels, lines),
    1 where the line is in the parcel. `quantity`: (lines,), units. `pool`: (lines, warehouses), what a line
    draws on there. `units`: (pools,), and `sku`: (pools,), from 0, whose free units these are, -1 where they
    are reserved. `parcels_from`: (warehouses,) and `parcels_by`: (warehouses, services), parcels a day,
    infinite for no limit. `plan_order`: (plans,), ascending, every order at least once;
    `plan_parcels`: (plans, most parcels), filled up with -1. `hold_cost`: (orders,), money.
    """

    cost: Costs
    inside: csr_array
    quantity: Floats
    pool: Ints
    units: Floats
    sku: Ints
    parcels_from: Floats
    parcels_by: Floats
    plan_order: Ints
    plan_parcels: Ints
    hold_cost: Floats

    @cached_property
    def capacity(self) -> Floats:
        """Of all resources in one row: pools, warehouses, services from warehouses."""
        return np.concatenate([self.units, self.parcels_from, self.parcels_by.ravel()])

    @cached_property
    def drawn(self) -> csr_array:
        """(parcels, lines), units."""
        inside = self.inside
        return csr_array((self.quantity[inside.indices], inside.indices, inside.indptr), shape=inside.shape)

    @cached_property
    def short(self) -> Mask:
        """Resources that would not do if all who could used them."""
        wanted = np.bincount(
            self.pool.ravel(), np.repeat(self.quantity, self.pool.shape[1]), minlength=len(self.units)
        )
        goes = np.isfinite(self.cost)
        return (
            np.concatenate([wanted, goes.any(axis=1).sum(axis=1), goes.sum(axis=2).ravel()]) > self.capacity
        )

    @cached_property
    def parcel_order(self) -> Ints:
        """The order of every parcel, -1 where it is in no plan."""
        order = np.full(self.cost.shape[2] + 1, NONE)
        order[self.plan_parcels] = self.plan_order[:, None]  # -1 falls on the spare last place
        return order[:-1]

    @cached_property
    def line_order(self) -> Ints:
        """The order of every line, -1 where it is in no plan."""
        order = np.full(len(self.quantity), NONE)
        of_entry = np.repeat(self.parcel_order, np.diff(self.inside.indptr))
        order[self.inside.indices[of_entry != NONE]] = of_entry[of_entry != NONE]
        return order

    def units_of_sku(self, of_pool: Floats | Mask) -> Floats:
        """Sums over the free units of each SKU, (skus,); what is there beyond the pools does not count."""
        free = np.flatnonzero(self.sku != NONE)
        skus = self.sku.max(initial=NONE) + 1
        return np.asarray(
            np.bincount(self.sku[free], of_pool[free].astype(np.float64), minlength=skus), dtype=np.float64
        )

    @cached_property
    def wanted(self) -> Floats:
        """Units of each SKU that must be free units, as nothing is reserved for the line, (skus,)."""
        sku = self.sku[self.pool]
        must = (sku != NONE).all(axis=1) & (self.line_order != NONE)
        skus = self.sku.max(initial=NONE) + 1
        return np.asarray(np.bincount(sku[must, 0], self.quantity[must], minlength=skus), dtype=np.float64)

    def prices(self, flat: Floats) -> Prices:
        """Prices from one row."""
        pools, places = len(self.units), len(self.parcels_from)
        by_service = flat[pools + places :].reshape(self.parcels_by.shape)
        return Prices(flat[:pools], flat[pools : pools + places], by_service)

    def served(self, prices: Prices) -> Floats:
        """Cost of each order, prices included, by what is cheapest for it alone if it leaves, (orders,)."""
        plan_cost = np.append(self.by_place(prices).min(axis=0), 0.0)[self.plan_parcels].sum(axis=1)
        return least(plan_cost, self.plan_order)[0]

    def cheapest(self, flat: Floats) -> tuple[float, Floats]:
        """Cost of all orders, prices included, each by what is cheapest for it alone, and what they use."""
        prices = self.prices(flat)
        paid = self.by_place(prices)
        plan_cost = np.append(paid.min(axis=0), 0.0)[self.plan_parcels].sum(axis=1)
        lowest, first = least(plan_cost, self.plan_order)
        goes = lowest < self.hold_cost
        parcel = self.plan_parcels[first[goes]].ravel()
        parcel = parcel[parcel != NONE]
        place = _first_least(paid[:, parcel])
        service = _first_least(self.cost[place, :, parcel].T + prices.service[place].T.astype(np.float32))
        return float(np.minimum(lowest, self.hold_cost).sum()), self.used(parcel, place, service)

    def part(self, orders: Mask, capacity: Floats) -> tuple[Contest, Ints]:
        """Some of the orders, (orders,), with the `capacity` (resources,) left to them; and their parcels."""
        plans = np.flatnonzero(orders[self.plan_order])
        inside = self.plan_parcels[plans]
        parcel = np.unique(inside[inside != NONE])
        lines = csr_array(self.inside[parcel])
        line, column = np.unique(lines.indices, return_inverse=True)
        limits = self.prices(capacity)
        made = Contest(
            cost=self.cost.take(parcel, axis=2),
            inside=csr_array((lines.data, column, lines.indptr), shape=(len(parcel), len(line))),
            quantity=self.quantity[line],
            pool=self.pool[line],
            units=limits.pool,
            sku=self.sku,
            parcels_from=limits.warehouse,
            parcels_by=limits.service,
            plan_order=(np.cumsum(orders) - 1)[self.plan_order[plans]],
            plan_parcels=np.where(inside == NONE, NONE, np.searchsorted(parcel, inside)),
            hold_cost=self.hold_cost[orders],
        )
        return made, parcel

    def by_place(self, prices: Prices) -> Floats:
        """Least cost of every parcel from every warehouse, prices included, (warehouses, parcels)."""
        stock = self.drawn @ prices.pool[self.pool] + prices.warehouse
        by_service = prices.service.astype(np.float32)[:, :, None]
        paid = np.empty(stock.T.shape)
        for first in range(0, len(stock), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            lowest = (self.cost[:, :, some] + by_service).min(axis=1, initial=np.inf)
            np.add(lowest, stock[some].T, out=paid[:, some])
        return paid

    def used(self, parcel: Ints, place: Ints, service: Ints) -> Floats:
        """What parcels use of all resources."""
        drawn = csr_array(self.drawn[parcel])
        row = np.repeat(np.arange(len(parcel)), np.diff(drawn.indptr))
        return np.concatenate(
            [
                np.bincount(self.pool[drawn.indices, place[row]], drawn.data, minlength=len(self.units)),
                np.bincount(place, minlength=len(self.parcels_from)),
                np.bincount(place * self.parcels_by.shape[1] + service, minlength=self.parcels_by.size),
            ]
        )

    def drawing(self, parcel: Ints, place: Ints, service: Ints, resources: Mask) -> Mask:
        """Which of the parcels use any of the `resources`, (resources,)."""
        inside = csr_array(self.inside[parcel])
        row = np.repeat(np.arange(len(parcel)), np.diff(inside.indptr))
        asked = self.prices(resources.astype(np.float64))
        uses: Mask = (asked.warehouse[place] > 0) | (asked.service[place, service] > 0)
        uses[row[asked.pool[self.pool[inside.indices, place[row]]] > 0]] = True
        return uses


def _first_least(values: Floats | Costs) -> Ints:
    """Of every column the first row of its least value; rows are few, and columns many."""
    lowest = values.min(axis=0)
    row = np.zeros(values.shape[1], dtype=np.int64)
    for number in range(len(values) - 1, -1, -1):
        row[values[number] == lowest] = number
    return row
