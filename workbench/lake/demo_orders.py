"""The demo's last days as order lines: who ordered what when, from which warehouse it is promised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import PLAN_DAY, TIME_ZONE
from workbench.lake.demo_demand import Counts
from workbench.lake.demo_network import REGIONS, rows
from workbench.lake.demo_situations import UNSERVABLE, UNSERVABLE_CHANNEL, UNSERVABLE_UNITS, VIRAL
from workbench.lake.demo_trade import SERVED_DAYS, Trade

FIRST_ORDER_DAY = PLAN_DAY - pd.Timedelta(days=SERVED_DAYS)
# orders an hour of the local day, shares of 100
HOURS = (
    1.6,
    0.9,
    0.6,
    0.4,
    0.5,
    0.9,
    1.8,
    3.0,
    4.2,
    5.2,
    5.8,
    6.0,
    6.2,
    5.8,
    5.4,
    5.2,
    5.2,
    5.4,
    5.8,
    6.6,
    7.4,
    7.0,
    5.4,
    3.7,
)
ANOTHER_PIECE = 0.14  # chance that a line is for one more
ANOTHER_LINE = 0.10  # chance that an order has one more line
# still open by day: Thursday to Sunday; nothing leaves on a Sunday
STILL_OPEN = (0.01, 0.02, 0.08, 1.0)
CANCELLED = 45
PREFIX = {"shop": "S", "amazon": "A", "walmart": "W", "ebay": "E", "tiktok": "T"}
PACKING_DAYS = 2
# carrier, service, days, share of orders planned with it
PLANNED = (
    ("MERIDIAN", "GROUND", 4, 0.28),
    ("MERIDIAN", "TWODAY", 2, 0.10),
    ("MERIDIAN", "NEXTDAY", 1, 0.02),
    ("SWIFTLINE", "GROUND", 4, 0.24),
    ("SWIFTLINE", "EXPRESS", 2, 0.06),
    ("POSTLINE", "ECONOMY", 6, 0.18),
    ("POSTLINE", "PRIORITY", 3, 0.12),
)


class LastDays(NamedTuple):
    """`lines`: by index of SKU, channel, region and warehouse (-1: nowhere), with local time; `sales`: the
    two years with what was planted on the last day."""

    lines: pd.DataFrame
    sales: Counts


def last_days(goods: Catalogue, bought: Trade, stock: Counts, rng: np.random.Generator) -> LastDays:
    """Order lines of the last days, consistent with what was sold; `stock` (skus, warehouses) is left after
    the ordinary ones, and the burst takes what it finds (it is lowered in place)."""
    ordinary = _timed(_split(bought, rng), rng)
    burst = _burst(goods, stock, rng)
    planted = pd.concat([burst, _unservable(goods, rng)], ignore_index=True)
    sales = bought.sales.copy()
    np.add.at(sales[-1], (planted["sku"], planted["channel"], planted["region"]), planted["quantity"])
    cancelled = ordinary.loc[np.sort(rng.choice(len(ordinary), CANCELLED, replace=False))]
    lines = pd.concat([ordinary, planted, cancelled.assign(cancelled=True, place=-1)], ignore_index=True)
    lines["cancelled"] = lines["cancelled"].eq(True)
    return LastDays(_orders(lines, rng), sales)


def order_lines(
    goods: Catalogue, lines: pd.DataFrame, listings: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The table `order_lines` in the channels' codes, with promise and planned service by order."""
    number = lines["order"].to_numpy()
    plan = rng.choice(len(PLANNED), number.max() + 1, p=[share for *_, share in PLANNED])[number]
    carriers, services, days, _ = (np.array(column) for column in zip(*PLANNED, strict=True))
    channel = pd.Series(np.array(goods.channels)[lines["channel"]])
    local = lines["at"].dt.floor("s")
    promised = local.dt.normalize() + pd.to_timedelta(days[plan] + PACKING_DAYS, unit="D")
    places = np.array([*goods.warehouses, ""])
    frame = pd.DataFrame(
        {
            "order_id": channel.map(PREFIX) + (100_000 + lines["order"]).astype("str"),
            "line": lines["line"],
            "ordered_at": local.dt.tz_localize(TIME_ZONE)
            .dt.tz_convert("UTC")
            .dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "channel": channel,
            "region": np.array(goods.regions)[lines["region"]],
            "sku": goods.book["sku"].to_numpy()[lines["sku"]],
            "quantity": lines["quantity"],
            "status": np.select([lines["cancelled"], lines["open"]], ["cancelled", "open"], "shipped"),
            "promised_on": promised.dt.strftime("%Y-%m-%d"),
            "warehouse": places[lines["place"]],
            "carrier": carriers[plan],
            "service": services[plan],
        }
    )
    return _in_channel_codes(frame, listings)


