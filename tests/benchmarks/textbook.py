"""Whether the formulas give the textbook's numbers, and how much faster many SKUs are at once than singly.

Run as `python -m tests.benchmarks.textbook [--cases FILE] [--singles 1000] [--out FOLDER]`. A case names a
function of stockpyl 1.0.2, its keyword arguments and its answer, whose parts are compared with ours, each
number to 1e-4 of itself. Exits 1 when one disagrees or names a function or an argument that is not mapped.
Seconds are of one process: 20,000 SKUs in one call, the best of three, beside `--singles` calls of one SKU,
scaled to 20,000.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import lognorm, norm, poisson, uniform

from workbench.formulas import disruptions, myopic, newsvendor, r_q_poisson, r_q_policy, s_s_policy
from workbench.formulas import economic_order_quantity as eoq
from workbench.formulas import quantity_discounts as discounts
from workbench.formulas import yield_uncertainty as yields
from workbench.formulas.finite_horizon import finite_horizon
from workbench.formulas.joint_replenishment import joint_replenishment
from workbench.formulas.wagner_whitin import wagner_whitin

CASES = Path(__file__).parents[3] / "shared" / "data" / "inventory_cases.json"
TOLERANCE = 1e-4
ROUNDING = 1e-12
SKUS = 20_000
MUST_FASTER = 100.0
SEED = 0
Inputs = dict[str, Any]

OUR_NAMES = {
    "base_stock_level": "order_up_to_level",
    "breakpoints": "tier_from",
    "demand_distrib": "demand_distribution",
    "demand_rates": "demand_rate",
    "disruption_prob": "disruption_probability",
    "holding_cost_rate": "holding_rate",
    "holding_costs": "holding_cost",
    "individual_fixed_costs": "individual_fixed_cost",
    "initial_inventory_level": "initial_stock",
    "num_periods": "periods",
    "purchase_cost_next_per": "next_purchase_cost",
    "recovery_prob": "recovery_probability",
    "unit_costs": "unit_cost",
}
NO_MATTER = ("tol", "trunc_tol")  # when a search stops, and when a warning is given
DISTRIBUTIONS = {  # by the names of the parameters that a case gives
    ("mu", "sigma"): lambda mu, sigma: lognorm(sigma, scale=np.exp(mu)),
    ("demand_mean", "demand_sd"): norm,
    ("demand_mean",): poisson,
    ("yield_mean", "yield_sd"): norm,
    ("yield_lo", "yield_hi"): lambda low, high: uniform(low, high - low),
}

# --- a case's inputs in our words, and our answer in the case's -----------------------------------------


def as_given(inputs: Inputs) -> Inputs:
    return inputs


def by_period(inputs: Inputs) -> Inputs:
    """Lists may begin with a period 0 that does not count; a number holds in every period."""
    periods = inputs["num_periods"]
    parts = {name: value[-periods:] if isinstance(value, list) else value for name, value in inputs.items()}
    for name in ("demand", "demand_mean"):
        if name in parts:
            parts[name] = np.broadcast_to(parts[name], periods)
    return parts


def without_periods(inputs: Inputs) -> Inputs:
    return {name: value for name, value in by_period(inputs).items() if name != "num_periods"}


def pmf(inputs: Inputs) -> Inputs:
    """Probabilities by value, whose JSON keys are text."""
    rest = dict(inputs)
    chances = sorted((float(value), chance) for value, chance in rest.pop("demand_pmf").items())
    return rest | {
        "demand": [value for value, _ in chances],
        "probability": [chance for _, chance in chances],
    }


def one_demand(inputs: Inputs) -> Inputs:
    """Poisson demand or probabilities from 0 units on: which of the two counts, where both are given."""
    is_poisson = inputs.get("use_poisson", inputs.get("demand_pmf") is None)
    drop = ("use_poisson", "demand_hi", "demand_pmf" if is_poisson else "demand_mean")
    return {name: value for name, value in inputs.items() if name not in drop}


def distribution_as(argument: str) -> Callable[[Inputs], Inputs]:
    """The first distribution all of whose parameters are given, as one argument."""

    def prepare(inputs: Inputs) -> Inputs:
        for names, make in DISTRIBUTIONS.items():
            if all(name in inputs for name in names):
                rest = {name: value for name, value in inputs.items() if name not in names}
                return rest | {argument: make(*(inputs[name] for name in names))}
        raise KeyError(f"no distribution in {sorted(inputs)}")

    return prepare


def side(inputs: Inputs) -> Inputs:
    rest = dict(inputs)
    return rest | {"above": not rest.pop("left_half", True)}


def parts(answer: Any) -> list[Any]:
    return list(answer)


def number(answer: Any) -> list[Any]:
    return [answer]


def cost_alone(answer: Any) -> list[Any]:
    return [answer[-1]]


def from_period_1(rows: Any) -> np.ndarray:
    """With a period 0 that does not count."""
    return np.concatenate([np.zeros_like(np.asarray(rows)[:1]), rows])


def lot_schedule(answer: Any) -> list[Any]:
    lots, cost, to_go, following = answer
    return [from_period_1(lots), cost, from_period_1(to_go), from_period_1(following + 1)]


def horizon_policy(answer: Any) -> list[Any]:
    reorder, up_to, cost, levels, best, to_go = answer
    return [*map(from_period_1, (reorder, up_to)), cost, *map(from_period_1, (to_go, best)), levels]


def bounds(answer: Any) -> list[Any]:
    return [from_period_1(bound) for bound in answer]


class Method(NamedTuple):
    """Our formula, what it makes of a case's inputs, and what a case makes of its answer."""

    formula: Callable[..., Any]
    prepare: Callable[[Inputs], Inputs] = as_given
    answer: Callable[[Any], list[Any]] = parts


