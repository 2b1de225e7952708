"""Where the demand of a region falls."""

from __future__ import annotations

import pandas as pd

from workbench.errors import TableError


def first_warehouse(region: pd.Series[str], regions: pd.DataFrame) -> pd.Series[str]:
    """The warehouse that is asked first, for every row of `region`.

    Raises TableError for a region that `regions` gives no warehouse.

    >>> regions = pd.DataFrame({"region": ["east", "east"], "warehouse": ["B", "A"], "rank": [2, 3]})
    >>> first_warehouse(pd.Series(["east"]), regions).tolist()
    ['B']
    """
    first = regions.sort_values(["region", "rank", "warehouse"]).drop_duplicates("region")
    warehouse = region.map(first.set_index("region")["warehouse"])
    if warehouse.isna().any():
        name = region[warehouse.isna()].min()
        raise TableError(
            "regions", f"region {name}", "warehouse", "nothing", "list the warehouses that may serve it"
        )
    return warehouse
