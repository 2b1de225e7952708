"""The joint choice over all quantities in whole packs: options are made where the limits' prices ask for it.

Column generation (Gilmore & Gomory 1961): the choice starts from a few quantities a line; at the prices of
the limits every line names its best quantity at every tier, exactly; these join the options until the bound
over all quantities is as good as the bound over the options.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.formulas.gain_curve import GainCurve
from workbench.formulas.lot_sizes import Units
from workbench.formulas.order_cost import Economics
from workbench.optimize.purchase_budget import Choice, best_of_each, settle
from workbench.optimize.purchase_limits import Blocks, Limits, programme, uses
from workbench.optimize.purchase_options import a_pack_off, best_options, further_options, options_of
from workbench.optimize.purchase_prices import least_bound, respond

COARSE = np.array([0.25, 0.5, 0.75, 2.0])  # of a line's best quantity, to start from
FINE = np.arange(1, 17) / 8  # of it, to fill what a supplier asks for
ROUNDS = 12
CLOSE = 1e-5  # of the bound: where no more quantities are made; not a matter of business


def choose_quantities(
    tiers: pd.DataFrame,
    lines: pd.DataFrame,
    curve: GainCurve,
    money: Economics,
    rows: Units,
    limits: Limits,
) -> tuple[pd.DataFrame, Choice]:
    """The options that were weighed, and the choice among them; no quantities at the tiers `rows` gain more
    than its bound."""
    blocks = Blocks.of(lines["supplier"].unique(), limits)
    unit = options_of(tiers, lines, curve, money, rows, np.ones(len(rows), dtype=np.int64))
    per_unit = uses(unit, limits, blocks)[0]
    best = best_options(tiers, lines, curve, money, rows)
    first = best.loc[best_of_each(best)]
    options = _sorted(best, further_options(tiers, lines, curve, money, first, COARSE))
    bound, prices = np.inf, None
    for _ in range(ROUNDS):
        priced = least_bound(programme(options, limits, blocks), prices)
        prices = priced.prices
        asked_for = best_options(tiers, lines, curve, money, rows, per_unit @ prices)
        exact = respond(programme(asked_for, limits, blocks), prices).bound
        bound = min(bound, exact)
        if exact - priced.response.bound <= CLOSE * bound:
            break
        options = _sorted(options, asked_for)
    asks = [*limits.minimum, *limits.container, *(supplier for supplier, _ in limits.group_minimum)]
    to_fill = further_options(tiers, lines, curve, money, first[first["supplier"].isin(asks)], FINE)
    options = _sorted(options, asked_for, a_pack_off(tiers, lines, curve, money, asked_for), to_fill)
    asked = programme(options, limits, blocks)
    choice = settle(asked, least_bound(asked, prices))
    return options, Choice(choice.options, choice.gain, max(bound, choice.gain))


def _sorted(*options: pd.DataFrame) -> pd.DataFrame:
    """Options together, each once, by line and units."""
    every = pd.concat(options).drop_duplicates(["line", "tier", "units"])
    return every.sort_values(["line", "units"], ignore_index=True)
