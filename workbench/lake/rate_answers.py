"""What a carrier is asked and what it answers, in the shape of Karrio's unified rate model.

A rate request holds shipper, recipient, parcels and services; its answer a list of rates, each with
carrier_name, service, total_charge (extra charges included) and currency.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.lake.carrier_services import Address

GRAM = 0.001


class BadAnswer(Exception):
    """An answer that no rate can be read from; the text says what was wrong, to follow a carrier's name."""


class RateDetails(BaseModel):
    """One rate of an answer; what else it tells (transit days, extra charges) is not needed here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    currency: str
    total_charge: float = Field(gt=0, allow_inf_nan=False)


def rate_request(
    shipper: Address, recipient: Address, band_end_kg: float, services: list[str]
) -> dict[str, Any]:
    """Body of a request for the heaviest parcel of a weight band, which ends before `band_end_kg`.

    >>> rate_request(Address(country_code="US"), Address(country_code="CA"), 2.0, ["ground"])["parcels"]
    [{'weight': 1.999, 'weight_unit': 'KG'}]
    """
    return {
        "shipper": shipper.model_dump(exclude_defaults=True),
        "recipient": recipient.model_dump(exclude_defaults=True),
        "parcels": [{"weight": round(band_end_kg - GRAM, 3), "weight_unit": "KG"}],
        "services": services,
    }


def charges(answer: Any, carrier: str, services: list[str], currency: str) -> dict[str, float]:
    """Charge by service, money in `currency`; of several for one service the least.

    What was not asked for, as other carriers of the same gateway, is passed over.

    Raises BadAnswer when nothing that was asked for is in it, or one rate of it cannot be right.

    >>> rate = {"carrier_name": "meridian", "service": "ground", "total_charge": 6.78, "currency": "USD"}
    >>> charges({"rates": [rate]}, "meridian", ["ground"], "USD")
    {'ground': 6.78}
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("rates"), list):
        raise BadAnswer("answered without a list of rates")
    found: dict[str, float] = {}
    for entry in answer["rates"]:
        if not isinstance(entry, dict):
            raise BadAnswer("answered a rate that is none")
        if entry.get("carrier_name") == carrier and entry.get("service") in services:
            rate = _read(entry, currency)
            found[rate.service] = min(rate.total_charge, found.get(rate.service, rate.total_charge))
    if not found:
        raise BadAnswer("answered without a rate for what was asked")
    return found


def _read(entry: dict[str, Any], currency: str) -> RateDetails:
    try:
        rate = RateDetails.model_validate(entry)
    except ValidationError as error:
        column = str(error.errors()[0]["loc"][0])
        wrong = f"of {entry[column]!r}"[:40] if column in entry else "that is missing"
        raise BadAnswer(f"answered a {column.replace('_', ' ')} {wrong}") from error
    if rate.currency != currency:
        raise BadAnswer(f"answered in {rate.currency[:10]}, not in {currency}")
    return rate
