"""Proposals to adopt forecasts and to act on spikes."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.agents.demand_sensing import sense_demand
from workbench.agents.demand_sensing.unadopted import sold_out
from workbench.demand.paths import with_paths
from workbench.policy import DemandPolicy, Policy
from workbench.tables import PROPOSALS, TABLES, WITHOUT_ORDER, quantile_column, validate

SPAN = [quantile_column(probability) for probability in WITHOUT_ORDER]
AS_OF = datetime(2026, 3, 2, 4, tzinfo=UTC)
POLICY = Policy(demand=DemandPolicy(horizon_days=7, error_cost=0.5, tolerance=0.0))
CHANNELS = pd.DataFrame({"channel": ["shop", "web"], "name": ["Shop", "Web"], "fee_rate": [0.0, 0.2]})
PRICES = pd.DataFrame(
    {
        "sku": ["A", "A", "A"],
        "channel": ["shop", "shop", "web"],
        "valid_from": pd.to_datetime(["2025-01-01", "2026-01-01", "2026-01-01"]).as_unit("us"),
        "valid_to": pd.to_datetime(["2025-12-31", None, None]).as_unit("us"),
        "price": [99.0, 10.0, 20.0],
    }
)


def paths_of(series):
    """Demand paths of {(sku, channel): units a day by path}, in one region over a week."""
    days = pd.date_range("2026-03-02", periods=7, unit="us")
    keys = [{"sku": s, "channel": c, "region": "north", "date": day} for s, c in series for day in days]
    rows = np.concatenate([np.tile(np.asarray(paths, dtype=np.float32), (7, 1)) for paths in series.values()])
    return with_paths(pd.DataFrame(keys).astype({"date": "datetime64[us]"}), rows)


def models_of(series, **columns):
    rows = [{"sku": s, "channel": c, "region": "north"} for s, c in series]
    usual = {
        "model": "smoothing",
        "error": 0.4,
        "runner_up": "tsb",
        "runner_up_error": 0.5,
        "history_days": 300,
    }
    usual |= {"censored_days": 0, "recent": 2.0, "never_seen": False}
    table = TABLES["demand_models"]
    return pd.DataFrame(rows).assign(**(usual | columns)).astype({c.name: c.dtype for c in table.columns})


def spikes_of(units=170.0, expected=10.0):
    row = {"sku": "A", "channel": "shop", "units": units, "expected": expected, "chance": 1e-20}
    row |= {"orders": 40, "delay": 90.0}
    row |= {
        "since": pd.Timestamp("2026-03-01 20:00", tz="UTC"),
        "found_at": pd.Timestamp("2026-03-01 21:00", tz="UTC"),
    }
    table = TABLES["spikes"]
    return pd.DataFrame([row]).astype({c.name: c.dtype for c in table.columns})


NONE = TABLES["spikes"].empty()
ONE = {("A", "shop"): [2.0, 4.0]}
TWO = {("A", "shop"): [2.0, 4.0], ("A", "web"): [1.0, 1.0]}


def sense(series, models=None, spikes=NONE, policy=POLICY, **options):
    models = models_of(series) if models is None else models
    paths = paths_of(series) if series else TABLES["demand_paths"].empty()
    found = sense_demand(paths, models, spikes, PRICES, CHANNELS, policy=policy, as_of=AS_OF, **options)
    return validate("proposals", found).set_index("subject")


def test_a_channel_adopts_its_routine_forecasts_together():
    found = sense(TWO)
    assert found.index.tolist() == ["AF-shop", "AF-web"]
    shop = found.loc["AF-shop"]
    assert shop["quantity"] == 21
    assert shop["value"] == 210  # at today's price of 10, not last year's
    (line,) = shop["lines"]
    assert [line[name] for name in ("sku", "channel", "region", "quantity")] == ["A", "shop", "north", 21.0]
    assert not shop["never_seen"]


def test_a_line_tells_what_comes_if_planning_goes_on_with_the_recent_weeks():
    """14 planned: at 4 a day more than that is wanted on the fourth day, at 2 a day never; 14 × 5 lost."""
    found = sense(ONE).loc["AF-shop"]
    (line,) = found["lines"]
    assert [line[f"out_on_{q}"] for q in SPAN] == ["2026-03-05", "2026-03-05", None]
    assert [line[f"beyond_{q}"] for q in SPAN] == [0, 0, 14]
    assert [line[f"lost_{q}"] for q in SPAN] == [0, 0, 70]
    types = {column.name: column.dtype for column in TABLES["forecast_lines"].columns}
    validate("forecast_lines", pd.DataFrame([line]).assign(proposal_id="AF-shop").astype(types))


def test_what_comes_of_all_lines_together_is_counted_path_by_path():
    """One sells 14 more than planned where the other sells 14 fewer: 0 apart, 70 and 112 lost in each."""
    opposed = {("A", "shop"): [4.0, 0.0], ("A", "web"): [0.0, 4.0]}
    told = sense(opposed, models_of(opposed, history_days=3, never_seen=True)).loc["NS-A", "in_all"]
    assert [told[f"beyond_{q}"] for q in SPAN] == [0, 0, 0]
    assert [told[f"lost_{q}"] for q in SPAN] == [182, 182, 182]  # 14 × 10 × 0.5 + 14 × 20 × 0.8 × 0.5


def test_a_spike_tells_what_comes_if_the_forecast_stays():
    """One series: the line's own quantiles are the whole's; 21 are planned, and at most 28 + echo wanted."""
    found = sense(ONE, spikes=spikes_of()).loc["SP-A-shop"]
    (line,) = found["lines"]
    assert {name: line[name] for name in found["in_all"]} == found["in_all"]
    assert line["beyond_q0100"] <= line["beyond_q0500"] <= line["beyond_q0900"]
    assert line["lost_q0900"] == pytest.approx(5 * line["beyond_q0900"], abs=0.05)
    assert AS_OF.date().isoformat() <= line["out_on_q0100"]


def test_units_wanted_beside_the_paths_spread_over_the_days():
    """2 a day against 20: never; with 14 more over the week 4 a day, so more than 20 on the sixth day."""
    steady = paths_of({("A", "shop"): [2.0, 2.0]})
    keys = pd.DataFrame({"sku": ["A"], "channel": ["shop"], "region": ["north"]})
    days = sold_out(steady, keys, np.array([20.0]), np.array([[0.0, 14.0]]))
    assert days.tolist() == [[np.inf, 5.0]]


def test_the_cost_of_each_plan_is_what_its_misses_cost():
    """Paths want 14 or 28 units, the forecast is 21, the recent weeks 14; a unit missed costs 10 × 0.5."""
    shop = sense(ONE).loc["AF-shop"]
    costs = {row["action"]: row["cost"] for row in shop["alternatives"]}
    assert costs["keep planning on the recent weeks (do nothing)"] == 35  # 0 or 14 units missed
    assert costs["use each series' runner-up model"] == pytest.approx(43.75)  # 7 × 5 × 0.5 / 0.4
    assert shop["money_at_risk"] == 0
    assert shop["confidence"] == 0.5  # doing nothing is better in the first path
    # 0 - 35 in the first path, 70 - 35 in the second
    assert shop["if_nothing"].endswith("expected to cost 0 USD more (-35 · -35 · 35 at P10 · P50 · P90).")


def test_where_no_series_has_a_runner_up_half_of_the_way_is_the_other_choice():
    """Half of the way from 14 to 21 is 17.5: 3.5 units or 10.5 missed, at 5 each."""
    costs = {
        row["action"]: row["cost"]
        for row in sense(ONE, models_of(ONE, runner_up=None)).loc["AF-shop", "alternatives"]
    }
    assert costs == {
        "keep planning on the recent weeks (do nothing)": 35,
        "go half of the way from the recent weeks to the forecast": 35,
    }


def test_within_the_tolerance_it_was_right_all_the_same():
    policy = Policy(demand=DemandPolicy(horizon_days=7, error_cost=0.5, tolerance=0.2))
    assert sense(ONE, policy=policy).loc["AF-shop", "confidence"] == 1


def test_fees_lower_what_a_missed_unit_costs():
    web = sense({("A", "web"): [2.0, 4.0]}).loc["AF-web"]
    assert min(row["cost"] for row in web["alternatives"]) == pytest.approx(35 * 2 * 0.8)


def test_a_new_product_is_one_proposal_over_its_channels():
    found = sense(TWO, models_of(TWO, history_days=5, never_seen=True))
    assert found.index.tolist() == ["NS-A"]
    assert found.loc["NS-A", "never_seen"]
    assert found.loc["NS-A", "reason"] == "new_product"
    assert len(found.loc["NS-A", "lines"]) == 2


def test_a_runaway_series_stands_alone():
    found = sense(TWO, models_of(TWO, never_seen=[True, False]))
    assert found.index.tolist() == ["AF-web", "NS-A-shop"]
    assert found.loc["NS-A-shop", "reason"] == "outside_band"


def test_a_spike_takes_its_series_out_of_the_routine():
    found = sense(TWO, spikes=spikes_of())
    assert found.index.tolist() == ["AF-web", "SP-A-shop"]
    spike = found.loc["SP-A-shop"]
    assert spike["kind"] == "act_on_spike"
    assert spike["quantity"] == pytest.approx(21 + 0.5 * 160)
    assert sum(line["quantity"] for line in spike["lines"]) == pytest.approx(spike["quantity"])
    assert spike["never_seen"]
    assert spike["money_at_risk"] > 0
    assert len(spike["alternatives"]) == 2
    assert "170 units of A in shop were ordered since 2026-03-01 20:00 UTC" in spike["evidence"][0]
    assert "found at 21:00:00 UTC by 40 orders in 60 min" in spike["evidence"][1]
    assert "once in 1,000,000,000 times" in spike["evidence"][1]


def test_a_spike_inside_the_band_has_been_seen_before():
    assert not sense(TWO, spikes=spikes_of(units=3.0, expected=1.0)).loc["SP-A-shop", "never_seen"]


def test_a_spike_of_a_series_without_a_forecast_is_still_told():
    found = sense({("A", "web"): [1.0, 1.0]}, spikes=spikes_of())
    assert found.loc["SP-A-shop", "lines"] == []
    assert found.loc["SP-A-shop", "quantity"] == 80


def test_skus_whose_inputs_are_in_question_wait_apart():
    series = {("A", "shop"): [2.0, 4.0], ("B", "shop"): [1.0, 1.0]}
    found = sense(series, doubtful={"B"})
    assert found.index.tolist() == ["AF-shop", "AF-shop-check"]
    assert found.loc["AF-shop", "skus"] == ["A"]
    assert found.loc["AF-shop-check", "skus"] == ["B"]


def test_a_product_without_a_price_borrows_the_usual_one():
    assert sense({("B", "shop"): [1.0, 1.0]}).loc["AF-shop", "value"] == 7 * 15


def test_the_same_seed_gives_the_same_proposals_whatever_the_order_of_rows():
    tables = (paths_of(TWO), models_of(TWO), spikes_of(), PRICES, CHANNELS)
    once = sense_demand(*tables, policy=POLICY, as_of=AS_OF, seed=3)
    turned = sense_demand(*(frame[::-1] for frame in tables), policy=POLICY, as_of=AS_OF, seed=3)
    assert once.to_json() == turned.to_json()
    assert once.to_json() != sense_demand(*tables, policy=POLICY, as_of=AS_OF, seed=4).to_json()


def test_nothing_in_nothing_out():
    found = sense_demand(
        TABLES["demand_paths"].empty(), TABLES["demand_models"].empty(), NONE, PRICES, CHANNELS,
        policy=POLICY, as_of=AS_OF,
    )  # fmt: skip
    assert found.empty
    assert list(found) == [*PROPOSALS.names, "in_all"]
