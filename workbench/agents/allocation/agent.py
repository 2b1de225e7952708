"""Where stock should stand and whose it should be: orders redirected, transfers, channels' shares."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from workbench.agents.allocation.moves import plan_moves, room_at
from workbench.agents.allocation.redirect_proposals import redirect_proposals
from workbench.agents.allocation.redirects import TO_NOWHERE, coming, plan_redirects, redirectable
from workbench.agents.allocation.share_proposals import channel_moves
from workbench.agents.allocation.shares import fenced_units, plan_shares
from workbench.agents.allocation.standing import Standing, standing_of
from workbench.agents.allocation.transfer_proposals import transfers
from workbench.agents.allocation.verdict import Today
from workbench.policy import Policy
from workbench.tables import PROPOSALS, proposals_table


def allocate(  # noqa: PLR0913 - the signature is the list of what the agent knows
    stock: pd.DataFrame,
    channel_shares: pd.DataFrame,
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    channels: pd.DataFrame,
    lanes: pd.DataFrame,
    warehouses: pd.DataFrame,
    products: pd.DataFrame,
    prices: pd.DataFrame,
    inbound: pd.DataFrame,
    offers: pd.DataFrame,
    serving_costs: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,  # noqa: ARG001 - nothing is drawn: the paths carry all chance
    doubtful: Collection[str] = (),
) -> pd.DataFrame:
    """Redirected purchase orders, transfers of the day and channels' changed shares, as proposals.

    Transfers and shares deal with available units alone. Demand of a region is served as routing will, day
    by day over the policy's cover days: from the warehouse with stock that costs least by `serving_costs`,
    where these say nothing by the regions' ranks at `overflow_cost` each; what none can meet is lost. What
    is in transfer counts where it goes.

    First come inbound orders that a supplier can still send elsewhere, the cheapest way to put units where
    they are lacking: RD-<purchase order>-<from>-<to>, judged over the cover days from the arrival on, with
    all that is dated arriving. Then transfers: what redirected units meet is not met again, and what else
    comes from suppliers is not counted.
    Inside the guardrail there is one transfer a lane (TR-<from>-<to>) and one batch a channel and warehouse
    (CS-<warehouse>-<channel>), which move at most `buffer_share_limit` of any buffer, transfers and shares
    together. What the best plan wants beyond is the further step, on its own: TR-<from>-<to>-<sku> holds the
    units that move on top of the lane's transfer, CS-<sku>-<warehouse>-<channel> the share that replaces the
    one inside; so each may be decided without the other, and both count in `buffer_share`. Lines on
    `doubtful` SKUs stand in proposals of their own, ending in -check.

    No more moves than a lane carries a day and its destination has room for: m³ of what is there and in
    transfer against `capacity_m3`; what brings most per m³ goes first.

    Raises TableError for a region without a warehouse, a channel, warehouse or product that its table does
    not know, and demand paths of another day.
    """
    if stock.empty or demand_paths.empty:
        return PROPOSALS.empty()
    today = Today(policy.business.day(as_of), policy, frozenset(doubtful))

    def standing_in(stock: pd.DataFrame, demand_paths: pd.DataFrame) -> Standing:
        known = (regions, channels, warehouses, prices, serving_costs)
        return standing_of(stock, demand_paths, *known, rules=policy.allocation, day=today.day)

    standing = standing_in(stock, demand_paths)
    room, redirects = room_at(standing.items, stock, products, warehouses), None
    lines = redirectable(inbound, offers, today)
    lines = lines[lines["sku"].isin(demand_paths["sku"])].reset_index(drop=True)
    if len(lines):
        some = standing_in(*(table[table["sku"].isin(lines["sku"])] for table in (stock, demand_paths)))
        ahead = coming(some, inbound, set(lines["due"].tolist()), today)
        free = room_at(some.items, stock, products, warehouses)
        redirects = plan_redirects(lines, ahead, warehouses, lanes, free, today)
    came = TO_NOWHERE if redirects is None else redirects.at(standing.items)
    fenced = fenced_units(channel_shares, standing.items)
    moves = plan_moves(standing, lanes, fenced, room.less(came), came, today)
    shares = plan_shares(standing, channel_shares, moves.touched, today)
    redirected = redirect_proposals(redirects, prices, today) if redirects else ()
    return proposals_table([*redirected, *transfers(moves, today), *channel_moves(shares, today)])
