"""Inbound orders that can still be redirected: which of their units should arrive at another warehouse."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.allocation.asked import rows_of
from workbench.agents.allocation.elsewhere import Service, service_from, stock_after
from workbench.agents.allocation.moves import Room, Units, met_by
from workbench.agents.allocation.standing import Money, Paths, Standing
from workbench.agents.allocation.verdict import Today
from workbench.errors import TableError
from workbench.formulas.stock import WHERE
from workbench.optimize.transfers import Sent, Ways, best_moves, joined
from workbench.policy import AllocationPolicy

TO_NOWHERE = pd.DataFrame({name: pd.Series(dtype="int64") for name in ("origin", "target", "due", "units")})
TRIP = ["reference", "from_warehouse", "to_warehouse", "doubtful"]


@dataclass(frozen=True)
class Coming:
    """Stock from day to day: `left` (items, paths) units by day, before anything arrives on it."""

    standing: Standing
    arrivals: pd.DataFrame
    left: dict[int, Paths]

    def services(self, first: int, last: int, since: Collection[int]) -> dict[int, Service]:
        """Who serves what is wanted from each day of `since` to before `last`, with all that arrives."""
        return service_from(self.standing, self.left[first], first, last, since, self.arriving)

    def arriving(self, day: int) -> Paths:
        """Units that arrive on a day, (items, 1)."""
        return _arriving(self.arrivals, day, len(self.standing.items))

    def ways(self, pairs: pd.DataFrame, rules: AllocationPolicy) -> Ways:
        """What a redirect meets over the cover days from the order's arrival on.

        `pairs`, all due on one day: `due` in days from today, `trip`, and the items `origin` and `target`.
        """
        first, standing = int(pairs["due"].iloc[0]), self.standing
        service = self.services(first, first + rules.cover_days, ())[first]
        origin, target = (pairs[name].to_numpy(np.int64) for name in ("origin", "target"))
        return Ways(
            sku=np.asarray(standing.items["sku"].factorize()[0], dtype=np.int64)[origin],
            origin=origin,
            target=target,
            lane=pairs["trip"].to_numpy(np.int64),
            spare=service.left[origin],
            **met_by(service, origin, target),
            lost=service.worth(standing.value)[origin],
            won=standing.value[target],
            cost=np.full(len(pairs), rules.redirect_cost_per_unit),
        )

    def moved_later(self, given: Ways, units: Units, pairs: pd.DataFrame, rules: AllocationPolicy) -> Money:
        """Cost of letting the units arrive as planned and moving them then, shape (ways, paths), money.

        `pairs` as above, with `days` and `cost_per_unit` of the lane; what is wanted before they have come
        over the lane is lost or served from elsewhere as it is without them.
        """
        costs = np.zeros(given.lacking.shape)
        for first, days in sorted(set(zip(pairs["due"].tolist(), pairs["days"].astype(int), strict=True))):
            rows = np.flatnonzero((pairs["due"] == first) & (pairs["days"] == days))
            now, arrives = given.take(rows), first + min(days, rules.cover_days)
            service = self.services(first, first + rules.cover_days, {arrives})[arrives]
            met: dict[str, Any] = dict(met_by(service, now.origin, now.target))
            # what others of the plan meet they meet later too
            for name in ("lacking", "elsewhere", "here"):
                met[name] = np.minimum(met[name], getattr(now, name))
            cost = pairs["cost_per_unit"].to_numpy(np.float64)[rows]
            late = replace(now, **met, cost=cost)
            none = np.zeros_like(units[rows])
            costs[rows] = now.costs(none) - late.costs(none) + late.costs(units[rows])
        return costs


@dataclass(frozen=True)
class Redirects:
    """What is redirected: `sent`, and in the same order `lines`, one order line each with `trip` and `later`.

    `later` (sent, paths) is the cost of moving the units once they have arrived; `trips` holds purchase
    order, warehouses, `doubtful`, and of the lane between them `days` and what it costs, blank for none.
    """

    sent: Sent
    lines: pd.DataFrame
    trips: pd.DataFrame
    later: Money

    def at(self, items: pd.DataFrame) -> pd.DataFrame:
        """What arrives elsewhere, with rows of `items`: `origin`, `target`, `due` and `units`."""
        ends = {"origin": "from_warehouse", "target": "to_warehouse"}
        found = {
            name: rows_of(self.lines[["sku"]].assign(warehouse=self.lines[end]), items)
            for name, end in ends.items()
        }
        return self.lines[["due"]].assign(units=self.sent.units, **found)


def redirectable(inbound: pd.DataFrame, offers: pd.DataFrame, today: Today) -> pd.DataFrame:
    """Order lines that their supplier can still send elsewhere, with `due` in days from today,
    `order_multiple` and `most`, the units in whole packs.

    They are in a file, dated, due no sooner than the policy's notice, and in no redirect that no file has
    confirmed. What is undated is never touched: nobody knows where it is.
    """
    rows = inbound.assign(due=(inbound["promised_on"] - pd.Timestamp(today.day)).dt.days)
    open_ones = rows["confirmed"] & ~rows["redirected"] & (rows["kind"] == "purchase_order")
    rows = rows[open_ones & (rows["due"] >= today.policy.allocation.redirect_notice_days)]
    packs = offers.groupby(["supplier", "sku"], as_index=False)["order_multiple"].max()
    rows = rows.merge(packs, on=["supplier", "sku"], how="left", validate="many_to_one")
    rows = rows.assign(
        due=rows["due"].astype("int64"),
        order_multiple=rows["order_multiple"].fillna(1).astype("int64"),
        doubtful=rows["sku"].isin(today.doubtful),
    )
    rows = rows.assign(most=rows["quantity"] // rows["order_multiple"] * rows["order_multiple"])
    return rows.sort_values(["due", "reference", *WHERE], ignore_index=True)


def coming(standing: Standing, inbound: pd.DataFrame, firsts: Collection[int], today: Today) -> Coming:
    """Stock of the days `firsts` (days from today), demand served and everything dated arrived meanwhile.

    What is late arrives tomorrow; what has no date is not counted on. Raises TableError for an order of a SKU
    at a warehouse of which `stock` knows nothing.
    """
    items = standing.items
    dated = inbound[inbound["promised_on"].notna() & inbound["sku"].isin(items["sku"])]
    ahead = (dated["promised_on"] - pd.Timestamp(today.day)).dt.days
    arrivals = dated.assign(ahead=ahead.where(ahead >= 0, 1), item=rows_of(dated, items))
    if (arrivals["item"] < 0).any():
        row = arrivals[arrivals["item"] < 0].sort_values(["reference", *WHERE]).iloc[0]
        raise TableError(
            "stock",
            f"{row['sku']} at {row['warehouse']}",
            "on_order",
            "nothing",
            f"make the stock positions with {row['reference']}: {row['quantity']} are on order there",
        )
    held = (items["available"] - items["backordered"]).clip(lower=0).to_numpy(np.float32)
    ahead_of = Coming(standing, arrivals, {})
    left, now = held[:, None], 0
    for day in sorted(firsts):
        left, now = stock_after(standing, left, now, day, ahead_of.arriving), day
        ahead_of.left[day] = left
    return ahead_of


def plan_redirects(
    lines: pd.DataFrame,
    ahead: Coming,
    warehouses: pd.DataFrame,
    lanes: pd.DataFrame,
    room: Room,
    today: Today,
) -> Redirects | None:
    """The redirects that bring most, in whole packs; None where none brings what the policy asks for.

    Each line goes to one other warehouse of the same country, for duty and papers hang on the country, and no
    more than finds room there as things stand today.
    """
    rules, items = today.policy.allocation, ahead.standing.items
    pairs = _pairs(lines, items, warehouses)
    parts = []
    for _, rows in pairs.groupby("due"):
        ways = ahead.ways(rows, rules)
        pays = np.flatnonzero(ways.of_next_unit(np.zeros(len(rows), dtype=np.int64)) > 0)
        parts.append((rows.iloc[pays], ways.take(pays)))
    if not sum(len(rows) for rows, _ in parts):
        return None
    pairs, ways = pd.concat([rows for rows, _ in parts], ignore_index=True), joined([way for _, way in parts])
    sent = best_moves(ways, lines["most"].to_numpy(np.int64), pairs["line"].to_numpy(np.int64))
    # the best of a line comes first
    sent = sent.some(~pairs["line"].iloc[sent.way].duplicated().to_numpy())
    sent = room.fitting(sent, sent.some(np.zeros(len(sent.units), dtype=np.bool_)))
    pack = pairs["order_multiple"].to_numpy(np.int64)[sent.way]
    sent = sent._replace(units=sent.units // pack * pack)
    sent = sent.some(sent.units > 0)
    gain = np.bincount(sent.given.lane, weights=sent.given.gain(sent.units), minlength=len(pairs))
    sent = sent.some((gain - rules.redirect_cost_per_order >= rules.transfer_min_gain)[sent.given.lane])
    if not len(sent.units):
        return None
    chosen = pairs.iloc[sent.way].reset_index(drop=True)
    chosen = chosen.assign(assumed=items["assumed"].to_numpy()[chosen["target"]])
    between = ["from_warehouse", "to_warehouse"]
    chosen = chosen.merge(
        lanes[[*between, "days", "cost_per_unit", "cost_per_move"]],
        on=between,
        how="left",
        validate="many_to_one",
    )
    by_lane = np.flatnonzero(chosen["days"].notna())
    later = np.full(sent.given.lacking.shape, np.nan)
    later[by_lane] = ahead.moved_later(
        sent.given.take(by_lane), sent.units[by_lane], chosen.iloc[by_lane], rules
    )
    trips = chosen.drop_duplicates("trip").set_index("trip").sort_index()
    return Redirects(sent, chosen, trips, later)


def _pairs(lines: pd.DataFrame, items: pd.DataFrame, warehouses: pd.DataFrame) -> pd.DataFrame:
    """Every line with every other warehouse that it may go to: `line`, `trip`, `origin` and `target`."""
    country = warehouses.set_index("warehouse")["country"]
    ends = items[WHERE].assign(target=np.arange(len(items))).rename(columns={"warehouse": "to_warehouse"})
    rows = lines.assign(line=np.arange(len(lines)), origin=rows_of(lines, items))
    pairs = rows.rename(columns={"warehouse": "from_warehouse"}).merge(
        ends, on="sku", how="inner", validate="many_to_many"
    )
    same = pairs["from_warehouse"].map(country) == pairs["to_warehouse"].map(country)
    pairs = pairs[same & (pairs["from_warehouse"] != pairs["to_warehouse"]) & (pairs["most"] > 0)]
    pairs = pairs.sort_values(["due", "line", "target"], ignore_index=True)
    return pairs.assign(trip=pairs.groupby(TRIP, sort=True).ngroup())


def _arriving(arrivals: pd.DataFrame, day: int, size: int) -> Paths:
    """Units that arrive on a day, shape (items, 1)."""
    now = arrivals[arrivals["ahead"] == day]
    units = np.zeros((size, 1), dtype=np.float32)
    np.add.at(units[:, 0], now["item"].to_numpy(np.int64), now["quantity"].to_numpy(np.float32))
    return units
