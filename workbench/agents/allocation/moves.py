"""Which units move between warehouses: the best moves inside the guardrail, and what goes beyond it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.elsewhere import Service, service_from
from workbench.agents.allocation.standing import Index, Money, Paths, Standing
from workbench.agents.allocation.verdict import Today
from workbench.errors import TableError
from workbench.optimize.transfers import Sent, Ways, best_moves, sums, within_capacity, within_room
from workbench.policy import AllocationPolicy

Units = NDArray[np.int64]
LIMITS = ["units_per_day", "m3_per_day"]  # of a lane; blank: none
TINY = 1e-3  # units; less is a rounding of float32 sums


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
    origin, target, days = (pairs[name].to_numpy(np.int64) for name in ("origin", "target", "days"))
    items, value, cover = standing.items, standing.value, rules.cover_days
    start = (items["available"] + items["in_transfer"] - items["backordered"]).clip(lower=0)
    due = came["due"].to_numpy(np.int64)
    since = {*np.minimum(days, cover).tolist(), *np.minimum(due, cover).tolist()}
    services = service_from(standing, start.to_numpy(np.float32)[:, None], 0, cover, since)
    met = _met(services, origin, target, np.minimum(days, cover))
    if len(came):
        joins, units = (came[name].to_numpy(np.int64) for name in ("target", "units"))
        late = _met(services, joins, joins, np.minimum(due, cover))
        sold = np.minimum(units[:, None].astype(np.float32), late["lacking"])
        spared = np.minimum(units[:, None].astype(np.float32) - sold, late["elsewhere"])
        elsewhere = np.maximum(met["elsewhere"] - sums(spared, joins, target), 0)
        met |= {
            "lacking": np.maximum(met["lacking"] - sums(sold, joins, target), 0),
            "elsewhere": elsewhere,
            "here": np.minimum(met["here"], elsewhere),
        }
    return Ways(
        sku=np.asarray(pairs["sku"].factorize(sort=True)[0], dtype=np.int64),
        origin=origin,
        target=target,
        lane=pairs["lane"].to_numpy(np.int64),
        spare=services[0].left[origin],
        **met,
        lost=services[0].worth(value)[origin],
        won=value[target],
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


def _met(services: dict[int, Service], origin: Index, target: Index, days: Index) -> dict[str, Paths]:
    """`met_by` of every way from the day on which its units arrive."""
    found: dict[str, Paths] = {}
    for day in np.unique(days).tolist():
        rows = np.flatnonzero(days == day)
        for name, values in met_by(services[day], origin[rows], target[rows]).items():
            found.setdefault(name, np.zeros((len(days), values.shape[1]), dtype=np.float32))[rows] = values
    return found or met_by(services[0], origin, target)


def met_by(service: Service, origin: Index, target: Index) -> dict[str, Paths]:
    """What units that join the `target` (ways,) meet of its demand: the fields of `Ways` by path."""
    here, paid_here = service.between(origin, target)
    elsewhere, paid = service.elsewhere(target)
    here = np.minimum(here, elsewhere)  # sums differ in the last bit
    return {
        "lacking": service.lost[target],
        "elsewhere": elsewhere,
        "here": here,
        "detour_here": _each(paid_here, here),
        "detour": _each(paid - paid_here, elsewhere - here),
    }


def _each(paid: Paths, units: Paths) -> Paths:
    """Money per unit; nothing where there are none."""
    each: Paths = np.divide(np.maximum(paid, 0), units, out=np.zeros_like(paid), where=units > TINY)
    return each
