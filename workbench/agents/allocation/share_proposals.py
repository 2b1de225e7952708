"""Channels' shares as proposals: a batch a channel and warehouse, each step beyond the guardrail alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workbench.agents.allocation.shares import Change, Plan
from workbench.agents.allocation.verdict import HALF_WAY, Record, Today, Verdict, count, percent, without

TOLD = 3  # changes, and prices that are missing, that are told one by one


def channel_moves(plan: Plan, today: Today) -> Iterator[Record]:
    """One record a channel and warehouse inside the guardrail, and one a change beyond it."""
    sku, warehouse = plan.items["sku"].tolist(), plan.items["warehouse"].tolist()
    batches: dict[str, list[Change]] = {}
    for change in sorted(plan.inside, key=lambda change: change.item):
        code = f"CS-{warehouse[change.item]}-{change.channel}"
        subject = today.checked(code, doubtful=sku[change.item] in today.doubtful)
        batches.setdefault(subject, []).append(change)
    for subject, changes in batches.items():
        yield _record(subject, changes, plan, today, beyond=False)
    for change in plan.beyond:
        code = f"CS-{sku[change.item]}-{warehouse[change.item]}-{change.channel}"
        subject = today.checked(code, doubtful=sku[change.item] in today.doubtful)
        yield _record(subject, [change], plan, today, beyond=True)


def _record(subject: str, changes: list[Change], plan: Plan, today: Today, *, beyond: bool) -> Record:
    verdict = Verdict(
        chosen=np.sum([change.chosen for change in changes], axis=0),
        nothing=np.sum([change.nothing for change in changes], axis=0),
        others={HALF_WAY: np.sum([change.half for change in changes], axis=0)},
    )
    warehouse = str(plan.items["warehouse"].iloc[changes[0].item])
    lines = [_line(change, plan, beyond=beyond) for change in changes]
    units = [abs(change.after - change.before) for change in changes]
    share = max(change.buffer_share for change in changes)
    return {
        **verdict.common(today.policy.allocation.tolerance),
        "kind": "channel_share",
        "subject": subject,
        "title": f"{_action(changes, plan)} at {warehouse}, at most {percent(share)} of a buffer.",
        "skus": sorted(line["sku"] for line in lines),
        "quantity": float(sum(units)),
        "value": sum(number * change.value for number, change in zip(units, changes, strict=True)),
        "reason": "beyond_guardrail" if beyond else "scarce_stock",
        "if_nothing": (
            f"Demand worth {today.money(verdict.nothing.mean())} of margin is expected to find no stock of "
            f"these SKUs at {warehouse} in the next {today.policy.allocation.cover_days} days; this saves "
            f"{today.money(verdict.gain)} of it."
        ),
        "buffer_share": share,
        "evidence": _evidence(changes, plan, today, beyond=beyond),
        "lines": lines,
    }


def _action(changes: list[Change], plan: Plan) -> str:
    """What is fenced and what is given back."""
    more = sum(max(change.after - change.before, 0) for change in changes)
    less = sum(max(change.before - change.after, 0) for change in changes)
    of = plan.items["sku"].iloc[changes[0].item] if len(changes) == 1 else count(len(changes), "SKU")
    channel = changes[0].channel
    parts = [f"ring-fence {more:,} more units"] if more else []
    parts += [f"release {less:,} ring-fenced units"] if less else []
    action = " and ".join(parts)
    return f"{action[0].upper()}{action[1:]} of {of} for {channel}"


def _line(change: Change, plan: Plan, *, beyond: bool) -> Record:
    """A line; inside the guardrail with its share of the buffer, so that a day's moves add up.

    A step beyond names its share once, for the whole: it waits anyway, and must not hold up the part inside.
    """
    line: Record = {
        "sku": str(plan.items["sku"].iloc[change.item]),
        "warehouse": str(plan.items["warehouse"].iloc[change.item]),
        "channel": change.channel,
        "quantity": change.after,
        "quantity_before": change.before,
        **{
            name: amounts[0]
            for name, amounts in without(change.missed[None, :], change.nothing[None, :]).items()
        },
    }
    return line if beyond else {**line, "buffer_share": change.buffer_share}


def _evidence(changes: list[Change], plan: Plan, today: Today, *, beyond: bool) -> list[str]:
    rules, limit = today.policy.allocation, percent(today.policy.authority.buffer_share_limit)
    most = sorted(changes, key=lambda change: (-change.gain, change.item))[:TOLD]
    told = [
        f"Demand over {rules.cover_days} days exceeds what its channels may sell with a chance of more than "
        f"{percent(rules.oversell_risk)}.",
        *(
            f"{plan.items['sku'].iloc[change.item]}: from {change.before:,} to {change.after:,} of "
            f"{plan.items['available'].iloc[change.item]:,} available units; "
            f"saves {today.money(change.gain)}; "
            f"a sale there brings {change.value:.2f} after fees, handling and the unit's cost."
            for change in most
        ),
        f"This comes on top of what changes by itself within {limit} of the buffer."
        if beyond
        else f"At most {limit} of a buffer moves without a person's word.",
        "Releases and shares of channels that earn more are taken as changed; arrivals are not counted.",
    ]
    if plan.unpriced:
        more = " and more" if len(plan.unpriced) > TOLD else ""
        told.append(f"Without a price, so left as they are: {', '.join(plan.unpriced[:TOLD])}{more}.")
    return told
