"""What each agent aims at and reckons with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.policy.section import Amount, Count, Section, Share, rule

Target = Annotated[float, Field(gt=0.0, lt=1.0)]


class DemandPolicy(Section):
    """How demand is forecast."""

    horizon_days: Annotated[int, Field(ge=7, le=180)] = rule(28, "days", "days ahead")
    paths: Annotated[int, Field(ge=20)] = rule(300, "paths", "sample paths")
    min_history_days: Count = rule(56, "days", "a series with less history is never seen")
    recent_days: Annotated[int, Field(ge=7)] = rule(
        28, "days", "recent weeks that are compared with the past"
    )
    never_seen_band: Annotated[float, Field(gt=0.5, lt=1.0)] = rule(
        0.999, "probability", "recent weeks outside this band of their own paths are never seen"
    )
    prophet_series: Count = rule(2, "series", "best sellers that Prophet is tried on, beside the aggregates")
    backtest_days: Annotated[int, Field(ge=7)] = rule(28, "days", "length of one backtest window")
    backtest_windows: Annotated[int, Field(ge=1)] = rule(2, "windows", "backtest windows")
    calibration_windows: Annotated[int, Field(ge=1)] = rule(
        8, "windows", "backtest windows of the fast models that the paths' width is read off"
    )
    prophet_aggregates: Count = rule(
        8, "aggregates", "regions and channel × category, largest first, that Prophet is fitted to"
    )
    history_days: Annotated[int, Field(ge=56)] = rule(1095, "days", "older sales are not used")
    hole_days: Count = rule(
        21, "days", "no sale of the whole business for longer is a hole in the records, not zero demand"
    )
    one_off_factor: Annotated[float, Field(ge=1.0)] = rule(
        3.0, "times the largest day before", "a lone day of sales beyond this counts as this much"
    )
    slow_below: Amount = rule(0.3, "units per day", "a series that sells less is slow")
    fast_from: Amount = rule(3.0, "units per day", "a series that sells this or more is fast")
    error_cost: Amount = rule(
        0.25, "fraction of the price after fees", "cost of a unit forecast too much or too little"
    )
    tolerance: Amount = rule(
        0.01, "fraction of the forecast's value", "a forecast this close to the best alternative was right"
    )
    spike_echo: Amount = rule(0.5, "units per unit above expectation", "mean demand that follows a spike")
    spike_half_life: Annotated[float, Field(gt=0.0)] = rule(
        1.0, "days", "in which the demand that follows a spike fades by half"
    )
    spike_alarms_per_month: Amount = rule(1.0, "alarms", "false alarms accepted over all series in a month")


class AllocationPolicy(Section):
    """How stock is spread over channels and warehouses."""

    oversell_risk: Share = rule(0.02, "probability", "chance that a channel sells more than it is given")
    cover_days: Annotated[int, Field(ge=1)] = rule(14, "days", "demand that a share or a move is judged on")
    transfer_min_gain: Amount = rule(50.0, "money", "a lane's moves of a day must bring at least this")
    share_min_gain: Amount = rule(
        50.0, "money", "a channel's changed shares at a warehouse must bring at least this"
    )
    attention_min_gain: Amount = rule(
        150.0, "money", "a step beyond the guardrail must bring at least this to be worth a person's minute"
    )
    redirect_notice_days: Count = rule(
        7, "days", "before an order is due, the last on which its supplier can still send it elsewhere"
    )
    redirect_cost_per_order: Amount = rule(
        40.0, "money per order and destination", "supplier's and own work on an order that goes elsewhere"
    )
    redirect_cost_per_unit: Amount = rule(
        0.15, "money per unit", "more that a supplier asks for a unit that goes elsewhere"
    )
    overflow_cost: Amount = rule(
        1.0,
        "money per unit and rank",
        "more to serve a region from its next warehouse than from the one before, where no way has a price",
    )
    unit_cost_share: Share = rule(
        0.6, "fraction of the mean price", "cost of a unit, which is spared where it does not sell"
    )
    broken_share: Share = rule(
        0.1,
        "fraction of units that find no stock",
        "were promised before it was known, and cost the channel's broken promise",
    )
    tolerance: Amount = rule(
        0.05, "fraction of what it brings", "a plan this close to the best alternative was right"
    )


class ReplenishmentPolicy(Section):
    """What stock should cost and serve."""

    aim: Literal["economics", "fill_rate", "cycle_service"] = rule(
        "economics", "", "orders weigh margin and penalty against holding, or reach one of the targets below"
    )
    fill_rate_target: Target = rule(
        0.95, "fraction of demand", "met from stock between an order's arrival and the next one's"
    )
    cycle_service_target: Target = rule(
        0.9, "probability", "that no unit is short between an order's arrival and the next one's"
    )
    review_days: Annotated[int, Field(ge=1)] = rule(7, "days", "from one look at a supplier to the next")
    holding_rate: Amount = rule(0.25, "fraction of landed cost a year", "capital, room, insurance, ageing")
    capital_rate: Amount = rule(
        0.1, "fraction of unit cost a year", "what a supplier's credit is worth; part of the holding rate"
    )
    stockout_penalty: Amount = rule(0.5, "fraction of the margin", "goodwill lost with a lost sale")
    lost_share: Share = rule(1.0, "fraction", "unmet demand that is lost; the rest waits as a backorder")
    lead_time_weight: Amount = rule(4.0, "receipts", "weight of the promised lead time beside the receipts'")
    lead_time_country_weight: Amount = rule(
        8.0,
        "receipts",
        "weight of the promise beside the receipts of the other suppliers of a country",
    )
    default_margin: Annotated[float, Field(ge=0.0, lt=1.0)] = rule(
        0.4, "fraction of price", "margin of a product without a price"
    )
    lead_time_spread: Amount = rule(
        0.25,
        "fraction of the promised lead time",
        "standard deviation of a lead time that no receipt tells of",
    )
    lead_time_receipts: Annotated[int, Field(ge=1)] = rule(
        40, "receipts", "newest deliveries of a supplier that its lead time is learnt from"
    )
    forward_buy_days: Count = rule(
        56, "days of demand", "most that is bought ahead for the sake of its price"
    )
    obsolete_days: Annotated[int, Field(ge=1)] = rule(365, "days", "what has not sold by then is written off")
    obsolete_loss: Share = rule(0.5, "fraction of landed cost", "loss on a unit that is written off")
    container_fill: Share = rule(0.9, "fraction of its m³", "least that the last container of an order holds")
    tolerance: Amount = rule(
        0.05, "fraction of the order's value", "an order this close to the best alternative was right"
    )
    overdue_quantile: Target = rule(
        0.975,
        "probability",
        "an order that is out for longer than its lead time is with this chance is overdue",
    )
    overdue_days: Count = rule(
        7, "days", "an order overdue for longer than this is judged as one that did not come in time"
    )


class RoutingPolicy(Section):
    """What a promise and the climate are worth beside freight."""

    lateness_cost_per_day: Amount = rule(4.0, "money per order and day", "cost of a day after the promise")
    co2e_price: Amount = rule(0.1, "money per kg", "price put on CO2 equivalent", "EU ETS, about 80 EUR/t")
    max_parcels: Annotated[int, Field(ge=1)] = rule(3, "parcels per order", "most parcels of one order")
    hold_cost_per_day: Amount = rule(6.0, "money per order and day", "cost of an order that waits")
    unserved_cost: Amount = rule(
        50.0, "money per order", "an order waits only where that saves this over its cheapest plan"
    )
    on_time_weight: Annotated[float, Field(gt=0)] = rule(
        200.0, "parcels", "that a service's on-time rate is believed to have been counted in"
    )
    transit_weight: Amount = rule(
        20.0, "parcels", "weight of a service's transit times beside the parcels of a zone"
    )
    tolerance: Amount = rule(
        0.05, "fraction of the cost", "a shipment this close to the best alternative was right"
    )


class CarriersPolicy(Section):
    """How patiently live carriers are asked for their rates."""

    timeout_seconds: Annotated[float, Field(gt=0)] = rule(5.0, "seconds", "longest wait for an answer")
    tries: Annotated[int, Field(ge=1)] = rule(
        3, "tries", "how often one request is sent before it is given up"
    )
    first_pause_seconds: Amount = rule(
        0.5, "seconds", "pause before the second try; it doubles before each further one"
    )
    cut_off_failures: Annotated[int, Field(ge=1)] = rule(
        5, "failures", "in a row, after which a carrier is cut off and its rate card serves"
    )
    cut_off_minutes: Amount = rule(15.0, "minutes", "a carrier stays cut off, then it is tried again")
