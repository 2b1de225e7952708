"""Every table of the workbench: key, columns, types, units and meaning. The one dictionary of the project.

Business days are `datetime64[us]` at midnight without a zone; instants (`*_at`) are `datetime64[us, UTC]`;
money is in the policy's base currency unless a `currency` column stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pyarrow as pya

DAY = "datetime64[us]"
INSTANT = "datetime64[us, UTC]"
REQUIRED: Any = object()
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
WITHOUT_ORDER = (0.1, 0.5, 0.9)  # quantiles at which a line tells what happens without it


def quantile_column(probability: float) -> str:
    """Name of the column of a quantile: its probability in thousandths, four digits.

    >>> quantile_column(0.025), quantile_column(0.5)
    ('q0025', 'q0500')
    """
    return f"q{round(probability * 1000):04d}"


def paths_dtype(paths: int) -> pd.ArrowDtype:
    """Column type of sample paths: a list of `paths` float32 in every row."""
    return pd.ArrowDtype(pya.list_(pya.float32(), paths))


@dataclass(frozen=True)
class Column:
    """One column: its type, unit, meaning, the values it may take, and what stands in where it is blank.

    Without `default` a value is required. A default of None means that blank is a meaning of its own.
    """

    name: str
    dtype: str
    unit: str
    meaning: str
    default: Any = REQUIRED
    low: float | None = None
    high: float | None = None
    above: float | None = None
    one_of: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether a blank is a fault."""
        return self.default is REQUIRED

    def pandera(self) -> pa.Column:
        """The same as a pandera column."""
        checks = []
        if self.low is not None:
            checks.append(pa.Check.ge(self.low))
        if self.above is not None:
            checks.append(pa.Check.gt(self.above))
        if self.high is not None:
            checks.append(pa.Check.le(self.high))
        if self.one_of:
            checks.append(pa.Check.isin(self.one_of))
        return pa.Column(
            None if self.dtype == "paths" else self.dtype,
            checks,
            nullable=self.default is None,
            title=self.unit,
            description=self.meaning,
        )


@dataclass(frozen=True)
class Table:
    """One table: what a row is, what identifies it, and its columns in order.

    `kind` is `input` (read through the gate), `made` (written to the lake by a run), `lines` (what a
    proposal consists of, in the lake), `ledger` (rows that are only added) or `state` (beside the ledger's
    chain: what is free of a plan's stock now, changed in place). `optional` inputs may be absent or empty.
    `dated_by` names the column whose latest value tells how old the table is.
    """

    name: str
    kind: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False
    dated_by: str | None = None

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def schema(self) -> pa.DataFrameSchema:
        """The pandera schema; columns beyond the dictionary's are allowed (agents add their own)."""
        return pa.DataFrameSchema(
            {column.name: column.pandera() for column in self.columns},
            unique=list(self.key) or None,
            name=self.name,
            description=self.meaning,
        )

    def empty(self) -> pd.DataFrame:
        """The table without a row, with the dictionary's columns and types."""
        dtypes = {c.name: ("object" if c.dtype == "paths" else c.dtype) for c in self.columns}
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})


def _text(name: str, meaning: str, default: Any = REQUIRED, *one_of: str) -> Column:
    return Column(name, "str", "", meaning, default, one_of=one_of)


def _day(name: str, meaning: str, default: Any = REQUIRED) -> Column:
    return Column(name, DAY, "business day", meaning, default)


def _instant(name: str, meaning: str, default: Any = REQUIRED) -> Column:
    return Column(name, INSTANT, "UTC instant", meaning, default)


def _units(name: str, meaning: str, default: Any = REQUIRED, *, above: float | None = None) -> Column:
    return Column(name, "int64", "units", meaning, default, low=None if above is not None else 0, above=above)


def _number(
    name: str, unit: str, meaning: str, default: Any = REQUIRED, *, high: float | None = None
) -> Column:
    return Column(name, "float64", unit, meaning, default, low=0.0, high=high)


def _share(name: str, meaning: str, default: Any = REQUIRED) -> Column:
    return _number(name, "fraction", meaning, default, high=1.0)


SKU = _text("sku", "stock-keeping unit")
CHANNEL = _text("channel", "where it is sold")
REGION = _text("region", "where demand arises")
WAREHOUSE = _text("warehouse", "where stock stands")
SUPPLIER = _text("supplier", "who it is bought from")
CARRIER = _text("carrier", "who carries parcels")
SERVICE = _text("service", "a carrier's way of shipping")
CURRENCY = _text("currency", "ISO 4217 code of the money in this row")
VALID_FROM = _day("valid_from", "first day on which the row holds")
VALID_TO = _day("valid_to", "last day on which the row holds; blank: no end", None)
PROPOSAL_ID = _text("proposal_id", "the proposal that the line belongs to")

