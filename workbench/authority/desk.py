"""The desk: what waits for a person, and the person's decision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import LedgerError
from workbench.ledger.decisions import WAITING
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.tables import LINES_OF_KIND, TABLES

Line = dict[str, Any]
# what an agent proposes of these is what is there
ALL_THERE_IS = ("transfer", "shipment", "hold_orders", "channel_share")


class Desk:
    """Where the planner reads the proposals of one plan and decides on them.

    `run_id` names the plan; None is the live one, whichever that is at the time. `now` tells the instant of a
    decision. Every refusal is a LedgerError, or AlreadyDecided; nothing was written then.
    """

    def __init__(
        self, ledger: Ledger, policy: Policy, run_id: str | None, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._now = now
        self._most_units = policy.gate.max_units
        self.person = policy.business.planner

    def queue(self, agent: str | None = None) -> pd.DataFrame:
        """The plan's proposals with their last decision, largest money at risk first."""
        live = self._ledger.live() if self._run_id is None else {"run_id": self._run_id}
        proposals = self._ledger.proposals(live["run_id"] if live else "")
        if agent is not None:
            proposals = proposals[proposals["agent"] == agent]
        return proposals.sort_values(
            ["money_at_risk", "proposal_id"], ascending=[False, True], ignore_index=True
        )

    def waiting(self, agent: str | None = None) -> pd.DataFrame:
        """Of these the ones that wait for a person."""
        queue = self.queue(agent)
        return queue[queue["decision"].isin(WAITING)].reset_index(drop=True)

    def approve(
        self, proposal_id: str, quantities: Mapping[int, float] | None = None, reason: str = ""
    ) -> None:
        """Approve as proposed, or with other quantities by line (from 0); then the decision is `changed`.

        Refused is a quantity that is no number, negative, a fraction of a unit, below its line's minimum or
        no multiple of its packs. What moves stock may be made smaller and not larger, a channel's share no
        larger than proposed or than it is; anything else may be raised up to the policy's `gate.max_units`.
        0 takes a line out.
        """
        proposal = self._proposal(proposal_id)
        proposed: list[Line] = proposal["lines"]
        lines = _changed(str(proposal["kind"]), proposed, quantities or {}, self._most_units)
        if lines == proposed:
            self._ledger.decide(proposal_id, "approved", self.person, self._now(), reason=reason)
            return
        quantity = _moved(str(proposal["kind"]), lines)
        self._ledger.decide(
            proposal_id, "changed", self.person, self._now(), quantity=quantity, reason=reason, lines=lines
        )

    def reject(self, proposal_id: str, reason: str) -> None:
        """Reject, for a reason that is kept."""
        if not reason.strip():
            raise LedgerError(f"{proposal_id}: say why it is rejected; the reason is kept.")
        self._proposal(proposal_id)
        self._ledger.decide(proposal_id, "rejected", self.person, self._now(), reason=reason.strip())

    def undo(self, proposal_id: str, reason: str = "") -> None:
        """Take a person's decision back, until it is released; the proposal waits again."""
        self._proposal(proposal_id)
        self._ledger.decide(proposal_id, "undone", self.person, self._now(), reason=reason)

    def _proposal(self, proposal_id: str) -> pd.Series[Any]:
        queue = self.queue()
        found = queue[queue["proposal_id"] == proposal_id]
        if found.empty:
            raise LedgerError(f"{proposal_id!r} is no proposal of this plan; take its id from the queue.")
        return found.iloc[0]


def _changed(kind: str, proposed: list[Line], quantities: Mapping[int, float], most_units: int) -> list[Line]:
    """The lines with other quantities. Raises LedgerError with every fault at once."""
    faults = [
        fault
        for position, wanted in quantities.items()
        for fault in _faults(kind, proposed, position, wanted, most_units)
    ]
    if faults:
        raise LedgerError(" ".join(faults))
    lines = [_with_quantity(line, quantities.get(row)) for row, line in enumerate(proposed)]
    if quantities and kind != "channel_share" and not any(line["quantity"] for line in lines):
        raise LedgerError("Every line is 0; reject the proposal instead, with a reason.")
    return lines


def _faults(kind: str, proposed: list[Line], position: int, wanted: Any, most_units: int) -> Iterator[str]:
    if position not in range(len(proposed)):
        yield f"There is no line {position}; lines are 0 to {len(proposed) - 1}."
        return
    line = proposed[position]
    name = f"{line['sku']}: {wanted!r}"
    if (
        not isinstance(wanted, int | float | np.integer)
        or isinstance(wanted, bool)
        or not math.isfinite(wanted)
    ):
        yield f"{name} is no number; give units, 0 or more."
    elif wanted < 0:
        yield f"{name} is negative; give units, 0 or more."
    elif wanted % 1 and TABLES[LINES_OF_KIND[kind]]["quantity"].dtype == "int64":
        yield f"{name} is no whole number of units."
    elif too_many := _too_many(kind, line, float(wanted), most_units):
        yield too_many
    elif wanted > 0 and kind == "purchase_order":
        yield from _misfit(line, float(wanted))


def _too_many(kind: str, line: Line, wanted: float, most_units: int) -> str | None:
    """Why so many cannot be; of a share that shrinks, as many as it has can."""
    proposed, before = line["quantity"], line.get("quantity_before", 0)
    start = f"{line['sku']}: {wanted:,.10g} units are"
    if kind not in ALL_THERE_IS:
        if wanted <= max(most_units, proposed):
            return None
        return (
            f"{start} above the {most_units:,} from which the policy takes a quantity for a typing error "
            f"(gate.max_units); {proposed:,.10g} were proposed."
        )
    if wanted <= max(proposed, before):
        return None
    if proposed < before:
        return f"{start} more than the {before:,} that it has; {proposed:,} were proposed."
    return f"{start} more than the {proposed:,} that were proposed; give {proposed:,} or fewer."


def _misfit(line: Line, wanted: float) -> Iterator[str]:
    pack, least = line["order_multiple"], line["minimum_order_quantity"]
    lowest = math.ceil(least / pack) * pack
    fitting = sorted({max(lowest, int(wanted // pack) * pack), max(lowest, math.ceil(wanted / pack) * pack)})
    if wanted not in fitting:
        yield (
            f"{line['sku']}: {wanted:g} units do not fit packs of {pack} and a minimum of {least}; "
            f"give {' or '.join(str(units) for units in fitting)}, or 0 to leave it out."
        )


def _with_quantity(line: Line, quantity: float | None) -> Line:
    if quantity is None:
        return line
    changed = {**line, "quantity": type(line["quantity"])(quantity)}
    if "value" in line and "landed_cost" in line:
        changed["value"] = changed["quantity"] * line["landed_cost"]
    return changed


def _moved(kind: str, lines: list[Line]) -> float:
    """Units bought, moved or shipped; of a channel's share the units that change hands."""
    if kind == "channel_share":
        return float(sum(abs(line["quantity"] - line["quantity_before"]) for line in lines))
    return float(sum(line["quantity"] for line in lines))
