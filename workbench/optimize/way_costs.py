"""What every parcel costs by every service from every warehouse: one dense array, and details on demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.transit_times import TransitTimes
from workbench.optimize.batch import Floats, Ints, Mask
from workbench.optimize.lateness import expected_days_late
from workbench.optimize.parcels import Parcels, per_parcel
from workbench.optimize.rate_cards import Charges
from workbench.policy import RoutingPolicy

Costs = NDArray[np.float32]
SERVICE = ["carrier", "service"]


@dataclass(frozen=True)
class Sent:
    """What is known of every parcel, all (parcels,): its order, region (its position), weight, volume, number
    of lines, share of its order's lines, day promised (NaT: none), and the warehouses (parcels, warehouses)
    that cover all its lines."""

    order: Ints
    region: Ints
    weight_kg: Floats
    volume_m3: Floats
    lines: Floats
    share: Floats
    promised_on: NDArray[np.datetime64]
    covered: Mask


@dataclass(frozen=True)
class WayCosts:
    """Cost of every parcel by every way.

    `cost`: (warehouses, services, parcels), money, infinite where the parcel cannot go; what is disrupted is
    not left out. `way`: (regions, warehouses, services), row of `ways`, -1 for none. `services`: carrier and
    service by position. `places`: the warehouses, by position.
    """

    cost: Costs
    way: Ints
    ways: pd.DataFrame
    services: pd.DataFrame
    places: pd.DataFrame
    sent: Sent
    charges: Charges
    transit: TransitTimes
    policy: RoutingPolicy

    @property
    def up(self) -> Mask:
        """(warehouses, services) that work now."""
        rows = self.ways
        up = np.ones((len(self.places), len(self.services)), dtype=np.bool_)
        down = rows[rows["carrier_down"] | rows["warehouse_down"]]
        service = service_positions(self.services, down)
        up[pd.Index(self.places["warehouse"]).get_indexer(down["warehouse"]), service] = False
        return up

    @property
    def warehouse_up(self) -> Mask:
        """(warehouses,) that work now."""
        down = self.ways.loc[self.ways["warehouse_down"], "warehouse"]
        return ~self.places["warehouse"].isin(down).to_numpy()

    def carriers(self, orders: int) -> dict[str, Mask]:
        """By carrier: the orders, (orders,), that it has a priced way for."""
        serves: dict[str, Mask] = {}
        for carrier, services in self.services.groupby("carrier"):
            up = np.zeros(self.cost.shape[:2], dtype=np.bool_)
            up[:, services.index] = True
            served = np.zeros(orders, dtype=np.bool_)
            served[self.sent.order[self.can_go(up)]] = True
            serves[str(carrier)] = served
        return serves

    def reached(self) -> Mask:
        """Parcels, (parcels,), that some service takes from a warehouse that covers them, priced or not."""
        serves = np.logical_or.reduce(self.way >= 0, axis=2)
        known = self.sent.region >= 0
        reached = np.zeros(len(known), dtype=np.bool_)
        reached[known] = np.logical_or.reduce(
            serves[self.sent.region[known]] & self.sent.covered[known], axis=1
        )
        return reached

    def can_go(self, up: Mask) -> Mask:
        """Parcels, (parcels,), that have a price by one of the ways (warehouses, services) that are `up`."""
        can = np.zeros(self.cost.shape[2], dtype=np.bool_)
        for place, service in np.argwhere(up):
            can |= np.isfinite(self.cost[place, service])
        return can

    def least(self, of_way: Floats, orders: int) -> Floats:
        """Least value of an order's priced ways, (orders,), infinite where it has none; `of_way`: (ways,)."""
        best = np.full(self.cost.shape[2], np.inf)
        for place, service in np.ndindex(*self.cost.shape[:2]):
            way = self.way[self.sent.region, place, service]
            priced = np.isfinite(self.cost[place, service])
            np.minimum(best, np.where(priced, of_way[way], np.inf), out=best)
        least = np.full(orders, np.inf)
        np.minimum.at(least, self.sent.order, best)
        return least

    def details(self, parcel: Ints, place: Ints, service: Ints) -> pd.DataFrame:
        """Rows of the ways that these parcels take, with what each costs and why.

        Beside the columns of `ways`: parcel, order, place, way, service_code, weight_kg, share, handling,
        freight, co2e_kg, days_late (expected), allowed (days from hand-over to the promise, infinite without
        one) and cost.
        """
        way = self.way[self.sent.region[parcel], place, service]
        rows = self.ways.iloc[way].reset_index(drop=True)
        parts = _priced(self, parcel, place, way)
        about = {"parcel": parcel, "order": self.sent.order[parcel], "place": place, "way": way}
        sent = {"weight_kg": self.sent.weight_kg[parcel], "share": self.sent.share[parcel]}
        return rows.assign(**about, service_code=service, **sent, **parts)


