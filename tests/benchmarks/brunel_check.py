"""An assignment of the Brunel orders checked from the files alone, without the product's code."""

import csv
from collections import Counter, defaultdict
from pathlib import Path


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


def checked(folder: Path, rows) -> dict[str, float]:
    """Served orders, their cost, and violations by kind, of rows with Order ID, plant, carrier and cost."""
    orders = {row["Order ID"]: row for row in _read(folder, "OrderList")}
    makes = {(row["Plant Code"], row["Product ID"]) for row in _read(folder, "ProductsPerPlant")}
    ports = {(row["Plant Code"], row["Port"]) for row in _read(folder, "PlantPorts")}
    per_unit = {row["WH"]: float(row["Cost/unit"]) for row in _read(folder, "WhCosts")}
    capacity = {row["Plant ID"]: int(row["Daily Capacity"]) for row in _read(folder, "WhCapacities")}
    named = defaultdict(set)
    for row in _read(folder, "VmiCustomers"):
        named[row["Plant Code"]].add(row["Customers"])
    rates = defaultdict(list)
    for row in _read(folder, "FreightRates"):
        rates[row["Carrier"], row["dest_port_cd"], row["svc_cd"]].append(row)
    wrong, load, seen, total = Counter(), Counter(), Counter(), 0.0
    for one in rows.to_dict("records"):
        seen[one["Order ID"]] += 1
        if one["reason"]:
            continue
        order, plant = orders[one["Order ID"]], one["plant"]
        load[plant] += 1
        wrong["product"] += (plant, order["Product ID"]) not in makes
        wrong["customer"] += plant in named and order["Customer"] not in named[plant]
        cost = per_unit[plant] * float(order["Unit quantity"])
        if order["Service Level"] != "CRF":
            freight = _freight(
                order, plant, rates[one["carrier"], order["Destination Port"], order["Service Level"]], ports
            )
            wrong["freight"] += freight is None
            cost += freight or 0.0
        wrong["charge"] += abs(cost - one["cost"]) > 1e-6
        total += cost
    wrong["capacity"] = sum(max(load[plant] - capacity[plant], 0) for plant in load)
    wrong["orders"] = sum(seen[name] != 1 for name in orders) + len(set(seen) - set(orders))
    return {"served": sum(load.values()), "cost": round(total, 2), "violations": sum(wrong.values()), **wrong}


def _freight(order, plant, offers, ports) -> float | None:
    """The cheapest charge of one carrier from any port of the plant; None where it has none."""
    weight = float(order["Weight"])
    fits = [
        max(float(offer["minimum cost"]), float(offer["rate"]) * weight)
        for offer in offers
        if (plant, offer["orig_port_cd"]) in ports
        and float(offer["minm_wgh_qty"]) <= weight <= float(offer["max_wgh_qty"])
        and int(offer["tpt_day_cnt"]) <= int(order["TPT"])
    ]
    return min(fits, default=None)
