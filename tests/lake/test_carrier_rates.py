"""Live carriers: what they answer stands in the rates; when they fail, the card or another carrier serves."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from tests.lake.failing_carrier import MALFORMED, SLOW, Carrier, serving
from workbench.lake.carrier_rates import live_rates
from workbench.lake.carrier_services import Address, Addresses, CarrierService
from workbench.lake.mapping import Mapping
from workbench.policy import CarriersPolicy, Policy
from workbench.tables import INPUTS, TABLES

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
POLICY = Policy(carriers=CarriersPolicy(timeout_seconds=0.2, cut_off_failures=4))
CARD = [
    ("FAST", "GROUND", "near", 0.0, 1.0, 5.0, False),
    ("FAST", "GROUND", "near", 1.0, 2.0, 6.0, False),
    ("FAST", "NIGHT", "near", 0.0, 1.0, 9.0, False),
    ("OTHER", "POST", "near", 0.0, 2.0, 7.0, False),
]
LANE = ["carrier", "warehouse", "region", "zone"]
TOKEN = {"token_variable": "FAST_TOKEN"}
LIVE = [1.999, 2.999, 2.999]  # 1 + a gram less than the band's end, the second service 1 more


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.at, self.slept = NOON, []

    def __call__(self):
        return self.at

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


def _frame(name, rows, columns=None):
    table = INPUTS[name]
    frame = pd.DataFrame(rows, columns=columns or table.names).reindex(columns=table.names)
    return frame.astype({column.name: column.dtype for column in table.columns if column.name in frame})


def _tables(card=CARD, services=(("FAST", "GROUND", 3), ("FAST", "NIGHT", 1), ("OTHER", "POST", 5))):
    return {
        "rates": _frame("rates", card),
        "services": _frame("services", services, ["carrier", "service", "days"]),
        "zones": _frame("zones", [("FAST", "main", "east", "near"), ("OTHER", "main", "east", "near")], LANE),
    }


def _mapping(url, **changes):
    return Mapping(
        carriers={"FAST": CarrierService(url=url, **changes)},
        addresses=Addresses(
            warehouses={"main": Address(country_code="US", postal_code="89502")},
            regions={"east": Address(country_code="US", postal_code="10001")},
        ),
    )


@pytest.fixture
def watch():
    return Watch()


def _ask(carrier, state, watch, tables=None, environment=None, policy=POLICY, **changes):
    return live_rates(
        tables or _tables(),
        _mapping(carrier.url, **changes),
        policy,
        state,
        environment or {},
        clock=watch,
        sleep=watch.sleep,
    )


def _of(found, carrier="FAST"):
    return found.rates.loc[found.rates["carrier"] == carrier, "charge"].tolist()


def test_what_the_carrier_answers_stands_in_the_rates_and_the_others_keep_their_card(tmp_path, watch):
    with serving(Carrier()) as carrier:
        found = _ask(carrier, tmp_path, watch)
    assert _of(found) == LIVE
    assert _of(found, "OTHER") == [7.0]
    live = found.rates.set_index("carrier")["surcharged"]
    assert live["FAST"].all(), "what a carrier answers holds its surcharges"
    assert not live["OTHER"]
    assert found.rates.columns.tolist() == INPUTS["rates"].names
    assert found.sources["told"].tolist() == ["Rates of FAST: all 3 are its live service's."]
    TABLES["rate_sources"].schema().validate(found.sources)
    first = carrier.asked[0]
    assert first["shipper"] == {"country_code": "US", "postal_code": "89502"}
    assert first["recipient"]["postal_code"] == "10001"
    assert (first["parcels"], first["services"]) == (
        [{"weight": 0.999, "weight_unit": "KG"}],
        ["GROUND", "NIGHT"],
    )
    assert len(carrier.asked) == 2, "one request a zone and band, whatever the services"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (503, "answered 503"),
        (429, "answered 429"),
        (SLOW, "did not answer within 0.2 s"),
        (MALFORMED, "answered what is no JSON"),
        ({"currency": "EUR"}, "answered in EUR, not in USD"),
        ({"currency": "gone"}, "answered a currency that is missing"),
        ({"total_charge": -3.0}, "answered a total charge of -3.0"),
        ({"total_charge": "gone"}, "answered a total charge that is missing"),
        ({"total_charge": float("nan")}, "answered a total charge of nan"),
        ({"carrier_name": "SOMEBODY"}, "answered without a rate for what was asked"),
    ],
)
def test_a_fault_is_tried_again_and_told_and_what_comes_then_counts(tmp_path, watch, fault, told):
    with serving(Carrier(fault, {})) as carrier:
        found = _ask(carrier, tmp_path, watch)
    assert _of(found) == LIVE
    assert watch.slept == [0.5]
    assert (
        found.sources["told"].item()
        == f"Rates of FAST: all 3 are its live service's; its live service {told}."
    )


def test_pauses_grow_and_a_carrier_that_always_fails_is_cut_off_and_its_card_serves(tmp_path, watch):
    with serving(Carrier(503)) as carrier:
        found = _ask(carrier, tmp_path, watch, card_date=date(2026, 11, 1))
        assert len(carrier.asked) == 4, "three tries of the first request, one of the second"
        assert watch.slept == [0.5, 1.0, 0.5]
        assert _of(found) == [5.0, 6.0, 9.0]
        assert found.sources["told"].item() == (
            "Rates of FAST: all 3 are its card of 2026-11-01; its live service answered 503 4 times and is "
            "cut off until 2026-11-16 12:15 UTC."
        )
        again = _ask(carrier, tmp_path, watch)
        assert len(carrier.asked) == 4, "it is left alone in the next plan, too"
        assert _of(again) == [5.0, 6.0, 9.0]
        assert "cut off until 2026-11-16 12:15 UTC" in again.sources["told"].item()


def test_after_the_cut_off_it_is_tried_once_and_a_success_opens_it_again(tmp_path, watch):
    with serving(Carrier(503)) as carrier:
        _ask(carrier, tmp_path, watch)
        watch.at += timedelta(minutes=15)
        still = _ask(carrier, tmp_path, watch)
        assert len(carrier.asked) == 5, "one more try, then it is left alone again"
        assert _of(still) == [5.0, 6.0, 9.0]
        carrier.plan = [{}]
        assert _of(_ask(carrier, tmp_path, watch)) == [5.0, 6.0, 9.0]
        watch.at += timedelta(minutes=15)
        assert _of(_ask(carrier, tmp_path, watch)) == LIVE
        carrier.plan = [503, {}]
        assert _of(_ask(carrier, tmp_path, watch)) == LIVE, "earlier failures are forgotten"


def test_without_a_card_the_bands_are_asked_for_and_when_that_fails_the_next_carrier_serves(tmp_path, watch):
    bare = _tables(CARD[3:])
    with serving(Carrier()) as carrier:
        found = _ask(carrier, tmp_path, watch, bare, bands_kg=(1.0, 2.0))
        rates = found.rates[found.rates["carrier"] == "FAST"]
        assert rates["weight_to_kg"].tolist() == [1.0, 2.0, 1.0, 2.0]
        assert rates["charge"].tolist() == [1.999, 2.999, 2.999, 3.999]
        carrier.plan = [500]
        failing = _ask(carrier, tmp_path, watch, bare, bands_kg=(1.0, 2.0))
    assert failing.rates["carrier"].tolist() == ["OTHER"]
    assert "all 4 are missing, so that other carriers serve there" in failing.sources["told"].item()


def test_what_stays_unanswered_keeps_its_card_row_by_row(tmp_path, watch):
    with serving(Carrier({}, 500)) as carrier:
        found = _ask(carrier, tmp_path, watch, policy=Policy(carriers=CarriersPolicy(tries=2)))
    assert _of(found) == [1.999, 6.0, 2.999]
    assert found.sources[["live", "card", "none", "failures"]].to_numpy().tolist() == [[2, 1, 0, 2]]
    assert "2 of 3 are its live service's, 1 of 3 are its card" in found.sources["told"].item()


def test_a_refusal_is_not_repeated(tmp_path, watch):
    with serving(Carrier(401)) as carrier:
        found = _ask(carrier, tmp_path, watch)
    assert len(carrier.asked) == 2
    assert watch.slept == []
    assert "answered 401 2 times" in found.sources["told"].item()


def test_a_service_that_is_not_there_is_told(tmp_path, watch):
    with serving(Carrier()) as carrier:
        pass
    assert "could not be reached" in _ask(carrier, tmp_path, watch).sources["told"].item()


def test_the_token_comes_from_the_environment_alone_and_without_it_nobody_is_asked(tmp_path, watch):
    with serving(Carrier()) as carrier:
        _ask(carrier, tmp_path, watch, environment={"FAST_TOKEN": "s3cret"}, **TOKEN)
        assert set(carrier.tokens) == {"Token s3cret"}
        asked = len(carrier.asked)
        found = _ask(carrier, tmp_path, watch, **TOKEN)
    assert len(carrier.asked) == asked
    assert "its live service has no token in FAST_TOKEN" in found.sources["told"].item()
    assert not any("s3cret" in path.read_text() for path in tmp_path.iterdir())


def test_names_are_translated_and_other_carriers_of_a_gateway_are_passed_over(tmp_path, watch):
    with serving(Carrier({"carrier_name": "fast_inc"})) as carrier:
        found = _ask(carrier, tmp_path, watch, name="fast_inc", services={"NIGHT": "fast_night"})
    assert carrier.asked[0]["services"] == ["GROUND", "fast_night"]
    assert _of(found) == LIVE


def test_a_zone_without_addresses_is_named_and_keeps_its_card(tmp_path, watch):
    tables = _tables([*CARD, ("FAST", "GROUND", "far", 0.0, 1.0, 8.0, False)])
    with serving(Carrier()) as carrier:
        found = _ask(carrier, tmp_path, watch, tables)
    assert _of(found) == [8.0, *LIVE]
    assert "was not asked for far, for which mapping.toml has no addresses" in found.sources["told"].item()


def test_a_state_file_that_cannot_be_read_counts_as_none(tmp_path, watch):
    (tmp_path / "carriers.json").write_text("[")
    with serving(Carrier()) as carrier:
        assert _of(_ask(carrier, tmp_path, watch)) == LIVE


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "http://rates.example"}, "begins with https://"),
        ({"url": "https://me:pass@rates.example"}, "leave user, password and query out"),
        ({"url": "https://rates.example", "token_variable": "Token abc"}, "name an environment variable"),
        ({"url": "https://rates.example", "bands_kg": (2.0, 1.0)}, "each band end above"),
    ],
)
def test_a_carrier_that_cannot_be_asked_safely_is_refused(fields, told):
    with pytest.raises(ValueError, match=told):
        CarrierService(**fields)


def test_a_mapping_with_carriers_reads_back_the_same(tmp_path):
    mapping = _mapping("https://rates.example/v1", bands_kg=(1.0, 2.5), card_date=date(2026, 11, 1))
    (tmp_path / "mapping.toml").write_text(mapping.toml(), encoding="utf-8")
    assert Mapping.load(tmp_path) == mapping
