"""How soon a spike is found, and how often one is called that is none; the same policy for all rows.

Run as `python -m tests.benchmarks.spikes [--seeds 20] [--out FOLDER]`. Two parts:

- planted spikes in a made-up shop of 300 series (their levels log-normal about 6 orders a day, hours from a
  quiet night to a busy evening, every day's level and every hour's off by a tenth) with four weeks of order
  lines; delay is the time from the plant's start to the order at which it was found;
- Online Retail's invoices, SKU × one channel: the first three months teach, the rest is replayed day by day.
  Expected of a day: the mean of the 56 days before its Monday, times the weekday's factor. False is an alarm
  after which the units of the next 24 hours stay inside the 99 % interval of a negative binomial with mean
  and variance of those 56 days. Every day that a series alarms counts.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.stats import nbinom

from workbench.demand.spikes import detect_spikes, detection_delay
from workbench.policy import BusinessPolicy, Policy
from workbench.tables import QUANTILES, TABLES, quantile_column

RETAIL = Path(__file__).parents[3] / "shared" / "data" / "online_retail"
HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 10, 9, 9, 9, 9, 10, 11, 12, 12, 10, 6, 3], dtype=float)
BUSY = (8, 12, 16, 20)  # hours of a day at which a plant starts: "busy"
ANY = (2, 5, *BUSY, 23)  # with those of the night: "any hour"
DAY = pd.Timestamp("2026-03-30", tz="UTC")  # the day of the plant; four weeks lie before it
TRAINED = pd.Timestamp("2011-03-01")


def frame(name, columns):
    """A table of the dictionary from some of its columns; the others get their default."""
    entry = TABLES[name]
    made = pd.DataFrame(columns)
    for column in entry.columns:
        if column.name not in made:
            made[column.name] = pd.Series([column.default] * len(made), dtype=column.dtype)
    return made[entry.names].astype({column.name: column.dtype for column in entry.columns})


def lines_of(sku, at, units=1, order=None):
    """Order lines of so many orders."""
    names = [f"O{i}" for i in range(len(at))] if order is None else order
    columns = {"sku": sku, "ordered_at": at, "order_id": names, "line": 1, "quantity": units}
    return frame("order_lines", columns | {"channel": "shop", "region": "r"})


def demand_of(names, days, mean):
    """The table `demand` of means (series, days); the quantiles are a normal's with Poisson's width."""
    mean = np.asarray(mean).ravel()
    columns = {"sku": np.repeat(names, len(days)), "date": np.tile(days, len(names)), "mean": mean}
    wide = {quantile_column(p): np.maximum(mean + (p - 0.5) * 4 * np.sqrt(mean), 0) for p in QUANTILES}
    return frame("demand", columns | wide | {"channel": "shop", "region": "r"})


class Shop:
    """A made-up shop; series 0 has the rate asked for."""

    def __init__(self, rate, seed, series=300, days=28):
        rng = np.random.default_rng(seed)
        self.rates = np.r_[rate, rng.lognormal(np.log(3), 1.2, series - 1)]
        self.names = np.array([f"S{i:03d}" for i in range(series)])
        off = rng.gamma(100, 1 / 100, (series, days + 1, 1)) * rng.gamma(100, 1 / 100, (series, days + 1, 24))
        count = rng.poisson(self.rates[:, None, None] * HOURS / HOURS.sum() * off)
        self.first = DAY - pd.Timedelta(days=days)
        cell = np.repeat(np.arange(count.size), count.ravel())
        hour = cell % ((days + 1) * 24)
        self.sku = cell // ((days + 1) * 24)
        self.minute = (hour + rng.random(len(hour))) * 60
        self.rng = rng

    def delay(self, start, minutes, policy):
        """Minutes of data until series 0 is found whose plant's orders come at `minutes` after `start`."""
        begin = (start - self.first) / pd.Timedelta(minutes=1)
        all_minutes = np.r_[self.minute, begin + minutes]
        sku = np.r_[self.names[self.sku], np.repeat(self.names[0], len(minutes))]
        lines = lines_of(sku, self.first + pd.to_timedelta(all_minutes, unit="min").round("us"))
        days = pd.date_range(DAY.tz_localize(None), periods=28, unit="us")
        demand = demand_of(self.names, days, np.repeat(self.rates[:, None], 28, axis=1))
        end = start + pd.Timedelta(hours=8)
        found = detect_spikes(lines, demand, policy=policy, as_of=end.to_pydatetime())
        found = found[(found["sku"] == self.names[0]) & (found["found_at"] > start)]
        stated = detection_delay(lines, demand, policy=policy, as_of=end.to_pydatetime()).loc[0, "delay"]
        after = (found["found_at"] - start) / pd.Timedelta(minutes=1)
        return (float(after.iloc[0]) if len(after) else np.inf), stated


