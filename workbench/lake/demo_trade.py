"""Two years of the demo, day by day: stock arrives, orders are served, suppliers are asked for more."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import DATES, DAYS_AHEAD, FIRST_DAY, SOLD_DAYS, Array
from workbench.lake.demo_demand import Counts
from workbench.lake.demo_network import REGIONS, SUPPLIERS, rows
from workbench.lake.demo_situations import BIG_ORDER, LATE_SUPPLIER, PROTECTED, UNSERVABLE

LONGEST_LEAD = 150
SAFETY = 1.6  # standard deviations
ORDER_BELOW = 0.45  # an order is placed when less than this part of the safety stock is left in the position
REVIEW_DAYS = 7
SERVED_DAYS = 4  # last days whose serving warehouses are kept

# how buying goes wrong: forgotten SKUs run out, loved ones pile up
GAPS_PER_SKU = 0.16
GAP_DAYS = (35, 75)
GAPS_NOW = 5
LOVED = 0.08
LOVED_DAYS, LOVED_FACTOR = 75, 2.2
SLIPPED, SLIP_FACTOR = 0.04, 1.5
PARTIAL, PARTIAL_SHARE, PARTIAL_DAYS = 0.08, 0.6, 6


class Buying(NamedTuple):
    """What the buyer believes and may do, SKUs by warehouse where sensible.

    `ahead`: units expected up to a day, cumulated, (days + 1, skus, regions); `paused`: (days, skus), no
    order is placed.
    """

    ahead: Array
    paused: NDArray[np.bool_]
    supplier: NDArray[np.int64]
    lead: Array
    spread: Array
    multiple: NDArray[np.int64]
    minimum: NDArray[np.int64]
    takes_orders: NDArray[np.bool_]


class Trade(NamedTuple):
    """What came of it. `sales`: (days, skus, channels, regions); `short`: (days, skus, regions), wanted more
    than there was; `served`: the last days by region and warehouse; `stock`: (skus, warehouses) at the end;
    `lines`: every purchase order line with its first and second delivery."""

    sales: Counts
    short: NDArray[np.bool_]
    served: Counts
    stock: Counts
    lines: pd.DataFrame


def trade(goods: Catalogue, mean: NDArray[np.float32], wanted: Counts, rng: np.random.Generator) -> Trade:
    """Live through the two years with a sensible, fallible buyer."""
    buying = _buying(goods, mean, rng)
    routes = _routes(goods)
    count, regions, places = len(goods.book), len(goods.regions), len(goods.warehouses)
    stock = np.zeros((count, places), dtype=np.int32)
    stock[:, :regions] = np.ceil(_target(buying, -1)[1] * 1.1)
    on_order = np.zeros((count, regions), dtype=np.int32)
    arriving = np.zeros((SOLD_DAYS + LONGEST_LEAD, count, regions), dtype=np.int32)
    sales = np.empty_like(wanted)
    short = np.zeros((SOLD_DAYS, count, regions), dtype=np.bool_)
    served = np.zeros((SERVED_DAYS, count, regions, places), dtype=np.int32)
    placed: list[pd.DataFrame] = []
    for today in range(SOLD_DAYS):
        stock[:, :regions] += arriving[today]
        on_order -= arriving[today]
        sales[today], short[today], by_place = _serve(stock, wanted[today], routes)
        if today >= SOLD_DAYS - SERVED_DAYS:
            served[today - SOLD_DAYS] = by_place
        order = _order(buying, today, stock[:, :regions] + on_order)
        if order.any():
            lines = _lines(buying, order, today, rng)
            placed.append(lines)
            on_order += order
            for due, quantity in (("first_day", "first"), ("second_day", "second")):
                np.add.at(arriving, (lines[due], lines["sku"], lines["place"]), lines[quantity])
    return Trade(sales, short, served, stock, pd.concat(placed, ignore_index=True))


def purchasing(goods: Catalogue, bought: Trade) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables `receipts` and `purchase_orders` (open), from the lines."""
    vendors = rows(SUPPLIERS)
    lines = bought.lines
    sku = goods.book["sku"].to_numpy()[lines["sku"]]
    known = pd.DataFrame(
        {
            "supplier": vendors["supplier"].to_numpy()[lines["supplier"]],
            "sku": sku,
            "warehouse": np.array(goods.warehouses)[lines["place"]],
            "ordered_on": FIRST_DAY + pd.to_timedelta(lines["ordered"], unit="D"),
            "promised_on": FIRST_DAY + pd.to_timedelta(lines["promised"], unit="D"),
            "quantity_ordered": lines["quantity"],
        }
    )
    number = (
        "P" + known["ordered_on"].dt.strftime("%y%m%d") + "-" + known["supplier"] + "-" + known["warehouse"]
    )
    known.insert(0, "purchase_order_id", number)
    parts, come = [], np.zeros(len(lines), dtype=np.int64)
    for due, quantity in (("first_day", "first"), ("second_day", "second")):
        there = (lines[due] < SOLD_DAYS) & (lines[quantity] > 0)
        come += np.where(there, lines[quantity], 0)
        received_on = FIRST_DAY + pd.to_timedelta(lines[due], unit="D")
        parts.append(known.assign(received_on=received_on, quantity_received=lines[quantity])[there])
    key = ["purchase_order_id", "sku", "received_on"]
    receipts = pd.concat(parts).sort_values(key, ignore_index=True)
    still = known.rename(columns={"quantity_ordered": "quantity"}).assign(quantity_received=come)
    still = still[(come < still["quantity"])].sort_values(["purchase_order_id", "sku"], ignore_index=True)
    return receipts, still


