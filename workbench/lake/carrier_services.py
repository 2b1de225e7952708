"""A carrier's live rate service as `mapping.toml` names it: where it is, what it calls things."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Address(BaseModel):
    """Where a parcel starts or ends, as precisely as the carrier's zones need it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country_code: str
    postal_code: str = ""
    city: str = ""
    state_code: str = ""


class Addresses(BaseModel):
    """An address for each warehouse and region that carriers are asked about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    warehouses: dict[str, Address] = {}
    regions: dict[str, Address] = {}


class CarrierService(BaseModel):
    """A service that answers rate requests of Karrio's shape (POST of shipper, recipient, parcels, services).

    `token_variable`: the environment variable that holds its token (sent as `Authorization: Token …`), so
    that no file does. `name` and `services`: what it calls the carrier and its services, where that differs
    from our tables. `bands_kg`: where bands end for services without a card. `card_date`: since when the card
    in the rates table holds, for the planner's eye.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    token_variable: str = ""
    name: str = ""
    services: dict[str, str] = {}
    bands_kg: tuple[float, ...] = ()
    card_date: date | None = None

    @field_validator("url")
    @classmethod
    def _private(cls, url: str) -> str:
        parts = urlsplit(url)
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not (parts.hostname and (parts.scheme == "https" or local)):
            raise ValueError(
                "give an address that begins with https://, or the token could be read on its way"
            )
        if parts.username or parts.password or parts.query:
            raise ValueError(
                "leave user, password and query out of it; the token is read from token_variable"
            )
        return url

    @field_validator("token_variable")
    @classmethod
    def _no_token(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Z_][A-Z0-9_]*|", name):
            raise ValueError(
                "name an environment variable, as MERIDIAN_TOKEN; the token itself stays out of files"
            )
        return name

    @field_validator("bands_kg")
    @classmethod
    def _growing(cls, ends: tuple[float, ...]) -> tuple[float, ...]:
        if any(end <= begin for begin, end in zip((0.0, *ends), ends, strict=False)):
            raise ValueError("let each band end above the one before it, the first above 0")
        return ends

    def theirs(self, service: str) -> str:
        """What the carrier calls one of our services.

        >>> CarrierService(url="https://rates.example", services={"GROUND": "mrd_gnd"}).theirs("GROUND")
        'mrd_gnd'
        """
        return self.services.get(service, service)