_INPUTS = (
    Table(
        "products",
        "input",
        "what is sold",
        ("sku",),
        (
            SKU,
            _text("name", "what people call it"),
            _text("category", "group of like products", "uncategorised"),
            _text("country_of_origin", "ISO 3166 code of the country it is made in", None),
            _text("hs_code", "customs code of the Harmonised System", None),
            _number("weight_kg", "kg", "weight of one unit, packed", 0.5),
            _number("volume_m3", "m³", "volume of one unit, packed", 0.002),
            _day("launched_on", "first day on sale; blank: before the records begin", None),
            _day("discontinued_on", "last day on sale; blank: none is set", None),
        ),
    ),
    Table(
        "listings",
        "input",
        "what a channel calls a product; a multipack has units > 1, a bundle several rows",
        ("channel", "channel_sku", "sku"),
        (
            CHANNEL,
            _text("channel_sku", "the channel's own code"),
            SKU,
            _units("units", "units of the SKU in one sold piece", 1, above=0),
        ),
        optional=True,
    ),
    Table(
        "channels",
        "input",
        "where the brand sells",
        ("channel",),
        (
            CHANNEL,
            _text("name", "what people call it"),
            _share("fee_rate", "share of the price that the channel keeps", 0.0),
            _number("fee_per_order_line", "money", "fee an order line", 0.0),
            _number(
                "broken_promise_cost", "money per order line", "what a cancelled or late order costs", 0.0
            ),
            _units("minimum_presence", "units of a listed SKU to keep on offer where stock allows", 0),
        ),
    ),
    Table(
        "regions",
        "input",
        "which warehouses may serve a region, in order of preference",
        ("region", "warehouse"),
        (
            REGION,
            WAREHOUSE,
            Column("rank", "int64", "", "1 is asked first", low=1),
        ),
    ),
    Table(
        "warehouses",
        "input",
        "where stock stands and leaves",
        ("warehouse",),
        (
            WAREHOUSE,
            _text("name", "what people call it"),
            _text("country", "ISO 3166 code"),
            _number("capacity_m3", "m³", "room for stock; blank: no limit", None),
            _number("orders_per_day", "orders per day", "orders it can ship; blank: no limit", None),
            _number("handling_cost", "money per order line", "picking and packing", 0.0),
        ),
    ),
    Table(
        "lanes",
        "input",
        "ways to move stock between warehouses",
        ("from_warehouse", "to_warehouse"),
        (
            _text("from_warehouse", "where stock leaves"),
            _text("to_warehouse", "where it arrives"),
            _number("cost_per_unit", "money per unit", "variable cost of a move"),
            _number("cost_per_move", "money", "fixed cost of a day's move", 0.0),
            Column("days", "int64", "days", "from leaving to being available", low=0),
            _number("units_per_day", "units per day", "capacity; blank: no limit", None),
            _number("m3_per_day", "m³ per day", "volume it carries; blank: any", None),
        ),
        optional=True,
    ),
    Table(
        "suppliers",
        "input",
        "who products are bought from",
        ("supplier",),
        (
            SUPPLIER,
            _text("name", "what people call it"),
            _text("country", "ISO 3166 code"),
            CURRENCY,
            _number("minimum_order_value", "money in currency", "least value of one order", 0.0),
            _text("order_weekdays", "days on which it takes orders, 0 = Monday, spaces between", "0 1 2 3 4"),
            _text(
                "closed_days",
                "when it takes none: days, spans and countries' holidays, as 2026-12-24/2027-01-01 CN",
                "",
            ),
            _number("lead_time_days", "days", "promised time from order to arrival"),
            _number("units_per_order", "units", "most units of one order; blank: no limit", None),
            _number("payment_days", "days", "from arrival to payment", 0.0),
            _number("container_m3", "m³", "one order fills containers of this; blank: any volume", None),
            _text("email", "where orders go; blank: none known", None),
        ),
    ),
    Table(
        "offers",
        "input",
        "what a supplier asks for a SKU from a quantity on",
        ("supplier", "sku", "tier_from", "valid_from"),
        (
            SUPPLIER,
            SKU,
            _units("tier_from", "order quantity that this price starts at", 1, above=0),
            VALID_FROM,
            VALID_TO,
            _number("unit_cost", "money in currency per unit", "price before freight and duty"),
            CURRENCY,
            _number("freight_per_unit", "money per unit", "freight to the warehouse, base currency", 0.0),
            _units("minimum_order_quantity", "least units of one order", 1, above=0),
            _units("order_multiple", "units come in packs of", 1, above=0),
            _text("minimum_group", "SKUs of the supplier that share a minimum; blank: none", ""),
            _number(
                "minimum_group_value", "money in supplier's currency", "least value of the group's order", 0.0
            ),
        ),
    ),
    Table(
        "tariffs",
        "input",
        "import duty by origin, destination, HS prefix and date",
        ("origin", "destination", "hs_prefix", "valid_from"),
        (
            _text("origin", "ISO 3166 code of the country of origin"),
            _text("destination", "ISO 3166 code of the warehouse's country"),
            _text("hs_prefix", "HS codes beginning so; the longest match counts"),
            VALID_FROM,
            VALID_TO,
            _number("duty_rate", "fraction of the unit cost", "duty", high=5.0),
        ),
        optional=True,
    ),
    Table(
        "fx_rates",
        "input",
        "exchange rates, dated",
        ("currency", "date"),
        (
            CURRENCY,
            _day("date", "day from which the rate counts"),
            Column("rate", "float64", "base currency per unit of currency", "exchange rate", above=0.0),
        ),
        optional=True,
    ),
    Table(
        "receipts",
        "input",
        "past deliveries: what was ordered, promised and received",
        ("purchase_order_id", "sku", "received_on"),
        (
            _text("purchase_order_id", "the order it belongs to"),
            SUPPLIER,
            SKU,
            WAREHOUSE,
            _day("ordered_on", "day of the order"),
            _day("promised_on", "day promised by the supplier", None),
            _day("received_on", "day it became available"),
            _units("quantity_ordered", "ordered", above=0),
            _units("quantity_received", "received"),
        ),
        optional=True,
    ),
    Table(
        "inventory",
        "input",
        "stock by SKU and warehouse",
        ("sku", "warehouse"),
        (
            SKU,
            WAREHOUSE,
            _units("on_hand", "physically there"),
            _units("reserved", "part of on_hand promised to accepted, unshipped order lines", 0),
            _units("backordered", "accepted lines without stock; never also reserved", 0),
            _day("counted_on", "business day at whose start this was true"),
        ),
        dated_by="counted_on",
    ),
    Table(
        "channel_stock",
        "input",
        "available units ring-fenced for a channel; what no row fences is pooled",
        ("sku", "warehouse", "channel"),
        (
            SKU,
            WAREHOUSE,
            CHANNEL,
            _units("quantity", "ring-fenced units"),
        ),
        optional=True,
    ),
    Table(
        "transfers",
        "input",
        "moves between warehouses that have not arrived",
        ("transfer_id", "sku"),
        (
            _text("transfer_id", "the move it belongs to"),
            SKU,
            _text("from_warehouse", "where it left"),
            _text("to_warehouse", "where it will arrive"),
            _units("quantity", "on the way", above=0),
            _day("expected_on", "day of arrival"),
        ),
        optional=True,
    ),
    Table(
        "purchase_orders",
        "input",
        "orders at suppliers that have not wholly arrived",
        ("purchase_order_id", "sku", "warehouse"),
        (
            _text("purchase_order_id", "the order it belongs to"),
            SKU,
            SUPPLIER,
            WAREHOUSE,
            _units("quantity", "ordered", above=0),
            _units("quantity_received", "of these already received", 0),
            _day("ordered_on", "day of the order"),
            _day("promised_on", "day promised by the supplier", None),
        ),
        optional=True,
    ),
    Table(
        "sales",
        "input",
        "units ordered on their order date, cancellations taken out; a day without a row sold nothing",
        ("date", "sku", "channel", "region"),
        (
            _day("date", "order date"),
            SKU,
            CHANNEL,
            REGION,
            _units("units", "ordered"),
            Column("in_stock", "boolean", "", "false: could not be bought that day; blank: unknown", None),
        ),
        dated_by="date",
    ),
    Table(
        "returns",
        "input",
        "units sent back",
        ("date", "sku", "channel", "region"),
        (
            _day("date", "day of the return"),
            SKU,
            CHANNEL,
            REGION,
            _units("units", "sent back"),
        ),
        optional=True,
    ),
    Table(
        "prices",
        "input",
        "own selling prices",
        ("sku", "channel", "valid_from"),
        (
            SKU,
            CHANNEL,
            VALID_FROM,
            VALID_TO,
            _number("price", "money per unit", "selling price without tax"),
        ),
    ),
    Table(
        "promotions",
        "input",
        "own promotions, past and planned",
        ("sku", "channel", "valid_from"),
        (
            SKU,
            CHANNEL,
            VALID_FROM,
            VALID_TO,
            _share("discount", "share taken off the price"),
        ),
        optional=True,
    ),
    Table(
        "calendar",
        "input",
        "holidays and events by region",
        ("date", "region", "event"),
        (
            _day("date", "day of the event"),
            REGION,
            _text("event", "its name, the same every year"),
        ),
        optional=True,
    ),
    Table(
        "order_lines",
        "input",
        "order lines of the last days with their time; the open ones are to be routed",
        ("order_id", "line"),
        (
            _text("order_id", "the customer's order"),
            Column("line", "int64", "", "line of the order, from 1", 1, low=1),
            _instant("ordered_at", "when it was ordered"),
            CHANNEL,
            REGION,
            SKU,
            _units("quantity", "ordered", above=0),
            _text("status", "open: accepted and not shipped", "open", "open", "shipped", "cancelled"),
            _day("promised_on", "delivery day promised; blank: none", None),
            _text("warehouse", "where its units are reserved; blank: nowhere", None),
            _text("carrier", "carrier planned for it; blank: none", None),
            _text("service", "service planned for it; blank: none", None),
        ),
        optional=True,
        dated_by="ordered_at",
    ),
    Table(
        "services",
        "input",
        "how a carrier ships",
        ("carrier", "service"),
        (
            CARRIER,
            SERVICE,
            _number("cut_off_hour", "hour of the local day", "orders routed later leave tomorrow", 16.0),
            Column("days", "int64", "days", "promised from hand-over to delivery", low=0),
            _share("on_time_rate", "share delivered within days", 0.95),
            _number("parcels_per_day", "parcels per day", "capacity a warehouse; blank: no limit", None),
            _number("dimensional_kg_per_m3", "kg per m³", "volume counts as so much weight", 0.0),
            _number("surcharge_share", "fraction of the charge", "added to it, as for fuel", 0.0),
            _number(
                "co2e_per_parcel", "kg", "CO2 equivalent of a parcel; blank: the policy's is assumed", None
            ),
            _number("co2e_per_kg", "kg per kg", "CO2 equivalent of its weight; blank: as above", None),
        ),
        optional=True,
    ),
    Table(
        "zones",
        "input",
        "a carrier's zone from a warehouse to a region",
        ("carrier", "warehouse", "region"),
        (
            CARRIER,
            WAREHOUSE,
            REGION,
            _text("zone", "name of the zone in the rates"),
            _number("surcharge", "money per parcel", "added to its charge, as for a remote area", 0.0),
        ),
        optional=True,
    ),
    Table(
        "rates",
        "input",
        "price of a parcel by service, zone and weight",
        ("carrier", "service", "zone", "weight_from_kg"),
        (
            CARRIER,
            SERVICE,
            _text("zone", "zone of the carrier"),
            _number("weight_from_kg", "kg", "from this weight, included"),
            _number("weight_to_kg", "kg", "to this weight, excluded"),
            _number("charge", "money per parcel", "what the carrier asks"),
            Column(
                "surcharged",
                "bool",
                "",
                "the charge holds every surcharge, as a live carrier's answer does",
                default=False,
            ),
        ),
        optional=True,
    ),
    Table(
        "deliveries",
        "input",
        "parcels of the last weeks with their days, which tell how long services really take",
        ("order_id", "parcel"),
        (
            _text("order_id", "the customer's order"),
            Column("parcel", "int64", "", "parcel of the order, from 1", 1, low=1),
            CARRIER,
            SERVICE,
            WAREHOUSE,
            REGION,
            _day("handed_over_on", "day on which the carrier took it"),
            _day("delivered_on", "day on which it arrived; blank: still on its way", None),
        ),
        optional=True,
    ),
    Table(
        "signals",
        "input",
        "what is known beside sales",
        ("date", "kind", "sku", "channel", "region"),
        (
            _day("date", "day it is about"),
            _text("kind", "what it measures", REQUIRED, "marketing", "social", "weather", "competitor_price"),
            _text("sku", "the SKU it is about; *: all", "*"),
            _text("channel", "the channel it is about; *: all", "*"),
            _text("region", "the region it is about; *: all", "*"),
            Column("value", "float64", "by kind", "spend, mentions, °C or price"),
            _instant("known_at", "when it became known"),
        ),
        optional=True,
    ),
    Table(
        "disruptions",
        "input",
        "what does not work, from when to when",
        ("kind", "name", "starts_at"),
        (
            _text("kind", "what is disrupted", REQUIRED, "carrier", "warehouse", "supplier"),
            _text("name", "the carrier, warehouse or supplier"),
            _instant("starts_at", "first instant"),
            _instant("ends_at", "last instant; blank: not known", None),
            _text("note", "what is known about it", ""),
        ),
        optional=True,
    ),
    Table(
        "cash",
        "input",
        "money that purchase orders may bind",
        ("date",),
        (
            _day("date", "day from which the amount counts"),
            _number("budget", "money", "most that orders of a day may be worth, landed"),
        ),
        optional=True,
    ),
)

