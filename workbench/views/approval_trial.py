"""Quantities tried out on an open item: what they come to, what refuses them, what they would break."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.authority.quantities import changed_lines, quantity_faults, units_moved
from workbench.errors import LedgerError
from workbench.views.approval_item import value_of, worth
from workbench.views.approval_setting import Record, Setting
from workbench.views.figures.buying import budget_of
from workbench.views.lines import standing_lines
from workbench.views.numerals import money, units
from workbench.views.order_book import Ground, book_of, ground_of, of_orders, tried
from workbench.views.order_records import live_line, sums, warnings
from workbench.views.typed import quantities, quantity


class Trial:
    """Tries quantities out on the proposals of a queue; nothing of it is kept or recorded."""

    def __init__(self, setting: Setting, queue: pd.DataFrame, most_units: int) -> None:
        self._setting = setting
        self._queue = queue
        self._most_units = most_units

    def of(self, proposal: Mapping[Any, Any], typed: Mapping[str, Any]) -> Record:
        """What quantities as they were typed, by the line's position, make of a proposal."""
        faults = {position: self._faults(proposal, position, written) for position, written in typed.items()}
        told: Record = {"id": proposal["proposal_id"], "facts": [], "warnings": [], "notes": {}}
        told["faults"] = {position: said for position, said in faults.items() if said}
        if typed and not told["faults"]:
            told |= self._came_to(proposal, quantities(typed) or {})
        return told

    def _faults(self, proposal: Mapping[Any, Any], position: str, written: Any) -> list[str]:
        try:
            wanted = quantity(written)
        except LedgerError as refusal:
            return [str(refusal)]
        kind, lines = str(proposal["kind"]), list(proposal["lines"])
        return list(quantity_faults(kind, lines, int(position), wanted, self._most_units))

    def _came_to(self, proposal: Mapping[Any, Any], wanted: Mapping[int, float]) -> Record:
        """Value and quantity from → to, and what an order's supplier, price tiers and budget say."""
        kind, currency = str(proposal["kind"]), self._setting.currency
        try:
            lines = changed_lines(kind, list(proposal["lines"]), wanted, self._most_units)
        except LedgerError as refusal:
            return {"warnings": [str(refusal)]}
        before = [dict(line) for line in standing_lines(proposal)]
        moved = [units(units_moved(kind, part)) for part in (before, lines)]
        told: Record = {"facts": [["Quantity", *moved]]}
        if kind != "purchase_order":
            return told
        value = worth(lines, value_of(proposal))
        told["facts"].insert(0, ["Value", money(value_of(proposal), currency), money(value, currency)])
        told |= self._of_order(str(proposal["proposal_id"]), wanted)
        amount = self._setting.policy.people.four_eyes_amount
        if value > amount:
            told["warnings"].append(
                f"Changed and worth more than {money(amount, currency)}: "
                "it will wait for another person (four eyes)."
            )
        return told

    def _of_order(self, proposal_id: str, wanted: Mapping[int, float]) -> Record:
        """What an order does to the day's budget and its supplier's terms, all orders together."""
        ground, book, currency = self._ground, self._book, self._setting.currency
        given = {(proposal_id, position): amount for position, amount in wanted.items()}
        lines = tried(book, ground, given)
        orders = of_orders(lines, ground)
        total = sums(orders, ground, currency)
        own = (lines["proposal_id"] == proposal_id) & lines["position"].isin(list(wanted))
        return {
            "warnings": warnings(orders.loc[proposal_id].to_dict(), total["over"], currency),
            "notes": _notes(lines[own].to_dict("records"), book.loc[own, "landed_cost"].tolist()),
            "budget": total["note"],
        }

    @cached_property
    def _book(self) -> pd.DataFrame:
        return book_of(self._queue)

    @cached_property
    def _ground(self) -> Ground:
        """What orders are judged against here: budget, price tiers, minimums and capacities.

        Room and containers need the whole day's situation, which the order grid has.
        """
        tables, setting = self._setting.tables, self._setting
        return ground_of(
            tables.stock,
            tables.demand,
            tables.regions,
            tables.products,
            tables.suppliers,
            tables.landed_offers,
            budget_of(tables.cash, setting.day),
            room={},
            container_fill=setting.policy.replenishment.container_fill,
            market=None,
        )


def _notes(lines: Sequence[Mapping[Any, Any]], prices_before: Sequence[float]) -> dict[str, str]:
    """By position: another price tier, and how many days the stock lasts without and with it."""
    notes = {}
    for line, before in zip(lines, prices_before, strict=True):
        live = live_line(line, [], before)
        lasts = "" if math.isinf(line["cover"]) else f"lasts {live['cells'][-1]} days"
        notes[str(line["position"])] = "; ".join(said for said in (lasts, live["note"]) if said)
    return notes
