"""The country that most lines come from tells code, currency and time zone, as far as it is one."""

import pandas as pd
import pytest

from workbench.lake.home_country import home_country


@pytest.mark.parametrize(
    ("regions", "home"),
    [
        (["GB", "Spain", "GB"], ("GB", "GBP", "Europe/London")),
        (["united states"], ("US", "USD", None)),  # 29 time zones
        (["Spain", "France"], ("FR", "EUR", "Europe/Paris")),  # a tie: the first by name, in any row order
        (["Unspecified"], ("ZZ", None, None)),
        ([], ("ZZ", None, None)),
    ],
)
def test_home_is_where_most_lines_come_from(regions, home):
    assert home_country(pd.Series(regions, dtype="str")) == home
