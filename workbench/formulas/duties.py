"""Import duty: the tariff that counts for goods on a day, and when it changes next."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import TableError

ROUTE = ["origin", "destination"]


def duty_rates(goods: pd.DataFrame, tariffs: pd.DataFrame, day: date) -> NDArray[np.float64]:
    """Duty of every row of `goods` (origin, destination, hs_code), as a fraction of the unit cost.

    The longest matching HS prefix counts, dots and spaces aside; of several rows for one prefix the one that
    began last, so that a new row replaces an old one without an end. Goods that cross no border and goods
    without a matching row pay none: with a row for 61 at 0.12 and one for 6109 at 0.16, a T-shirt
    (6109.10) pays 0.16.
    """
    rates = np.zeros(len(goods))
    rows = _on(tariffs, day)
    codes = digits(goods["hs_code"])
    for length in sorted(rows["prefix"].str.len().unique()):
        cut = goods[ROUTE].assign(prefix=codes.str[:length])
        of_length = rows.loc[rows["prefix"].str.len() == length, [*ROUTE, "prefix", "duty_rate"]]
        found = cut.merge(of_length, on=[*ROUTE, "prefix"], how="left", validate="many_to_one")["duty_rate"]
        rates = np.where(found.notna(), found, rates)
    return np.where(goods["origin"] == goods["destination"], 0.0, rates)


def next_change(goods: pd.DataFrame, tariffs: pd.DataFrame, day: date) -> pd.DataFrame:
    """The first day after `day` on which the duty of a row of `goods` differs, and the duty from then on.

    Columns next_duty_from and next_duty_rate, blank where no change is known, in the order of `goods`.
    """
    today = duty_rates(goods, tariffs, day)
    rate = np.full(len(goods), np.nan)
    since = np.full(len(goods), np.datetime64("NaT", "us"))
    for change in _changes(tariffs, day):
        then = duty_rates(goods, tariffs, change.date())
        first = np.isnan(rate) & (then != today)
        rate[first], since[first] = then[first], change.to_datetime64()
    return pd.DataFrame({"next_duty_rate": rate, "next_duty_from": since}, index=goods.index)


def origin_of(goods: pd.DataFrame) -> pd.Series[str]:
    """Where goods (country_of_origin, country of their supplier, destination) come from for the customs.

    The product's origin, else the supplier's country; what a supplier sends from the destination's own
    country has crossed the border already.
    """
    origin = goods["country_of_origin"].fillna(goods["country"])
    return origin.where(goods["country"] != goods["destination"], goods["destination"])


def refuse_overlaps(tariffs: pd.DataFrame) -> None:
    """Raise TableError for two rows of one route and prefix that hold on the same day.

    A row without an end holds until the next of its route and prefix begins.
    """
    rows = tariffs.assign(prefix=digits(tariffs["hs_prefix"])).sort_values([*ROUTE, "prefix", "valid_from"])
    key = [*ROUTE, "prefix"]
    latest_before = rows["valid_to"].groupby([rows[name] for name in key]).cummax()
    before = latest_before.groupby([rows[name] for name in key]).shift()
    twice = rows.duplicated([*key, "valid_from"]) | (rows["valid_from"] <= before)
    for row in rows[twice].head(1).to_dict("records"):
        where = f"origin {row['origin']}, destination {row['destination']}, hs_prefix {row['hs_prefix']}"
        since = row["valid_from"].date().isoformat()
        remedy = "another row of this route and prefix holds then; end one the day before the other begins"
        raise TableError("tariffs", where, "valid_from", since, remedy)


def _changes(tariffs: pd.DataFrame, day: date) -> list[pd.Timestamp]:
    """Days after `day` on which a row of the tariffs begins or has just ended."""
    days = pd.concat([tariffs["valid_from"], tariffs["valid_to"] + pd.Timedelta(days=1)]).dropna()
    return sorted(days[days > pd.Timestamp(day)].unique())


def _on(tariffs: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows that hold on a day, one a route and prefix."""
    instant = pd.Timestamp(day)
    holds = (tariffs["valid_from"] <= instant) & ~(tariffs["valid_to"] < instant)
    rows = tariffs[holds].assign(prefix=digits(tariffs.loc[holds, "hs_prefix"]))
    newest = rows.sort_values(["valid_from", "hs_prefix"])
    return newest.drop_duplicates([*ROUTE, "prefix"], keep="last")


def digits(codes: pd.Series[str]) -> pd.Series[str]:
    """Customs codes without dots and spaces."""
    return codes.astype("str").str.replace(r"[.\s]", "", regex=True).fillna("")
