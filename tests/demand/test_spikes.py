"""Spikes are found in the hours in which they come; chance and single large orders are not spikes."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import AS_OF, DAY, table
from workbench.demand.spikes import detect_spikes
from workbench.policy import DemandPolicy, Policy
from workbench.tables import QUANTILES, TABLES, quantile_column

END = pd.Timestamp(AS_OF)
BUSY = np.array([0.2] * 7 + [1.0] * 12 + [1.8] * 5)  # nights are quiet


def demand_of(rates, noise=0.2):
    """The table `demand` of series with steady rates, units a day."""
    days = pd.date_range(DAY, periods=28, unit="us")
    rows = []
    for number, rate in enumerate(rates):
        deviation = np.sqrt(rate + noise * rate**2)
        row = {quantile_column(p): max(rate + (p - 0.5) * 4 * deviation, 0.0) for p in QUANTILES}
        rows += [
            {"sku": f"S{number}", "channel": "shop", "region": "r", "date": d, "mean": rate, **row}
            for d in days
        ]
    return table("demand", rows)


def lines_of(rates, hours=47, seed=0, size=1):
    """Order lines of the last hours; a series sells its rate a day, most of it by day."""
    rng = np.random.default_rng(seed)
    rows = []
    for number, rate in enumerate(rates):
        for back in range(1, hours + 1):
            hour = END - pd.Timedelta(hours=back)
            minutes = rng.integers(60, size=rng.poisson(rate / 24 * BUSY[hour.hour]))
            rows += [(f"S{number}", hour + pd.Timedelta(minutes=int(minute)), size) for minute in minutes]
    return order_lines(rows)


def order_lines(rows):
    frame = pd.DataFrame(rows, columns=["sku", "ordered_at", "quantity"])
    frame = frame.assign(order_id=[f"O{i}" for i in range(len(frame))], channel="shop", region="r")
    return table("order_lines", frame)


def spikes(lines, demand, alarms=1.0):
    policy = Policy(demand=DemandPolicy(spike_alarms_per_month=alarms))
    return detect_spikes(lines, demand, policy=policy, as_of=AS_OF)


RATES = np.full(300, 4.0)


def burst(sku, hours_ago, orders, size=1):
    start = END - pd.Timedelta(hours=hours_ago)
    return order_lines([(sku, start + pd.Timedelta(seconds=20 * i), size) for i in range(orders)])


def test_an_ordinary_day_is_silent():
    assert spikes(lines_of(RATES), demand_of(RATES)).empty


def test_a_viral_product_is_found_in_its_first_hour():
    lines = pd.concat([lines_of(RATES), burst("S7", 9, 170).assign(order_id="B")], ignore_index=True)
    found = spikes(lines.assign(line=range(1, len(lines) + 1)), demand_of(RATES))
    assert found["sku"].tolist() == ["S7"]
    row = found.iloc[0]
    assert row["since"] <= END - pd.Timedelta(hours=9) < row["found_at"] <= END - pd.Timedelta(hours=8)
    assert row["units"] >= 170
    assert row["expected"] < 5
    assert row["chance"] < 1e-6


def test_a_spike_of_the_day_before_yesterday_is_no_news():
    lines = pd.concat([lines_of(RATES), burst("S7", 40, 170).assign(order_id="B")], ignore_index=True)
    found = spikes(lines.assign(line=range(1, len(lines) + 1)), demand_of(RATES))
    assert found.empty or (found["found_at"] > END - pd.Timedelta(hours=24)).all()


def test_one_large_order_is_no_spike():
    lines = pd.concat([lines_of(RATES), burst("S7", 9, 1, size=500).assign(order_id="B")], ignore_index=True)
    assert spikes(lines, demand_of(RATES)).empty


def test_cancelled_lines_do_not_count():
    lines = pd.concat([lines_of(RATES), burst("S7", 9, 170).assign(order_id="B", status="cancelled")])
    assert spikes(lines, demand_of(RATES)).empty


def test_false_alarms_keep_to_the_policy():
    """Thirty alarms a month are allowed, so five days of chance may give five."""
    demand = demand_of(RATES, noise=0.1)
    days = [spikes(lines_of(RATES, seed=seed), demand, alarms=30.0) for seed in range(5)]
    assert sum(map(len, days)) <= 5


def test_no_order_lines_give_no_spikes():
    found = spikes(TABLES["order_lines"].empty(), demand_of(RATES[:2]))
    assert found.empty
    assert list(found) == TABLES["spikes"].names


def test_a_series_nobody_expected_is_found_too():
    found = spikes(burst("UNKNOWN", 5, 60), demand_of(RATES))
    assert found["sku"].tolist() == ["UNKNOWN"]


@pytest.mark.parametrize("column", ["units", "expected", "chance"])
def test_the_order_of_rows_does_not_matter(column):
    lines = pd.concat([lines_of(RATES), burst("S7", 9, 170).assign(order_id="B")], ignore_index=True)
    demand = demand_of(RATES)
    assert spikes(lines, demand)[column].equals(spikes(lines[::-1], demand[::-1])[column])