def planted(rate, seeds, hours, plant, policy):
    """Minutes of data until each plant is found, and the delay stated."""
    found = []
    for seed in range(seeds):
        shop = Shop(rate, seed)
        for hour in hours:
            start = DAY - pd.Timedelta(days=1) + pd.Timedelta(hours=hour)
            found.append(shop.delay(start, plant(shop, hour), policy))
    return np.array(found).T


def creator(shop, _hour):
    """5,000 orders in 90 minutes."""
    return shop.rng.random(5000) * 90


def tripled(shop, hour):
    """Twice the hour's usual rate more, for eight hours."""
    expected = 2 * shop.rates[0] * HOURS[(hour + np.arange(8)) % 24] / HOURS.sum()
    count = shop.rng.poisson(expected)
    return (np.repeat(np.arange(8), count) + shop.rng.random(count.sum())) * 60


def retail_lines():
    """Online Retail's sold lines as order lines, local times, one channel."""
    raw = pd.read_parquet(next(RETAIL.glob("*.parquet")))
    sold = raw[(raw["Quantity"] > 0) & ~raw["InvoiceNo"].str.startswith("C")].reset_index(drop=True)
    columns = {
        "sku": sold["StockCode"].astype("str").str.upper(),
        "ordered_at": sold["InvoiceDate"].dt.tz_localize("Europe/London").dt.tz_convert("UTC"),
        "order_id": sold["InvoiceNo"],
        "line": sold.groupby("InvoiceNo").cumcount() + 1,
        "quantity": sold["Quantity"],
    }
    return frame("order_lines", columns | {"channel": "shop", "region": "r"})


class Retail:
    """Online Retail day by day."""

    def __init__(self):
        self.lines = retail_lines()
        local = self.lines["ordered_at"].dt.tz_convert("Europe/London").dt.tz_localize(None)
        self.first = local.min().normalize()
        self.day = (local.dt.normalize() - self.first).dt.days.to_numpy()
        self.sku, self.names = pd.factorize(self.lines["sku"], sort=True)
        self.units = np.zeros((len(self.names), self.day.max() + 1))
        np.add.at(self.units, (self.sku, self.day), self.lines["quantity"].to_numpy(dtype=float))

    def expected(self, day):
        """Means of the week (series, 7), mean and variance of the 56 days before a day's Monday."""
        monday = day - (self.first + pd.Timedelta(days=day)).day_of_week
        past = self.units[:, max(monday - 56, 0) : monday]
        weekday = (self.first.day_of_week + np.arange(monday - past.shape[1], monday)) % 7
        sold = np.bincount(weekday, (past > 0).sum(axis=0), 7) / np.bincount(weekday, minlength=7)
        return past.mean(axis=1)[:, None] * sold / sold.mean(), past.mean(axis=1), past.var(axis=1), monday

    def alarms(self, day, policy):
        """The alarms of a day, each with whether it was false."""
        week, mean, variance, monday = self.expected(day)
        known = mean > 0
        dates = pd.date_range(self.first + pd.Timedelta(days=monday), periods=7, unit="us")
        demand = demand_of(self.names[known], dates, week[known])
        end = (self.first + pd.Timedelta(days=day + 1)).tz_localize("Europe/London").tz_convert("UTC")
        lines = self.lines[(self.day <= day) & (self.day > day - 90)]
        found = detect_spikes(lines, demand, policy=policy, as_of=end.to_pydatetime())
        rows = []
        for alarm in found.itertuples():
            row = self.names.get_loc(alarm.sku)
            at = self.lines["ordered_at"]
            later = (self.sku == row) & (at > alarm.found_at) & (at <= alarm.found_at + pd.Timedelta(days=1))
            units = self.lines["quantity"].to_numpy()[later].sum()
            middle, wide = max(mean[row], 0.01), max(variance[row], 1.01 * max(mean[row], 0.01))
            size, share = middle**2 / (wide - middle), middle / wide
            low, high = nbinom.ppf([0.005, 0.995], size, share)
            rows.append((alarm.sku, alarm.found_at, alarm.orders, units, high, low <= units <= high))
        return rows