def _buying(goods: Catalogue, mean: NDArray[np.float32], rng: np.random.Generator) -> Buying:
    book = goods.book
    vendors = rows(SUPPLIERS)
    supplier = vendors["supplier"].searchsorted(book["supplier"])
    belief = mean.sum(axis=2, dtype=np.float64)
    free = np.flatnonzero(~book["sku"].isin(PROTECTED))
    loved = rng.choice(free, round(LOVED * len(book)), replace=False)
    belief[SOLD_DAYS - LOVED_DAYS :, loved] *= LOVED_FACTOR
    weekdays = np.zeros((7, len(book)), dtype=np.bool_)
    for index, days in enumerate(vendors["order_weekdays"].str.split()):
        weekdays[np.ix_([int(name) for name in days], supplier == index)] = True
    return Buying(
        ahead=np.concatenate([np.zeros((1, *belief.shape[1:])), belief.cumsum(axis=0)]),
        paused=_paused(goods, np.setdiff1d(free, loved), rng),
        supplier=supplier,
        lead=vendors["lead_time_days"].to_numpy(dtype=np.float64)[supplier],
        spread=vendors["lead_time_spread"].to_numpy(dtype=np.float64)[supplier],
        multiple=book["order_multiple"].to_numpy(),
        minimum=book["minimum"].to_numpy(),
        takes_orders=weekdays[DATES[:SOLD_DAYS].day_of_week],
    )


