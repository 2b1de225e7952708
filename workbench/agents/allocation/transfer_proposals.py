"""Transfers as proposals: one a lane inside the guardrail, and each further step beyond it on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.allocation.moves import Plan
from workbench.agents.allocation.verdict import (
    HALF_MOVED,
    Record,
    Today,
    Verdict,
    count,
    percent,
    served_sentence,
    without,
)
from workbench.optimize.transfers import Sent

TOLD = 3  # lines that are told one by one


@dataclass(frozen=True)
class Transfer:
    """One proposal in the making: what is sent on a lane, what the move itself costs, and of which buffer."""

    part: Sent
    lane: pd.Series[Any]
    origin: pd.DataFrame
    target: pd.DataFrame
    fixed: float
    share: float
    beyond: bool

    @property
    def verdict(self) -> Verdict:
        """Costs of moving all, half and nothing."""
        given, units = self.part.given, self.part.units
        return Verdict(
            chosen=given.costs(units).sum(axis=0) + self.fixed,
            nothing=given.costs(np.zeros_like(units)).sum(axis=0),
            others={HALF_MOVED: given.costs(units // 2).sum(axis=0) + self.fixed},
        )


def transfers(plan: Plan, today: Today) -> Iterator[Record]:
    """One record a lane, its lines on doubtful SKUs apart, and one a SKU on a lane beyond the guardrail."""
    sku = plan.items["sku"].to_numpy(object)
    check = np.isin(sku[plan.inside.given.origin], list(today.doubtful))
    paid: set[int] = set()
    for lane, doubtful in sorted(set(zip(plan.inside.given.lane.tolist(), check.tolist(), strict=True))):
        part = plan.inside.some((plan.inside.given.lane == lane) & (check == doubtful))
        subject = today.checked(_code(plan, lane), doubtful=doubtful)
        yield _record(subject, _transfer(part, plan, paid, beyond=False), today)
        paid.add(lane)
    for row in range(len(plan.beyond.units)):
        part = plan.beyond.some(np.arange(len(plan.beyond.units)) == row)
        name = str(sku[part.given.origin[0]])
        subject = f"{_code(plan, int(part.given.lane[0]))}-{name}"
        subject = today.checked(subject, doubtful=name in today.doubtful)
        yield _record(subject, _transfer(part, plan, paid, beyond=True), today)


def _code(plan: Plan, lane: int) -> str:
    return f"TR-{plan.lanes['from_warehouse'].iloc[lane]}-{plan.lanes['to_warehouse'].iloc[lane]}"


def _transfer(part: Sent, plan: Plan, paid: set[int], *, beyond: bool) -> Transfer:
    """The lane's fixed cost falls on the first of its proposals."""
    number = int(part.given.lane[0])
    lane = plan.lanes.iloc[number]

    share = plan.share(part if beyond else part._replace(units=np.zeros_like(part.units)))
    return Transfer(
        part,
        lane,
        plan.items.iloc[part.given.origin].reset_index(drop=True),
        plan.items.iloc[part.given.target].reset_index(drop=True),
        0.0 if number in paid else float(lane["cost_per_move"]),
        float(share.max()),
        beyond,
    )


def _record(subject: str, transfer: Transfer, today: Today) -> Record:
    lines, lane, verdict = _lines(transfer, today), transfer.lane, transfer.verdict
    units, more = int(transfer.part.units.sum()), "more " if transfer.beyond else ""
    of = lines["sku"].iloc[0] if len(lines) == 1 else count(len(lines), "SKU")
    lost, around = (
        float(units.mean(axis=1).sum())
        for units in (transfer.part.given.lacking, transfer.part.given.elsewhere)
    )
    return {
        **verdict.common(today.policy.allocation.tolerance),
        "kind": "transfer",
        "subject": subject,
        "title": (
            f"Move {units:,} {more}units of {of} from {lane['from_warehouse']} to {lane['to_warehouse']}, "
            f"{_of_buffer(transfer)}."
        ),
        "skus": sorted(lines["sku"]),
        "quantity": float(units),
        "value": float(lines["cost"].sum()) + transfer.fixed,
        "reason": "beyond_guardrail" if transfer.beyond else "wrong_warehouse",
        "if_nothing": (
            f"{lane['to_warehouse']} is expected to lack {lost + around:,.0f} units of these SKUs from the "
            f"arrival on, within {today.policy.allocation.cover_days} days: {lost:,.0f} are lost, "
            f"{around:,.0f} leave from elsewhere. That costs {today.money(verdict.nothing.mean())}; this "
            f"saves {today.money(verdict.gain)} of it, the cost of moving taken off."
        ),
        "buffer_share": transfer.share,
        "evidence": _evidence(transfer, today),
        "lines": lines.to_dict("records"),
    }


def _of_buffer(transfer: Transfer) -> str:
    if transfer.beyond:
        return f"{percent(transfer.share)} of its buffer with what moves by itself"
    return f"at most {percent(transfer.share)} of a buffer"


def _lines(transfer: Transfer, today: Today) -> pd.DataFrame:
    """The lines; inside the guardrail each with its share of the buffer, so that a day's moves add up.

    A step beyond names its share once, for the whole: it waits anyway, and must not hold up the part inside.
    """
    given, units = transfer.part.given, transfer.part.units
    lines = pd.DataFrame(
        {
            "sku": transfer.origin["sku"],
            "from_warehouse": transfer.lane["from_warehouse"],
            "to_warehouse": transfer.lane["to_warehouse"],
            "quantity": units,
            "expected_on": (today.day + timedelta(days=int(transfer.lane["days"]))).isoformat(),
            "cost": (given.cost * units).round(2),
            "gain": given.gain(units).round(2),
            **without(given.lacking + given.elsewhere, given.costs(np.zeros_like(units))),
        }
    )
    if not transfer.beyond:
        lines = lines.assign(buffer_share=units / transfer.origin["available"])
    return lines.sort_values("sku", ignore_index=True)


def _evidence(transfer: Transfer, today: Today) -> list[str]:
    given, units, lane = transfer.part.given, transfer.part.units, transfer.lane
    spare, lost, around = (values.mean(axis=1) for values in (given.spare, given.lacking, given.elsewhere))
    sku, on_order = transfer.origin["sku"], transfer.target["on_order"]
    told = [
        f"{sku[row]}: {spare[row]:,.0f} units expected to be spare at {lane['from_warehouse']}, "
        f"{lost[row] + around[row]:,.0f} lacking at {lane['to_warehouse']}, where {on_order[row]:,} are on "
        f"order; {around[row]:,.0f} of them would leave from elsewhere; {units[row]:,} move."
        for row in np.argsort(-given.gain(units), kind="stable")[:TOLD].tolist()
    ]
    limit = percent(today.policy.authority.buffer_share_limit)
    return [
        f"The lane takes {count(int(lane['days']), 'day')} and {today.price(lane['cost_per_unit'])}"
        + (f", {today.money(transfer.fixed)} for the move." if transfer.fixed else "."),
        *told,
        f"This comes on top of what moves by itself within {limit} of the buffer."
        if transfer.beyond
        else f"At most {limit} of a buffer leaves without a person's word.",
        served_sentence(transfer.target["assumed"], today),
        "What suppliers will bring is not counted.",
    ]
