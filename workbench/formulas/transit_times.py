"""Days from hand-over to delivery, as chances by day, learnt from parcels that arrived or are on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SERVICE = ["carrier", "service"]
LANE = [*SERVICE, "zone"]


class TransitTimes(NamedTuple):
    """`pmf`: (rows, horizon), chance of delivery after 0, 1, … days, the last column that many or more.
    `weight`: (rows,), parcels that it rests on, the prior's included."""

    pmf: Floats
    weight: Floats


def transit_times(
    parcels: pd.DataFrame,
    services: pd.DataFrame,
    lanes: pd.DataFrame,
    *,
    promise_weight: float,
    service_weight: float,
    horizon: int,
) -> TransitTimes:
    """Transit times of `lanes` (carrier, service, zone), in their order.

    `parcels`: carrier, service, zone, days (whole, from 0) and delivered (False: still on its way after so
    many days). `services`: carrier, service, days and on_time_rate as promised; it knows every service.
    A lane is shrunk to its service as if that were `service_weight` parcels, a service to its promise as if
    that were `promise_weight`: the posterior mean of a beta-Stacy process, which is a Dirichlet's where every
    parcel has arrived (Walker & Muliere, Beta-Stacy processes, Annals of Statistics 25, 1997, theorem 4).

    Raises ValueError when a lane's service is not among the services.

    One parcel in 2 days, believed like the promise of 1 day in 4 of 5: (0, 0.8 / 2, (0.16 + 1) / 2, …).

    >>> parcel = {"carrier": "C", "service": "S", "zone": "near", "days": 2, "delivered": True}
    >>> promise = {"carrier": "C", "service": "S", "days": 1, "on_time_rate": 0.8}
    >>> tables = pd.DataFrame([parcel]), pd.DataFrame([promise]), pd.DataFrame([parcel])[LANE]
    >>> found = transit_times(*tables, promise_weight=1, service_weight=0, horizon=5)
    >>> found.pmf.round(3).tolist()
    [[0.0, 0.0, 1.0, 0.0, 0.0]]
    >>> found = transit_times(*tables, promise_weight=1, service_weight=1e9, horizon=5)
    >>> found.pmf.round(3).tolist(), found.weight.round().tolist()
    ([[0.0, 0.4, 0.58, 0.016, 0.004]], [3.0])
    """
    card = services.reset_index(drop=True)
    of_lane = _rows_of(card, lanes, SERVICE)
    if (of_lane < 0).any():
        strange = lanes.iloc[int(np.argmin(of_lane))]
        raise ValueError(f"{strange['carrier']} {strange['service']} is none of the services")
    promise = promised_times(card["days"].to_numpy(), card["on_time_rate"].to_numpy(), horizon)
    by_service = _counts(parcels, card, SERVICE, horizon)
    service = _posterior(promise, promise_weight, *by_service)
    arrived, waiting = _counts(parcels, lanes, LANE, horizon)
    pmf = _posterior(service[of_lane], service_weight, arrived, waiting)
    above = promise_weight + sum(part.sum(axis=1) for part in by_service)[of_lane]
    weight = arrived.sum(axis=1) + waiting.sum(axis=1) + np.minimum(above, service_weight)
    return TransitTimes(pmf, weight)


def promised_times(days: Ints, on_time_rate: Floats, horizon: int) -> Floats:
    """What a promise says, (services, horizon): on its day with the on-time rate, else a geometric delay.

    >>> promised_times(np.array([1]), np.array([0.8]), 4).round(3).tolist()
    [[0.0, 0.8, 0.16, 0.04]]
    """
    late = np.arange(horizon) - days[:, None]
    missed = 1.0 - on_time_rate[:, None]
    pmf = np.where(late >= 0, on_time_rate[:, None] * missed ** np.maximum(late, 0), 0.0)
    pmf[:, -1] = 1.0 - pmf[:, :-1].sum(axis=1)
    return np.maximum(pmf, 0.0)


def _posterior(prior: Floats, weight: float, arrived: Floats, waiting: Floats) -> Floats:
    """Posterior mean of every row; chance of arrival on a day = (w f + arrived) / (w F̄ + those on their way).

    A row without any parcel, or with no weight on its prior where none has gone so far, is its prior.
    """
    still = np.cumsum(prior[:, ::-1], axis=1)[:, ::-1]
    on_way = np.cumsum((arrived + waiting)[:, ::-1], axis=1)[:, ::-1]
    there = weight * still + on_way
    own = np.divide(prior, still, out=np.ones_like(prior), where=still > 0)
    hazard = np.divide(weight * prior + arrived, there, out=own, where=there > 0)
    hazard[:, -1] = 1.0
    before = np.cumprod(1.0 - hazard, axis=1)
    return hazard * np.hstack([np.ones((len(prior), 1)), before[:, :-1]])


def _counts(
    parcels: pd.DataFrame, groups: pd.DataFrame, key: list[str], horizon: int
) -> tuple[Floats, Floats]:
    """Parcels by group and days: those that arrived, and those that are still on their way."""
    row = _rows_of(groups, parcels, key)
    day = np.minimum(parcels["days"].to_numpy(dtype=np.int64), horizon - 1)
    arrived = parcels["delivered"].to_numpy(dtype=np.bool_)
    counted = [np.zeros((len(groups), horizon)), np.zeros((len(groups), horizon))]
    for counts, which in zip(counted, (arrived, ~arrived), strict=True):
        np.add.at(counts, (row[which & (row >= 0)], day[which & (row >= 0)]), 1.0)
    return counted[0], counted[1]


def _rows_of(known: pd.DataFrame, asked: pd.DataFrame, key: list[str]) -> Ints:
    """The row of `known` with each key that is asked for, -1 where there is none."""
    rows: Ints = pd.MultiIndex.from_frame(known[key]).get_indexer(pd.MultiIndex.from_frame(asked[key]))
    return rows.astype(np.int64)
