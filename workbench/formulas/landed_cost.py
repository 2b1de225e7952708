"""Landed cost: what a unit costs once it stands in the warehouse."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.errors import TableError
from workbench.formulas.duties import ROUTE, duty_rates, next_change, origin_of, refuse_overlaps
from workbench.tables import TABLES

GOODS = [*ROUTE, "hs_code"]
TIER = ["supplier", "sku", "tier_from"]


def landed_offers(
    offers: pd.DataFrame,
    suppliers: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    tariffs: pd.DataFrame,
    fx_rates: pd.DataFrame,
    *,
    day: date,
    base_currency: str,
    capital_rate: float = 0.0,
) -> pd.DataFrame:
    """The table `landed_offers`: every offer valid on `day`, to every warehouse.

    landed_cost = unit cost in the base currency × (1 + duty_rate) + freight_per_unit, money per unit (cost,
    insurance and duty as in the Incoterms' DDP; duty is levied on the unit cost). 4.00 EUR at 1.10 with 10 %
    duty and 0.50 freight lands at 4.40 × 1.10 + 0.50 = 5.34. The duty is that of the day of the order: goods
    bought before a tariff starts are taken to enter at the old rate. The origin is the product's, else the
    supplier's country; what a supplier sends from the warehouse's own country pays none.

    Less `payment_credit`: a unit cost that is paid `payment_days` after arrival is worth unit cost ÷ (1 +
    `capital_rate` × payment_days / 365) on arrival (simple interest, capital_rate a year): 4.40 paid after
    73 days at 10 % is worth 4.40 / 1.02, a credit of 0.0863.

    A row's price changes on `next_price_from`, where the contract of its tier ends or another begins;
    `next_price_landed` is what is then asked for so many units, blank where nothing is.

    Raises TableError for an offer whose supplier or product is in no table, and a currency without a rate,
    and tariffs of one route and prefix that hold on the same day.
    """
    refuse_overlaps(tariffs)
    rows = _with_partners(_valid(offers, pd.Timestamp(day)), suppliers, products)
    rates = _latest_rates(fx_rates, pd.Timestamp(day), base_currency)
    unit_cost_base = rows["unit_cost"] * _rate(rows, "currency", rates, "offers")
    ask_minimum = (rows["minimum_order_value"] > 0) | (rows["minimum_group_value"] > 0)
    # a currency that no amount stands in needs no rate
    own = rows["supplier_currency"].where(ask_minimum, base_currency)
    rate = _rate(rows.assign(own=own), "own", rates, "suppliers")
    owed = capital_rate * rows["payment_days"] / 365
    rows = rows.assign(
        unit_cost_base=unit_cost_base,
        minimum_order_value_base=rows["minimum_order_value"] * rate,
        minimum_group_value_base=rows["minimum_group_value"] * rate,
        paid=1 / (1 + owed),
        payment_credit=unit_cost_base * owed / (1 + owed),
    )
    rows = _with_next_price(rows, offers, rates, pd.Timestamp(day))
    to = warehouses[["warehouse", "country"]].rename(columns={"country": "destination"})
    rows = _with_duty(rows.merge(to, how="cross"), tariffs, day)
    rows = rows.assign(
        landed_cost=_landed(rows, rows["duty_rate"]),
        next_landed_cost=_landed(rows, rows["next_duty_rate"]),
        next_price_landed=rows["next_unit_cost_base"] * (rows["paid"] + rows["duty_rate"])
        + rows["next_freight"],
    )
    table = TABLES["landed_offers"]
    typed = rows[table.names].astype({column.name: column.dtype for column in table.columns})
    return typed.sort_values(list(table.key), ignore_index=True)


def _landed(rows: pd.DataFrame, duty_rate: pd.Series[float]) -> pd.Series[float]:
    return rows["unit_cost_base"] * (1 + duty_rate) - rows["payment_credit"] + rows["freight_per_unit"]


def _valid(offers: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The offers that hold on a day; of several for one tier the one that began last."""
    holds = (offers["valid_from"] <= day) & ~(offers["valid_to"] < day)
    return offers[holds].sort_values([*TIER, "valid_from"]).drop_duplicates(TIER, keep="last")


def _with_next_price(
    rows: pd.DataFrame, offers: pd.DataFrame, rates: pd.Series[float], day: pd.Timestamp
) -> pd.DataFrame:
    """The rows with the day of their next price, and that price and its freight in the base currency."""
    later = offers[offers["valid_from"] > day].groupby(TIER)["valid_from"].min().rename("begins")
    ends = rows["valid_to"] + pd.Timedelta(days=1)
    begins = rows[TIER].join(later, on=TIER)["begins"]
    rows = rows.assign(next_price_from=pd.concat([begins, ends], axis=1).min(axis=1))
    changing = rows.loc[rows["next_price_from"].notna(), [*TIER, "next_price_from"]]
    asked = offers[
        [
            "supplier",
            "sku",
            "tier_from",
            "valid_from",
            "valid_to",
            "unit_cost",
            "currency",
            "freight_per_unit",
        ]
    ]
    then = changing.merge(asked, on=["supplier", "sku"], suffixes=("", "_then"), how="inner")
    holds = (then["valid_from"] <= then["next_price_from"]) & ~(then["valid_to"] < then["next_price_from"])
    reached = holds & (then["tier_from_then"] <= then["tier_from"])
    # the highest tier that so many units reach then, and of its rows the one that began last
    then = (
        then[reached].sort_values([*TIER, "tier_from_then", "valid_from"]).drop_duplicates(TIER, keep="last")
    )
    cost = then["unit_cost"] * then["currency"].map(rates).astype("float64")
    found = then[TIER].assign(next_unit_cost_base=cost, next_freight=then["freight_per_unit"])
    rows = rows.merge(found, on=TIER, how="left", validate="one_to_one")
    same = (rows["next_unit_cost_base"] == rows["unit_cost_base"]) & (
        rows["next_freight"] == rows["freight_per_unit"]
    )
    return rows.assign(next_price_from=rows["next_price_from"].mask(same))


def _with_partners(rows: pd.DataFrame, suppliers: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The offers with their supplier's country, currency and minimum, and their product's customs code."""
    of_supplier = suppliers[
        ["supplier", "country", "currency", "minimum_order_value", "payment_days"]
    ].rename(columns={"currency": "supplier_currency"})
    rows = rows.merge(
        of_supplier, on="supplier", how="left", validate="many_to_one", indicator="known_supplier"
    )
    of_product = products[["sku", "country_of_origin", "hs_code"]]
    rows = rows.merge(of_product, on="sku", how="left", validate="many_to_one", indicator="known_product")
    for column, mark, table in (
        ("supplier", "known_supplier", "suppliers"),
        ("sku", "known_product", "products"),
    ):
        unknown = rows[rows[mark] == "left_only"]
        if len(unknown):
            remedy = f"add it to {table}, or take the offer out"
            raise TableError("offers", _name(unknown.iloc[0]), column, unknown[column].iloc[0], remedy)
    return rows.drop(columns=["known_supplier", "known_product"])


def _with_duty(rows: pd.DataFrame, tariffs: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows with their duty today and its next change."""
    rows = rows.assign(origin=origin_of(rows), hs_code=rows["hs_code"].fillna(""))
    goods = rows[GOODS].drop_duplicates(ignore_index=True)
    goods = goods.assign(duty_rate=duty_rates(goods, tariffs, day), **next_change(goods, tariffs, day))
    return rows.merge(goods, on=GOODS, how="left", validate="many_to_one")


def _latest_rates(fx_rates: pd.DataFrame, day: pd.Timestamp, base_currency: str) -> pd.Series[float]:
    """The rate of every currency on a day: its latest on or before it; the base currency's is 1."""
    known = fx_rates[fx_rates["date"] <= day].sort_values(["currency", "date"])
    rates = known.groupby("currency")["rate"].last()
    rates.loc[base_currency] = 1.0
    return rates


def _rate(rows: pd.DataFrame, column: str, rates: pd.Series[float], table: str) -> pd.Series[float]:
    rate = rows[column].map(rates).astype("float64")
    without = rows[rate.isna()]
    if len(without):
        currency = without[column].iloc[0]
        remedy = f"add a rate of {currency} on or before the plan's day to fx_rates"
        raise TableError(table, _name(without.iloc[0]), "currency", currency, remedy)
    return rate


def _name(offer: pd.Series[str]) -> str:
    return f"supplier {offer['supplier']}, SKU {offer['sku']}"
