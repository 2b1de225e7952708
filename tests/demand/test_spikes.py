"""Spikes are found in the minutes in which they come; chance and single large orders are not spikes."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.conftest import PROJECT
from tests.demand.conftest import AS_OF, DAY, table
from workbench.demand.spikes import detect_spikes, detection_delay
from workbench.lake.demo_situations import VIRAL
from workbench.lake.gate import check
from workbench.policy import DemandPolicy, Policy
from workbench.tables import QUANTILES, TABLES, quantile_column, validate

END = pd.Timestamp(AS_OF)
END_TYPE = "datetime64[us, UTC]"
DEMO = PROJECT / "data" / "demo"
VIRAL_DAY = date(2026, 11, 16)
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


def planted(*plants, rates=RATES, hours=47, seed=0):
    """The shop's lines with plants; every line is an order of its own."""
    lines = pd.concat([lines_of(rates, hours, seed), *plants], ignore_index=True)
    return lines.assign(order_id=[f"O{i}" for i in range(len(lines))])


def test_an_ordinary_day_is_silent():
    assert spikes(lines_of(RATES), demand_of(RATES)).empty


def test_a_viral_product_is_found_in_its_first_two_minutes():
    found = spikes(planted(burst("S7", 9, 170)), demand_of(RATES))
    assert found["sku"].tolist() == ["S7"]
    row = found.iloc[0]
    began = END - pd.Timedelta(hours=9)
    assert began < row["found_at"] <= began + pd.Timedelta(minutes=2)
    assert 5 <= row["orders"] <= 7
    assert row["units"] >= 165
    assert row["expected"] < 5
    assert row["chance"] < 1e-5


def test_what_comes_after_it_was_found_does_not_change_when():
    lines = planted(burst("S7", 9, 170), hours=24 * 4)
    whole = spikes(lines, demand_of(RATES)).iloc[0]
    known = lines[lines["ordered_at"] <= whole["found_at"]]
    assert spikes(known, demand_of(RATES))["found_at"].tolist() == [whole["found_at"]]


def test_a_spike_of_the_day_before_yesterday_is_no_news():
    found = spikes(planted(burst("S7", 40, 170)), demand_of(RATES))
    assert (found["found_at"] > END - pd.Timedelta(hours=24)).all()


def test_one_large_order_is_no_spike():
    lines = pd.concat([lines_of(RATES), burst("S7", 9, 1, size=500).assign(order_id="B")], ignore_index=True)
    assert spikes(lines, demand_of(RATES)).empty


def test_one_order_of_many_lines_is_no_spike():
    lines = burst("S7", 9, 170)
    many = lines.assign(order_id="B", line=range(1, 171))
    assert spikes(pd.concat([lines_of(RATES), many], ignore_index=True), demand_of(RATES)).empty


def test_the_whole_channel_selling_more_is_no_spike_of_a_series():
    rates = RATES[:100]
    sale = [burst(f"S{number}", 9, 12) for number in range(100)]
    demand = demand_of(rates)
    assert spikes(planted(*sale, rates=rates), demand).empty
    assert spikes(planted(sale[7], rates=rates), demand)["sku"].tolist() == ["S7"]


def test_what_sold_as_much_all_week_is_no_spike():
    """The forecast has missed that S7 sells ten times what it did."""
    rates = np.where(np.arange(300) == 7, 60.0, RATES)
    assert spikes(lines_of(rates, hours=24 * 9), demand_of(RATES)).empty
    assert spikes(planted(burst("S7", 9, 60)), demand_of(RATES))["sku"].tolist() == ["S7"]


def unusable(**columns):
    return planted(burst("S7", 9, 170).assign(**columns))


def test_cancelled_lines_do_not_count():
    assert spikes(unusable(status="cancelled"), demand_of(RATES)).empty


def test_returns_do_not_count():
    assert spikes(unusable(quantity=-1), demand_of(RATES)).empty


def test_lines_without_a_time_do_not_count():
    assert spikes(unusable(ordered_at=pd.NaT).astype({"ordered_at": END_TYPE}), demand_of(RATES)).empty


def test_lines_of_the_future_do_not_count():
    assert spikes(unusable(ordered_at=END + pd.Timedelta(minutes=1)), demand_of(RATES)).empty


def test_a_line_that_is_there_twice_counts_once():
    lines = planted(burst("S7", 9, 170))
    twice = pd.concat([lines, lines[::-1]], ignore_index=True)
    pd.testing.assert_frame_equal(spikes(twice, demand_of(RATES)), spikes(lines, demand_of(RATES)))


def test_false_alarms_keep_to_the_policy():
    """Thirty alarms a month are allowed, so five days of chance may give five."""
    demand = demand_of(RATES, noise=0.1)
    days = [spikes(lines_of(RATES, seed=seed), demand, alarms=30.0) for seed in range(5)]
    assert sum(map(len, days)) <= 5


def test_no_alarm_is_allowed_and_none_is_given():
    assert spikes(planted(burst("S7", 9, 170)), demand_of(RATES), alarms=0.0).empty


def test_no_order_lines_give_no_spikes():
    found = spikes(TABLES["order_lines"].empty(), demand_of(RATES[:2]))
    assert found.empty
    assert list(found) == TABLES["spikes"].names


