"""The joint choice over all quantities in whole packs: options are made where the limits' prices ask for it.

Column generation (Gilmore & Gomory 1961): the choice starts from a few quantities a line; at the prices of
the limits every line names its best quantity at every tier, exactly; these join the options until the bound
over all quantities is as good as the bound over the options.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.formulas.gain_curve import GainCurve
from workbench.formulas.order_cost import Economics
from workbench.optimize.purchase_budget import Choice, best_of_each, settle
from workbench.optimize.purchase_limits import Blocks, Limits, Programme, programme
from workbench.optimize.purchase_options import a_pack_off, best_options, further_options, with_terms
from workbench.optimize.purchase_prices import least_bound, respond

COARSE = np.array([0.25, 0.5, 0.75, 2.0])  # of a line's best quantity, to start from
FINE = np.arange(1, 17) / 8  # of it, to fill what a supplier asks for
ROUNDS = 12
CLOSE = 1e-5  # of the bound: where no more quantities are made; not a matter of business
FIRST_CLOSE = 1e-3  # of the bound: how good the first prices are
CLOSER = 0.1  # of what a round's quantities added to the bound: how good the prices of the next are


def choose_quantities(
    tiers: pd.DataFrame,
    lines: pd.DataFrame,
    curve: GainCurve,
    money: Economics,
    best: pd.DataFrame,
    limits: Limits,
) -> tuple[pd.DataFrame, Choice]:
    """The options that were weighed, and the choice among them.

    `best` are the best options of all tiers that may be ordered at; no quantities at these gain more than the
    bound of the choice.
    """
    rows = best["tier"].to_numpy(np.int64)
    blocks = Blocks.of(lines["supplier"].unique(), limits)
    of_one = programme(with_terms(best.assign(units=1), tiers, lines), limits, blocks)

    def asked(options: pd.DataFrame) -> Programme:
        place = np.searchsorted(rows, options["tier"])
        return of_one.at(place, options["units"].to_numpy(np.int64), options["gain"].to_numpy(np.float64))

    first = best.loc[best_of_each(best)]
    options = _sorted(best, further_options(tiers, curve, money, first, COARSE))
    bound, prices, close = np.inf, None, FIRST_CLOSE
    for _ in range(ROUNDS):
        priced = least_bound(asked(options), prices, close)
        prices = priced.prices
        asked_for = best_options(tiers, curve, money, rows, of_one.use @ prices)
        exact = respond(asked(asked_for), prices).bound
        bound = min(bound, exact)
        if exact - priced.response.bound <= CLOSE * bound:
            break
        close = CLOSER * (exact - priced.response.bound) / bound
        options = _sorted(options, asked_for)
    asks = [*limits.minimum, *limits.container, *(supplier for supplier, _ in limits.group_minimum)]
    of_asking = lines["supplier"].isin(asks).to_numpy()[first["line"]]
    to_fill = further_options(tiers, curve, money, first[of_asking], FINE)
    options = _sorted(options, asked_for, a_pack_off(tiers, curve, money, asked_for), to_fill)
    weighed = asked(options)
    choice = settle(weighed, least_bound(weighed, prices))
    return options, Choice(choice.options, choice.gain, max(bound, choice.gain))


def _sorted(*options: pd.DataFrame) -> pd.DataFrame:
    """Options together, each once, by line and units."""
    every = pd.concat(options).drop_duplicates(["tier", "units"])
    return every.sort_values(["line", "units"], ignore_index=True)