def sent_parcels(
    found: Parcels,
    lines: pd.DataFrame,
    orders: pd.DataFrame,
    regions: list[str],
    covered: Mask,
) -> Sent:
    """`lines`: order (from 0), weight_kg, volume_m3; `orders`: region, promised_on, lines; `covered`: (lines,
    warehouses)."""
    count = per_parcel(found, np.ones(len(lines)))
    return Sent(
        order=found.order,
        region=pd.Index(regions).get_indexer(pd.Index(orders["region"]))[found.order].astype(np.int64),
        weight_kg=per_parcel(found, lines["weight_kg"].to_numpy()),
        volume_m3=per_parcel(found, lines["volume_m3"].to_numpy()),
        lines=count,
        share=count / orders["lines"].to_numpy()[found.order],
        promised_on=orders["promised_on"].to_numpy(dtype="datetime64[D]")[found.order],
        covered=per_parcel(found, (~covered).astype(np.float64)) == 0,
    )


def way_costs(
    sent: Sent,
    ways: pd.DataFrame,
    regions: list[str],
    places: pd.DataFrame,
    charged: Charges,
    transit: TransitTimes,
    policy: RoutingPolicy,
) -> WayCosts:
    """Cost of every parcel by every way: freight + handling + CO2 equivalent + expected lateness.

    An order's lateness is borne by its lines, so that one whose two parcels are both late pays once.
    """
    services = ways[SERVICE].drop_duplicates().sort_values(SERVICE, ignore_index=True)
    way = np.full((len(regions), len(places), len(services)), -1, dtype=np.int64)
    at = pd.Index(places["warehouse"]).get_indexer(pd.Index(ways["warehouse"]))
    region = pd.Index(regions).get_indexer(pd.Index(ways["region"]))
    row = np.flatnonzero((at >= 0) & (region >= 0))
    way[region[row], at[row], service_positions(services, ways)[row]] = row
    cost = np.full((len(places), len(services), len(sent.order)), np.inf, dtype=np.float32)
    found = WayCosts(cost, way, ways, services, places, sent, charged, transit, policy)
    for place, service in np.ndindex(*cost.shape[:2]):
        parcel = np.flatnonzero(sent.covered[:, place] & (sent.region >= 0))
        its_way = way[sent.region[parcel], place, service]
        parcel, its_way = parcel[its_way >= 0], its_way[its_way >= 0]
        priced = _priced(found, parcel, np.full(len(parcel), place), its_way)["cost"]
        cost[place, service, parcel] = np.where(np.isfinite(priced), priced, np.inf)
    return found


def repriced(costs: WayCosts, policy: RoutingPolicy) -> WayCosts:
    """The same parcels and ways as another policy weighs them."""
    regions = sorted(costs.ways["region"].unique())
    return way_costs(costs.sent, costs.ways, regions, costs.places, costs.charges, costs.transit, policy)


def service_positions(services: pd.DataFrame, rows: pd.DataFrame) -> Ints:
    """Position of each row's carrier and service."""
    known = pd.MultiIndex.from_frame(services[SERVICE])
    positions: Ints = known.get_indexer(pd.MultiIndex.from_frame(rows[SERVICE])).astype(np.int64)
    return positions


def _priced(costs: WayCosts, parcel: Ints, place: Ints, way: Ints) -> dict[str, Floats]:
    """What parcels cost by their ways, in parts."""
    sent, ways, policy = costs.sent, costs.ways, costs.policy
    freight = costs.charges.of(way, sent.weight_kg[parcel], sent.volume_m3[parcel])
    handling = sent.lines[parcel] * costs.places["handling_cost"].to_numpy()[place]
    each, mass = (ways[name].to_numpy(dtype=np.float64)[way] for name in ("co2e_per_parcel", "co2e_per_kg"))
    co2e_kg = each + mass * sent.weight_kg[parcel]
    promised = sent.promised_on[parcel]
    handed_over = ways["hand_over"].to_numpy(dtype="datetime64[D]")[way]
    allowed = np.where(np.isnat(promised), np.inf, (promised - handed_over).astype(np.float64))
    days_late = expected_days_late(costs.transit.pmf, way, allowed)
    outlay = freight + handling + co2e_kg * policy.co2e_price
    late_cost = sent.share[parcel] * policy.lateness_cost_per_day
    return {
        "freight": freight,
        "handling": handling,
        "co2e_kg": co2e_kg,
        "allowed": allowed,
        "days_late": days_late,
        "outlay": outlay,
        "late_cost": late_cost,
        "cost": outlay + days_late * late_cost,
    }
