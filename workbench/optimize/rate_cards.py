"""What carriers charge for a parcel: zone and weight band of their cards, dimensional weight, surcharges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.optimize.batch import Floats, Ints

CARD = ["carrier", "service", "zone"]


@dataclass(frozen=True)
class Charges:
    """Charge by way and weight: `edges` (bands,), whole grams, ascending; `charge` (ways, bands), money from
    that edge to the next, nan where no band of the card holds it; `dimensional` (ways,), kg per m³."""

    edges: Ints
    charge: Floats
    dimensional: Floats

    def of(self, way: Ints, weight_kg: Floats, volume_m3: Floats) -> Floats:
        """Charge of parcels by ways, money, shape of `way`: by the larger of weight and dimensional weight.

        0.03 m³ that weigh 4 kg are charged as 6 kg by a carrier that counts 200 kg per m³.
        """
        band = self.edges.searchsorted(
            _grams(np.maximum(weight_kg, volume_m3 * self.dimensional[way])), side="right"
        )
        charge: Floats = np.where(band > 0, self.charge[way, np.maximum(band - 1, 0)], np.nan)
        return charge


def charges(rates: pd.DataFrame, ways: pd.DataFrame) -> Charges:
    """The cards of all ways side by side.

    `rates`: carrier, service, zone, weight_from_kg (included), weight_to_kg (excluded), charge, surcharged;
    `ways`: carrier, service, zone, dimensional_kg_per_m3, surcharge_share (of the charge) and surcharge
    (money per parcel to that zone), which a charge that is surcharged already holds. Where bands overlap,
    the one that starts last counts.

    >>> rates = pd.DataFrame({"carrier": "A", "service": "S", "zone": "1", "weight_from_kg": [0.0, 1.0],
    ...     "weight_to_kg": [1.0, 5.0], "charge": [5.0, 8.0], "surcharged": False})
    >>> ways = pd.DataFrame({"carrier": ["A"], "service": "S", "zone": "1", "dimensional_kg_per_m3": 200.0,
    ...     "surcharge_share": 0.1, "surcharge": 2.0})
    >>> found = charges(rates, ways)
    >>> found.of(np.zeros(3, dtype=int), np.array([0.5, 0.5, 5.0]), np.array([0.0, 0.01, 0.0])).round(2)
    array([ 7.5, 10.8,  nan])
    """
    by_start = rates.sort_values(["weight_from_kg", "weight_to_kg"], kind="stable", ignore_index=True)
    cards = pd.MultiIndex.from_frame(by_start[CARD])
    names = cards.unique()
    low, high = (_grams(by_start[name].to_numpy()) for name in ("weight_from_kg", "weight_to_kg"))
    edges = np.unique(np.r_[0, low, high])
    first, last = np.searchsorted(edges, low), np.searchsorted(edges, high)
    length = np.maximum(last - first, 0)
    band = np.repeat(first, length) + np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    cells = np.repeat(names.get_indexer(cards), length), band
    table = np.full((len(names) + 1, len(edges)), np.nan)  # the last row: no card at all
    table[cells] = np.repeat(by_start["charge"], length)
    holds_all = np.zeros(table.shape, dtype=np.bool_)
    holds_all[cells] = np.repeat(by_start["surcharged"], length)
    own = names.get_indexer(pd.MultiIndex.from_frame(ways[CARD]))
    share, amount = (ways[name].to_numpy(dtype=np.float64) for name in ("surcharge_share", "surcharge"))
    surcharged = table[own] * (1 + share)[:, None] + amount[:, None]
    return Charges(
        edges,
        np.where(holds_all[own], table[own], surcharged),
        ways["dimensional_kg_per_m3"].to_numpy(dtype=np.float64),
    )


def _grams(weight_kg: Floats) -> Ints:
    """Whole grams, so that the dust of adding floats does not decide on a band."""
    return np.rint(weight_kg * 1000).astype(np.int64)