def _paused(goods: Catalogue, free: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Days on which nobody orders a SKU: forgotten for weeks, some of them right now, or by situation."""
    paused = np.zeros((SOLD_DAYS, len(goods.book)), dtype=np.bool_)
    many = round(GAPS_PER_SKU * len(goods.book))
    starts = np.r_[rng.integers(40, SOLD_DAYS - 110, many), np.full(GAPS_NOW, SOLD_DAYS - 48)]
    lengths = np.r_[rng.integers(*GAP_DAYS, many), np.full(GAPS_NOW, 48)]
    for sku, start, length in zip(rng.choice(free, len(starts), replace=False), starts, lengths, strict=True):
        paused[start : start + length, sku] = True
    paused[SOLD_DAYS - 70 :, goods.book["sku"] == UNSERVABLE] = True
    paused[SOLD_DAYS - 7 * BIG_ORDER.weeks :, goods.book["supplier"] == BIG_ORDER.supplier] = True
    return paused


def _routes(goods: Catalogue) -> list[tuple[int, int]]:
    """Region and warehouse, all first choices before all second ones."""
    table = rows(REGIONS).sort_values("rank", kind="stable")
    return [
        (goods.regions.index(region), goods.warehouses.index(place))
        for region, place in zip(table["region"], table["warehouse"], strict=True)
    ]


def _serve(
    stock: Counts, wanted: Counts, routes: list[tuple[int, int]]
) -> tuple[Counts, NDArray[np.bool_], Counts]:
    """Take from stock what is wanted (skus, channels, regions): what was sold, where it ran short, by place.

    What stock cannot serve is lost, by the channels in turn from the last.
    """
    need = wanted.sum(axis=1, dtype=np.int32)
    there = np.zeros_like(need)
    served = np.zeros((*need.shape, stock.shape[1]), dtype=np.int32)
    for region, place in routes:
        there[:, region] += stock[:, place]
    for region, place in routes:
        taken = np.minimum(need[:, region], stock[:, place])
        need[:, region] -= taken
        stock[:, place] -= taken
        served[:, region, place] = taken
    short = (need > 0) | (there == 0)
    sold = wanted.copy()
    for channel in reversed(range(wanted.shape[1])):
        lost = np.minimum(need, sold[:, channel])
        sold[:, channel] -= lost
        need = need - lost
    return sold, short, served


def _target(buying: Buying, today: int) -> tuple[Array, Array]:
    """Positions below which to order and up to which, shape (skus, regions)."""
    window = (buying.lead + REVIEW_DAYS).astype(np.int64)
    last = np.minimum(today + 1 + window, SOLD_DAYS + DAYS_AHEAD)
    units = buying.ahead[last, np.arange(len(window))] - buying.ahead[today + 1]
    lateness = buying.spread * buying.lead / window
    safety = SAFETY * np.sqrt(units + (0.15 * units) ** 2 + (units * lateness[:, None]) ** 2)
    return units + ORDER_BELOW * safety, units + safety


def _order(buying: Buying, today: int, position: Counts) -> Counts:
    """Units to order, shape (skus, regions), in packs and at least the minimum."""
    below, up_to = _target(buying, today)
    open_today = buying.takes_orders[today] & ~buying.paused[today]
    short = (position < below) & open_today[:, None]
    multiple, minimum = buying.multiple[:, None], buying.minimum[:, None]
    packs = np.ceil(np.maximum(up_to - position, minimum) / multiple)
    return np.asarray(np.where(short, packs * multiple, 0), dtype=np.int32)


def _lines(buying: Buying, order: Counts, today: int, rng: np.random.Generator) -> pd.DataFrame:
    """The order's lines; all of a supplier to one warehouse come together, some lines in two parts."""
    sku, place = np.nonzero(order)
    quantity = order[sku, place].astype(np.int64)
    supplier = buying.supplier[sku]
    days = _lead_times(buying, today, rng)[supplier, place]
    first = np.where(rng.random(len(sku)) < PARTIAL, np.ceil(quantity * PARTIAL_SHARE), quantity).astype(
        np.int64
    )
    return pd.DataFrame(
        {
            "sku": sku,
            "place": place,
            "supplier": supplier,
            "ordered": today,
            "promised": today + buying.lead[sku].astype(np.int64),
            "quantity": quantity,
            "first_day": today + days,
            "first": first,
            "second_day": today + days + PARTIAL_DAYS,
            "second": quantity - first,
        }
    )


def _lead_times(buying: Buying, today: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Real lead times of today's orders, whole days, shape (suppliers, warehouses)."""
    vendors = rows(SUPPLIERS)
    promised = vendors["lead_time_days"].to_numpy(dtype=np.float64)[:, None]
    spread = vendors["lead_time_spread"].to_numpy(dtype=np.float64)[:, None]
    shape = (len(vendors), buying.ahead.shape[2])
    days = promised * np.exp(rng.normal(0.0, spread, shape))
    days = np.where(rng.random(shape) < SLIPPED, days * SLIP_FACTOR, days)
    late = (vendors["supplier"] == LATE_SUPPLIER.supplier) & (
        DATES[today] >= pd.Timestamp(LATE_SUPPLIER.since)
    )
    days[late.to_numpy()] *= LATE_SUPPLIER.factor
    return np.asarray(days.round().clip(2, LONGEST_LEAD - PARTIAL_DAYS - 1), dtype=np.int64)
