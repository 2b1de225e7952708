"""Whose scarce units are: what is ring-fenced for a channel, inside the guardrail and beyond it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.standing import SERIES, Index, Money, Paths, Standing
from workbench.agents.allocation.verdict import Today
from workbench.formulas.stock import WHERE
from workbench.optimize.channel_split import DUST, split, unmet

Units = NDArray[np.int64]


@dataclass(frozen=True)
class Contest:
    """Items that several channels contend for; arrays are (items, channels) unless said otherwise.

    `rows` (items,) are rows of the standing's items; `channels` names the second axis; `wanted` (items,
    channels, paths) units over the cover days; `value` money per unit; `fenced` units as they are now;
    `available` (items,) units.
    """

    rows: Index
    channels: list[str]
    wanted: Paths
    value: Money
    fenced: Units
    available: Units

    def take(self, which: NDArray[np.bool_]) -> Contest:
        """Some of the items."""
        return replace(
            self,
            **{
                name: getattr(self, name)[which]
                for name in ("rows", "wanted", "value", "fenced", "available")
            },
        )

    def lacking(self, fenced: Units) -> Paths:
        """Demand that finds no stock under these fences, shape (items, channels, paths), units."""
        return unmet(self.wanted, fenced, np.maximum(self.available - fenced.sum(axis=1), 0))

    def margin(self, lacking: Paths) -> Money:
        """What demand that finds no stock would have earned, shape (items, paths), money."""
        total: Money = (lacking * self.value[:, :, None]).sum(axis=1, dtype=np.float64)
        return total

    def cost(self, fenced: Units) -> Money:
        """Margin of the demand that finds no stock under these fences, shape (items, paths), money."""
        return self.margin(self.lacking(fenced))


@dataclass(frozen=True)
class Change:
    """One channel's new share of one buffer; costs have shape (paths,), money.

    `missed` (paths,): units that find no stock there if nothing is done, over all channels.
    """

    item: int
    channel: str
    before: int
    after: int
    buffer_share: float
    value: float
    missed: Paths = field(repr=False)
    nothing: Money = field(repr=False)
    chosen: Money = field(repr=False)
    half: Money = field(repr=False)

    @property
    def gain(self) -> float:
        """What it is expected to bring, money."""
        return float(self.nothing.mean() - self.chosen.mean())


@dataclass(frozen=True)
class Plan:
    """Changes `inside` the guardrail and, on top, `beyond` it; `unpriced` names what was left alone."""

    inside: list[Change]
    beyond: list[Change]
    items: pd.DataFrame
    unpriced: list[str]


def fenced_units(channel_shares: pd.DataFrame, items: pd.DataFrame) -> Units:
    """Ring-fenced units of every item."""
    by_item = channel_shares.groupby(WHERE)["quantity"].sum()
    found = by_item.reindex(pd.MultiIndex.from_frame(items[WHERE]), fill_value=0)
    return np.asarray(found.to_numpy(), dtype=np.int64)


def plan_shares(standing: Standing, channel_shares: pd.DataFrame, untouched: Index, today: Today) -> Plan:
    """The shares that bring most where stock is scarce: first inside the guardrail, then beyond.

    The exact split says how many units each channel is worth. The dearest channels get theirs ring-fenced;
    what the channel of least margin is worth stays pooled, where all may sell it. Nothing changes at an item
    that is plentiful, whose fences exceed what is there, that has a channel without a price, or from which
    units are transferred today (`untouched`): a buffer's moves of a day stay together within the guardrail.
    """
    rules = today.policy.allocation
    blank = standing.series["value"].isna()
    unpriced = sorted(set(standing.series.loc[blank, "sku"] + " on " + standing.series.loc[blank, "channel"]))
    without = np.union1d(untouched, standing.series.loc[blank, "item"].to_numpy(np.int64))
    contest = contest_of(standing, channel_shares, without)
    lacks = (unmet(contest.wanted, contest.fenced, _pooled(contest)) > 1e-6).any(axis=1)
    contest = contest.take(lacks.mean(axis=1) > rules.oversell_risk)
    if not len(contest.rows):
        return Plan([], [], standing.items, unpriced)
    target = _target(contest, standing)
    limit = today.policy.authority.buffer_share_limit
    inside = _changes(contest, contest.fenced, target, limit)
    inside = _worth_a_batch(inside, standing.items, rules.share_min_gain)
    fenced = contest.fenced.copy()
    place = {item: row for row, item in enumerate(contest.rows.tolist())}
    for change in inside:
        fenced[place[change.item], contest.channels.index(change.channel)] = change.after
    beyond = [
        change
        for change in _changes(contest, fenced, target, 1.0)
        if change.gain >= rules.attention_min_gain and change.buffer_share > limit
    ]
    return Plan(inside, beyond, standing.items, unpriced)


def _pooled(contest: Contest) -> Units:
    pooled: Units = np.maximum(contest.available - contest.fenced.sum(axis=1), 0)
    return pooled


def contest_of(standing: Standing, channel_shares: pd.DataFrame, without: Index) -> Contest:
    """Items with stock and two channels or more, dense over channels; a channel that wants nothing has 0."""
    series, items = standing.series, standing.items
    names = sorted(set(series["channel"]) | set(channel_shares["channel"]))
    item = series["item"].to_numpy(np.int64)
    available = items["available"].to_numpy(np.int64)
    fits = fenced_units(channel_shares, items) <= available
    several = np.bincount(item, minlength=len(items)) > 1
    several[without] = False
    rows = np.flatnonzero(several & fits & (available > 0))
    place = np.full(len(items), -1)
    place[rows] = np.arange(len(rows))
    ours = place[item] >= 0
    at = place[item[ours]], np.searchsorted(names, series["channel"].to_numpy(object)[ours])
    wanted = np.zeros((len(rows), len(names), standing.wanted.shape[1]), dtype=np.float32)
    wanted[at] = standing.wanted[ours]
    value = np.zeros((len(rows), len(names)))
    value[at] = series["value"].to_numpy(float)[ours]
    shares = channel_shares.set_index(SERIES)["quantity"]
    grid = items.iloc[rows][WHERE].merge(pd.DataFrame({"channel": names}), how="cross")
    fenced = shares.reindex(pd.MultiIndex.from_frame(grid), fill_value=0).to_numpy(np.int64)
    return Contest(rows, names, wanted, value, fenced.reshape(len(rows), len(names)), available[rows])


def _target(contest: Contest, standing: Standing) -> Units:
    """The exact split, the share of the channel of least margin left in the pool."""
    presence = standing.presence.reindex(contest.channels, fill_value=0).to_numpy(np.int64)
    is_wanted = contest.wanted.any(axis=2)
    floors = np.where(is_wanted, presence, 0)
    target = split(contest.available, contest.wanted, contest.value, floors)
    least = np.where(is_wanted, contest.value, np.inf).argmin(axis=1)
    target[np.arange(len(target)), least] = 0
    return target


def _changes(contest: Contest, start: Units, target: Units, limit: float) -> list[Change]:
    """Steps from the fences `start` towards `target`, each if it gains: first fences that shrink, the channel
    of least margin first, then those that grow, the dearest first.

    What a fence gains comes from the pool of the day's start, so that no step waits for another to be carried
    out; what it gives up joins the pool. A fence loses at most `limit` of itself; the fences of an item gain
    together at most `limit` of what is available there. Both are counted from the fences of the day.
    """
    rows, now, first = np.arange(len(start)), start.copy(), contest.fenced
    lowest = np.minimum(np.ceil((1 - limit) * first - DUST).astype(np.int64), start)
    grown = np.maximum(start - first, 0).sum(axis=1)
    allowed = np.floor(limit * contest.available + DUST).astype(np.int64) - grown
    room = np.minimum(contest.available - np.maximum(start, first).sum(axis=1), allowed).clip(min=0)
    dearest_first = np.argsort(-contest.value, axis=1, kind="stable").T
    shrinking = [(channel, np.minimum) for channel in dearest_first[::-1]]
    found: list[Change] = []
    for channel, towards in [*shrinking, *((channel, np.maximum) for channel in dearest_first)]:
        here = now[rows, channel]
        new = np.clip(towards(target[rows, channel], here), lowest[rows, channel], here + room)
        half = here + np.fix((new - here) / 2).astype(np.int64)
        lacking = contest.lacking(now)
        costs = [contest.margin(lacking), *(contest.cost(_with(now, channel, u)) for u in (new, half))]
        missed = lacking.sum(axis=1)
        gains = (new != here) & (costs[0].mean(axis=1) > costs[1].mean(axis=1) + DUST)
        now[rows, channel] = np.where(gains, new, here)
        more = np.maximum(now[rows, channel] - here, 0)
        grown, room = grown + more, room - more
        shrunk = (first[rows, channel] - new) / np.maximum(first[rows, channel], 1)
        share = np.where(new > here, grown / contest.available, shrunk)
        found.extend(
            Change(
                int(contest.rows[row]),
                contest.channels[channel[row]],
                int(here[row]),
                int(new[row]),
                float(share[row]),
                float(contest.value[row, channel[row]]),
                missed[row],
                *(cost[row] for cost in costs),
            )
            for row in np.flatnonzero(gains).tolist()
        )
    return found


def _with(fenced: Units, channel: Index, units: Units) -> Units:
    """The fences with other units for one channel of every item."""
    changed = fenced.copy()
    changed[np.arange(len(fenced)), channel] = units
    return changed


def _worth_a_batch(changes: list[Change], items: pd.DataFrame, least: float) -> list[Change]:
    """The changes of those channels and warehouses that together bring at least so much."""
    warehouse = items["warehouse"].tolist()
    keys = [(warehouse[change.item], change.channel) for change in changes]
    gain: defaultdict[tuple[str, str], float] = defaultdict(float)
    for change, key in zip(changes, keys, strict=True):
        gain[key] += change.gain
    return [change for change, key in zip(changes, keys, strict=True) if gain[key] >= least]
