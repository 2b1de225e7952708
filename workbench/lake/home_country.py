"""What the country that most orders come from says about a business, by the data of the Unicode CLDR."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

UNKNOWN = "ZZ"  # ISO 3166 leaves it to users; CLDR means an unknown country by it


class Home(NamedTuple):
    """`country` is an ISO 3166 code, ZZ where unknown; `currency` and `time_zone` are None where unknown."""

    country: str
    currency: str | None
    time_zone: str | None


def home_country(regions: pd.Series[str]) -> Home:
    """Home of a business by the region (a country's English name or code) that stands most often.

    A country with several time zones leaves the zone open.

    >>> home_country(pd.Series(["France", "United Kingdom", "United Kingdom"]))
    Home(country='GB', currency='GBP', time_zone='Europe/London')
    """
    counts = regions.value_counts()
    codes = {name.casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2}
    codes |= {code.casefold(): code for code in codes.values()}
    first = str(counts.index[counts == counts.max()].min()) if len(counts) else ""
    code = codes.get(first.casefold(), UNKNOWN)
    currencies = get_territory_currencies(code)
    zones = [zone for zone, where in get_global("zone_territories").items() if where == code]
    return Home(code, currencies[0] if currencies else None, zones[0] if len(zones) == 1 else None)
