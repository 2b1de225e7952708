"""A made business of known law that is played week by week: demand, lead times, and what its owner may see.

Demand of a day is negative binomial with a variance of 1.5 times its mean, around a rate of its own for every
SKU (gamma around its class's, coefficient of variation 0.35). Lead times are gamma in whole days, each
supplier's with a mean of its own, promised too short or too long; its owner learns them from receipts. A day
that ends without stock shows what was sold, not what was wanted. The forecast is Bayes' on a grid of rates:
it knows the law and sees the censored history, nothing else.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import betainc, gammaln

from tests.benchmarks.purchase_business import rows
from tests.rows import table
from workbench.demand.paths import with_paths
from workbench.formulas.landed_cost import landed_offers

START = pd.Timestamp("2026-01-05")  # a Monday
CLASSES = {"slow": 0.1, "medium": 1.0, "fast": 10.0}  # units a day
SPREAD, OVERDISPERSION = 0.35, 1.5
# with 41 rates the greatest lay below those of one line in eighty, which then took half of a class's shortage
GRID, HISTORY, HORIZON, PATHS, WEEK = 401, 182, 28, 300, 7
LATER = 8  # weeks after the last one played that its orders are judged on
# packs and minimums, units, of the lines that have some
TERMS = {"slow": ([2, 3, 6], [2, 3, 6]), "medium": ([6, 12], [6, 24]), "fast": ([12, 48], [48, 144])}
LOTS = ["order_multiple", "minimum_order_quantity"]
DATES = ["ordered_on", "promised_on", "received_on"]
PACKED = {False: "1", True: "real"}


@dataclass
class World:
    """Lines are SKUs; arrays have a value a line. A day's arrivals come before its demand.

    `demand` (days, lines) and `lead_times` (weeks, suppliers) are what will come true; `likelihood` (lines,
    grid) is all that the history says of the rates.
    """

    lines: pd.DataFrame
    rates: np.ndarray
    demand: np.ndarray
    lead_times: np.ndarray
    promised: np.ndarray
    receipts: list[pd.DataFrame]
    on_hand: np.ndarray
    likelihood: np.ndarray
    arriving: np.ndarray
    open_orders: pd.DataFrame
    met: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.met = np.zeros(self.demand.shape)

    def week(self, number: int) -> None:
        """Live through a week, and learn from it."""
        first = number * WEEK
        for day in range(first, first + WEEK):
            there = self.on_hand + self.arriving[day]
            self.met[day] = np.minimum(there, self.demand[day])
            self.on_hand = there - self.met[day]
            self.likelihood += log_chance(self.met[day], self.rates, self.on_hand == 0)
        today = START + pd.Timedelta(days=first + WEEK)
        came = self.open_orders["received_on"] < today
        self.receipts.append(self.open_orders[came])
        self.open_orders = self.open_orders[~came]

    def place(self, number: int, units: np.ndarray) -> None:
        """Order `units` (lines,) at the start of a week."""
        some = np.flatnonzero(units)
        supplier = self.lines["supplier_number"].to_numpy()[some]
        arrives = number * WEEK + self.lead_times[number, supplier]
        np.add.at(self.arriving, (np.minimum(arrives, len(self.arriving) - 1), some), units[some])
        today = START + pd.Timedelta(days=number * WEEK)
        ordered = self.lines.iloc[some][["sku", "supplier"]].assign(
            reference=f"P{number}-" + self.lines["supplier"].iloc[some],
            quantity=units[some],
            ordered_on=today,
            promised_on=today + pd.to_timedelta(self.promised[supplier], unit="D"),
            received_on=START + pd.to_timedelta(arrives, unit="D"),
        )
        self.open_orders = pd.concat([self.open_orders, ordered])


def log_chance(sold: np.ndarray, rates: np.ndarray, sold_out: np.ndarray) -> np.ndarray:
    """Log-likelihood of a day's sales (lines,) at every rate (lines, grid), less what no rate changes.

    What was wanted is at least what was sold where the day ended without stock.
    """
    size, p = rates / (OVERDISPERSION - 1), 1 / OVERDISPERSION
    units = sold[:, None]
    exact = gammaln(units + size) - gammaln(size) - gammaln(units + 1) + size * np.log(p)
    exact = exact + units * np.log1p(-p)
    out = np.flatnonzero(sold_out)
    at_least = betainc(np.maximum(units[out], 1e-9), size[out], 1 - p)
    exact[out] = np.where(units[out] > 0, np.log(np.maximum(at_least, 1e-300)), 0.0)
    return exact


def draw(rates: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Units of a day at every rate."""
    return random.negative_binomial(rates / (OVERDISPERSION - 1), 1 / OVERDISPERSION)


