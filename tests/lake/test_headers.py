"""Headers of common exports are recognised; what is not is said, with the headers that are there."""

import json
from pathlib import Path

import pytest

from workbench.errors import MappingError
from workbench.lake.headers import suggest

FORMATS = Path(__file__).resolve().parents[3] / "shared/data/formats/channel_export_headers.json"
FIRST_YEAR = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
SECOND = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
OURS = ["order_id", "sku", "name", "units", "ordered_at", "price", "customer", "region"]


@pytest.mark.parametrize("headers", [FIRST_YEAR, SECOND, OURS, [f" {h.upper()} " for h in SECOND]])
def test_an_order_export_is_recognised_however_it_is_spelt(headers):
    assert suggest(headers, "orders.csv").columns == dict(zip(OURS, headers, strict=True))


def test_headers_of_a_daily_sales_file():
    found = suggest(["Date", "SKU", "Qty sold", "Units"], "sales.csv")
    assert found.columns == {"ordered_at": "Date", "sku": "SKU", "units": "Units"}


@pytest.mark.real_data
@pytest.mark.skipif(not FORMATS.exists(), reason=f"{FORMATS.name} is not on this machine")
@pytest.mark.parametrize(
    ("export", "expected"),
    [
        (
            "shopify_orders_export",
            {
                "order_id": "Name",
                "ordered_at": "Created at",
                "sku": "Lineitem sku",
                "units": "Lineitem quantity",
                "price": "Lineitem price",
                "name": "Lineitem name",
                "cancelled_at": "Cancelled at",
                "region": "Shipping Country",
            },
        ),
        (
            "amazon_all_orders",
            {
                "order_id": "amazon-order-id",
                "ordered_at": "purchase-date",
                "sku": "sku",
                "units": "quantity",
                "amount": "item-price",
                "status": "order-status",
                "channel": "sales-channel",
            },
        ),
    ],
)
def test_marketplace_exports_are_recognised(export, expected):
    headers = json.loads(FORMATS.read_text())[export]["columns"]
    assert expected.items() <= suggest(headers, "orders.csv").columns.items()


def test_two_headers_that_would_do_are_told():
    found = suggest(["Order ID", "Date", "SKU", "Qty", "Shipping Country", "Billing Country"], "orders.csv")
    assert found.columns["region"] == "Shipping Country"
    assert found.doubts == [
        "region could be Shipping Country or Billing Country; Shipping Country was taken: correct "
        "mapping.toml if that is wrong."
    ]


def test_a_needed_column_that_is_not_recognised_is_named_with_the_headers_there():
    with pytest.raises(MappingError) as fault:
        suggest(["When", "SKU", "How many"], "sales.csv")
    text = str(fault.value)
    assert "the day or time of the order (name it ordered_at), the units (name it units)" in text
    assert "Its headers are When, SKU, How many" in text
