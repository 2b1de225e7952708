"""Which units move between warehouses: the best moves inside the guardrail, and what goes beyond it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.elsewhere import Service, service_until
from workbench.agents.allocation.standing import Index, Money, Paths, Standing
from workbench.agents.allocation.verdict import Today
from workbench.errors import TableError
from workbench.optimize.transfers import Sent, Ways, best_moves, sums, within_capacity, within_room
from workbench.policy import AllocationPolicy

Units = NDArray[np.int64]
LIMITS = ["units_per_day", "m3_per_day"]  # of a lane; blank: none


@dataclass(frozen=True)
class Plan:
    """What moves on `lanes` between `items`: `inside` the guardrail, and `beyond` it on top of that."""

    inside: Sent
    beyond: Sent
    lanes: pd.DataFrame
    items: pd.DataFrame

    @property
    def touched(self) -> Index:
        """Items that units leave."""
        return np.union1d(self.inside.given.origin, self.beyond.given.origin)

    def sent_by_item(self) -> Units:
        """Units that leave each item inside the guardrail."""
        size = len(self.items)
        return np.bincount(self.inside.given.origin, weights=self.inside.units, minlength=size).astype(
            np.int64
        )

    def share(self, sent: Sent) -> Money:
        """Share of each origin's buffer that leaves once `sent` has gone on top of what moves inside."""
        more = np.bincount(sent.given.origin, weights=sent.units, minlength=len(self.items))
        share = (self.sent_by_item() + more) / np.maximum(self.items["available"].to_numpy(float), 1)
        of_way: Money = share[sent.given.origin]
        return of_way


@dataclass(frozen=True)
class Room:
    """Room at the warehouses: `volume` (items,) m³ a unit, `place` (items,) of each, `free` (places,) m³."""

    volume: Money
    place: Index
    free: Money

    def fitting(self, sent: Sent, before: Sent) -> Sent:
        """What finds room beside what was sent before."""
        at = before.given.target
        used = np.bincount(self.place[at], weights=before.units * self.volume[at], minlength=len(self.free))
        to = sent.given.target
        return within_room(sent, self.volume[to], self.place[to], np.maximum(self.free - used, 0.0))

    def less(self, came: pd.DataFrame) -> Room:
        """The room once `units` have come to the items `target`."""
        at, units = (came[name].to_numpy(np.int64) for name in ("target", "units"))
        used = np.bincount(self.place[at], weights=units * self.volume[at], minlength=len(self.free))
        return replace(self, free=np.maximum(self.free - used, 0.0))


def room_at(
    items: pd.DataFrame, stock: pd.DataFrame, products: pd.DataFrame, warehouses: pd.DataFrame
) -> Room:
    """Free room: capacity less what is there and in transfer; a warehouse without a capacity has any room.

    What is on order comes over weeks, in which stock sells, and is not counted.
    Raises TableError for a SKU in stock that `products` does not know.
    """
    volumes = products.set_index("sku")["volume_m3"]
    unknown = sorted(set(items["sku"]) - set(volumes.index))
    if unknown:
        raise TableError(
            "products", f"SKU {unknown[0]}", "volume_m3", "nothing", "add the product with its volume"
        )
    held = stock["on_hand"] + stock["in_transfer"]
    used = (held * stock["sku"].map(volumes)).groupby(stock["warehouse"]).sum()
    names = pd.Index(sorted(set(items["warehouse"])))
    capacity = warehouses.set_index("warehouse")["capacity_m3"].astype("float64").reindex(names)
    free = (capacity - used.reindex(names, fill_value=0.0)).clip(lower=0).fillna(np.inf)
    return Room(
        items["sku"].map(volumes).to_numpy(np.float64),
        names.get_indexer(pd.Index(items["warehouse"])).astype(np.int64),
        free.to_numpy(np.float64),
    )


def plan_moves(
    standing: Standing, lanes: pd.DataFrame, fenced: Units, room: Room, came: pd.DataFrame, today: Today
) -> Plan:
    """The moves that bring most: first inside the guardrail, then what a person may allow on top.

    No more moves than the lanes carry and the warehouses have room for. `fenced` (items,) units belong to
    channels and stay. What is backordered anywhere is left for routing to ship: it is nobody's excess. `came`
    are inbound units redirected before (`origin`, `target`, `due` in days, `units`): what they meet is not
    met again, and where they go to no unit of the SKU leaves.
    """
    lanes = lanes.sort_values(["from_warehouse", "to_warehouse"], ignore_index=True)
    items, rules = standing.items, today.policy.allocation
    ways = _ways(standing, lanes, came, rules)
    owed = items.groupby("sku")["backordered"].transform("sum").to_numpy(np.int64)
    available = items["available"].to_numpy(np.int64)
    free = np.maximum(available - fenced - owed, 0)
    limit = today.policy.authority.buffer_share_limit
    capacity, m3 = (lanes[name].fillna(np.inf).to_numpy(np.float64) for name in LIMITS)
    fixed = lanes["cost_per_move"].to_numpy(np.float64)

    most = np.floor(limit * available + 1e-9).astype(np.int64)
    inside = within_capacity(best_moves(ways, np.minimum(free, most)), capacity, m3, room.volume)
    inside = room.fitting(inside, inside.some(np.zeros(len(inside.units), dtype=np.bool_)))
    gain = np.bincount(inside.given.lane, weights=inside.given.gain(inside.units), minlength=len(lanes))
    inside = inside.some((gain - fixed >= rules.transfer_min_gain)[inside.given.lane])

    sent = np.zeros(len(ways.sku), dtype=np.int64)
    sent[inside.way] = inside.units
    plan = Plan(inside, inside, lanes, items)
    ways = ways.after(sent).take(np.flatnonzero(ways.still_open(sent)))
    further = best_moves(ways, free - plan.sent_by_item())
    used = np.bincount(inside.given.lane, weights=inside.units, minlength=len(lanes))
    loaded = inside.units * room.volume[inside.given.origin]
    left = np.maximum(m3 - np.bincount(inside.given.lane, weights=loaded, minlength=len(lanes)), 0.0)
    further = room.fitting(within_capacity(further, capacity - used, left, room.volume), inside)
    extra = np.where(used > 0, 0.0, fixed)[further.given.lane]
    worth = further.given.gain(further.units) - extra >= rules.attention_min_gain
    return Plan(inside, further.some(worth & (plan.share(further) > limit)), lanes, items)