METHODS = {
    "eoq.economic_order_quantity": Method(eoq.economic_order_quantity),
    "eoq.economic_order_quantity_with_backorders": Method(eoq.economic_order_quantity_with_backorders),
    "eoq.economic_production_quantity": Method(eoq.economic_production_quantity),
    "eoq.economic_order_quantity_with_all_units_discounts": Method(discounts.all_units_discount),
    "eoq.economic_order_quantity_with_incremental_discounts": Method(discounts.incremental_discount),
    "eoq.joint_replenishment_problem_silver_heuristic": Method(joint_replenishment),
    "wagner_whitin.wagner_whitin": Method(wagner_whitin, without_periods, lot_schedule),
    "newsvendor.newsvendor_normal": Method(newsvendor.newsvendor_normal),
    "newsvendor.newsvendor_normal_cost": Method(newsvendor.newsvendor_normal, answer=cost_alone),
    "newsvendor.newsvendor_normal_explicit": Method(newsvendor.newsvendor_normal_profit),
    "newsvendor.newsvendor_poisson": Method(newsvendor.newsvendor_poisson),
    "newsvendor.newsvendor_poisson_cost": Method(newsvendor.newsvendor_poisson, answer=cost_alone),
    "newsvendor.newsvendor_poisson_explicit": Method(newsvendor.newsvendor_poisson_profit),
    "newsvendor.newsvendor_continuous": Method(
        newsvendor.newsvendor_distribution, distribution_as("demand_distrib")
    ),
    "newsvendor.newsvendor_discrete": Method(newsvendor.newsvendor_pmf, pmf),
    "newsvendor.myopic": Method(myopic.myopic),
    "newsvendor.myopic_cost": Method(myopic.myopic, answer=cost_alone),
    "newsvendor.set_myopic_cost_to": Method(myopic.myopic_level, side, number),
    "ss.s_s_cost_discrete": Method(s_s_policy.s_s_cost, one_demand, number),
    "ss.s_s_discrete_exact": Method(s_s_policy.s_s_exact, one_demand),
    "ss.s_s_power_approximation": Method(s_s_policy.s_s_power_approximation),
    "rq.r_q_cost": Method(r_q_policy.r_q_cost, answer=number),
    "rq.r_q_optimal_r_for_q": Method(r_q_policy.r_q_reorder_point, answer=number),
    "rq.r_q_eil_approximation": Method(r_q_policy.r_q_eil_approximation),
    "rq.r_q_eoqb_approximation": Method(r_q_policy.r_q_eoqb_approximation),
    "rq.r_q_eoqss_approximation": Method(r_q_policy.r_q_eoqss_approximation),
    "rq.r_q_loss_function_approximation": Method(r_q_policy.r_q_loss_function_approximation),
    "rq.r_q_cost_poisson": Method(r_q_poisson.r_q_poisson_cost, answer=number),
    "rq.r_q_poisson_exact": Method(r_q_poisson.r_q_poisson_exact),
    "finite_horizon.finite_horizon_dp": Method(finite_horizon, by_period, horizon_policy),
    "finite_horizon.myopic_bounds": Method(myopic.myopic_bounds, without_periods, bounds),
    "supply_uncertainty.eoq_with_disruptions": Method(disruptions.economic_order_quantity_with_disruptions),
    "supply_uncertainty.eoq_with_disruptions_cost": Method(
        disruptions.economic_order_quantity_with_disruptions, answer=cost_alone
    ),
    "supply_uncertainty.newsvendor_with_disruptions": Method(disruptions.newsvendor_with_disruptions),
    "supply_uncertainty.eoq_with_additive_yield_uncertainty": Method(
        yields.economic_order_quantity_with_additive_yield
    ),
    "supply_uncertainty.eoq_with_multiplicative_yield_uncertainty": Method(
        yields.economic_order_quantity_with_multiplicative_yield
    ),
    "supply_uncertainty.newsvendor_with_additive_yield_uncertainty": Method(
        yields.newsvendor_with_yield_distribution, distribution_as("yield_distribution")
    ),
}


