"""Which header of an exported file is which column of ours: a suggestion that a person can correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workbench.errors import MappingError
from workbench.lake.mapping import FILE

# what exports call our columns, in small letters and digits alone, the surest first; `amount` is the money of
# the whole line, `cancelled_at` and `status` tell of cancelled orders
NAMES = {
    "order_id": (
        *("orderid", "ordernumber", "orderno", "order", "invoiceno", "invoicenumber", "invoiceid", "invoice"),
        *("amazonorderid", "purchaseorderid", "transactionid", "receiptno", "documentno"),
    ),
    "ordered_at": (
        *(
            "orderedat",
            "orderdate",
            "ordertime",
            "ordertimestamp",
            "invoicedate",
            "createdat",
            "purchasedate",
        ),
        *("dateandtime", "datetime", "timestamp", "transactiondate", "saledate", "salesdate", "date", "day"),
    ),
    "sku": (
        *("sku", "stockcode", "lineitemsku", "itemsku", "variantsku", "productsku", "sellersku", "msku"),
        *("productcode", "itemcode", "itemnumber", "itemno", "articlenumber", "articleno", "productid"),
        *("itemid", "asin", "product", "item"),
    ),
    "name": (
        *("lineitemname", "productname", "itemname", "producttitle", "title", "itemdescription"),
        *("productdescription", "description", "name"),
    ),
    "units": (
        *("units", "quantity", "qty", "lineitemquantity", "quantityordered", "orderedquantity"),
        *("quantitypurchased", "unitsordered", "unitssold", "quantitysold", "sales"),
    ),
    "price": ("unitprice", "price", "lineitemprice", "priceperunit", "sellingprice", "saleprice"),
    # Amazon's item-price is the line's
    "amount": ("amount", "itemprice", "linetotal", "lineamount", "totalprice", "revenue"),
    "customer": (
        "customer",
        "customerid",
        "customernumber",
        "customerno",
        "customeremail",
        "buyerid",
        "email",
    ),
    "region": (
        *("region", "country", "shippingcountry", "shipcountry", "deliverycountry", "shiptocountry"),
        *("billingcountry", "market", "state"),
    ),
    "channel": ("channel", "saleschannel", "marketplace", "marketplacename", "store"),
    "cancelled_at": ("cancelledat", "canceledat", "cancelleddate"),
    "status": ("orderstatus", "itemstatus", "status"),
    "currency": ("currency", "currencycode"),
}
NEEDED = {"ordered_at": "the day or time of the order", "sku": "the product's code", "units": "the units"}


class Suggestion(NamedTuple):
    """`columns`: our column -> header. `doubts`: sentences where more than one header would have done."""

    columns: dict[str, str]
    doubts: list[str]


def suggest(headers: Sequence[str], file: str) -> Suggestion:
    """Our columns found among a file's headers, however they are spaced, capitalised or punctuated.

    Raises MappingError when a column that every sales file needs is not among them.

    >>> suggest(["Invoice", "StockCode", "Quantity", "InvoiceDate"], "orders.csv").columns["ordered_at"]
    'InvoiceDate'
    """
    plain = {header: re.sub(r"[^a-z0-9]", "", header.casefold()) for header in headers}
    columns: dict[str, str] = {}
    doubts = []
    for ours, known in _names_for(list(plain.values())).items():
        fitting = sorted((h for h in headers if plain[h] in known), key=lambda h: known.index(plain[h]))
        if not fitting:
            continue
        columns[ours] = fitting[0]
        if len(fitting) > 1:
            doubts.append(
                f"{ours} could be {' or '.join(fitting)}; {fitting[0]} was taken: correct {FILE} if that is "
                "wrong."
            )
    _refuse_unfound(columns, headers, file)
    return Suggestion(columns, doubts)


def _names_for(plain: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Shopify calls the order Name, which elsewhere is the product's."""
    if not any(header.startswith("lineitem") for header in plain):
        return NAMES
    product = tuple(name for name in NAMES["name"] if name != "name")
    return {**NAMES, "name": product, "order_id": (*NAMES["order_id"], "name")}


def _refuse_unfound(columns: dict[str, str], headers: Sequence[str], file: str) -> None:
    unfound = [ours for ours in NEEDED if ours not in columns]
    if unfound:
        what = ", ".join(f"{NEEDED[ours]} (name it {ours})" for ours in unfound)
        raise MappingError(
            f"{file}: no header was recognised as {what}. Its headers are {', '.join(headers)}: rename the "
            "right one in the file and start again."
        )