def _ways(standing: Standing, lanes: pd.DataFrame, came: pd.DataFrame, rules: AllocationPolicy) -> Ways:
    """Every SKU on every lane where the first unit pays: spare at one end, lacking at the other."""
    pairs = _pairs(standing.items, lanes[lanes["days"] < rules.cover_days])
    pairs = pairs[~pairs["origin"].isin(came["target"])]
    ways = ways_of(pairs, standing, came, rules)
    return ways.take(np.flatnonzero(ways.of_next_unit(np.zeros(len(pairs), dtype=np.int64)) > 0))


def ways_of(pairs: pd.DataFrame, standing: Standing, came: pd.DataFrame, rules: AllocationPolicy) -> Ways:
    """What a move meets by SKU and lane; `pairs`: sku, lane, days, cost_per_unit, and the items it leaves and
    joins, `origin` and `target`. `came`: units redirected before, as in `plan_moves`."""
    origin, target = (pairs[name].to_numpy(np.int64) for name in ("origin", "target"))
    items, value = standing.items, standing.unit_value
    start = (items["available"] + items["in_transfer"] - items["backordered"]).clip(lower=0)
    there = start.to_numpy(np.float32)[:, None]
    service = service_until(standing, there, rules.cover_days)
    lacking, elsewhere, here = _lacking(
        standing, service, there, origin, target, pairs["days"].to_numpy(np.int64)
    )
    if len(came):
        joins, due, units = (came[name].to_numpy(np.int64) for name in ("target", "due", "units"))
        late, around, _ = _lacking(standing, service, there, joins, joins, np.minimum(due, rules.cover_days))
        met = np.minimum(units[:, None].astype(np.float32), late)
        spared = np.minimum(units[:, None].astype(np.float32) - met, around)
        lacking = np.maximum(lacking - sums(met, joins, target), 0)
        elsewhere = np.maximum(elsewhere - sums(spared, joins, target), 0)
        here = np.minimum(here, elsewhere)
    return Ways(
        sku=np.asarray(pairs["sku"].factorize(sort=True)[0], dtype=np.int64),
        origin=origin,
        target=target,
        lane=pairs["lane"].to_numpy(np.int64),
        spare=service.left[origin],
        lacking=lacking,
        elsewhere=elsewhere,
        here=here,
        lost=service.worth(value)[origin],
        won=value[target],
        # nobody serves from elsewhere what costs more than it brings
        detour=np.minimum(service.detour(rules.overflow_cost), value)[target],
        cost=pairs["cost_per_unit"].to_numpy(np.float64),
    )


def _pairs(items: pd.DataFrame, lanes: pd.DataFrame) -> pd.DataFrame:
    """The lanes of every SKU that has units to send, with `origin` and `target`, rows of the items."""
    ends = items[["sku", "warehouse"]].assign(item=np.arange(len(items)))
    leaving = ends[items["available"] > 0].rename(columns={"warehouse": "from_warehouse", "item": "origin"})
    joining = ends.rename(columns={"warehouse": "to_warehouse", "item": "target"})
    pairs = lanes.assign(lane=lanes.index).merge(
        leaving, on="from_warehouse", how="inner", validate="many_to_many"
    )
    pairs = pairs.merge(joining, on=["sku", "to_warehouse"], how="inner", validate="many_to_one")
    return pairs.sort_values(["sku", "lane"], ignore_index=True)


def _lacking(
    standing: Standing, service: Service, start: Paths, origin: Index, target: Index, days: Index
) -> tuple[Paths, Paths, Paths]:
    """Of the units short over the cover days and not yet when the lane's units arrive: those that nobody
    serves, those that leave from elsewhere, and of these those that leave from the origin."""
    short = np.maximum(standing.by_item - start, 0)[target]
    lacking, here = service.lost[target], service.between(origin, target)
    for lane_days in np.unique(days[days > 0]):
        before, rows = service_until(standing, start, int(lane_days)), days == lane_days
        short[rows] -= np.maximum(standing.until(int(lane_days)) - start, 0)[target[rows]]
        lacking[rows] -= before.lost[target[rows]]
        here[rows] -= before.between(origin[rows], target[rows])
    # a stock that helped before the arrival may lack later itself: the sum holds, not each part
    lacking = np.clip(lacking, 0, short)
    return lacking, short - lacking, np.clip(here, 0, short - lacking)