_INPUT = {table.name: table for table in _INPUTS}

_QUANTILES = tuple(_number(quantile_column(p), "units", f"{p:.1%} quantile of the paths") for p in QUANTILES)

_MADE = (
    Table(
        "outstanding",
        "made",
        "released by the workbench and not yet seen in a file",
        ("proposal_id", "line"),
        (
            PROPOSAL_ID,
            Column("line", "int64", "", "line of the release, from 0", low=0),
            _text(
                "kind",
                "what was released",
                REQUIRED,
                "purchase_order",
                "redirect",
                "transfer",
                "shipment",
                "channel_share",
            ),
            _text("reference", "id that a file will confirm: of the purchase order, transfer or order"),
            Column("reference_line", "int64", "", "line of the customer's order; 0 elsewhere", low=0),
            SKU,
            _text("supplier", "of a purchase order", None),
            _text("from_warehouse", "where units leave; blank: from outside", None),
            _text("to_warehouse", "where units arrive; blank: a customer", None),
            _text("channel", "whose share it sets", None),
            Column("quantity", "int64", "units", "released; a share: its new size", low=0),
            _instant("released_at", "when it was released"),
            _day("expected_on", "day of arrival", None),
            Column("overdue", "bool", "", "no file has confirmed it within the policy's days"),
        ),
    ),
    Table(
        "stock",
        "made",
        "stock positions at the start of the business day, releases counted",
        ("sku", "warehouse"),
        (
            SKU,
            WAREHOUSE,
            *(
                Column(name, "int64", "units", meaning)
                for name, meaning in (
                    ("on_hand", "physically there"),
                    ("reserved", "part of on_hand promised to open order lines"),
                    ("backordered", "accepted lines without stock"),
                    ("in_transfer", "on the way here from a warehouse"),
                    ("on_order", "bought or released to be bought, and not received"),
                    ("available", "on_hand - reserved"),
                    ("inventory_position", "on_hand + in_transfer + on_order - reserved - backordered"),
                )
            ),
        ),
    ),
    Table(
        "inbound",
        "made",
        "what will arrive, dated: open and released purchase orders and transfers",
        ("reference", "sku", "warehouse"),
        (
            _text("reference", "id of the purchase order or transfer"),
            _text("kind", "what it is", REQUIRED, "purchase_order", "transfer"),
            SKU,
            WAREHOUSE,
            _text("supplier", "of a purchase order", None),
            Column("quantity", "int64", "units", "still to arrive", low=0),
            _day("ordered_on", "day of the order", None),
            _day("promised_on", "day promised or expected; blank: not known", None),
            Column("confirmed", "bool", "", "a file knows of it"),
            Column("redirected", "bool", "", "a redirect of it was released that no file has confirmed"),
        ),
    ),
    Table(
        "open_lines",
        "made",
        "order lines to be routed: open, and not in a shipment that was released",
        ("order_id", "line"),
        _INPUT["order_lines"].columns,
    ),
    Table(
        "available_to_promise",
        "made",
        "what a channel may promise by a day, and why so much",
        ("channel", "sku", "warehouse", "date"),
        (
            CHANNEL,
            SKU,
            WAREHOUSE,
            _day("date", "business day by which it is wanted"),
            _units(
                "units", "that may be promised for then: ring_fenced + pooled + arriving - kept, at least 0"
            ),
            _units("ring_fenced", "kept for this channel alone"),
            _units("pooled", "that every channel may sell"),
            _units("arriving", "due by then from purchase orders and transfers"),
            _units("kept", "of the pooled and arriving ones, for what others may take and what is owed"),
            _text(
                "reason",
                "what it rests on",
                REQUIRED,
                "ring-fenced stock",
                "pooled stock",
                "dated arrivals",
                "kept for other channels",
                "nothing there",
            ),
        ),
    ),
    Table(
        "channel_shares",
        "made",
        "ring-fenced units by channel, released shares counted",
        ("sku", "warehouse", "channel"),
        _INPUT["channel_stock"].columns,
    ),
    Table(
        "landed_offers",
        "made",
        "what a unit costs in the warehouse, by supplier, SKU, warehouse and price tier, if ordered today",
        ("supplier", "sku", "warehouse", "tier_from"),
        (
            SUPPLIER,
            SKU,
            WAREHOUSE,
            _units("tier_from", "order quantity that this price starts at", above=0),
            _units("minimum_order_quantity", "least units of one order", above=0),
            _units("order_multiple", "units come in packs of", above=0),
            _number("unit_cost", "money in currency per unit", "price before freight and duty"),
            CURRENCY,
            _number("unit_cost_base", "money per unit", "unit_cost in the base currency"),
            _number("freight_per_unit", "money per unit", "freight to the warehouse"),
            _number("duty_rate", "fraction of the unit cost", "duty on what is ordered today"),
            _number("payment_credit", "money per unit", "what paying later than on arrival is worth", 0.0),
            _number(
                "landed_cost",
                "money per unit",
                "unit_cost_base × (1 + duty_rate) - payment_credit + freight_per_unit",
            ),
            _number("next_duty_rate", "fraction of the unit cost", "duty after its next change", None),
            _day("next_duty_from", "day of that change; blank: none known", None),
            _number("next_landed_cost", "money per unit", "landed cost from that day on", None),
            _day("next_price_from", "day from which its price is another, or it lapses; blank: none", None),
            _number(
                "next_price_landed",
                "money per unit",
                "landed cost from then on, duty as today; blank: lapsed",
                None,
            ),
            _number("minimum_order_value_base", "money", "least value of one order, at unit_cost_base"),
            _text("minimum_group", "SKUs of the supplier that share a minimum; blank: none"),
            _number(
                "minimum_group_value_base", "money", "least value of the group's order, at unit_cost_base"
            ),
        ),
    ),
    Table(
        "spikes",
        "made",
        "series that run away from what was expected of them today",
        ("sku", "channel"),
        (
            SKU,
            CHANNEL,
            _instant("since", "start of the window in which it was found"),
            _instant("found_at", "when enough data had come in to say so"),
            Column("orders", "int64", "orders", "that came in this window", 1, low=1),
            _units("units", "ordered from `since` until the plan"),
            _number("expected", "units", "expected from `since` until the plan"),
            _share("chance", "probability of so many orders in the window if nothing had changed"),
            _number("delay", "minutes", "data until a tripled rate of it is found; blank: over a day", None),
        ),
    ),
    Table(
        "demand_paths",
        "made",
        "what could be wanted; path i is the same world in every row",
        ("sku", "channel", "region", "date"),
        (
            SKU,
            CHANNEL,
            REGION,
            _day("date", "day of the demand"),
            Column("paths", "paths", "units", "one float32 a path"),
        ),
    ),
    Table(
        "demand",
        "made",
        "mean and quantiles of the paths",
        ("sku", "channel", "region", "date"),
        (
            SKU,
            CHANNEL,
            REGION,
            _day("date", "day of the demand"),
            _number("mean", "units", "mean of the paths"),
            *_QUANTILES,
        ),
    ),
    Table(
        "demand_models",
        "made",
        "which model serves a series, and what it beat on past data",
        ("sku", "channel", "region"),
        (
            SKU,
            CHANNEL,
            REGION,
            _text("model", "the model that serves it"),
            _number(
                "error",
                "fraction of mean sales",
                "root mean squared error of its weekly sums in the backtest, pooled with like series",
                None,
            ),
            _text("runner_up", "the next best model", None),
            _number("runner_up_error", "fraction of mean sales", "the runner-up's error", None),
            Column("history_days", "int64", "days", "from its first sale or launch to yesterday", low=0),
            Column("censored_days", "int64", "days", "masked because it was out of stock", low=0),
            _number("recent", "units per day", "mean sales of the recent weeks"),
            Column("never_seen", "bool", "", "outside the band of its own past, or too little history"),
        ),
    ),
    Table(
        "backtest",
        "made",
        "how every model did on past days that it had not seen, by class of series",
        ("speed", "model"),
        (
            _text("speed", "class of series by mean sales a day", REQUIRED, "slow", "medium", "fast", "all"),
            _text("model", "the model; served: what each series got in the end, agreed with the aggregates"),
            Column("serves", "int64", "series", "series of the class that it serves", low=0),
            _number("wape", "fraction of sales", "sum of absolute daily errors", None),
            Column("bias", "float64", "fraction of sales", "forecast - actual; positive: too much", None),
            Column("series_days", "int64", "series × days", "compared", low=0),
        ),
    ),
    Table(
        "value_added",
        "made",
        "what every step of the forecast changed in its error on past days, by class of series",
        ("speed", "step"),
        (
            _text("speed", "class of series by mean sales a day", REQUIRED, "slow", "medium", "fast", "all"),
            _text(
                "step",
                "naive: last week again; statistical: best fast model; engine: served; override: a planner's",
                REQUIRED,
                "naive",
                "statistical",
                "engine",
                "override",
            ),
            _number("wape", "fraction of sales", "sum of absolute daily errors", None),
            Column("bias", "float64", "fraction of sales", "forecast - actual; positive: too much", None),
            _number("wape_before", "fraction of sales", "of the step before, on the same days", None),
            Column("change", "float64", "fraction", "of the error by this step; below 0: better", None),
            Column("series_days", "int64", "series × days", "compared", low=0),
        ),
    ),
    Table(
        "coverage",
        "made",
        "how often the paths' bands held what came true, on past days not fitted on",
        ("speed", "days", "share"),
        (
            _text("speed", "class of series by mean sales a day", REQUIRED, "slow", "medium", "fast"),
            Column("days", "int64", "days", "summed: 1, 7, 14 or 28", low=1),
            _share("share", "that the central band should hold"),
            _number("covered", "fraction", "that it held", None, high=1.0),
            Column("sums", "int64", "sums", "compared", low=0),
        ),
    ),
    Table(
        "assumed_demand",
        "made",
        "days out of stock or not on record, and what is taken to have been wanted on them",
        ("sku", "channel", "region", "date"),
        (
            SKU,
            CHANNEL,
            REGION,
            _day("date", "the day"),
            _units("sold", "on record"),
            _number("wanted", "units", "taken to have been wanted, `sold` or more"),
        ),
    ),
    Table(
        "blend",
        "made",
        "how far each source is believed where series and aggregates disagree, and why",
        ("source",),
        (
            _text("source", "series: sum of the series' own; curve: calendar regression; prophet", REQUIRED),
            Column("weight", "float64", "fraction", "of the answer, inverse to the error squared", low=0),
            _number(
                "weekly_error",
                "fraction",
                "root mean square of weekly sums' errors; 0.05 before anything is known",
                None,
            ),
        ),
    ),
    Table(
        "signal_worth",
        "made",
        "what every kind of signal does to the global model's error on past days not learnt from",
        ("kind",),
        (
            _text("kind", "kind of signal; all: every kind at once"),
            Column("days_ahead", "float64", "days", "median from known to its day; negative: known after"),
            _number("wape_with", "fraction of sales", "sum of absolute daily errors with all signals", None),
            _number("wape_without", "fraction of sales", "the same without this kind", None),
            Column("change", "float64", "fraction", "of the error by knowing this kind; < 0: better", None),
            Column("series_days", "int64", "series × days", "compared", low=0),
        ),
    ),
    Table(
        "projection",
        "made",
        "stock expected by SKU and warehouse: demand paths served from stock and arrivals",
        ("sku", "warehouse", "hours"),
        (
            SKU,
            WAREHOUSE,
            Column("hours", "int64", "hours", "after as_of: 4, then every 24", low=0),
            _day("date", "business day that the instant falls on"),
            _number("mean", "units", "expected on_hand not yet sold"),
            _number("q0100", "units", "10 % quantile"),
            _number("q0500", "units", "median"),
            _number("q0900", "units", "90 % quantile"),
            _share("stockout_probability", "chance that demand up to then met no stock"),
            _number("lost_units", "units", "expected demand unmet up to then"),
        ),
    ),
    Table(
        "assumptions",
        "made",
        "what was assumed because nobody has said it yet",
        ("table", "column"),
        (
            _text("table", "table of the dictionary"),
            _text("column", "column of it"),
            _text("assumed", "what was assumed, in a sentence"),
        ),
    ),
    Table(
        "scarcity_prices",
        "made",
        "what one more of something scarce would save the day's shipments",
        ("sku", "warehouse", "carrier", "service"),
        (
            _text("sku", "free units of it; blank: a place of the day", ""),
            WAREHOUSE,
            _text("carrier", "places with its service; blank: places of the warehouse", ""),
            _text("service", "as above", ""),
            _number("scarcity_price", "money per unit or parcel", "that one more would save"),
        ),
    ),
    Table(
        "serving_costs",
        "made",
        "what serving a region from a warehouse costs, as routing prices a typical order line; no row where "
        "no way has a price",
        ("sku", "region", "warehouse"),
        (
            SKU,
            REGION,
            WAREHOUSE,
            _number(
                "serving_cost",
                "money per unit",
                "freight, handling, CO2 equivalent and expected lateness by the cheapest way",
            ),
            _number("places_cost", "money per unit", "what scarce places of the last plan's day add to it"),
        ),
    ),
    Table(
        "planned_ways",
        "made",
        "how every order line leaves by the day's plan, which the next one begins from",
        ("order_id", "line"),
        (
            _text("order_id", "the customer's order"),
            Column("line", "int64", "", "line of the order", low=1),
            Column("parcel", "int64", "", "parcel of the order, from 1", low=1),
            WAREHOUSE,
            CARRIER,
            SERVICE,
        ),
    ),
    Table(
        "routing_frontier",
        "made",
        "plans of the day under other weights, none of which another one beats in everything",
        ("plan",),
        (
            Column("plan", "int64", "", "from 1, the cheapest first", low=1),
            _number("co2e_price", "money per kg", "`routing.co2e_price` that makes it", 0.0),
            _number("lateness_cost_per_day", "money per order and day", "the policy's, that makes it", 0.0),
            _number("cost", "money", "freight and handling of all that leaves", 0.0),
            _number("co2e_kg", "kg", "CO2 equivalent of all that leaves", 0.0),
            _number("order_days_late", "days", "after the promise, expected, of all that leaves", 0.0),
            Column("parcels", "int64", "parcels", "that leave", low=0),
            Column("orders_held", "int64", "orders", "that wait", low=0),
            _share("split_rate", "orders that leave in several parcels, of those that leave"),
            Column("current", "bool", "", "made with the weights that today's plan has"),
        ),
    ),
    Table(
        "rate_sources",
        "made",
        "where the rates of carriers with a live service come from",
        ("carrier",),
        (
            CARRIER,
            Column("live", "int64", "rates", "answered by the live service", low=0),
            Column("card", "int64", "rates", "of the rate card, for want of an answer", low=0),
            Column("none", "int64", "rates", "asked for, without an answer or a card", low=0),
            Column("failures", "int64", "tries", "that failed", low=0),
            _text("told", "what happened, in a sentence"),
        ),
    ),
    Table(
        "policy_text",
        "made",
        "the policy that a plan was made with, for its replay",
        ("policy",),
        (_text("policy", "its hash"), _text("text", "the file, word for word")),
    ),
    Table(
        "files",
        "made",
        "what became of the rows of every input file",
        ("file", "table"),
        (
            _text("file", "the file"),
            _text("table", "table that it fills"),
            Column("rows_in", "int64", "rows", "read: used + quarantined + out_of_scope", low=0),
            Column("used", "int64", "rows", "that the table is made of", low=0),
            Column("quarantined", "int64", "rows", "that did not pass the gate", low=0),
            Column("out_of_scope", "int64", "rows", "that are none of this plan's business", low=0),
        ),
    ),
    Table(
        "quarantine",
        "made",
        "rows that did not pass the gate",
        ("file", "row", "column", "problem"),
        (
            _text("table", "table that the row was meant for"),
            _text("file", "file it stood in"),
            Column("row", "int64", "", "row of the file, the header is row 1", low=0),
            _text("column", "where the fault is"),
            _text("found", "what was there"),
            _text("problem", "what is wrong, as a short code"),
            _text("remedy", "what to change"),
            _text("key", "the row's key as it stood there, its parts in order; blank: not known", None),
            _text("sku", "the SKU it touches, where known", None),
            _day("date", "the day it touches, where known", None),
            _number("value", "money", "the money it touches, where known", 0.0),
        ),
    ),
)

