"""A first business folder from one exported sales file: a suggested mapping, assumed tables beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from workbench.errors import GateStop, MappingError
from workbench.lake.assumed_tables import ASSUMED_TABLES, Assumed, assumed_tables
from workbench.lake.cells import texts
from workbench.lake.headers import Suggestion, suggest
from workbench.lake.home_country import Home, home_country
from workbench.lake.mapping import FILE, Mapping, Source
from workbench.lake.own_sales import own_sales
from workbench.lake.reading import Raw, read
from workbench.policy import AssumptionsPolicy, BusinessPolicy, GatePolicy, Policy

POLICY_FILE = "policy.toml"
PARQUET_ROWS = 50_000  # a table as long as this nobody edits by hand


def init(folder: Path, sales_file: Path) -> list[str]:
    """Make a business folder from one file of order lines or daily sales; sentences of what was done.

    Copies the file and writes `mapping.toml`, every other required table with its assumptions marked, and
    `policy.toml`, unless one lies there: then its assumptions count. Raises MappingError when the folder has
    a mapping already, would lose a file, or the sales file is not there, cannot be read or understood;
    nothing is written then.
    """
    _refuse(folder, sales_file)
    found = _read(sales_file)
    suggestion = suggest(list(found.cells.columns), sales_file.name)
    home = home_country(_column(found.cells, suggestion, "region").dropna())
    policy, fitted = _policy(folder, home, _column(found.cells, suggestion, "currency"))
    sold = own_sales(found.cells, suggestion, sales_file.name, policy)
    if sold.sales.empty:
        raise MappingError(" ".join([*sold.story, "Nothing is left to plan from: correct the file."]))
    currency = policy.business.base_currency
    assumed = assumed_tables(sold.lines, sold.sales, home.country, currency, policy.assumptions)
    _write(folder, sales_file, sold.mapping, policy, assumed)
    first, last = sold.sales["date"].min(), sold.sales["date"].max()
    return [
        f"{sales_file.name}: {len(found.cells):,} rows; sales from {first:%Y-%m-%d} to {last:%Y-%m-%d}.",
        *([f"{len(found.broken):,} more rows do not fit its header."] if len(found.broken) else []),
        *found.notes,
        *_headers(suggestion, found.cells),
        *sold.story,
        fitted,
        *_assumptions(assumed),
        f"Look through {FILE} and {POLICY_FILE}, then run: workbench plan --folder {folder} "
        f"--date {last + pd.Timedelta(days=1):%Y-%m-%d}",
    ]


def _refuse(folder: Path, sales_file: Path) -> None:
    if (folder / FILE).exists():
        raise MappingError(
            f"{folder} has a {FILE} already; name another folder, or take that file away first."
        )
    if sales_file.suffix.lower() not in (".csv", ".parquet"):
        raise MappingError(
            f"{sales_file.name} is neither .csv nor .parquet; save it as CSV, or rename it when it is text."
        )
    if not sales_file.is_file():
        raise MappingError(f"There is no file {sales_file}; correct the path given to --sales.")
    made = [f"{name}{suffix}" for name in ASSUMED_TABLES for suffix in (".csv", ".parquet")]
    in_the_way = [name for name in made if (folder / name).exists() or name == sales_file.name]
    if in_the_way:
        raise MappingError(
            f"{', '.join(in_the_way)} would be overwritten in {folder}; rename it, or name an empty folder."
        )


def _read(sales_file: Path) -> Raw:
    """The file's rows; one that cannot be read stops no plan here, it is refused."""
    try:
        return read(sales_file, sales_file.name)
    except GateStop as stop:
        raise MappingError(str(stop)) from stop


def _column(raw: pd.DataFrame, suggestion: Suggestion, ours: str) -> pd.Series[str]:
    header = suggestion.columns.get(ours)
    return texts(raw[header]) if header else pd.Series(dtype="str")


def _policy(folder: Path, home: Home, currencies: pd.Series[str]) -> tuple[Policy, str]:
    """The folder's policy, or the default with what the file says about the business."""
    if (folder / POLICY_FILE).exists():
        return Policy.load(folder / POLICY_FILE), f"{POLICY_FILE} was there and stays as it is."
    default = BusinessPolicy()
    written = currencies.str.upper()
    written = written[written.str.fullmatch("[A-Z]{3}", na=False)].mode()
    business = BusinessPolicy(
        name=folder.resolve().name,
        base_currency=str(written.iloc[0]) if len(written) else home.currency or default.base_currency,
        time_zone=home.time_zone or default.time_zone,
    )
    policy = Policy(business=business, gate=GatePolicy(max_age_days=AssumptionsPolicy().max_age_days))
    return policy, (
        f"{POLICY_FILE}: amounts are taken to be in {business.base_currency} and times to be those of "
        f"{business.time_zone}, as the file's currency or the country of most lines says, where it says one."
    )


def _headers(suggestion: Suggestion, raw: pd.DataFrame) -> list[str]:
    used = ", ".join(f"{ours} = {header}" for ours, header in suggestion.columns.items())
    left = [str(header) for header in raw.columns if header not in suggestion.columns.values()]
    unused = [f"Not used: {', '.join(left)}."] if left else []
    return [f"Headers were read as {used}.", *suggestion.doubts, *unused]


def _assumptions(assumed: dict[str, Assumed]) -> list[str]:
    return [
        f"Assumed in {name}: {'; '.join(f'{column}: {text}' for column, text in table.assumed.items())}."
        for name, table in assumed.items()
    ]


def _write(
    folder: Path, sales_file: Path, mapping: Mapping, policy: Policy, assumed: dict[str, Assumed]
) -> None:
    """All files; the mapping last, for it is what makes the folder a business folder."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / sales_file.name
    if target.resolve() != sales_file.resolve():
        shutil.copyfile(sales_file, target)
    tables = dict(mapping.tables)
    for name, table in assumed.items():
        tables[name] = Source(file=_write_table(folder, name, table.frame), assumed=table.assumed)
    if not (folder / POLICY_FILE).exists():
        (folder / POLICY_FILE).write_text(policy.toml(), encoding="utf-8")
    (folder / FILE).write_text(mapping.model_copy(update={"tables": tables}).toml(), encoding="utf-8")


def _write_table(folder: Path, name: str, frame: pd.DataFrame) -> str:
    """Write a table and return the file's name."""
    if len(frame) > PARQUET_ROWS:
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        return f"{name}.parquet"
    frame.to_csv(folder / f"{name}.csv", index=False)
    return f"{name}.csv"
