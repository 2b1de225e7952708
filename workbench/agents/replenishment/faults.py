"""Offers and budgets that cannot be right: each named with its row and remedy; what rests on them waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from workbench.errors import TableError

OFFER = ["supplier", "sku", "warehouse"]


@dataclass(frozen=True)
class Faults:
    """What is wrong with the day's input, in sentences: by SKU, and with what every order rests on."""

    of_sku: Mapping[str, list[str]] = field(default_factory=dict)
    of_all: list[str] = field(default_factory=list)

    def behind(self, skus: list[str]) -> list[str]:
        """The faults behind an order of these SKUs, each once."""
        own = [sentence for sku in skus for sentence in self.of_sku.get(sku, [])]
        return list(dict.fromkeys([*self.of_all, *own]))


def sound_input(
    landed_offers: pd.DataFrame, cash: pd.DataFrame, day: date
) -> tuple[pd.DataFrame, pd.DataFrame, Faults]:
    """The offers and budgets that can be reckoned with, and what is wrong with the others.

    An offer without a cost is left out; a minimum or multiple below 1 counts as 1; a price that rises with
    the quantity counts as it stands. A budget below 0 is left out, and every order waits: nobody knows what
    may be spent.
    """
    told: dict[str, list[str]] = {}
    for sku, sentence in _offer_faults(landed_offers.sort_values([*OFFER, "tier_from"])):
        told.setdefault(sku, []).append(sentence)
    offers = landed_offers[landed_offers["landed_cost"].notna()]
    least = {name: offers[name].clip(lower=1) for name in ("minimum_order_quantity", "order_multiple")}
    # a day without a budget is no fault of a day that is over
    known = cash[cash["date"] <= pd.Timestamp(day)]
    last = known[known["date"] == known["date"].max()]
    wrong = last.loc[~(last["budget"] >= 0), "budget"]
    return (
        offers.assign(**least),
        cash[cash["budget"] >= 0],
        Faults(told, [_budget_fault(last["date"].max(), found) for found in wrong.tolist()]),
    )


def _offer_faults(offers: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """SKU and sentence of every fault, by supplier: the warehouses of one offer have it in common."""
    before = offers.groupby(OFFER)["unit_cost_base"].cummin()
    checks = (
        ("unit_cost", offers["landed_cost"].isna(), "give what it asks; until then nothing is bought there"),
        ("minimum_order_quantity", offers["minimum_order_quantity"] < 1, "give 1 or more"),
        ("order_multiple", offers["order_multiple"] < 1, "give 1 or more"),
        (
            "unit_cost",
            offers["unit_cost_base"] > before,
            "ask what holds: from this quantity on a unit costs more than below it",
        ),
    )
    for column, holds, remedy in checks:
        for row in offers[holds].drop_duplicates(["supplier", "sku", "tier_from"]).to_dict("records"):
            where = f"supplier {row['supplier']}, SKU {row['sku']}, tier_from {row['tier_from']}"
            found = "nothing" if pd.isna(row[column]) else row[column]
            yield str(row["sku"]), _sentence(TableError("offers", where, column, found, remedy))


def _budget_fault(when: pd.Timestamp, found: float) -> str:
    remedy = "give 0 or more, or take the row out"
    return _sentence(TableError("cash", f"date {when.date()}", "budget", found, remedy))


def _sentence(error: TableError) -> str:
    told = str(error)
    return told[0].upper() + told[1:].rstrip(".") + "."