_WITHOUT = tuple(
    column
    for p in WITHOUT_ORDER
    for column in (
        _day(f"out_on_{quantile_column(p)}", f"without it: run out by then with {p:.0%}; blank: later", None),
        _number(f"missed_{quantile_column(p)}", "units", f"without it: missed, {p:.0%} quantile"),
        _number(f"lost_{quantile_column(p)}", "money", f"without it: margin and penalty, {p:.0%} quantile"),
    )
)
_LACKING = tuple(
    column
    for p in WITHOUT_ORDER
    for column in (
        _number(
            f"missed_{quantile_column(p)}", "units", f"without it: find no stock there, {p:.0%} quantile"
        ),
        _number(f"lost_{quantile_column(p)}", "money", f"without it: what that costs, {p:.0%} quantile"),
    )
)
_UNADOPTED = tuple(
    column
    for p in WITHOUT_ORDER
    for column in (
        _day(
            f"out_on_{quantile_column(p)}",
            f"without it: what is planned is sold out by then with {p:.0%}; blank: later",
            None,
        ),
        Column(
            f"beyond_{quantile_column(p)}",
            "float64",
            "units",
            f"without it: wanted beyond what is planned, below 0 less, {p:.0%} quantile",
        ),
        _number(
            f"lost_{quantile_column(p)}", "money", f"without it: units too many or too few, {p:.0%} quantile"
        ),
    )
)
_UNSENT = tuple(
    column
    for p in WITHOUT_ORDER
    for column in (
        _day(
            f"delivered_on_{quantile_column(p)}",
            f"without it: delivered by then with {p:.0%}; blank: not known",
            None,
        ),
        _number(f"missed_{quantile_column(p)}", "units", f"without it: after the promise, {p:.0%} quantile"),
        _number(f"lost_{quantile_column(p)}", "money", f"without it: waiting and lateness, {p:.0%} quantile"),
    )
)

