"""Rates that live carriers answer, in place of their rate cards; where one has no answer, its card serves."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import pandas as pd

from workbench.lake.carrier_client import CarrierClient
from workbench.lake.carrier_services import Addresses, CarrierService
from workbench.lake.circuit_breaker import Breaker, load_breakers, save_breakers
from workbench.lake.mapping import Mapping as FileMapping
from workbench.lake.rate_answers import rate_request
from workbench.policy import Policy
from workbench.tables import INPUTS, TABLES

BREAKERS = "carriers.json"
BAND = ["zone", "weight_from_kg", "weight_to_kg"]
Tables = Mapping[str, pd.DataFrame]


class LiveRates(NamedTuple):
    """`rates` as the tables `rates` and `rate_sources` are in the dictionary."""

    rates: pd.DataFrame
    sources: pd.DataFrame


class _Told(NamedTuple):
    """The rates of one carrier, and where they come from."""

    rates: pd.DataFrame
    source: dict[str, object]


def live_rates(
    tables: Tables,
    mapping: FileMapping,
    policy: Policy,
    state: Path,
    environment: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> LiveRates:
    """The table `rates` with what the carriers of `mapping.toml` answered, and what became of each.

    Every zone, weight band and service of a carrier's card is asked for, and every zone and `bands_kg` of
    its services without a card. `state` is the folder that keeps who is cut off; `environment` holds tokens.
    """
    breakers = load_breakers(state / BREAKERS)
    parts = [tables["rates"][~tables["rates"]["carrier"].isin(list(mapping.carriers))]]
    sources = []
    for carrier, service in mapping.carriers.items():
        asked = _asked(carrier, service, tables)
        lanes = _lanes(carrier, tables["zones"], mapping.addresses)
        client = CarrierClient(
            carrier,
            service,
            environment.get(service.token_variable, ""),
            breakers.setdefault(carrier, Breaker()),
            policy.carriers,
            clock=clock,
            sleep=sleep,
        )
        if service.token_variable and not environment.get(service.token_variable):
            lanes = {}
            client.failures[f"has no token in {service.token_variable}"] += 1
        live = _answered(asked, lanes, mapping.addresses, client, policy.business.base_currency)
        client.close()
        told = _told(carrier, service, asked.assign(live=live), client, lanes)
        parts.append(told.rates)
        sources.append(told.source)
    save_breakers(state / BREAKERS, {name: breakers[name] for name in mapping.carriers})
    table = INPUTS["rates"]
    rates = pd.concat(parts)[table.names].astype({column.name: column.dtype for column in table.columns})
    return LiveRates(rates.sort_values(list(table.key), ignore_index=True), _sources(sources))


def _sources(records: list[dict[str, object]]) -> pd.DataFrame:
    table = TABLES["rate_sources"]
    frame = pd.DataFrame(records, columns=table.names)
    return frame.astype({column.name: column.dtype for column in table.columns})


def _asked(carrier: str, service: CarrierService, tables: Tables) -> pd.DataFrame:
    """What is asked for: the rows of the card, and rows without a charge for services that it lacks."""
    card, services, zones = (
        tables[name][tables[name]["carrier"] == carrier] for name in ("rates", "services", "zones")
    )
    without = services.loc[~services["service"].isin(card["service"]), ["carrier", "service"]]
    bands = pd.DataFrame(
        list(pairwise((0.0, *service.bands_kg))), columns=["weight_from_kg", "weight_to_kg"], dtype="float64"
    )
    more = (
        without.merge(zones[["zone"]].drop_duplicates(), how="cross")
        .merge(bands, how="cross")
        .assign(charge=float("nan"), surcharged=False)
    )
    return pd.concat([part for part in (card, more) if len(part)] or [card], ignore_index=True)


def _lanes(carrier: str, zones: pd.DataFrame, addresses: Addresses) -> dict[str, tuple[str, str]]:
    """A warehouse and region with addresses for every zone that has one."""
    lanes = zones[
        (zones["carrier"] == carrier)
        & zones["warehouse"].isin(list(addresses.warehouses))
        & zones["region"].isin(list(addresses.regions))
    ]
    first = lanes.sort_values(["warehouse", "region"]).drop_duplicates("zone")
    return dict(zip(first["zone"], zip(first["warehouse"], first["region"], strict=True), strict=True))


def _answered(
    asked: pd.DataFrame,
    lanes: Mapping[str, tuple[str, str]],
    addresses: Addresses,
    client: CarrierClient,
    currency: str,
) -> pd.Series[float]:
    """The live charge of every row asked for, blank without an answer: one request a zone and band."""
    live = pd.Series(float("nan"), index=asked.index)
    theirs = asked["service"].map(client.service.theirs)
    for band, group in asked[asked["zone"].isin(list(lanes))].groupby(BAND):
        zone, _, end = cast("tuple[str, float, float]", band)
        rows = group.index
        warehouse, region = lanes[zone]
        shipper, recipient = addresses.warehouses[warehouse], addresses.regions[region]
        body = rate_request(shipper, recipient, end, sorted(set(theirs[rows])))
        live[rows] = theirs[rows].map(client.ask(body, currency)).astype("float64")
    return live


def _told(
    carrier: str,
    service: CarrierService,
    asked: pd.DataFrame,
    client: CarrierClient,
    lanes: Mapping[str, tuple[str, str]],
) -> _Told:
    """The live charge, which holds all surcharges, where there is one, else the card's; else no rate."""
    answered, on_card = asked["live"].notna(), asked["charge"].notna()
    charge = asked["live"].fillna(asked["charge"])
    counts = {
        "live": int(answered.sum()),
        "card": int((~answered & on_card).sum()),
        "none": int((~answered & ~on_card).sum()),
    }
    homeless = sorted(set(asked["zone"]) - set(lanes)) if lanes else []
    why = list(_why(client, homeless))
    card = f"its card of {service.card_date}" if service.card_date else "its card"
    told = ", ".join(_from(counts, len(asked), card)) or f"{carrier} has neither card nor bands to ask for"
    sentence = (
        f"Rates of {carrier}: {told}" + (f"; its live service {' and '.join(why)}" if why else "") + "."
    )
    source = {"carrier": carrier, **counts, "failures": sum(client.failures.values()), "told": sentence}
    rates = asked.assign(charge=charge, surcharged=asked["surcharged"] | answered)
    return _Told(rates[charge.notna()].drop(columns="live"), source)


def _from(counts: Mapping[str, int], total: int, card: str) -> Iterator[str]:
    names = {
        "live": "are its live service's",
        "card": f"are {card}",
        "none": "are missing, so that other carriers serve there",
    }
    for kind, words in names.items():
        if counts[kind]:
            yield (
                f"all {total:,} {words}"
                if counts[kind] == total
                else f"{counts[kind]:,} of {total:,} {words}"
            )


def _why(client: CarrierClient, homeless: list[str]) -> Iterator[str]:
    failures: Counter[str] = client.failures
    for problem, times in failures.most_common():
        yield problem + ("" if times == 1 else f" {times} times")
    if client.breaker.is_cut_off(client.clock()):
        yield f"is cut off until {client.breaker.cut_off_until[:16].replace('T', ' ')} UTC"
    if homeless:
        yield f"was not asked for {', '.join(homeless)}, for which mapping.toml has no addresses"
