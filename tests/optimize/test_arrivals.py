from datetime import date

import numpy as np
import pandas as pd
import pytest

from workbench.optimize.arrivals import arrival_days

DAY = date(2026, 11, 16)
SUPPLIERS = pd.DataFrame({"supplier": ["S"], "lead_time_days": [10.0], "review": [7], "opens": [0]})
LEAD_TIMES = np.array([[8, 10, 12]])


def arrival(kind="purchase_order", supplier="S", ordered=None, promised=None, confirmed=True):
    frame = pd.DataFrame(
        {
            "reference": ["P"],
            "kind": [kind],
            "supplier": [supplier],
            "ordered_on": pd.to_datetime([ordered]),
            "promised_on": pd.to_datetime([promised]),
            "confirmed": [confirmed],
        }
    ).astype({"supplier": "str"})
    days = arrival_days(frame, SUPPLIERS, LEAD_TIMES, day=DAY, undated_days=7, seed=0)[0]
    return sorted(days.tolist())


def test_an_order_takes_its_suppliers_lead_times_from_its_day_on():
    assert arrival(ordered="2026-11-14") == [6, 8, 10]


def test_a_promise_moves_what_the_order_day_says():
    assert arrival(ordered="2026-11-14", promised="2026-12-16") == [28, 30, 32]


def test_a_release_expects_its_own_median_which_moves_nothing():
    assert arrival(ordered="2026-11-14", promised="2026-12-16", confirmed=False) == [6, 8, 10]


def test_a_late_order_does_not_arrive_in_the_past():
    assert arrival(promised="2026-11-15") == [1, 1, 1]


def test_without_any_date_an_order_counts_as_placed_today():
    assert arrival() == [8, 10, 12]


def test_without_any_date_an_order_counts_from_the_day_it_can_be_placed():
    frame = pd.DataFrame(
        {"reference": ["P"], "kind": ["purchase_order"], "supplier": ["S"], "confirmed": [True]}
    )
    frame = frame.assign(ordered_on=pd.NaT, promised_on=pd.NaT).astype(
        {"supplier": "str", "ordered_on": "datetime64[us]", "promised_on": "datetime64[us]"}
    )
    closed = SUPPLIERS.assign(opens=3)
    days = arrival_days(frame, closed, LEAD_TIMES, day=DAY, undated_days=7, seed=0)[0]
    assert sorted(days.tolist()) == [11, 13, 15]


@pytest.mark.parametrize(("promised", "days"), [("2026-11-18", 2), ("2026-11-10", 1), (None, 7)])
def test_a_transfer_arrives_when_expected(promised, days):
    assert arrival(kind="transfer", supplier=None, promised=promised) == [days] * 3


def test_an_order_at_an_unknown_supplier_arrives_when_promised():
    assert arrival(supplier="X", promised="2026-11-20") == [4, 4, 4]


def orders_of(ordered_on):
    return pd.DataFrame(
        {
            "reference": ["P", "P", "Q"],
            "kind": "purchase_order",
            "supplier": "S",
            "ordered_on": pd.Timestamp(ordered_on),
            "promised_on": pd.NaT,
            "confirmed": True,
        }
    ).astype({"supplier": "str", "promised_on": "datetime64[us]"})


def test_orders_of_one_supplier_are_late_in_worlds_of_their_own():
    draws = np.arange(10, 110)[None, :]
    orders = orders_of("2026-11-09")
    one, same, other = arrival_days(orders, SUPPLIERS, draws, day=DAY, undated_days=7, seed=0)
    assert one.tolist() == same.tolist()
    assert sorted(one) == sorted(other) == list(range(3, 103))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.4
    assert abs(np.corrcoef(one, draws[0])[0, 1]) < 0.4


def test_what_was_ordered_within_a_review_period_sails_with_todays_order():
    draws = np.arange(10, 110)[None, ::-1]
    orders = orders_of("2026-11-15")
    found = arrival_days(orders, SUPPLIERS, draws, day=DAY, undated_days=7, seed=0)
    assert (found == draws - 1).all()