_LINES = (
    Table(
        "forecast_lines",
        "lines",
        "what a forecast proposal adopts",
        ("proposal_id", "sku", "channel", "region"),
        (
            PROPOSAL_ID,
            SKU,
            CHANNEL,
            REGION,
            Column("quantity", "float64", "units", "expected over the horizon", low=0.0),
            *_UNADOPTED,
        ),
    ),
    Table(
        "channel_share_lines",
        "lines",
        "units of a buffer given to a channel",
        ("proposal_id", "sku", "warehouse", "channel"),
        (
            PROPOSAL_ID,
            SKU,
            WAREHOUSE,
            CHANNEL,
            Column("quantity", "int64", "units", "the channel's new share", low=0),
            Column("quantity_before", "int64", "units", "its share until now", low=0),
            *_LACKING,
        ),
    ),
    Table(
        "transfer_lines",
        "lines",
        "what a transfer moves",
        ("proposal_id", "sku"),
        (
            PROPOSAL_ID,
            SKU,
            _text("from_warehouse", "where it leaves"),
            _text("to_warehouse", "where it arrives"),
            _units("quantity", "moved", above=0),
            _day("expected_on", "day of arrival"),
            _number("cost", "money", "of moving it"),
            Column("gain", "float64", "money", "expected from having it there, cost taken off"),
            *_LACKING,
        ),
    ),
    Table(
        "redirect_lines",
        "lines",
        "units of an open purchase order that arrive at another warehouse than planned",
        ("proposal_id", "sku"),
        (
            PROPOSAL_ID,
            _text("purchase_order_id", "the order"),
            SKU,
            SUPPLIER,
            _text("from_warehouse", "where they were to arrive"),
            _text("to_warehouse", "where they arrive instead"),
            _units("quantity", "redirected", above=0),
            _units("on_order", "of the line still to arrive at from_warehouse before"),
            _units("order_multiple", "units come in packs of", above=0),
            _day("expected_on", "day of arrival, as promised"),
            _number("landed_cost", "money per unit", "a unit's cost as allocation takes it"),
            _number("value", "money", "quantity × landed_cost"),
            _number("cost", "money", "of redirecting it"),
            Column("gain", "float64", "money", "expected from having it there, cost taken off"),
            *_LACKING,
        ),
    ),
    Table(
        "purchase_order_lines",
        "lines",
        "what a purchase order buys; in a proposal each line has `tiers` beside, its offer's price tiers as "
        "[tier_from, unit_cost, landed_cost]",
        ("proposal_id", "sku", "warehouse"),
        (
            PROPOSAL_ID,
            SKU,
            SUPPLIER,
            WAREHOUSE,
            _units("quantity", "ordered", above=0),
            _units("order_multiple", "units come in packs of", above=0),
            _units("minimum_order_quantity", "least units", above=0),
            _number("unit_cost", "money in currency per unit", "price of its tier"),
            CURRENCY,
            _number("landed_cost", "money per unit", "with freight and duty"),
            _number("value", "money", "quantity × landed_cost"),
            _day("expected_on", "median day of arrival"),
            _number("protection_interval", "days", "lead time and review period that it covers"),
            _share("covers", "chance that no stockout comes before the next order can arrive"),
            _share("demand_quantile", "chance that what is short from its arrival to the next is met"),
            _number("uncovered", "units", "expected to be short from its arrival to the next all the same"),
            Column("marginal_return", "float64", "money", "expected gain of its last pack"),
            _units("quantity_alone", "that it would order by itself"),
            _number("pull_cost", "money", "expected gain given up where it was pulled forward", 0.0),
            _text(
                "bound_by",
                "what set the quantity",
                REQUIRED,
                "demand",
                "minimum",
                "multiple",
                "price tier",
                "supplier minimum",
                "group minimum",
                "container",
                "budget",
                "room",
                "capacity",
            ),
            _text("fallback", "supplier that it was not given to; blank: nobody else offers it", None),
            _number("fallback_landed_cost", "money per unit", "what a unit would cost there", None),
            *_WITHOUT,
        ),
    ),
    Table(
        "shipment_lines",
        "lines",
        "which warehouse ships an order line, how",
        ("proposal_id", "order_id", "line", "parcel"),
        (
            PROPOSAL_ID,
            _text("order_id", "the customer's order"),
            Column("line", "int64", "", "line of the order", low=1),
            Column("parcel", "int64", "", "parcel of the order, from 1", low=1),
            SKU,
            _text("warehouse", "where it leaves; blank: on hold", None),
            _text("carrier", "who carries it; blank: on hold", None),
            _text("service", "how; blank: on hold", None),
            _units("quantity", "shipped or held", above=0),
            _number("cost", "money", "its share of the order's cost"),
            _number("co2e_kg", "kg", "its share of the order's CO2 equivalent"),
            _day("expected_on", "day of delivery", None),
            _number("days_late", "days", "after the promise", 0.0),
            _text("runner_up", "next best warehouse, carrier and service; blank: none", None),
            Column("runner_up_cost", "float64", "money", "more than was chosen, prices included", None),
            _number("stock_price", "money", "what others would pay for the parcel's scarce units", 0.0),
            _number("capacity_price", "money", "what others would pay for its place of the day", 0.0),
            _day("promised_on", "day promised to the customer; blank: none", None),
            *_UNSENT,
        ),
    ),
)

