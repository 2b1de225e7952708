"""A business of two products, one channel and one warehouse as files, to be spoilt by the tests."""

from datetime import date
from pathlib import Path

from workbench.lake.gate import check
from workbench.lake.report import Report
from workbench.policy import Policy

DAY = date(2026, 11, 16)
POLICY = Policy()
FILES = {
    "products": "sku,name\nA,Apple\nB,Bell\n",
    "channels": "channel,name\nshop,Our shop\n",
    "warehouses": "warehouse,name,country\nmain,Main,US\nside,Side,US\n",
    "regions": "region,warehouse,rank\neast,main,1\nwest,main,1\n",
    "suppliers": "supplier,name,country,currency,lead_time_days\nS1,Smith,US,USD,14\n",
    "offers": "supplier,sku,valid_from,unit_cost,currency\nS1,A,2026-01-01,4,USD\nS1,B,2026-01-01,3,USD\n",
    "prices": "sku,channel,valid_from,price\nA,shop,2026-01-01,10\n",
    "inventory": "sku,warehouse,on_hand,reserved,counted_on\nA,main,5,1,2026-11-16\nB,main,7,0,2026-11-16\n",
    "sales": (
        "date,sku,channel,region,units\n"
        "2026-11-13,A,shop,east,2\n"
        "2026-11-14,A,shop,east,3\n"
        "2026-11-15,B,shop,west,1\n"
    ),
}
ORDERS = "order_id,line,ordered_at,channel,region,sku,quantity,status\n"
ORDER = "O1,1,2026-11-15T10:00:00Z,shop,east,A,2,open\n"


def write_business(folder: Path, mapping: str = "", **files: str | bytes | None) -> Path:
    """The files, with those named replaced, added, or left out (None); `mapping` is added to mapping.toml."""
    sections = []
    for name, content in {**FILES, **files}.items():
        if content is None:
            continue
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(data)
        if f"[tables.{name}]" not in mapping:
            sections.append(f'[tables.{name}]\nfile = "{name}.csv"\n')
    (folder / "mapping.toml").write_text("\n".join([*sections, mapping]), encoding="utf-8")
    return folder


def checked(folder: Path, mapping: str = "", policy: Policy = POLICY, **files: str | bytes | None) -> Report:
    """What the gate says about such a business."""
    return check(write_business(folder, mapping, **files), policy, DAY)


def faults(report: Report) -> set[tuple[str, int, str, str]]:
    """Table, row, column and problem of everything in quarantine."""
    quarantine = report.quarantine
    return set(
        zip(quarantine["table"], quarantine["row"], quarantine["column"], quarantine["problem"], strict=True)
    )


def account(report: Report, table: str) -> tuple[int, int, int, int]:
    """Rows in, used, quarantined and out of scope of a table's file."""
    row = report.rows.set_index("table").loc[table]
    return tuple(int(row[name]) for name in ("rows_in", "used", "quarantined", "out_of_scope"))