def world(per_class: dict[str, int], suppliers: int, weeks: int, seed: int) -> World:
    """A business of `weeks` weeks to play, its lines once without and once with minimums and packs.

    A SKU and its twin want the same on the same days.
    """
    random = np.random.default_rng(seed)
    speeds = np.repeat(list(per_class), list(per_class.values()))
    classes = np.array([CLASSES[name] for name in speeds])
    shape = 1 / SPREAD**2
    quantiles = np.quantile(random.gamma(shape, 1 / shape, 200_000), (np.arange(GRID) + 0.5) / GRID)
    rate = classes * random.gamma(shape, 1 / shape, len(classes))
    days = (weeks + 2 * LATER) * WEEK
    demand = draw(np.broadcast_to(rate, (days, len(rate))), random)
    rates = classes[:, None] * quantiles
    likelihood = np.zeros(rates.shape)
    for sold in draw(np.broadcast_to(rate, (HISTORY, len(rate))), random):
        likelihood += log_chance(sold, rates, np.zeros(len(rate), dtype=bool))
    number = (suppliers * random.random(len(rate)) ** 1.5).astype(np.int64)  # some sell a line, some many
    packs = np.array([random.choice(TERMS[name][0]) for name in speeds])
    least = np.array([random.choice(TERMS[name][1]) for name in speeds])
    of_sku = pd.DataFrame({"speed": speeds, "supplier_number": number})
    twins = [
        of_sku.assign(
            packed=packed,
            sku=[f"{name}-{PACKED[packed]}-{k:04d}" for k, name in enumerate(speeds)],
            order_multiple=packs if packed else 1,
            minimum_order_quantity=least if packed else 1,
        )
        for packed in (False, True)
    ]
    lines = pd.concat(twins, ignore_index=True)
    names = np.array([f"S{code:03d}" for code in range(suppliers)])
    lines["supplier"] = names[lines["supplier_number"]]
    mean = random.uniform(8, 18, suppliers)
    promised = np.rint(mean * random.uniform(0.8, 1.1, suppliers)).astype(int)
    lead_times = _lead_times(mean, weeks + LATER, random)
    before = pd.DataFrame(
        {
            "supplier": np.tile(names, 30),
            "ordered_on": START - pd.Timedelta(days=90),
            "reference": np.repeat([f"old{k}" for k in range(30)], suppliers),
            "received_on": START
            - pd.Timedelta(days=90)
            + pd.to_timedelta(_lead_times(mean, 30, random).ravel(), unit="D"),
        }
    )
    two = np.r_[0 : len(rate), 0 : len(rate)]
    nothing = {name: [] for name in ("sku", "supplier", "reference", "quantity")}
    dates = {name: pd.Series([], dtype="datetime64[us]") for name in DATES}
    return World(
        lines,
        rates[two],
        demand[:, two],
        lead_times,
        promised,
        [before.assign(sku=lines["sku"].iloc[0], quantity=1, promised_on=before["received_on"])],
        np.ceil(rate * 21)[two],
        likelihood[two],
        np.zeros((days, 2 * len(rate))),
        pd.DataFrame(nothing | dates),
    )