AGENTS = ("demand_sensing", "allocation", "replenishment", "routing")
AGENT_OF = {  # by kind of decision
    "adopt_forecast": "demand_sensing",
    "act_on_spike": "demand_sensing",
    "channel_share": "allocation",
    "redirect": "allocation",
    "transfer": "allocation",
    "purchase_order": "replenishment",
    "shipment": "routing",
    "hold_orders": "routing",
    "unconfirmed_release": "replenishment",
}
KINDS = tuple(AGENT_OF)
# what an agent may do by itself, from nothing to acting on its own inside its envelope
LEVELS = ("shadow", "recommend", "guarded", "autonomous")
# why a person decided so, beside the words
REASON_CODES = (
    "as_agreed",
    "budget",
    "duplicate",
    "no_room",
    "price",
    "promotion",
    "quantity",
    "supplier",
    "timing",
    "wrong_input",
    "other",
)

PROPOSALS = Table(
    "proposals",
    "ledger",
    "what an agent proposes; its own columns and its lines stand beside these",
    ("proposal_id",),
    (
        _text("proposal_id", "the subject, and once recorded the run behind it"),
        _text("agent", "who proposes", REQUIRED, *AGENTS),
        _text("kind", "what is to be done", REQUIRED, *KINDS),
        _text("subject", "what it is about, as a code; two proposals on one subject exclude each other"),
        _text("title", "the action in a sentence, as a change from today"),
        Column("skus", "object", "", "SKUs it rests on, a sorted list"),
        Column("quantity", "float64", "units", "what is bought, moved or shipped", low=0.0),
        _number("value", "money", "what it binds or spends; of a forecast: the sales it expects"),
        _share("confidence", "probability that it will be judged correct"),
        _text("reason", "short code of why"),
        _text("if_nothing", "what happens if nothing is done, in a sentence"),
        _number("money_at_risk", "money", "expected loss if nothing is done"),
        Column("alternatives", "object", "", "best other actions: a list of {action, cost}"),
        Column("evidence", "object", "", "what it rests on: a list of sentences"),
        Column("never_seen", "bool", "", "rests on a pattern never seen"),
        _share("outage_share", "open orders that an outage behind it touches, of all", 0.0),
        _share("buffer_share", "of a buffer that it moves", 0.0),
        Column("lines", "object", "", "records of the kind's lines table, without proposal_id"),
    ),
)

