"""Lead times as samples: what a supplier promised, corrected by what its deliveries took."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import gamma

from workbench.errors import TableError

Days = NDArray[np.int64]
DELIVERY = ["supplier", "purchase_order_id", "warehouse", "ordered_on", "received_on"]


def deliveries(receipts: pd.DataFrame, *, newest: int) -> pd.DataFrame:
    """The newest deliveries of every supplier with their `lead_time`, in days; the lines of one are one.

    Raises TableError for a delivery received before it was ordered.
    """
    one_a_delivery = receipts[DELIVERY].drop_duplicates().sort_values([*DELIVERY])
    lead_time = (one_a_delivery["received_on"] - one_a_delivery["ordered_on"]).dt.days
    wrong = one_a_delivery[lead_time < 0]
    if len(wrong):
        row = f"purchase order {wrong['purchase_order_id'].iloc[0]}"
        found = wrong["received_on"].iloc[0].date().isoformat()
        raise TableError("receipts", row, "received_on", found, "give a day on or after ordered_on")
    dated = one_a_delivery.assign(lead_time=lead_time).sort_values("received_on", kind="stable")
    return dated.groupby("supplier").tail(newest)


def lead_time_paths(
    delivered: pd.DataFrame,
    suppliers: pd.DataFrame,
    *,
    paths: int,
    weight: float,
    country_weight: float,
    spread: float,
    seed: int,
) -> Days:
    """Sampled lead times in whole days, shape (suppliers, paths), in the order of `suppliers`.

    A mixture: every delivery of the supplier counts once, what is known without them `weight` times; without
    any delivery that stands alone. It is a mixture itself: the promised lead time (a gamma distribution
    around it, `spread` its coefficient of variation) counts `country_weight` times, and every delivery of
    another supplier of its country once, as the ratio of its lead time to that supplier's promise. These are
    the predictive distributions of two Dirichlet processes, the base of the first drawn from the second
    (Teh, Jordan, Beal & Blei 2006; Ferguson 1973).
    Promised 10 days, weight 1, no spread, one delivery after 14: half the paths say 10, half 14.

    >>> delivered = pd.DataFrame({"supplier": ["S"], "lead_time": [14]})
    >>> suppliers = pd.DataFrame({"supplier": ["S"], "country": ["CN"], "lead_time_days": [10.0]})
    >>> draws = lead_time_paths(
    ...     delivered, suppliers, paths=4, weight=1, country_weight=1, spread=0, seed=0
    ... )
    >>> sorted(draws[0].tolist())
    [10, 10, 14, 14]
    """
    observed = {name: rows.to_numpy(float) for name, rows in delivered.groupby("supplier")["lead_time"]}
    ratios = _ratios(observed, suppliers)
    middle = (np.arange(paths) + 0.5) / paths
    draws = np.zeros((len(suppliers), paths), dtype=np.int64)
    columns = suppliers[["supplier", "country", "lead_time_days"]].itertuples(index=False, name=None)
    for position, (name, country, promised) in enumerate(columns):
        others = [seen for other, seen in ratios.get(country, {}).items() if other != name]
        base = _around(promised, spread, middle)
        if others:
            base = _mixture(promised * np.concatenate(others), base, country_weight, middle)
        seen = observed.get(name, np.zeros(0))
        quantiles = _mixture(seen, base, weight if len(seen) else 1.0, middle)
        # a stream of its own, so that one supplier more leaves the others' worlds as they are
        random = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
        draws[position] = random.permutation(np.rint(quantiles).astype(np.int64))
    return draws


def independent(draws: Days, names: Collection[str], *, seed: int) -> Days:
    """The `draws` (rows, paths) of other deliveries: each row in an order that depends on its name alone.

    Lead times of one supplier are exchangeable, not the same: in a world in which today's order is late, the
    one before it and the one after it need not be. Rows of one name stay together.
    """
    orders = {name: np.random.default_rng([seed, zlib.crc32(name.encode())]) for name in set(names)}
    shuffled = {name: random.permutation(draws.shape[1]) for name, random in orders.items()}
    rows = [draws[row, shuffled[name]] for row, name in enumerate(names)]
    return np.array(rows, dtype=np.int64).reshape(draws.shape)


def next_arrivals(draws: Days, review: Days, names: Collection[str], *, seed: int) -> Days:
    """Days until the first order placed after today arrives, shape (suppliers, paths).

    Orders go out every `review` days (suppliers,), each with a lead time of its own from `draws` (suppliers,
    paths): one placed later may overtake. From its arrival until that day an order of today is the last one
    placed of all that have arrived; so every day has one order to answer for it.

    >>> next_arrivals(np.array([[10, 10]]), np.array([7]), ["S"], seed=0).tolist()
    [[17, 17]]
    """
    first = np.empty_like(draws)
    for row, (name, days, between) in enumerate(zip(names, draws, review.tolist(), strict=True)):
        orders = np.arange(1, 2 + np.ptp(days) // between)  # those after can overtake none of these
        random = np.random.default_rng([seed, zlib.crc32(f"{name}, later orders".encode())])
        later = random.permuted(np.tile(days, (len(orders), 1)), axis=1)
        first[row] = (orders[:, None] * between + later).min(axis=0)
    return first


def _ratios(
    observed: dict[Any, NDArray[np.float64]], suppliers: pd.DataFrame
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Lead times as multiples of the promise, by country and supplier; a promise below a day has none."""
    ratios: dict[str, dict[str, NDArray[np.float64]]] = {}
    columns = suppliers[["supplier", "country", "lead_time_days"]].itertuples(index=False, name=None)
    for name, country, promised in columns:
        if name in observed and promised >= 1:
            ratios.setdefault(country, {})[name] = observed[name] / promised
    return ratios


def days_to_arrival(draws: Days, waited: Days) -> Days:
    """Days until an order arrives that has waited `waited` days, shape (orders, paths), from today.

    `draws` holds the supplier's lead times for every order. What took less time than has passed is ruled out
    and the path takes its place among the rest; an order older than every draw is taken to need a lead time
    anew. After 10 days, draws of 8, 12 and 14 leave 2 or 4 days to go:

    >>> days_to_arrival(np.array([[8, 12, 14]]), np.array([10])).tolist()
    [[2, 2, 4]]
    """
    paths = draws.shape[1]
    rank = np.argsort(np.argsort(draws, axis=1, kind="stable"), axis=1)
    ruled_out = (draws < waited[:, None]).sum(axis=1)[:, None]
    left = np.maximum(paths - ruled_out, 1)
    place = np.minimum(ruled_out + rank * left // paths, paths - 1)
    remaining = np.take_along_axis(np.sort(draws, axis=1), place, axis=1) - waited[:, None]
    return np.where(ruled_out == paths, draws, remaining)


def _around(promised: float, spread: float, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    if promised <= 0 or spread <= 0:
        return np.full(len(probability), promised)
    shape = 1 / spread**2
    return np.asarray(gamma.ppf(probability, shape, scale=promised / shape), dtype=np.float64)


def _mixture(
    seen: NDArray[np.float64], base: NDArray[np.float64], weight: float, probability: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of observations of weight 1 and a base distribution of weight `weight`."""
    values = np.concatenate([seen, base])
    weights = np.concatenate([np.ones(len(seen)), np.full(len(base), weight / len(base))])
    order = np.argsort(values, kind="stable")
    # rounded, so that a step of the distribution falls where it would on paper
    below = np.round(np.cumsum(weights[order]) / weights.sum(), 12)
    return values[order][np.minimum(np.searchsorted(below, probability), len(values) - 1)]