def _split(bought: Trade, rng: np.random.Generator) -> pd.DataFrame:
    """Sold units of the last days as lines; which warehouse served each is kept."""
    sold = bought.sales[-SERVED_DAYS:].transpose(0, 1, 3, 2)  # day, sku, region, channel
    cell = np.repeat(np.arange(sold.size), sold.ravel())
    place = np.tile(np.arange(bought.stock.shape[1]), bought.served.size // bought.stock.shape[1])
    place = np.repeat(place, bought.served.ravel())
    same = np.r_[False, (cell[1:] == cell[:-1]) & (place[1:] == place[:-1])]
    line = np.cumsum(~(same & (rng.random(len(cell)) < ANOTHER_PIECE))) - 1
    quantity = np.bincount(line)
    first = np.r_[0, np.cumsum(quantity)[:-1]]
    index = np.unravel_index(cell[first], sold.shape)
    frame = pd.DataFrame(dict(zip(["day", "sku", "region", "channel"], index, strict=True)))
    return frame.assign(place=place[first], quantity=quantity)


def _timed(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    chance = np.array(HOURS) / np.sum(HOURS)
    seconds = rng.choice(24, len(lines), p=chance) * 3600 + rng.integers(0, 3600, len(lines))
    at = FIRST_ORDER_DAY + pd.to_timedelta(lines["day"] * 86_400 + seconds, unit="s")
    return lines.assign(at=at.astype("datetime64[us]"))


def _burst(goods: Catalogue, stock: Counts, rng: np.random.Generator) -> pd.DataFrame:
    """The viral evening: one order a line, served while stock lasts, first come, first served."""
    sku = int(goods.book["sku"].searchsorted(VIRAL.sku))
    start = pd.Timestamp(VIRAL.starts)
    minutes = np.r_[
        rng.beta(1.1, 1.5, VIRAL.orders) * VIRAL.minutes,
        VIRAL.minutes
        + rng.beta(1.0, 2.2, VIRAL.tail_orders) * ((PLAN_DAY - start).seconds / 60 - VIRAL.minutes - 1),
    ]
    count = len(minutes)
    frame = pd.DataFrame(
        {
            "day": SERVED_DAYS - 1,
            "sku": sku,
            "region": rng.choice(len(goods.regions), count, p=goods.regional[sku]),
            "channel": goods.channels.index(VIRAL.channel),
            "place": -1,
            "quantity": 1 + (rng.random(count) < 0.04),
            "at": (start + pd.to_timedelta(np.sort(minutes) * 60, unit="s")).astype("datetime64[us]"),
        }
    )
    for region, place in rows(REGIONS).sort_values("rank", kind="stable")[["region", "warehouse"]].to_numpy():
        where = goods.warehouses.index(place)
        waiting = frame[(frame["region"] == goods.regions.index(region)) & (frame["place"] < 0)]
        served = waiting.index[waiting["quantity"].cumsum() <= stock[sku, where]]
        frame.loc[served, "place"] = where
        stock[sku, where] -= frame.loc[served, "quantity"].sum()
    return frame


def _unservable(goods: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    """Orders that a channel accepted for what no warehouse has."""
    regions = np.repeat(
        [goods.regions.index(name) for name in UNSERVABLE_UNITS], list(UNSERVABLE_UNITS.values())
    )
    frame = pd.DataFrame({"day": SERVED_DAYS - 1, "region": regions}).assign(
        sku=int(goods.book["sku"].searchsorted(UNSERVABLE)),
        channel=goods.channels.index(UNSERVABLE_CHANNEL),
        place=-1,
        quantity=1,
    )
    return _timed(frame, rng)


def _orders(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Lines numbered within orders; lines of an order share channel, region, time and state."""
    by = ["day", "channel", "region", "cancelled"]
    lines = lines.sort_values([*by, "at", "sku", "place"], ignore_index=True)
    same: NDArray[np.bool_] = (lines[by] == lines[by].shift()).all(axis=1).to_numpy()
    alone = (lines["sku"] == lines["sku"].shift()).to_numpy()
    starts = ~(same & ~alone & (rng.random(len(lines)) < ANOTHER_LINE))
    lines["order"] = np.cumsum(starts) - 1
    lines["at"] = lines.groupby("order")["at"].transform("first")
    chance = np.array(STILL_OPEN)[lines["day"]]
    lines["open"] = rng.random(len(starts))[lines["order"]] < chance
    lines["order"] = (
        lines["order"]
        .map(lines.drop_duplicates("order").set_index("order")["at"].rank(method="first"))
        .astype("int64")
    )
    lines = lines.sort_values(["order", "sku", "place"], ignore_index=True)
    return lines.assign(line=lines.groupby("order").cumcount() + 1)


def _in_channel_codes(frame: pd.DataFrame, listings: pd.DataFrame) -> pd.DataFrame:
    """SKUs as the channel calls them; two of what is sold as a two-pack are one two-pack."""
    pieces = listings.drop_duplicates(["channel", "sku", "units"])
    pieces = pieces[pieces["channel_sku"] != "GIFT-BATH"]
    codes = {
        units: frame[["channel", "sku"]]
        .merge(pieces[pieces["units"] == units], on=["channel", "sku"], how="left", validate="many_to_one")[
            "channel_sku"
        ]
        .set_axis(frame.index)
        for units in (1, 2)
    }
    packed = codes[2].notna() & (frame["quantity"] == 2)
    frame = frame.assign(
        channel_sku=codes[2].where(packed, codes[1]), quantity=frame["quantity"].where(~packed, 1)
    )
    columns = ["order_id", "line", "ordered_at", "channel", "region", "channel_sku", "quantity", "status"]
    return frame[[*columns, "promised_on", "warehouse", "carrier", "service"]]
