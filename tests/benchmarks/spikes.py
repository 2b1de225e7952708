"""How soon a spike is found, and how often one is called that is none; the same policy for all rows.

Run as `python -m tests.benchmarks.spikes [--seeds 20] [--out FOLDER]`. Two parts:

- planted spikes in a made-up shop of 300 series (their levels log-normal about 6 orders a day, hours from a
  quiet night to a busy evening, every day's level and every hour's off by a tenth) with four weeks of order
  lines; delay is the time from the plant's start to the order at which it was found. A tripled rate is
  planted at each of the day's hours. Beside what was found stand two figures of theory for the same share of
  the alarms (the series' share of the shop's orders): "no test is faster" is the time in which the most
  powerful test of Poisson counts (Neyman and Pearson) that knows the rate, the multiple and the minute in
  which it may begin has the power asked for, if it may err as often in this time as in any other of its
  length; "cusum" is the test of Page that knows all but the minute, at exp(limit) expected orders an alarm;
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
from scipy.stats import nbinom, poisson

from workbench.demand.spikes import detect_spikes, detection_delay
from workbench.policy import BusinessPolicy, Policy
from workbench.tables import QUANTILES, TABLES, quantile_column

RETAIL = Path(__file__).parents[3] / "shared" / "data" / "online_retail"
HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 10, 9, 9, 9, 9, 10, 11, 12, 12, 10, 6, 3], dtype=float)
WHEN = {"busy hours (8, 12, 16, 20)": (8, 12, 16, 20), "8 to 21": range(8, 22), "any hour": range(24)}
FEW = (2, 5, 8, 12, 16, 20, 23)  # hours at which the creator's 5,000 orders begin
MULTIPLE, RATE = 3.0, 200.0
MONTH = 30 * 1440  # minutes
PERCENTILES = "minutes, median / 90th percentile"
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
        end = start + pd.Timedelta(hours=8)
        found = detect_spikes(lines, self.demand(), policy=policy, as_of=end.to_pydatetime())
        found = found[(found["sku"] == self.names[0]) & (found["found_at"] > start)]
        after = (found["found_at"] - start) / pd.Timedelta(minutes=1)
        return float(after.iloc[0]) if len(after) else np.inf

    def stated(self, policy):
        """Minutes of data in which detection of a tripled rate of series 0 is stated."""
        lines = lines_of(
            self.names[self.sku], self.first + pd.to_timedelta(self.minute, unit="min").round("us")
        )
        options = {"policy": policy, "as_of": DAY.to_pydatetime(), "multiple": MULTIPLE}
        return detection_delay(lines, self.demand(), **options).loc[0, "delay"]

    def demand(self):
        """A forecast that knows the rates."""
        days = pd.date_range(DAY.tz_localize(None), periods=28, unit="us")
        return demand_of(self.names, days, np.repeat(self.rates[:, None], 28, axis=1))


def planted(rate, seeds, hours, plant, policy):
    """Minutes of data until each plant is found, shape (hours, seeds)."""
    found = np.empty((len(hours), seeds))
    for seed in range(seeds):
        shop = Shop(rate, seed)
        for row, hour in enumerate(hours):
            start = DAY - pd.Timedelta(days=1) + pd.Timedelta(hours=hour)
            found[row, seed] = shop.delay(start, plant(shop, hour), policy)
    return found


def expected_since(hour, minutes):
    """Orders usual in the minutes after an hour, on the series whose rate is tripled."""
    usual = np.r_[0.0, np.cumsum(np.tile(HOURS, 3))] * RATE / HOURS.sum()
    return np.interp(hour * 60 + minutes, np.arange(len(usual)) * 60, usual) - usual[hour]


def fastest(hours, power, alarms):
    """Minutes before which no test finds so large a part of tripled rates, at `alarms` a month of the series.

    By hand: at 20:00 14 orders an hour are usual. At one alarm a month 18 minutes may err with a chance of
    18 / 43,200; 4.2 are expected in them, so 13 orders it takes, and tripled 12.6 come.
    """
    minutes = np.arange(1.0, 1441)
    chance = alarms * minutes / MONTH
    found = np.zeros(len(minutes))
    for hour in hours:
        usual = expected_since(hour, minutes)
        needed = poisson.isf(chance, usual)
        spare = (chance - poisson.sf(needed, usual)) / poisson.pmf(needed, usual)
        tripled = MULTIPLE * usual
        found += (poisson.sf(needed, tripled) + spare * poisson.pmf(needed, tripled)) / len(hours)
    return minutes[np.argmax(found >= power)]


def told_all(hours, alarms, tries=500):
    """Minutes until a cusum that knows rate and multiple finds it, shape (hours, tries)."""
    rng = np.random.default_rng(0)
    limit = np.log(30 * RATE / alarms)
    found = np.full((len(hours), tries), np.inf)
    grid = np.arange(2881.0)
    for row, hour in enumerate(hours):
        usual = expected_since(hour, grid)
        for attempt in range(tries):
            before = -np.cumsum(rng.exponential(size=60))[::-1]  # usual orders: the sum has seen these
            after = np.cumsum(rng.exponential(size=600)) / MULTIPLE
            clock = np.r_[before, after[after < usual[-1]]]
            score = np.arange(len(clock)) * np.log(MULTIPLE) - (MULTIPLE - 1) * clock
            told = (score - np.minimum.accumulate(score) + np.log(MULTIPLE) >= limit) & (clock > 0)
            if told.any():
                found[row, attempt] = np.interp(clock[told.argmax()], usual, grid)
    return found


def creator(shop, _hour):
    """5,000 orders in 90 minutes."""
    return shop.rng.random(5000) * 90


def tripled(shop, hour):
    """Twice the hour's usual rate more, for eight hours."""
    expected = (MULTIPLE - 1) * shop.rates[0] * HOURS[(hour + np.arange(8)) % 24] / HOURS.sum()
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
    return f"{np.median(found):.1f} / {np.quantile(found, 0.9, method='higher'):.1f}"


