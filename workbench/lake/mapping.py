"""Which file fills which table: `mapping.toml` of a business folder, as a frozen, validated model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from workbench.errors import MappingError
from workbench.lake.carrier_services import Addresses, CarrierService
from workbench.tables import INPUTS
from workbench.toml import toml_key, toml_value

FILE = "mapping.toml"
EXPORT_COLUMNS = (
    "order_id",
    "ordered_at",
    "sku",
    "name",
    "units",
    "price",
    "amount",
    "customer",
    "region",
    "channel",
    "status",
    "cancelled_at",
)
EXPORT_REQUIRED = ("ordered_at", "sku", "units")
# a channel's own file knows its own codes; `listings` says which SKUs they are
TRANSLATED = ("sales", "order_lines")
Constant = bool | int | float | date | str


class Source(BaseModel):
    """A file and how its columns become ours.

    `columns`: our column -> header in the file (a column not named has our name). `constants`: our column ->
    the value of every row. `assumed`: our column -> the sentence that every plan shows until it is taken out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    columns: dict[str, str] = {}
    constants: dict[str, Constant] = {}
    assumed: dict[str, str] = {}

    @field_validator("file")
    @classmethod
    def _readable(cls, file: str) -> str:
        if not file.lower().endswith((".csv", ".parquet")):
            raise ValueError("name a .csv or .parquet file, relative to the folder")
        return file

    @model_validator(mode="after")
    def _said_once(self) -> Source:
        twice = sorted(set(self.columns) & set(self.constants))
        if twice:
            raise ValueError(f"{', '.join(twice)} stands in columns and in constants; keep one of the two")
        return self

    def header(self, column: str) -> str:
        """The file's header of one of our columns.

        >>> Source(file="sales.csv", columns={"sku": "Item number"}).header("sku")
        'Item number'
        """
        return self.columns.get(column, column)

    def named(self) -> set[str]:
        """Our columns that the source speaks of."""
        return {*self.columns, *self.constants, *self.assumed}


class OrderExport(Source):
    """One export of order lines, which fills sales and returns.

    Its columns are `EXPORT_COLUMNS`. An order id that begins with `cancellation_prefix` takes units back;
    `not_products` is a regular expression for codes that are no products (postage, fees, manual entries).
    SKUs are read in capitals, here and in the folder's other files.
    """

    cancellation_prefix: str = ""
    not_products: str = ""

    @field_validator("not_products")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"this is no regular expression ({error}); correct it") from error
        return pattern

    @model_validator(mode="after")
    def _known_columns(self) -> OrderExport:
        _refuse_unknown(self.named(), EXPORT_COLUMNS)
        missing = [name for name in EXPORT_REQUIRED if name not in {*self.columns, *self.constants}]
        if missing:
            raise ValueError(f"name the file's header of {', '.join(missing)} under columns")
        return self


class Mapping(BaseModel):
    """The whole `mapping.toml` of a business folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: dict[str, Source] = {}
    order_export: OrderExport | None = None
    carriers: dict[str, CarrierService] = {}
    addresses: Addresses = Addresses()

    @field_validator("tables")
    @classmethod
    def _known_tables(cls, tables: dict[str, Source]) -> dict[str, Source]:
        for name, source in tables.items():
            if name not in INPUTS:
                raise ValueError(f"{name} is no input table; `workbench tables` lists them")
            known = [*INPUTS[name].names, *(["channel_sku"] if name in TRANSLATED else [])]
            try:
                _refuse_unknown(source.named(), known)
            except ValueError as error:
                raise ValueError(f"in {name}, {error}") from error
        return tables

    @model_validator(mode="after")
    def _filled_once(self) -> Mapping:
        twice = sorted({"sales", "returns"} & set(self.tables)) if self.order_export else []
        if twice:
            raise ValueError(f"order_export fills {', '.join(twice)} already; keep one of the two")
        return self

    @classmethod
    def load(cls, folder: Path) -> Mapping:
        """Read the folder's `mapping.toml`.

        Raises MappingError with every fault of the file at once.
        """
        try:
            return cls.model_validate(tomllib.loads((folder / FILE).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise MappingError(
                f"{folder / FILE} is missing; write one with `workbench init`, or copy the demo's."
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MappingError(f"{FILE} is not valid TOML: {error}.") from error
        except ValidationError as error:
            raise MappingError("\n".join(_sentence(fault) for fault in error.errors())) from error

    def toml(self) -> str:
        """The mapping as the text of its file; the same mapping gives the same bytes.

        >>> print(Mapping(tables={"sales": Source(file="s.csv", columns={"sku": "Item"})}).toml())
        [tables.sales]
        file = "s.csv"
        columns = { sku = "Item" }
        <BLANKLINE>
        """
        sections = [(f"tables.{name}", self.tables[name]) for name in INPUTS if name in self.tables]
        if self.order_export:
            sections.append(("order_export", self.order_export))
        lines = [_section_toml(name, source) for name, source in sections]
        carriers = [(f"carriers.{toml_key(name)}", service) for name, service in self.carriers.items()]
        places = [
            (f"addresses.{kind}.{toml_key(name)}", address)
            for kind, homes in (
                ("warehouses", self.addresses.warehouses),
                ("regions", self.addresses.regions),
            )
            for name, address in homes.items()
        ]
        return "\n".join([*lines, *(_plain_toml(name, model) for name, model in [*carriers, *places])])


def _refuse_unknown(named: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is no column of ours; ours are {', '.join(known)}")


def _plain_toml(name: str, model: BaseModel) -> str:
    values = model.model_dump(exclude_defaults=True)
    return "\n".join([f"[{name}]", *(f"{key} = {toml_value(value)}" for key, value in values.items()), ""])


def _section_toml(name: str, source: Source) -> str:
    """One section: plain values first, then a line for every assumption, so that one can be taken out."""
    values = source.model_dump(exclude_defaults=True, exclude={"assumed"})
    lines = [f"[{name}]", *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    if source.assumed:
        lines += ["", f"[{name}.assumed]"]
        lines += [f"{toml_key(key)} = {toml_value(text)}" for key, text in source.assumed.items()]
    return "\n".join([*lines, ""])


def _sentence(fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{FILE}: {where} is not a key of the mapping; correct its spelling or take it out."
    if fault["type"] == "missing":
        return f"{FILE}: {where} is missing; add it."
    told = fault["msg"].removeprefix("Value error, ")
    return f"{FILE}: {where or 'the whole'}: {told}."
