from dataclasses import replace

import pandas as pd
import pytest

from tests.agents.test_fill_up import market  # noqa: F401 - a fixture
from tests.views.test_order_book import PO1, ground, queue, tables  # noqa: F401 - fixtures
from workbench.views.order_book import book_of, tried
from workbench.views.order_limits import limits_broken

NARROW = "\u202f"


def lines_of(volume, proposals=("P1",), supplier="S", sku="A"):
    """An order of 70 units a proposal."""
    made = {"supplier": supplier, "sku": sku, "warehouse": "W", "quantity": 70.0, "volume_m3": volume}
    return pd.DataFrame([made | {"proposal_id": name} for name in proposals])


@pytest.fixture
def here(tables):  # noqa: F811
    terms = pd.DataFrame({"name": ["Smith"], "container": [10.0]}, index=["S"])
    return replace(ground(tables), terms=terms, room={"W": 8.0}, container_fill=0.5)


def said(lines, here, proposal="P1"):
    return [
        sentence.replace(NARROW, " ").replace("\xa0", " ")
        for sentence in limits_broken(lines, here, proposal, "USD")
    ]


def test_what_fits_and_fills_is_not_spoken_of(here):
    assert said(lines_of(6.0), here) == []


def test_room_counts_the_orders_of_the_whole_day(here):
    both = lines_of(6.0, ("P1", "P2"))

    assert said(both, replace(here, terms=here.terms.iloc[:0])) == [
        "W has 8.0 m³ free when orders arrive, all that is ordered for it needs 12.0 m³: 4.0 m³ too much. "
        "Order less for W, or make room there."
    ]


def test_a_warehouse_without_a_limit_has_room(here):
    assert said(lines_of(1e6), replace(here, room={}, terms=here.terms.iloc[:0])) == []


def test_what_fills_the_last_container_is_named_with_its_cost(here, market):  # noqa: F811
    free = replace(here, room={}, market=market)

    # 3.5 of 10 m³; 1.5 more are three packs of 10 units at 5.00, bought 7 days sooner at 0.005 a day
    assert said(lines_of(3.5), free) == [
        "Smith ships in containers of 10.0 m³: container 1 is filled to 35 %, 50 % is asked for and 1.5 m³ "
        "are missing. Adding 30 units of A at W fills it: that is 150 USD more to pay and gives up 1 USD of "
        "expected gain."
    ]


def test_a_full_container_and_a_last_one_that_is_nearly_empty(here):
    (sentence,) = said(lines_of(13.5), replace(here, room={}))

    assert "container 2 is filled to 35 %" in sentence
    assert "1.5 m³ are missing" in sentence


def test_packs_that_fit_in_no_container_are_not_proposed(here, market):  # noqa: F811
    small = replace(here, room={}, market=market, terms=here.terms.assign(container=0.2))

    (sentence,) = said(lines_of(0.05), small)
    assert "No whole packs of its lines fill it" in sentence


@pytest.mark.parametrize("quantity", [0.0, 1_200.0])
def test_full_containers_and_orders_of_nothing_ask_for_nothing(here, quantity):
    lines = lines_of(quantity / 120).assign(quantity=quantity)

    assert said(lines, replace(here, room={})) == []


def test_tried_quantities_are_judged(queue, tables):  # noqa: F811
    here = replace(ground(tables), room={"RNO": 0.001, "DFW": 0.001, "MDT": 0.001})
    here = replace(here, volume=here.volume.fillna(0) + 0.01)
    book = book_of(queue)

    assert limits_broken(tried(book, here, {}), here, PO1, "USD")
    none = {(PO1, position): 0.0 for position in range(4)}
    assert not limits_broken(tried(book, here, none), here, PO1, "USD")