def tripled_rows(seeds, policy):
    """Rows of the table for the tripled rate, with theory's figures beside."""
    shop = Shop(RATE, 0)
    alarms = policy.demand.spike_alarms_per_month * RATE / shop.rates.sum()
    hours = range(24)
    found, knowing = planted(RATE, seeds, hours, tripled, policy), told_all(hours, alarms)
    stated = shop.stated(policy)
    rows = []
    for name, of in (WHEN | {f"{hour:02d}:00": (hour,) for hour in hours}).items():
        which = list(of)
        least = " / ".join(f"{fastest(of, power, alarms):.0f}" for power in (0.5, 0.9))
        cells = (spread_of(found[which]), "120", least, spread_of(knowing[which]))
        rows.append((f"tripled rate on 200 a day, {name}", PERCENTILES, *cells))
    within = f"{(found <= 120).mean():.0%}"
    rows.append(("tripled rate on 200 a day, any hour", "found in 120 minutes", within, "", "", ""))
    rows.append(("tripled rate on 200 a day, spread evenly", "minutes, stated", f"{stated:.0f}", "", "", ""))
    return rows


def large(policy):
    """CPU seconds for a day of 100,000 orders over 30,000 series, with the week before it."""
    rng = np.random.default_rng(0)
    names = np.array([f"S{i:05d}" for i in range(30_000)])
    at = DAY - pd.to_timedelta(rng.random(800_000) * 8 * 1440, unit="min").round("us")
    lines = lines_of(names[rng.integers(30_000, size=len(at))], at)
    days = pd.date_range(DAY.tz_localize(None), periods=7, unit="us")
    demand = demand_of(names, days, np.full((30_000, 7), 100_000 / 30_000))
    began = time.process_time()
    found = detect_spikes(lines, demand, policy=policy, as_of=DAY.to_pydatetime())
    return time.process_time() - began, len(found)


def main():
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    policy = Policy()
    found = planted(40.0, options.seeds, FEW, creator, policy)
    rows = [("5,000 orders in 90 minutes on 40 a day", PERCENTILES, spread_of(found), "2", "", "")]
    rows += tripled_rows(options.seeds, policy)
    seconds, found = large(policy)
    rows.append(
        ("100,000 orders a day, 30,000 series, 8 days", "seconds of CPU", f"{seconds:.1f}", "", "", "")
    )
    rows.append(("the same, nothing planted", "alarms", f"{found}", "", "", ""))
    local = Policy(business=BusinessPolicy(time_zone="Europe/London"))
    alarms, months = replay(local)
    rate = policy.demand.spike_alarms_per_month
    for name, count in (("alarms", len(alarms)), ("false alarms", alarms["false"].sum())):
        must = f"{rate * 1.5:.1f}" if name == "false alarms" else ""
        rows.append(
            (f"Online Retail, {months:.1f} months", f"{name} a month", f"{count / months:.2f}", must, "", "")
        )
    columns = ["what", "measure", "found", "must, at most", "no test is faster", "cusum told all"]
    shown = Table(*columns, title=f"spikes, policy: {rate:g} alarm a month")
    for row in rows:
        shown.add_row(*row)
    Console(width=150).print(shown)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows, columns=columns).to_csv(options.out / "spikes.csv", index=False)
        alarms.to_csv(options.out / "online_retail_alarms.csv", index=False)


if __name__ == "__main__":
    main()