def _lead_times(mean: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Whole days (count, suppliers), coefficient of variation 0.3."""
    shape = 1 / 0.3**2
    return np.rint(random.gamma(shape, mean / shape, (count, len(mean)))).astype(int)


def paths(now: World, seed: int) -> np.ndarray:
    """Demand that may come (lines, horizon, paths): rates drawn from what the history says, then units."""
    random = np.random.default_rng(seed)
    weight = np.exp(now.likelihood - now.likelihood.max(axis=1, keepdims=True))
    below = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    asked = (np.arange(PATHS) + 0.5) / PATHS
    place = random.permuted([np.searchsorted(row, asked) for row in below], axis=1)
    rate = np.take_along_axis(now.rates, np.minimum(place, GRID - 1), axis=1)
    return draw(np.broadcast_to(rate[:, None, :], (len(rate), HORIZON, PATHS)), random)


def supply(now: World, number: int, drawn: np.ndarray) -> dict[str, pd.DataFrame]:
    """What `situation_of` takes, by name, at the start of a week; `drawn` (lines, days, paths), units."""
    today = START + pd.Timedelta(days=number * WEEK)
    skus = now.lines["sku"].to_numpy()
    days = pd.date_range(today, periods=drawn.shape[1], unit="us")
    keys = pd.MultiIndex.from_product([skus, days], names=["sku", "date"]).to_frame(index=False)
    keys = keys.assign(channel="shop", region="R")[["sku", "channel", "region", "date"]]
    keys = keys.astype({"sku": "str", "channel": "str", "region": "str"})
    names = [f"S{code:03d}" for code in range(len(now.promised))]
    suppliers = rows(
        "suppliers", supplier=names, name=names, country="US", currency="USD",
        lead_time_days=now.promised.astype(float), order_weekdays="0",
    )  # fmt: skip
    products = rows("products", sku=skus, name=skus, volume_m3=0.001)
    warehouses = table("warehouses", {"warehouse": "W", "name": "W", "country": "US"})
    since = pd.Timestamp("2025-01-01")
    offers = rows(
        "offers", sku=skus, valid_from=since, unit_cost=10.0, currency="USD", tier_from=1,
        **{name: now.lines[name].to_numpy() for name in ("supplier", *LOTS)},
    )  # fmt: skip
    received = pd.concat(now.receipts, ignore_index=True)
    units = now.on_hand.astype(np.int64)
    coming = now.open_orders
    fields = ("reference", "sku", "supplier", "quantity", "ordered_on", "promised_on")
    return {
        "stock": rows(
            "stock", sku=skus, warehouse="W", on_hand=units, reserved=0, backordered=0, in_transfer=0,
            on_order=0, available=units, inventory_position=units,
        ),
        "inbound": rows(
            "inbound", kind="purchase_order", warehouse="W", confirmed=True,
            **{name: coming[name].to_numpy() for name in fields},
        ),
        "demand_paths": with_paths(keys, drawn.reshape(len(keys), -1).astype(np.float32)),
        "regions": table("regions", {"region": "R", "warehouse": "W", "rank": 1}),
        "warehouses": warehouses,
        "products": products,
        "suppliers": suppliers,
        "landed_offers": landed_offers(
            offers, suppliers, products, warehouses, table("tariffs"), table("fx_rates"),
            day=today.date(), base_currency="USD",
        ),
        "receipts": rows(
            "receipts", purchase_order_id=received["reference"].to_numpy(), warehouse="W",
            quantity_ordered=1, quantity_received=1,
            **{name: received[name].to_numpy() for name in ("supplier", "sku", *DATES)},
        ),
        "prices": rows("prices", sku=skus, channel="shop", valid_from=since, price=20.0),
        "cash": table("cash"),
        "outstanding": table("outstanding"),
    }  # fmt: skip
