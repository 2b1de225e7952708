"""What the approval panel knows beside the proposals: the policy, the plan's tables and what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from workbench.authority import Desk
from workbench.formulas.stock import WHERE
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy

Record = dict[str, Any]


class Business(Protocol):
    """A business folder opened on its live plan, as `runs` opens it."""

    desk: Desk
    policy: Policy
    ledger: Ledger

    def live(self) -> Mapping[str, Any] | None:
        """The manifest of the live plan."""

    def snapshot(self) -> Any:
        """The tables of the live plan."""


@dataclass(frozen=True)
class Setting:
    """The plan behind a queue.

    `tables` has the lake's tables as attributes, each read when first asked for; `person` sits at the desk;
    `as_of` is the instant that the plan was made for, None where no plan is live; `outcomes` is the ledger's
    table of that name.
    """

    policy: Policy
    tables: Any
    person: str
    as_of: datetime | None
    outcomes: pd.DataFrame

    @property
    def currency(self) -> str:
        """The money of every amount."""
        return self.policy.business.base_currency

    @property
    def time_zone(self) -> str:
        """The zone that people read instants in."""
        return self.policy.business.time_zone

    @cached_property
    def day(self) -> date:
        """The business day of the plan; without a plan there is none to ask for."""
        if self.as_of is None:
            raise LookupError("no plan is live")
        return self.policy.business.day(self.as_of)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Products' names by SKU."""
        products = self.tables.products
        return dict(zip(products["sku"], products["name"], strict=True))

    @cached_property
    def stock(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """Stock in units by SKU and warehouse: columns of the table `stock`."""
        return self.tables.stock.set_index(WHERE).to_dict("index")  # type: ignore[no-any-return]

    def named(self, sku: str) -> str:
        """A SKU with its product's name, where it is known."""
        return f"{sku} · {self.names[sku]}" if sku in self.names else sku


def setting_of(business: Business) -> Setting:
    """What the panel knows of a business whose plan is live; without a plan there are no tables to ask."""
    live = business.live()
    as_of = business.policy.business.as_of(live["date"]) if live else None
    tables = business.snapshot() if live else None
    return Setting(business.policy, tables, business.desk.person, as_of, business.ledger.outcomes())