_LEDGER = (
    PROPOSALS,
    Table(
        "decisions",
        "ledger",
        "what became of a proposal; the last row counts",
        ("decision_id",),
        (
            Column("decision_id", "int64", "", "running number"),
            _text("proposal_id", "the proposal"),
            _text(
                "decision",
                "what was decided",
                REQUIRED,
                "executed",
                "escalated",
                "shadowed",
                "approved",
                "amended",
                "changed",
                "rejected",
                "expired",
                "undone",
            ),
            _text("decided_by", "a person, or the agent's name"),
            _instant("decided_at", "when"),
            _number("approved_quantity", "units", "quantity that was decided", None),
            _text("reason", "why: the rule with limit and value, or the person's words", ""),
            Column("lines", "object", "", "the lines as changed; blank: as proposed", None),
            _text("reason_code", "why a person decided so, as a code", None, *REASON_CODES),
        ),
    ),
    Table(
        "outcomes",
        "ledger",
        "how a decision came true, judged once, when what it was for had happened",
        ("proposal_id",),
        (
            _text("proposal_id", "the proposal"),
            _text("agent", "who proposed", REQUIRED, *AGENTS),
            _text("kind", "what was to be done", REQUIRED, *KINDS),
            _share("confidence", "probability of being judged correct, as the agent claimed it"),
            Column("correct", "bool", "", "realised_cost ≤ best_cost + tolerance"),
            Column("realised_cost", "float64", "money", "of what the agent proposed, with what came true"),
            Column("best_cost", "float64", "money", "of the best recorded alternative, nothing included"),
            _text("best_action", "that alternative"),
            _number("tolerance", "money", "by which it may cost more and be correct, after the policy"),
            _number("regret", "money", "realised_cost - best_cost, at least 0"),
            Column(
                "decided_cost", "float64", "money", "of what a person did instead; blank: as proposed", None
            ),
            _day("matured_on", "first day on which all that it rests on had happened"),
            _instant("judged_at", "when it was judged"),
        ),
    ),
    Table(
        "authority_changes",
        "ledger",
        "what an agent may do by itself, as it changed; the last row of an agent and kind counts",
        ("change_id",),
        (
            Column("change_id", "int64", "", "running number"),
            _text("agent", "the agent", REQUIRED, *AGENTS),
            _text("kind", "class of decision; blank: all of the agent's", None, *KINDS),
            _text("level", "what holds from then on; of what is proposed: would hold", None, *LEVELS),
            _text(
                "cause",
                "what changed it",
                REQUIRED,
                "started",
                "proposed",
                "promoted",
                "demoted",
                "failed_gate",
                "stopped",
                "resumed",
            ),
            _text("reason", "why, with the figures"),
            _text("actor", "a person, or the workbench"),
            _text("code", "hash of the agent's code and of what it is built on", None),
            _text("limits", "hash of the agent's section of the policy and of its limits", None),
            _instant("changed_at", "when"),
        ),
    ),
    Table(
        "runs",
        "ledger",
        "one making of a plan; steps that have finished are rows of events",
        ("run_id",),
        (
            _text("run_id", "the run"),
            _day("date", "business day planned"),
            _text(
                "inputs", "hash of day, input versions and policy read: the same inputs have the same hash"
            ),
            Column("versions", "object", "", "table versions of the lake that it read"),
            _text("policy", "hash of the policy"),
            Column(
                "policy_read",
                "object",
                "",
                "hash by agent of what its proposals rest on of the policy; blank: all of it",
                None,
            ),
            Column("parameters", "object", "", "given for the notebooks, texts by name; blank: none", None),
            Column(
                "notebooks", "object", "", "hash of every step's notebook, by step; blank: not kept", None
            ),
            _instant("started_at", "when"),
        ),
    ),
    Table(
        "events",
        "ledger",
        "what happened: steps finished, releases, refusals",
        ("event_id",),
        (
            Column("event_id", "int64", "", "running number"),
            _text("run_id", "the run it belongs to", None),
            _text("kind", "what happened"),
            _text("subject", "to what"),
            Column("detail", "object", "", "what is worth knowing"),
            _instant("happened_at", "when"),
        ),
    ),
    Table(
        "releases",
        "ledger",
        "what left the building: one row a line",
        ("release_id", "proposal_id", "line"),
        (
            _text("release_id", "run and running number"),
            _text("proposal_id", "the proposal"),
            Column("line", "int64", "", "line of the proposal, from 0", low=0),
            Column("content", "object", "", "the line as released"),
            _instant("released_at", "when"),
        ),
    ),
    Table(
        "manifests",
        "ledger",
        "published plans; the last one is live",
        ("run_id",),
        (
            _text("run_id", "the run that is live"),
            _day("date", "business day planned"),
            _text("head", "hash of the ledger's chain when it was published"),
            Column("summary", "object", "", "what the plan says in figures"),
            _instant("published_at", "when"),
        ),
    ),
)

