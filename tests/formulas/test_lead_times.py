import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import TableError
from workbench.formulas.lead_times import (
    days_to_arrival,
    deliveries,
    independent,
    lead_time_paths,
    next_arrivals,
)

ORDERED = pd.Timestamp("2026-06-01")


def receipts(*days, supplier="S", lines=1):
    rows = [
        {
            "supplier": supplier,
            "purchase_order_id": f"P{number}",
            "sku": f"A{line}",
            "warehouse": "W",
            "ordered_on": ORDERED + pd.Timedelta(days=number),
            "received_on": ORDERED + pd.Timedelta(days=number + lead),
        }
        for number, lead in enumerate(days)
        for line in range(lines)
    ]
    columns = ["supplier", "purchase_order_id", "sku", "warehouse", "ordered_on", "received_on"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"supplier": "str", "ordered_on": "datetime64[us]", "received_on": "datetime64[us]"}
    )


def draws(delivered, promised=10.0, weight=4.0, spread=0.25, paths=400, seed=0):
    suppliers = pd.DataFrame({"supplier": ["S"], "country": "CN", "lead_time_days": [promised]})
    return sampled(delivered, suppliers, paths=paths, weight=weight, spread=spread, seed=seed)[0]


def sampled(delivered, suppliers, **options):
    defaults = {"paths": 400, "weight": 4.0, "country_weight": 4.0, "spread": 0.0, "seed": 0}
    return lead_time_paths(delivered, suppliers, **(defaults | options))


def test_the_lines_of_one_delivery_count_once():
    assert deliveries(receipts(14, lines=5), newest=10)["lead_time"].tolist() == [14]


def test_only_the_newest_deliveries_count():
    assert sorted(deliveries(receipts(10, 20, 30), newest=2)["lead_time"]) == [20, 30]


def test_a_delivery_before_its_order_is_named():
    with pytest.raises(TableError, match="receipts, purchase order P0, received_on: found '2026-05-30'"):
        deliveries(receipts(-2), newest=5)


def test_the_promise_weighs_as_many_receipts_as_the_policy_says():
    worlds = draws(deliveries(receipts(30, 30), newest=9), weight=4, spread=0)
    assert np.mean(worlds == 10) == pytest.approx(4 / 6, abs=0.01)
    assert np.mean(worlds == 30) == pytest.approx(2 / 6, abs=0.01)


def test_without_receipts_the_promise_stands_with_the_stated_spread():
    worlds = draws(deliveries(receipts(), newest=9), promised=40.0, spread=0.25)
    assert worlds.mean() == pytest.approx(40, abs=0.5)
    assert worlds.std() == pytest.approx(10, abs=0.7)


def test_a_lead_time_of_none_arrives_today():
    assert draws(deliveries(receipts(), newest=9), promised=0.0).tolist() == [0] * 400


def test_another_supplier_leaves_the_worlds_of_the_others_alone():
    suppliers = pd.DataFrame({"supplier": ["A", "S"], "country": "CN", "lead_time_days": [5.0, 10.0]})
    empty = deliveries(receipts(), newest=9)
    both = sampled(empty, suppliers, spread=0.25)
    np.testing.assert_array_equal(both[1], draws(empty))


def two(promised=(10.0, 20.0), countries=("CN", "CN")):
    return pd.DataFrame({"supplier": ["S", "T"], "country": countries, "lead_time_days": promised})


def test_a_supplier_without_receipts_borrows_its_countrys_as_ratio_to_the_promise():
    # S takes one and a half times its promise in 4 deliveries; T promises 20
    borrowed = sampled(deliveries(receipts(15, 15, 15, 15), newest=9), two())[1]
    assert np.mean(borrowed == 30) == pytest.approx(4 / 8, abs=0.01)
    assert np.mean(borrowed == 20) == pytest.approx(4 / 8, abs=0.01)


def test_a_supplier_with_few_receipts_borrows_the_rest():
    of_t = receipts(26, supplier="T")
    delivered = deliveries(pd.concat([receipts(15, 15, 15, 15), of_t]), newest=9)
    own = sampled(delivered, two(), weight=1.0)[1]
    shares = {days: np.mean(own == days) for days in (26, 30, 20)}
    assert shares == pytest.approx({26: 1 / 2, 30: 1 / 4, 20: 1 / 4}, abs=0.01)


def test_nothing_is_borrowed_over_a_border():
    assert set(sampled(deliveries(receipts(15), newest=9), two(countries=("CN", "VN")))[1]) == {20}


def test_a_promise_of_none_lends_no_ratio_and_borrows_none():
    delivered = deliveries(receipts(15), newest=9)
    assert set(sampled(delivered, two(promised=(0.0, 20.0)))[1]) == {20}
    assert set(sampled(delivered, two(promised=(10.0, 0.0)))[1]) == {0}


def test_a_lead_time_of_400_days_is_drawn_around_its_promise():
    worlds = draws(deliveries(receipts(), newest=9), promised=400.0, spread=0.25)
    assert worlds.mean() == pytest.approx(400, abs=5)


def test_what_has_waited_rules_out_the_shorter_lead_times():
    left = days_to_arrival(np.array([[8, 12, 14, 10]]), np.array([10]))
    assert sorted(left[0].tolist()) == [0, 0, 2, 4]


def test_an_order_older_than_every_delivery_needs_a_lead_time_anew():
    assert days_to_arrival(np.array([[8, 12]]), np.array([30])).tolist() == [[8, 12]]


def test_a_later_promise_moves_the_arrival():
    assert days_to_arrival(np.array([[8, 12]]), np.array([-5])).tolist() == [[13, 17]]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.integers(-20, 90))
def test_arrivals_are_never_in_the_past_and_keep_the_order_of_the_worlds(lead_times, waited):
    worlds = np.array([lead_times])
    left = days_to_arrival(worlds, np.array([waited]))
    assert (left >= 0).all()
    by_lead_time = left[0][np.argsort(worlds[0], kind="stable")]
    assert (np.diff(by_lead_time) >= 0).all()


def test_other_deliveries_have_the_same_lead_times_in_other_worlds():
    draws = np.arange(300)[None, :].repeat(3, axis=0)
    one, same, other = independent(draws, ["P", "P", "Q"], seed=1)
    assert one.tolist() == same.tolist()
    assert sorted(one) == sorted(other) == list(range(300))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2


def test_the_first_of_all_later_orders_is_waited_for():
    # half of the orders take 3 days, half 24: 10, or 17 where the first is late, or 24, or the late first: 31
    draws = np.repeat([3, 24], 2000)[None, :]
    found = next_arrivals(draws, np.array([7]), ["S"], seed=0)[0]
    days, count = np.unique(found, return_counts=True)
    assert days.tolist() == [10, 17, 24, 31]
    np.testing.assert_allclose(count / 4000, [0.5, 0.25, 0.125, 0.125], atol=0.03)


def test_on_average_an_order_answers_for_a_review_period():
    random = np.random.default_rng(0)
    draws = np.rint(random.gamma(4, 3, (1, 20_000))).astype(np.int64)
    end = np.maximum(draws, next_arrivals(draws, np.array([7]), ["S"], seed=0))
    assert abs((end - draws).mean() - 7) < 0.2