# --- the cases ------------------------------------------------------------------------------------------


def answer(fn: str, inputs: Inputs) -> list[Any]:
    """Our answer to a case, in the case's parts. Raises KeyError for a function that is not mapped."""
    method = METHODS[fn.removeprefix("stockpyl.")]
    given = {name: value for name, value in inputs.items() if value is not None and name not in NO_MATTER}
    prepared = method.prepare(given)
    ours = method.formula(**{OUR_NAMES.get(name, name): value for name, value in prepared.items()})
    return method.answer(ours)


def flat(values: Any) -> np.ndarray:
    """All numbers in order; what is unknown (null) is NaN."""
    if isinstance(values, list | tuple):
        return np.concatenate([flat(value) for value in values]) if values else np.zeros(0)
    return np.ravel(np.asarray(values, dtype=np.float64))


def difference(reference: Any, ours: list[Any]) -> float:
    """The largest difference of the numbers that the reference gives, relative to them; infinite for too few.

    Where a reference is 0 but for rounding, the difference itself. Unknown agrees with unknown.
    """
    wanted = reference if isinstance(reference, list) else [reference]
    found, known = flat(list(ours[: len(wanted)])), flat(wanted)
    if found.shape != known.shape or np.any(np.isnan(found) != np.isnan(known)):
        return float("inf")
    scale = np.where(np.abs(known) < ROUNDING, 1, np.abs(known))
    return float(np.nanmax(np.abs(found - known) / scale, initial=0))


def judged(case: Mapping[str, Any]) -> dict[str, Any]:
    """A case's row of the table; a case that cannot be answered says why."""
    row = {"case": case["case"], "fn": case["fn"], "reference": brief(case["result"])}
    try:
        ours = answer(case["fn"], case["inputs"])
    except KeyError as missing:
        return row | {"ours": f"not mapped: {missing}", "difference": float("inf"), "ok": False}
    except (TypeError, ValueError) as refusal:
        return row | {"ours": str(refusal), "difference": float("inf"), "ok": False}
    apart = difference(case["result"], ours)
    return row | {"ours": brief(ours), "difference": apart, "ok": apart <= TOLERANCE}


def brief(values: Any) -> str:
    """The first four numbers."""
    numbers = flat(values)
    more = ", …" if len(numbers) > 4 else ""
    return ", ".join(f"{value:.7g}" for value in numbers[:4]) + more


# --- many SKUs at once ----------------------------------------------------------------------------------