_STATE = (
    Table(
        "stock_left",
        "state",
        "what may still be given away of the stock that a plan was made on",
        ("run_id", "sku", "warehouse"),
        (
            _text("run_id", "the run whose stock it is"),
            SKU,
            WAREHOUSE,
            _units("units", "on hand when the run began"),
            _units("units_left", "of these that nothing has reserved"),
            Column("state_version", "int64", "", "grows with every change of the row", low=0),
        ),
    ),
    Table(
        "reservations",
        "state",
        "units that are spoken for; they count until they end",
        ("run_id", "reservation_key", "holder", "sku", "warehouse"),
        (
            _text("run_id", "the run whose stock it is"),
            _text("reservation_key", "the request: a key that comes again gets the same answer"),
            _text("holder", "for whom: a proposal, an order line, or what the stock file says is reserved"),
            SKU,
            WAREHOUSE,
            _units("units", "spoken for"),
            _instant("reserved_at", "since when"),
            _instant("expires_at", "until when; blank: until it is ended", None),
            _text(
                "ended", "why it counts no longer; blank: it counts", None, "released", "expired", "shipped"
            ),
        ),
    ),
    Table(
        "reservation_answers",
        "state",
        "what was asked under a key, and the answer",
        ("run_id", "reservation_key"),
        (
            _text("run_id", "the run whose stock it is"),
            _text("reservation_key", "the request"),
            Column("asked", "object", "", "holder and units by SKU and warehouse"),
            Column("refusal", "str", "", "why it was refused; blank: granted", None),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (*_INPUTS, *_MADE, *_LINES, *_LEDGER, *_STATE)}
INPUTS: dict[str, Table] = _INPUT
LINES_OF_KIND = {
    "adopt_forecast": "forecast_lines",
    "act_on_spike": "forecast_lines",
    "channel_share": "channel_share_lines",
    "redirect": "redirect_lines",
    "transfer": "transfer_lines",
    "purchase_order": "purchase_order_lines",
    "shipment": "shipment_lines",
    "hold_orders": "shipment_lines",
    "unconfirmed_release": "purchase_order_lines",
}


def proposals_table(records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Proposals as the ledger takes them, sorted by subject, from one record a proposal.

    `proposal_id` is the subject; `never_seen`, `outage_share` and `buffer_share` may be left out. Columns
    beyond the common ones are kept. Raises `pandera.errors.SchemaErrors` with all faults at once.
    """
    frame = pd.DataFrame.from_records(list(records))
    if frame.empty:
        return PROPOSALS.empty()
    frame = frame.assign(proposal_id=frame["subject"])
    for column, default in (("never_seen", False), ("outage_share", 0.0), ("buffer_share", 0.0)):
        frame[column] = frame[column].fillna(default) if column in frame else default
    own = [name for name in frame.columns if name not in PROPOSALS.names]
    frame = frame[[*PROPOSALS.names, *own]].astype({c.name: c.dtype for c in PROPOSALS.columns})
    return validate("proposals", frame.sort_values("subject", ignore_index=True))


def validate(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, if it keeps to its entry in the dictionary.

    Raises `pandera.errors.SchemaErrors` with all faults at once. For tables the workbench makes itself; what
    comes from outside goes through the gate, which speaks to planners.
    """
    return TABLES[name].schema().validate(frame, lazy=True)