def test_no_tables_give_no_spikes():
    assert spikes(TABLES["order_lines"].empty(), TABLES["demand"].empty()).empty


def test_a_series_nobody_expected_is_found_too():
    found = spikes(burst("UNKNOWN", 5, 60), demand_of(RATES))
    assert found["sku"].tolist() == ["UNKNOWN"]
    assert spikes(burst("UNKNOWN", 5, 60), TABLES["demand"].empty())["sku"].tolist() == ["UNKNOWN"]


@pytest.mark.parametrize("column", ["units", "expected", "chance", "found_at"])
def test_the_order_of_rows_does_not_matter(column):
    lines = planted(burst("S7", 9, 170))
    demand = demand_of(RATES)
    assert spikes(lines, demand)[column].equals(spikes(lines[::-1], demand[::-1])[column])


def test_the_spikes_keep_to_the_dictionary():
    validate("spikes", spikes(planted(burst("S7", 9, 170)), demand_of(RATES)))


def delays(rates, multiple, alarms=1.0):
    policy = Policy(demand=DemandPolicy(spike_alarms_per_month=alarms))
    options = {"policy": policy, "as_of": AS_OF, "multiple": multiple}
    return detection_delay(lines_of(rates), demand_of(rates), **options)["delay"]


def test_the_delay_is_shorter_for_fast_sellers_larger_spikes_and_more_alarms():
    rates = np.array([5.0, 50.0, 500.0])
    usual = delays(rates, 10.0)
    assert usual.is_monotonic_decreasing
    assert (delays(rates, 30.0) < usual).all()
    assert (delays(rates, 10.0, alarms=100.0) < usual).all()


def test_a_rate_that_did_not_change_is_never_found():
    assert delays(np.array([50.0]), 1.0).isna().all()


def test_a_tripled_rate_is_found_about_as_soon_as_stated():
    """The shop sells alike at all hours but those of BUSY: from eight in the evening on 1.8 times as much."""
    rates = np.r_[200.0, np.full(50, 4.0)]
    extra = np.random.default_rng(1).random(240) * 480  # twice the 120 that these eight hours usually see
    start = END - pd.Timedelta(hours=9)
    more = order_lines([("S0", start + pd.Timedelta(minutes=minute), 1) for minute in extra])
    found = spikes(planted(more, rates=rates), demand_of(rates, noise=0.05)).iloc[0]
    assert found["sku"] == "S0"
    assert (found["found_at"] - start) / pd.Timedelta(minutes=found["delay"]) < 1.5


@pytest.fixture(scope="module")
def demo():
    """The demo's order lines, and a forecast of what the weeks before sold."""
    policy = Policy.load(DEMO / "policy.toml")
    tables = check(DEMO, policy, VIRAL_DAY).tables
    sales = tables["sales"]
    recent = sales[sales["date"] >= pd.Timestamp(VIRAL_DAY) - pd.Timedelta(days=28)]
    mean = recent.groupby(["sku", "channel", "region"], observed=True)["units"].sum() / 28
    days = pd.DataFrame({"date": pd.date_range(VIRAL_DAY, periods=7, unit="us")})
    rows = mean.rename("mean").reset_index().merge(days, how="cross")
    return tables["order_lines"], table("demand", rows.assign(**{quantile_column(p): 0.0 for p in QUANTILES}))


def test_the_demos_creator_is_found_in_the_first_two_minutes(demo):
    """Replayed minute by minute, as the live loop would: 5,000 orders come in 90 minutes from 19:00 on."""
    lines, demand = demo
    policy = Policy.load(DEMO / "policy.toml")
    began = pd.Timestamp(VIRAL.starts, tz=policy.business.time_zone).tz_convert("UTC")

    def known(minutes):
        now = began + pd.Timedelta(minutes=minutes)
        found = detect_spikes(
            lines[lines["ordered_at"] < now], demand, policy=policy, as_of=now.to_pydatetime()
        )
        return found[["sku", "channel"]].to_numpy().tolist()

    assert known(0) == []
    assert known(2) == [[VIRAL.sku, VIRAL.channel]]


def test_true_spikes_of_the_past_do_not_delay_the_next_but_false_ones_do():
    """After a true one the series goes on selling ten times as much for two days."""
    demand, policy = demand_of(RATES), Policy(demand=DemandPolicy(spike_alarms_per_month=1.0))
    bursts = [(f"S{10 * number}", 24 * (2 + number) + 8) for number in range(12)]
    false = [burst(sku, hours, 8) for sku, hours in bursts]
    since = [(sku, END - pd.Timedelta(hours=hours)) for sku, hours in bursts]
    goes_on = [
        order_lines([(sku, start + pd.Timedelta(minutes=30 * step), 1) for step in range(96)])
        for sku, start in since
    ]

    def delay(*plants):
        lines = planted(*plants, hours=24 * 35)
        found = detection_delay(lines, demand, policy=policy, as_of=AS_OF, multiple=30.0)
        return found["delay"].median()

    calm = delay()
    assert delay(*false) > 1.5 * calm
    assert delay(*false, *goes_on) < 1.1 * calm
