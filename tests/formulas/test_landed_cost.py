from datetime import date

import pandas as pd
import pytest

from tests.rows import table
from workbench.errors import TableError
from workbench.formulas.landed_cost import landed_offers
from workbench.tables import validate

DAY = date(2026, 11, 16)
START = pd.Timestamp("2026-01-01")


def offer(**changes):
    made = {"supplier": "S", "sku": "A", "valid_from": START, "unit_cost": 4.0, "currency": "EUR"}
    return made | {"freight_per_unit": 0.5} | changes


def landed(*offers, day=DAY, rates=(("EUR", 1.1),), tariffs=(), supplier=None, product=None):
    home = {"supplier": "S", "name": "S", "country": "CN", "currency": "EUR", "lead_time_days": 10.0}
    goods = {"sku": "A", "name": "A", "hs_code": "6109.10"}
    return landed_offers(
        table("offers", *offers),
        table("suppliers", home | (supplier or {})),
        table("products", goods | (product or {})),
        table("warehouses", {"warehouse": "W", "name": "W", "country": "US"}),
        table("tariffs", *tariffs),
        table("fx_rates", *({"currency": c, "date": START, "rate": r} for c, r in rates)),
        day=day,
        base_currency="USD",
    )


def duty(rate, since=START, until=None, origin="CN"):
    return {
        "origin": origin,
        "destination": "US",
        "hs_prefix": "61",
        "valid_from": since,
        "valid_to": until,
        "duty_rate": rate,
    }


def test_unit_cost_duty_and_freight_add_up():
    row = landed(offer(), tariffs=[duty(0.1)]).iloc[0]
    assert row["unit_cost_base"] == pytest.approx(4.40)
    assert row["landed_cost"] == pytest.approx(5.34)


def test_the_result_keeps_to_the_dictionary_even_when_empty():
    validate("landed_offers", landed(offer(), offer(tier_from=100, unit_cost=3.0)))
    empty = landed()
    assert empty.empty
    validate("landed_offers", empty)


def test_the_origin_is_the_products_before_the_suppliers():
    rows = [duty(0.1), duty(0.2, origin="VN")]
    assert landed(offer(), tariffs=rows, product={"country_of_origin": "VN"}).iloc[0]["duty_rate"] == 0.2
    assert landed(offer(), tariffs=rows).iloc[0]["duty_rate"] == 0.1


def test_what_a_supplier_sends_from_the_warehouses_country_pays_no_duty():
    row = landed(
        offer(), tariffs=[duty(0.1)], supplier={"country": "US"}, product={"country_of_origin": "CN"}
    ).iloc[0]
    assert row["duty_rate"] == 0


def test_the_next_duty_and_the_cost_of_waiting_for_it_stand_beside_todays():
    change = [duty(0.1, until=pd.Timestamp("2026-11-22")), duty(0.35, since=pd.Timestamp("2026-11-23"))]
    row = landed(offer(), tariffs=change).iloc[0]
    assert row["next_duty_from"] == pd.Timestamp("2026-11-23")
    assert row["next_landed_cost"] == pytest.approx(4.4 * 1.35 + 0.5)


def test_only_offers_valid_on_the_day_count_and_the_newest_of_them():
    rows = landed(
        offer(unit_cost=9.0, valid_to=pd.Timestamp("2026-11-15")),
        offer(unit_cost=8.0, valid_from=pd.Timestamp("2026-11-17")),
        offer(unit_cost=5.0, valid_from=pd.Timestamp("2025-01-01")),
        offer(unit_cost=4.0, valid_from=pd.Timestamp("2026-11-16")),
    )
    assert rows["unit_cost"].tolist() == [4.0]


def test_the_minimum_order_value_comes_in_the_base_currency():
    row = landed(offer(), supplier={"minimum_order_value": 100.0}).iloc[0]
    assert row["minimum_order_value_base"] == pytest.approx(110)


def test_the_latest_rate_on_or_before_the_day_counts():
    rates = table(
        "fx_rates",
        {"currency": "EUR", "date": START, "rate": 1.1},
        {"currency": "EUR", "date": pd.Timestamp("2026-11-17"), "rate": 9.9},
    )
    assert len(rates) == 2
    assert landed(offer()).iloc[0]["unit_cost_base"] == pytest.approx(4.4)


def test_the_base_currency_needs_no_rate():
    assert landed(offer(currency="USD"), rates=()).iloc[0]["unit_cost_base"] == 4.0


def test_a_currency_without_a_rate_names_the_row_and_what_to_add():
    with pytest.raises(TableError, match=r"offers, supplier S, SKU A, currency: found 'EUR'.*fx_rates"):
        landed(offer(), rates=())


@pytest.mark.parametrize(("column", "where"), [("supplier", "suppliers"), ("sku", "products")])
def test_an_offer_without_its_partner_is_named(column, where):
    with pytest.raises(TableError, match=f"{column}: found 'X'; add it to {where}"):
        landed(offer(**{column: "X"}))


# --- payment terms, and what the offer will be

NEXT_WEEK = pd.Timestamp("2026-11-23")


def credited(*offers, payment_days, tariffs=()):
    home = {"supplier": "S", "name": "S", "country": "CN", "currency": "EUR", "lead_time_days": 10.0}
    return landed_offers(
        table("offers", *offers),
        table("suppliers", home | {"payment_days": payment_days}),
        table("products", {"sku": "A", "name": "A", "hs_code": "6109.10"}),
        table("warehouses", {"warehouse": "W", "name": "W", "country": "US"}),
        table("tariffs", *tariffs),
        table("fx_rates", {"currency": "EUR", "date": START, "rate": 1.1}),
        day=DAY,
        base_currency="USD",
        capital_rate=0.1,
    ).iloc[0]


def test_paying_later_is_worth_the_interest():
    row = credited(offer(), payment_days=73.0, tariffs=[duty(0.1)])
    assert row["payment_credit"] == pytest.approx(4.4 - 4.4 / 1.02)
    assert row["landed_cost"] == pytest.approx(4.4 / 1.02 + 0.44 + 0.5)
    assert credited(offer(), payment_days=0.0)["landed_cost"] == pytest.approx(4.9)


def test_a_price_that_rises_is_told_with_its_day():
    row = landed(offer(), offer(valid_from=NEXT_WEEK, unit_cost=5.0), tariffs=[duty(0.1)]).iloc[0]
    assert row["next_price_from"] == NEXT_WEEK
    assert row["next_price_landed"] == pytest.approx(5.5 * 1.1 + 0.5)


def test_an_offer_that_lapses_has_no_next_price():
    row = landed(offer(valid_to=NEXT_WEEK)).iloc[0]
    assert row["next_price_from"] == NEXT_WEEK + pd.Timedelta(days=1)
    assert pd.isna(row["next_price_landed"])


def test_a_tier_that_lapses_goes_back_to_the_price_below_it():
    rows = landed(offer(), offer(tier_from=100, unit_cost=3.0, valid_to=NEXT_WEEK))
    assert rows["next_price_landed"].fillna(0).tolist() == pytest.approx([0, 4.9])


def test_a_contract_that_goes_on_at_its_price_is_no_change():
    row = landed(offer(valid_to=NEXT_WEEK), offer(valid_from=NEXT_WEEK + pd.Timedelta(days=1))).iloc[0]
    assert pd.isna(row["next_price_from"])
