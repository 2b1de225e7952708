"""Cancellations take back the latest earlier units of the same customer, SKU and price."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.lake.cancellations import taken_back

DAYS = 3


def lines(*rows, who="Ann", sku="A", price=2.0):
    days, units = zip(*rows, strict=True) if rows else ((), ())
    return pd.DataFrame(
        {
            "who": pd.Series([who] * len(rows), dtype="str"),
            "sku": pd.Series([sku] * len(rows), dtype="str"),
            "price": price,
            "region": "Spain",
            "channel": "shop",
            "units": pd.Series(units, dtype="int64"),
            "ordered_at": pd.Timestamp("2026-03-01") + pd.to_timedelta(list(days), unit="D"),
        }
    )


def test_the_latest_order_is_taken_back_first():
    assert taken_back(lines((0, 6), (1, 4), (2, -5)), DAYS).tolist() == [1, 4, 5]


def test_nothing_older_than_the_days_is_taken_back():
    assert taken_back(lines((0, 6), (4, -5)), DAYS).tolist() == [0, 0]
    assert taken_back(lines((0, 6), (3, -5)), DAYS).tolist() == [5, 5]


def test_no_more_is_taken_back_than_is_left():
    assert taken_back(lines((0, 6), (1, -4), (2, -4)), DAYS).tolist() == [6, 4, 2]


def test_an_order_after_the_cancellation_stays():
    assert taken_back(lines((1, -4), (2, 4)), DAYS).tolist() == [0, 0]


def test_an_order_of_the_same_minute_counts_as_earlier():
    assert taken_back(lines((1, -4), (1, 4)), DAYS).tolist() == [4, 4]


def test_another_customer_or_price_or_an_unknown_customer_matches_nothing():
    order = lines((0, 6))
    for other in (
        lines((1, -6), who="Bob"),
        lines((1, -6), price=2.5),
        lines((1, -6), sku="B"),
    ):
        assert taken_back(pd.concat([order, other], ignore_index=True), DAYS).sum() == 0
    assert taken_back(lines((0, 6), (1, -6), who=None), DAYS).sum() == 0


@st.composite
def histories(draw):
    row = st.tuples(
        st.integers(0, 8),
        st.sampled_from([-7, -3, -1, 1, 2, 5]),
        st.sampled_from(["a", "b", None]),
        st.sampled_from([1.0, float("nan")]),
    )
    days, units, who, price = zip(*draw(st.lists(row, min_size=1, max_size=20)), strict=True)
    frame = lines(*zip(days, units, strict=True))
    return frame.assign(who=pd.Series(who, dtype="str"), price=price)


def one_by_one(history):
    """The same by a pile a group, a line at a time."""
    taken = pd.Series(0, index=history.index)
    ordered = history.assign(back=history["units"] < 0).sort_values(["ordered_at", "back", "units"])
    for _, group in ordered[ordered["who"].notna()].groupby(["who", "sku", "price"], dropna=False):
        pile = []
        for line in group.itertuples():
            if line.units > 0:
                pile.append(line)
                continue
            for order in reversed(pile):
                left = order.units - taken[order.Index]
                if line.ordered_at - order.ordered_at <= pd.Timedelta(days=DAYS):
                    units = min(left, -line.units - taken[line.Index])
                    taken[order.Index] += units
                    taken[line.Index] += units
    return taken


@settings(max_examples=60, deadline=None)
@given(histories())
def test_it_equals_a_pile_worked_line_by_line(history):
    what = [history["who"], history["sku"], history["price"], history["ordered_at"], history["units"]]
    fast = taken_back(history, DAYS).groupby(what, dropna=False).sum()
    slow = one_by_one(history).groupby(what, dropna=False).sum()
    assert fast.tolist() == slow.tolist()


@settings(max_examples=40, deadline=None)
@given(histories(), st.randoms())
def test_row_order_does_not_matter(history, random):
    order = list(history.index)
    random.shuffle(order)
    what = ["who", "sku", "price", "ordered_at", "units"]
    sums = [
        frame.assign(taken=taken_back(frame, DAYS)).groupby(what, dropna=False)["taken"].sum()
        for frame in (history, history.loc[order])
    ]
    assert sums[0].tolist() == sums[1].tolist()
