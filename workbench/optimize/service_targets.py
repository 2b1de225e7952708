"""Sizing by service: the cost of a unit short at which every line's best quantity just reaches a target.

One mechanism stays. The target says which lot of a line just reaches it; the cost of a unit short that makes
this lot the best one (the implied shortage cost of Snyder & Shen, section 4.3) stands in for margin and
penalty, so that minimums, price tiers and shared limits go on weighing money.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.gain_curve import GainCurve
from workbench.formulas.lot_sizes import Units, tier_at
from workbench.formulas.order_cost import Economics, Money
from workbench.policy import ReplenishmentPolicy

A_SHADE = 1e-4  # of a cost, by which it is above another; not a matter of business


def with_targets(
    tiers: pd.DataFrame,
    lines: pd.DataFrame,
    curve: GainCurve,
    money: Economics,
    wanted: Money,
    rules: ReplenishmentPolicy,
) -> Economics:
    """The economics of every tier with the shortage cost that the policy's aim implies for main sources.

    `wanted` (lines,): units that are expected to be wanted in the period that an order has to last. A fast
    source goes on weighing margin and penalty: what comes too soon for the main one has had its target.
    """
    if rules.aim == "economics":
        return money
    lots = _Lots(tiers, curve, wanted, rules)
    chosen = lots.chosen(lines)
    units = lots.units(chosen)
    tier = tier_at(units, lots.line, tiers["line"], tiers["tier_from"])
    priced = money.take(tier)._replace(short=np.zeros(len(tier)))
    below, above = (lots.units(np.maximum(chosen + step, 0)) for step in (-1, 1))
    least = lots.cost_of_a_unit_met(priced, below, units)
    most = lots.cost_of_a_unit_met(priced, units, above)
    # any cost between the two makes this lot the best; beyond what is ever short there is no greatest, and
    # where a lot more meets as many units again, it is met too
    middle = np.where(np.isfinite(most), (least + most) / 2, 2 * least)
    implied = np.maximum(middle, least * (1 + A_SHADE))
    landed = tiers["landed_cost"].to_numpy(float)
    # a unit sold brings the same whatever it cost, so that what a tier saves on it counts; and what is worth
    # buying ahead for its price is worth buying
    by_target = np.maximum((implied + landed[tier])[tiers["line"]] - landed, np.maximum(money.rise, 0))
    is_main = (lines["role"] == "main").to_numpy()[tiers["line"]]
    return money._replace(short=np.where(is_main, by_target, money.short))


class _Lots:
    """The quantities that lines can be ordered in, counted: 0 nothing, 1 the minimum, then pack by pack."""

    def __init__(
        self, tiers: pd.DataFrame, curve: GainCurve, wanted: Money, rules: ReplenishmentPolicy
    ) -> None:
        first = tiers.drop_duplicates("line")
        self.line: Units = np.arange(len(first))
        self._pack = first["order_multiple"].to_numpy(np.int64)
        minimum = np.maximum(first["minimum_order_quantity"].to_numpy(np.int64), 1)
        self._packs_at_first = -(-minimum // self._pack)
        needs = curve.need.at
        # what no world is short of beyond
        packs = np.ceil(needs.max(axis=1, initial=0) / self._pack).astype(np.int64)
        self._most: Units = np.maximum(packs - self._packs_at_first + 1, 1)
        self._curve, self._wanted = curve, wanted
        self._mean_need: Money = needs.mean(axis=1, dtype=np.float64)
        self._by_fill = rules.aim == "fill_rate"
        self._target = rules.fill_rate_target if self._by_fill else rules.cycle_service_target

    def units(self, lots: Units) -> Units:
        """Units in so many lots."""
        return np.where(lots > 0, (self._packs_at_first + lots - 1) * self._pack, 0)

    def chosen(self, lines: pd.DataFrame) -> Units:
        """The lots of each line that just reach the target, or one fewer.

        Where the target lies between the two, as great a share of the lines as it takes to meet it over all
        of them gets the greater, always the same lines: to take the greater everywhere would serve slow
        sellers far better than asked, and to mix the two is best under a mean to be kept (Altman, Constrained
        Markov Decision Processes, 1999, chapter 4). No line gets the fewer where that falls further below the
        target than full service lies above it. All are the lines with such lots and about such demand, those
        among them that need nothing today too: what a lot of last week serves better than asked for a while,
        the others need not.
        """
        low, high = np.zeros_like(self.line), self._most
        while np.any(low < high):
            middle = (low + high) // 2
            reached = self._service(middle) >= self._target
            low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
        fewer = np.maximum(low - 1, 0)
        before, after = self._service(fewer), self._service(low)
        too_few = before < 2 * self._target - 1
        mixes = (low > 0) & ~too_few
        share = (self._to_reach(lines, mixes, after) - before) / np.maximum(after - before, 1e-9)
        return np.where(too_few | (share > _place(lines)), low, fewer)

    def _to_reach(self, lines: pd.DataFrame, mixes: NDArray[np.bool_], service: Money) -> Money:
        """The service (lines,) that lines that mix have to reach so that all with such lots reach the target.

        `service` is what those that do not mix have. Of two lines that want as much, one with full service:
        for a target of 0.9 the other has to reach 0.8.
        """
        weight = (lines["role"] == "main").to_numpy() * (self._wanted if self._by_fill else 1.0)
        demand = np.floor(np.log2(np.maximum(self._wanted, 1e-9)))
        alike = pd.DataFrame({"pack": self._pack, "first": self._packs_at_first, "demand": demand})
        of = alike.groupby(list(alike), sort=False).ngroup().to_numpy(np.int64)
        beyond = np.bincount(of, np.where(mixes, 0.0, weight * (service - self._target)))
        mixed = np.bincount(of, np.where(mixes, weight, 0.0))
        reach: Money = (self._target - beyond / np.maximum(mixed, 1e-9))[of]
        return reach

    def cost_of_a_unit_met(self, money: Economics, fewer: Units, more: Units) -> Money:
        """What every further unit met costs between two quantities, money; infinite where none is met."""
        cost = self._curve.gain(self.line, fewer, money) - self._curve.gain(self.line, more, money)
        met = self._met(more) - self._met(fewer)
        same = np.where(more == fewer, 0.0, np.inf)
        return np.where(met > 1e-9, np.maximum(cost, 0) / np.maximum(met, 1e-9), same)

    def _met(self, units: Units) -> Money:
        quantity = units.astype(np.float64)
        met: Money = quantity - self._curve.need.above(self.line, quantity)[0]
        return met

    def _service(self, lots: Units) -> Money:
        units = self.units(lots)
        if not self._by_fill:
            return self._curve.need.share_up_to(self.line, units.astype(np.float64))
        short = self._mean_need - self._met(units)
        service: Money = 1 - short / np.maximum(self._wanted, 1e-9)
        return service


def _place(lines: pd.DataFrame) -> Money:
    """A place between 0 and 1 for every line, that depends on its SKU and warehouse alone."""
    names = zip(lines["sku"], lines["warehouse"], strict=True)
    digests = (hashlib.sha256(f"{sku} {warehouse}".encode()).digest()[:8] for sku, warehouse in names)
    return np.array([int.from_bytes(digest) / 2**64 for digest in digests])