def many(skus: int) -> dict[str, tuple[Callable[..., Any], Inputs]]:
    """The array-valued formulas with arguments for so many SKUs, their first axis."""
    rng = np.random.default_rng(SEED)

    def some(low: float, high: float, *shape: int) -> np.ndarray:
        return rng.uniform(low, high, (skus, *shape))

    costs = {"holding_cost": some(0.1, 1), "stockout_cost": some(2, 20)}
    demand = {"demand_mean": some(50, 500), "demand_sd": some(5, 40)}
    orders = {"fixed_cost": some(5, 90), "demand_rate": some(100, 2000), "holding_cost": some(0.1, 1)}
    tiers = {
        "fixed_cost": orders["fixed_cost"],
        "demand_rate": orders["demand_rate"],
        "holding_rate": some(0.1, 0.4),
        "tier_from": np.cumsum(some(50, 400, 3), axis=1) * [0, 1, 1],
        "unit_cost": some(5, 9, 1) * [1, 0.97, 0.94],
    }
    money = {"revenue": some(10, 20), "purchase_cost": some(4, 9), "salvage_value": some(0, 3)}
    policy = costs | demand | {"fixed_cost": some(5, 90), "lead_time": some(0.05, 0.5)}
    weeks = {"demand": some(0, 90, 26), "fixed_cost": some(50, 300, 1), "holding_cost": some(0.2, 2, 1)}
    units = {"demand": np.arange(30.0), "probability": rng.dirichlet(np.ones(30), skus)}
    plain, lost = eoq.economic_order_quantity, {"yield_mean": some(-20, -5), "yield_sd": some(1, 5)}
    down = {"disruption_probability": some(0.02, 0.1), "recovery_probability": some(0.2, 0.6)}
    waits = {"disruption_rate": some(0.5, 2), "recovery_rate": some(6, 20)}
    shares = {"yield_mean": some(0.7, 0.95), "yield_sd": some(0.02, 0.2)}
    return {
        "economic_order_quantity": (plain, orders),
        "… with backorders": (
            eoq.economic_order_quantity_with_backorders,
            orders | {"stockout_cost": costs["stockout_cost"]},
        ),
        "economic_production_quantity": (
            eoq.economic_production_quantity,
            orders | {"production_rate": some(2500, 9000)},
        ),
        "all_units_discount": (discounts.all_units_discount, tiers),
        "incremental_discount": (discounts.incremental_discount, tiers),
        "wagner_whitin, 26 periods": (wagner_whitin, weeks),
        "newsvendor_normal": (newsvendor.newsvendor_normal, costs | demand),
        "newsvendor_normal_profit": (newsvendor.newsvendor_normal_profit, money | demand),
        "newsvendor_poisson": (newsvendor.newsvendor_poisson, costs | {"demand_mean": some(0.2, 60)}),
        "newsvendor_poisson_profit": (
            newsvendor.newsvendor_poisson_profit,
            money | {"demand_mean": some(0.2, 60)},
        ),
        "newsvendor_pmf, 30 values": (newsvendor.newsvendor_pmf, costs | units),
        "s_s_power_approximation": (
            s_s_policy.s_s_power_approximation,
            costs | demand | {"fixed_cost": policy["fixed_cost"]},
        ),
        "r_q_eoqb_approximation": (r_q_policy.r_q_eoqb_approximation, policy),
        "r_q_eoqss_approximation": (r_q_policy.r_q_eoqss_approximation, policy),
        "r_q_eil_approximation": (r_q_policy.r_q_eil_approximation, policy),
        "r_q_loss_function_approximation": (r_q_policy.r_q_loss_function_approximation, policy),
        "… with disruptions": (
            disruptions.economic_order_quantity_with_disruptions,
            orders | waits | {"stockout_cost": costs["stockout_cost"]},
        ),
        "newsvendor_with_disruptions": (
            disruptions.newsvendor_with_disruptions,
            costs | down | {"demand": some(10, 90)},
        ),
        "… with additive yield": (yields.economic_order_quantity_with_additive_yield, orders | lost),
        "… with multiplicative yield": (
            yields.economic_order_quantity_with_multiplicative_yield,
            orders | shares,
        ),
        "newsvendor_with_normal_yield": (
            yields.newsvendor_with_normal_yield,
            costs | lost | {"demand": some(50, 90)},
        ),
    }


def of_sku(arguments: Inputs, sku: int, skus: int) -> Inputs:
    """The arguments of one SKU."""
    return {name: value[sku] if len(value) == skus else value for name, value in arguments.items()}


def speed(name: str, formula: Callable[..., Any], arguments: Inputs, singles: int) -> dict[str, Any]:
    """Processor seconds of one call for all SKUs, and of calls for one, scaled."""
    at_once = []
    for _ in range(3):
        began = time.process_time()
        formula(**arguments)
        at_once.append(time.process_time() - began)
    separate = [of_sku(arguments, sku, SKUS) for sku in range(singles)]
    began = time.process_time()
    for one in separate:
        formula(**one)
    one_by_one = (time.process_time() - began) * SKUS / singles
    faster = one_by_one / min(at_once)
    seconds = {"at once, s": min(at_once), "one by one, s": one_by_one}
    return {"formula": name} | seconds | {"times faster": faster, "ok": faster >= MUST_FASTER}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="cases and their answers, JSON")
    parser.add_argument("--singles", type=int, default=1000, help="SKUs that are computed one by one")
    parser.add_argument("--out", type=Path, help="folder for textbook.csv and textbook_speed.csv")
    options = parser.parse_args()
    cases = pd.DataFrame([judged(case) for case in json.loads(options.cases.read_text())])
    print(cases.to_string(index=False, formatters={"difference": "{:.1e}".format}))
    print(f"{cases['ok'].sum()} of {len(cases)} agree to {TOLERANCE}\n")
    measured = [speed(name, *of, options.singles) for name, of in many(SKUS).items()]
    speeds = pd.DataFrame(measured)
    print(f"{SKUS:,} SKUs, processor seconds; must be {MUST_FASTER:.0f} times faster")
    print(speeds.to_string(index=False, formatters={"times faster": "{:,.0f}".format}))
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        cases.to_csv(options.out / "textbook.csv", index=False)
        speeds.to_csv(options.out / "textbook_speed.csv", index=False)
    sys.exit(0 if cases["ok"].all() else 1)


if __name__ == "__main__":
    main()
