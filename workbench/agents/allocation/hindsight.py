"""What redirects, channels' shares and transfers cost, once it is known what was wanted."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.moves import ways_of
from workbench.agents.allocation.redirects import TO_NOWHERE, coming
from workbench.agents.allocation.shares import Contest, Units, contest_of
from workbench.agents.allocation.standing import SERIES, Index, Standing, standing_of
from workbench.agents.allocation.verdict import (
    HALF_MOVED,
    HALF_REDIRECTED,
    HALF_WAY,
    MOVED_LATER,
    NOTHING,
    Today,
)
from workbench.formulas.hindsight import Hindsight
from workbench.formulas.stock import WHERE
from workbench.optimize.transfers import Ways, joined
from workbench.policy import AllocationPolicy, Policy

LANE = ["from_warehouse", "to_warehouse"]
COSTS = ["chosen", "nothing", "half", "instead"]


def hindsight(  # noqa: PLR0913 - what the agent knows, and what came true
    proposals: pd.DataFrame,
    wanted: pd.DataFrame,
    stock: pd.DataFrame,
    channel_shares: pd.DataFrame,
    regions: pd.DataFrame,
    channels: pd.DataFrame,
    lanes: pd.DataFrame,
    warehouses: pd.DataFrame,
    prices: pd.DataFrame,
    inbound: pd.DataFrame,
    serving_costs: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
) -> dict[str, Hindsight]:
    """Costs of one run's redirects, shares and transfers by proposal.

    `proposals` as from the ledger, all of the run's, with `instead`: the lines that a person decided (none:
    nothing was done), None where it was done as proposed. `wanted` is shaped as demand_paths, over the cover
    days at least, for a redirect those from the arrival on, and has one path: what came true. The other
    tables are those that the agent read. Every step is counted on top of those before it, in the order in
    which the agent takes them.
    """
    day, rules = policy.business.day(as_of), policy.allocation
    standing = standing_of(
        stock, wanted, regions, channels, warehouses, prices, serving_costs, rules=rules, day=day
    )
    lines = _lines(proposals)
    redirects = _redirected(lines[lines["kind"] == "redirect"], standing, inbound, lanes, Today(day, policy))
    parts = {
        "redirect": redirects,
        "transfer": _moved(lines[lines["kind"] == "transfer"], redirects, standing, lanes, policy),
        "channel_share": _shared(lines[lines["kind"] == "channel_share"], standing, channel_shares),
    }
    found = {}
    for proposal in proposals.to_dict("records"):
        costs = parts[str(proposal["kind"])]
        mine = costs[costs["proposal_id"] == proposal["proposal_id"]]
        if len(mine) == len(proposal["lines"]) > 0:
            found[str(proposal["proposal_id"])] = _told(proposal, mine, rules)
    return found


def _told(proposal: Mapping[Hashable, Any], costs: pd.DataFrame, rules: AllocationPolicy) -> Hindsight:
    total = costs[COSTS].sum()
    # what a lane's move costs whatever it carries falls on one of its proposals
    fixed, half = 0.0, HALF_WAY
    if proposal["kind"] == "transfer":
        fixed, half = max(float(proposal["value"] - costs["cost"].sum()), 0.0), HALF_MOVED
    elif proposal["kind"] == "redirect":
        fixed, half = rules.redirect_cost_per_order, HALF_REDIRECTED
    decided, instead = None, proposal["instead"]
    if instead is not None:
        decided = float(total["instead"]) + (fixed if instead else 0.0)
    others = {NOTHING: float(total["nothing"]), half: float(total["half"]) + fixed}
    if proposal["kind"] == "redirect" and costs["later"].notna().all():
        others[MOVED_LATER] = float(costs["later"].sum() + costs["cost_per_move"].iloc[0])
    slack = rules.tolerance * float(proposal["money_at_risk"])
    return Hindsight(float(total["chosen"]) + fixed, others, slack, decided)


def _lines(proposals: pd.DataFrame) -> pd.DataFrame:
    """All lines with kind, proposal_id, `beyond` the guardrail, and `instead`, the units in the end."""
    rows: list[dict[str, Any]] = []
    for proposal in proposals.to_dict("records"):
        about = {"kind": proposal["kind"], "proposal_id": proposal["proposal_id"]}
        key = [*WHERE, "channel"] if proposal["kind"] == "channel_share" else ["sku", *LANE]
        others = {_named(line, key): line["quantity"] for line in proposal["instead"] or []}
        for line in proposal["lines"]:
            untouched = line.get("quantity_before", 0)
            instead = line["quantity"] if proposal["instead"] is None else untouched
            instead = others.get(_named(line, key), instead)
            beyond = proposal["reason"] == "beyond_guardrail"
            rows.append({**line, **about, "beyond": beyond, "instead": instead})
    names = ["kind", "proposal_id", "sku", "warehouse", "channel", *LANE, "quantity", "quantity_before"]
    names += ["purchase_order_id", "expected_on", "cost", "gain", "beyond", "instead"]
    return pd.DataFrame(rows, columns=names)


def _named(line: Mapping[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(line[name] for name in key)


def _redirected(
    lines: pd.DataFrame, standing: Standing, inbound: pd.DataFrame, lanes: pd.DataFrame, today: Today
) -> pd.DataFrame:
    """The lines with their costs, the best of a SKU first; `later` is that of moving the units once arrived,
    blank where no lane leads there."""
    if lines.empty:
        return lines.assign(**TO_NOWHERE)
    rules = today.policy.allocation
    lane = lanes[[*LANE, "days", "cost_per_unit", "cost_per_move"]]
    rows = lines.merge(lane, on=LANE, how="left", validate="many_to_one")
    rows["due"] = (pd.to_datetime(rows["expected_on"]) - pd.Timestamp(today.day)).dt.days
    rows = rows.sort_values(["due", "sku", "gain", "purchase_order_id"], ignore_index=True)
    rows = rows.assign(origin=_item(rows, LANE[0], standing), target=_item(rows, LANE[1], standing), trip=0)
    ahead = coming(standing, inbound, set(rows["due"].tolist()), today)
    ways = joined([ahead.ways(part, rules) for _, part in rows.groupby("due")])
    costs, later = np.zeros((len(rows), len(COSTS))), np.full(len(rows), np.nan)
    for now, given in _in_turn(rows, ways):
        costs[now] = _options(rows.iloc[now], given)
        by_lane = np.flatnonzero(rows["days"].iloc[now].notna())
        part = rows.iloc[now[by_lane]]
        units = part["quantity"].to_numpy(np.int64)
        moved = ahead.moved_later(given.take(by_lane), units, part, rules)
        later[now[by_lane]] = moved[:, 0]
    rows = rows.assign(later=later, **dict(zip(COSTS, costs.T, strict=True)))
    return rows.assign(units=rows["quantity"])


def _in_turn(rows: pd.DataFrame, ways: Ways) -> Iterator[tuple[Index, Ways]]:
    """Rows of every turn, one a SKU by falling gain, those beyond the guardrail last, and their ways then."""
    order = rows.sort_values(["beyond", "sku", "gain"], ascending=[True, True, False], kind="stable")
    turn = order.groupby("sku").cumcount().sort_index().to_numpy()
    units = rows["quantity"].to_numpy(np.int64)
    for number in range(int(turn.max()) + 1):
        now = np.flatnonzero(turn == number)
        yield now, ways.take(now)
        ways = ways.after(np.where(turn == number, units, 0))


def _options(rows: pd.DataFrame, given: Ways) -> NDArray[np.float64]:
    """Costs of what was chosen, of nothing, of half and of what a person did instead, (rows, options)."""
    units = rows["quantity"].to_numpy(np.int64)
    options = (units, np.zeros_like(units), units // 2, rows["instead"].to_numpy(np.int64))
    return np.column_stack([given.costs(option)[:, 0] for option in options])


def _moved(
    lines: pd.DataFrame, redirects: pd.DataFrame, standing: Standing, lanes: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """The lines with their costs: the best of a SKU first, then those beyond the guardrail."""
    if lines.empty:
        return lines.assign(**dict.fromkeys(COSTS, 0.0))
    lanes = lanes.reset_index(drop=True).reset_index(names="lane")
    rows = lines.merge(lanes[["lane", *LANE, "days", "cost_per_unit"]], on=LANE, validate="many_to_one")
    rows = rows.assign(origin=_item(rows, "from_warehouse", standing), target=_item(rows, LANE[1], standing))
    ways = ways_of(rows, standing, redirects, policy.allocation)
    costs = np.zeros((len(rows), len(COSTS)))
    for now, given in _in_turn(rows, ways):
        costs[now] = _options(rows.iloc[now], given)
    return rows.assign(**dict(zip(COSTS, costs.T, strict=True)))


def _item(rows: pd.DataFrame, place: str, standing: Standing) -> Units:
    keys = pd.MultiIndex.from_frame(rows[["sku", place]])
    return np.asarray(pd.MultiIndex.from_frame(standing.items[WHERE]).get_indexer(keys), dtype=np.int64)


def _shared(lines: pd.DataFrame, standing: Standing, channel_shares: pd.DataFrame) -> pd.DataFrame:
    """The lines with their costs: shares that shrink first, those of channels that earn less before others,
    then those that grow, the dearest first; steps beyond the guardrail come last."""
    contest = contest_of(standing, channel_shares, np.zeros(0, dtype=np.int64))
    item = pd.MultiIndex.from_frame(standing.items[WHERE].iloc[contest.rows])
    row = item.get_indexer(pd.MultiIndex.from_frame(lines[WHERE]))
    # what cannot be told any more, as an item that only one channel sells now, is not judged
    rows = lines[row >= 0].assign(row=row[row >= 0]).astype({"quantity_before": "int64"})
    if rows.empty:
        return rows.assign(**dict.fromkeys(COSTS, 0.0))
    rows["place"] = pd.Index(contest.channels).get_indexer(pd.Index(rows["channel"]))
    rows["grows"] = rows["quantity"] > rows["quantity_before"]
    value = contest.value[rows["row"], rows["place"]]
    rows["last"] = np.where(rows["grows"], -value, value)
    rows = rows.sort_values(["beyond", "grows", "last", *SERIES], ignore_index=True)
    turn = rows.groupby("row").cumcount().to_numpy()
    fenced, costs = contest.fenced.copy(), np.zeros((len(rows), len(COSTS)))
    for number in range(int(turn.max()) + 1):
        now = np.flatnonzero(turn == number)
        costs[now] = _steps(rows.iloc[now], contest, fenced)
        step = rows.iloc[now]
        fenced[step["row"], step["place"]] = step["quantity"]
    return rows.assign(**dict(zip(COSTS, costs.T, strict=True)))


def _steps(rows: pd.DataFrame, contest: Contest, fenced: Units) -> np.ndarray:
    """Costs of one step at each of some items, (items, options), money."""
    here, before = rows["row"].to_numpy(np.int64), rows["quantity_before"].to_numpy(np.int64)
    after, every = rows["quantity"].to_numpy(np.int64), np.arange(len(rows))
    half = before + np.fix((after - before) / 2).astype(np.int64)
    which = np.zeros(len(contest.rows), dtype=np.bool_)
    which[here] = True
    order = np.argsort(np.argsort(here))  # `take` keeps the order of the items
    part, costs = contest.take(which), []
    for units in (after, before, half, rows["instead"].to_numpy(np.int64)):
        tried = fenced[here].copy()
        tried[every, rows["place"]] = units
        in_order = np.empty_like(tried)
        in_order[order] = tried
        costs.append(part.cost(in_order)[order, 0])
    return np.column_stack(costs)