def replay(policy):
    """All alarms after the first three months, and how many months were replayed."""
    retail = Retail()
    first = (TRAINED - retail.first).days
    last = int(retail.day.max())
    rows = [row for day in range(first, last + 1) for row in retail.alarms(day, policy)]
    columns = ["sku", "found_at", "orders", "units_next_24_h", "upper_99", "false"]
    return pd.DataFrame(rows, columns=columns), (last + 1 - first) / 30


def spread_of(found):
    """Median and 90th percentile, in words."""
    return f"{np.median(found):.1f}", f"{np.quantile(found, 0.9, method='higher'):.1f}"


def large(policy):
    """Seconds for a day of 100,000 orders over 30,000 series, with the week before it."""
    rng = np.random.default_rng(0)
    names = np.array([f"S{i:05d}" for i in range(30_000)])
    at = DAY - pd.to_timedelta(rng.random(800_000) * 8 * 1440, unit="min").round("us")
    lines = lines_of(names[rng.integers(30_000, size=len(at))], at)
    days = pd.date_range(DAY.tz_localize(None), periods=7, unit="us")
    demand = demand_of(names, days, np.full((30_000, 7), 100_000 / 30_000))
    began = time.monotonic()
    found = detect_spikes(lines, demand, policy=policy, as_of=DAY.to_pydatetime())
    return time.monotonic() - began, len(found)


def main():
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    policy = Policy()
    rows = []
    for what, rate, plant in (
        ("5,000 orders in 90 minutes on 40 a day", 40.0, creator),
        ("tripled rate on 200 a day", 200.0, tripled),
    ):
        for name, hours in (("busy hours", BUSY), ("any hour", ANY)):
            found, stated = planted(rate, options.seeds, hours, plant, policy)
            middle, high = spread_of(found)
            must = "2" if plant is creator else "120"
            rows.append((f"{what}, {name}", "minutes, median", middle, must))
            rows.append((f"{what}, {name}", "minutes, 90th percentile", high, must))
            if plant is tripled:
                rows.append((f"{what}, {name}", "minutes, stated delay", f"{np.nanmedian(stated):.1f}", ""))
    seconds, found = large(policy)
    rows.append(("100,000 orders a day, 30,000 series, 8 days", "seconds", f"{seconds:.1f}", ""))
    rows.append(("the same, nothing planted", "alarms", f"{found}", ""))
    local = Policy(business=BusinessPolicy(time_zone="Europe/London"))
    alarms, months = replay(local)
    rate = policy.demand.spike_alarms_per_month
    for name, count in (("alarms", len(alarms)), ("false alarms", alarms["false"].sum())):
        must = f"{rate * 1.5:.1f}" if name == "false alarms" else ""
        rows.append((f"Online Retail, {months:.1f} months", f"{name} a month", f"{count / months:.2f}", must))
    shown = Table(
        "what", "measure", "found", "must, at most", title=f"spikes, policy: {rate:g} alarm a month"
    )
    for row in rows:
        shown.add_row(*row)
    Console(width=130).print(shown)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        columns = ["what", "measure", "found", "must"]
        pd.DataFrame(rows, columns=columns).to_csv(options.out / "spikes.csv", index=False)
        alarms.to_csv(options.out / "online_retail_alarms.csv", index=False)


if __name__ == "__main__":
    main()
