"""Import duty: the tariff that counts for goods on a day, and when it changes next."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
    codes = _digits(goods["hs_code"])
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


def _changes(tariffs: pd.DataFrame, day: date) -> list[pd.Timestamp]:
    """Days after `day` on which a row of the tariffs begins or has just ended."""
    days = pd.concat([tariffs["valid_from"], tariffs["valid_to"] + pd.Timedelta(days=1)]).dropna()
    return sorted(days[days > pd.Timestamp(day)].unique())


def _on(tariffs: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows that hold on a day, one a route and prefix."""
    instant = pd.Timestamp(day)
    holds = (tariffs["valid_from"] <= instant) & ~(tariffs["valid_to"] < instant)
    rows = tariffs[holds].assign(prefix=_digits(tariffs.loc[holds, "hs_prefix"]))
    newest = rows.sort_values(["valid_from", "hs_prefix"])
    return newest.drop_duplicates([*ROUTE, "prefix"], keep="last")


def _digits(codes: pd.Series[str]) -> pd.Series[str]:
    return codes.astype("str").str.replace(r"[.\s]", "", regex=True).fillna("")
