"""Bad input of routing: named with row and remedy, the order set aside whole, everything else kept."""

import pytest

from tests.lake.tiny_business import ORDER, ORDERS, POLICY, account, checked, faults
from workbench.policy import AssumptionsPolicy

RATES = "carrier,service,zone,weight_from_kg,weight_to_kg,charge\n"
SERVICES = "carrier,service,days,co2e_per_parcel,co2e_per_kg\n"
SHIPPING = {
    "services": SERVICES + "C,S,3,0.4,0.1\n",
    "zones": "carrier,warehouse,region,zone\nC,main,east,near\nC,main,west,far\nC,side,east,far\n",
    "rates": RATES + "C,S,near,0,1,5\nC,S,near,1,2,6\nC,S,far,0,2,7\n",
}
DATED = "order_id,line,ordered_at,channel,region,sku,quantity,status,promised_on\n"


def _told(report, text):
    return [sentence for sentence in report.sentences() if text in sentence]


def test_a_whole_card_has_nothing_to_be_said(tmp_path):
    report = checked(tmp_path, **SHIPPING)
    assert faults(report) == set()
    assert report.notes == []


def test_bands_that_overlap_are_both_set_aside_and_the_others_of_the_card_stay(tmp_path):
    rates = RATES + "C,S,near,0,1,5\nC,S,near,0.8,2,6\nC,S,near,2,3,7\nC,S,far,0,3,9\n"
    report = checked(tmp_path, **SHIPPING | {"rates": rates})
    assert faults(report) == {("rates", row, "weight_from_kg", "overlapping band") for row in (2, 3)}
    assert _told(report, "end one band where the next one begins")
    assert account(report, "rates") == (4, 2, 2, 0)


def test_a_band_inside_a_wider_one_overlaps_it_though_another_lies_between(tmp_path):
    rates = RATES + "C,S,near,0,9,5\nC,S,near,1,2,6\nC,S,near,3,4,7\n"
    report = checked(tmp_path, **SHIPPING | {"rates": rates})
    assert {row for _, row, _, _ in faults(report)} >= {2, 3, 4}


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        (
            "C,S,near,0,1,5\nC,S,near,2,3,6\n",
            "row 3: there is a gap before the band, the first for C S near from 1 to 2",
        ),
        (
            "C,S,near,0.5,1,5\n",
            "row 2: there is a gap before the band, the first for C S near from 0 to 0.5 kg",
        ),
    ],
)
def test_a_gap_between_bands_is_named_and_takes_no_row_out(tmp_path, bands, told):
    report = checked(tmp_path, **SHIPPING | {"rates": RATES + bands})
    assert faults(report) == set()
    assert _told(report, told)


def test_a_row_in_quarantine_makes_no_gap_of_its_own(tmp_path):
    rates = RATES + "C,S,near,0,1,5\nC,S,near,1,2,free\nC,S,near,2,3,7\n"
    report = checked(tmp_path, **SHIPPING | {"rates": rates})
    assert {problem for *_, problem in faults(report)} == {"no number"}
    assert report.notes == []


@pytest.mark.parametrize("header", [SERVICES, "carrier,service,days\n"])
def test_a_service_without_co2e_has_the_policys_and_that_is_said(tmp_path, header):
    row = "C,S,3,,\n" if "co2e" in header else "C,S,3\n"
    policy = POLICY.model_copy(update={"assumptions": AssumptionsPolicy(co2e_per_parcel=2.0)})
    report = checked(tmp_path, policy=policy, **SHIPPING | {"services": header + row})
    assert report.tables["services"][["co2e_per_parcel", "co2e_per_kg"]].to_numpy().tolist() == [[2.0, 0.5]]
    assert faults(report) == set()
    sentence = (
        "services.csv, co2e_per_parcel, row 2: blank, so 2 kg are assumed (assumptions.co2e_per_parcel)"
    )
    assert _told(report, sentence)


def test_a_co2e_that_is_no_number_is_a_fault_and_not_assumed(tmp_path):
    report = checked(tmp_path, **SHIPPING | {"services": SERVICES + "C,S,3,much,0.1\nC,T,3,0.4,0.1\n"})
    assert ("services", 2, "co2e_per_parcel", "no number") in faults(report)
    assert not _told(report, "assumed")


def test_a_warehouse_that_no_service_leaves_and_a_region_that_none_reaches_are_named(tmp_path):
    zones = "carrier,warehouse,region,zone\nC,main,east,near\n"
    report = checked(tmp_path, **SHIPPING | {"zones": zones})
    assert _told(report, "zones.csv: no row names warehouse side, so nothing is shipped from there")
    assert _told(report, "zones.csv: no row names region west, so its orders wait")


def test_a_business_without_zones_is_told_nothing_about_them(tmp_path):
    assert checked(tmp_path).notes == []


@pytest.mark.parametrize(
    ("sku", "quantity", "column", "problem"),
    [
        ("GHOST", "1", "sku", "unknown"),
        ("B", "0", "quantity", "zero"),
        ("B", "-1", "quantity", "negative"),
        ("B", "10000000", "quantity", "too many"),
    ],
)
def test_an_order_with_a_bad_line_waits_whole_and_the_others_are_kept(
    tmp_path, sku, quantity, column, problem
):
    bad = f"O1,2,2026-11-15T10:00:00Z,shop,east,{sku},{quantity},open\n"
    other = ORDER.replace("O1", "O2")
    report = checked(tmp_path, order_lines=ORDERS + ORDER + bad + other)
    assert faults(report) == {
        ("order_lines", 2, "order_id", "broken order"),
        ("order_lines", 3, column, problem),
    }
    assert report.tables["order_lines"]["order_id"].tolist() == ["O2"]
    assert _told(report, "mend the other lines of this order")


@pytest.mark.parametrize(
    "bad",
    [
        ORDER,  # the same line once more
        "O1,2,2026-11-15T10:00:00Z,shop,east,GHOST,1,cancelled\n",
        "O1,2,2026-11-15T10:00:00Z,shop,east,GHOST,1,shipped\n",
    ],
)
def test_a_line_that_is_not_missing_breaks_no_order(tmp_path, bad):
    report = checked(tmp_path, order_lines=ORDERS + ORDER + bad)
    assert "broken order" not in {problem for *_, problem in faults(report)}
    assert report.tables["order_lines"]["line"].tolist() == [1]


def test_lines_that_have_left_stay_whatever_becomes_of_the_rest(tmp_path):
    shipped = "O1,2,2026-11-15T10:00:00Z,shop,east,B,1,shipped\n"
    bad = "O1,3,2026-11-15T10:00:00Z,shop,east,GHOST,1,open\n"
    report = checked(tmp_path, order_lines=ORDERS + ORDER + shipped + bad)
    assert report.tables["order_lines"]["line"].tolist() == [2]


def test_a_promise_before_the_order_cannot_be_and_one_in_the_past_is_late(tmp_path):
    lines = (
        "O1,1,2026-11-15T10:00:00Z,shop,east,A,1,open,2026-11-14\n"
        "O2,1,2026-11-13T10:00:00Z,shop,east,A,1,open,2026-11-15\n"
        "O3,1,2026-11-13T10:00:00Z,shop,east,A,1,open,2026-11-16\n"
        "O4,1,2026-11-13T10:00:00Z,shop,east,A,1,open,\n"
    )
    report = checked(tmp_path, order_lines=DATED + lines)
    assert faults(report) == {("order_lines", 2, "promised_on", "wrong order")}
    assert report.tables["order_lines"]["order_id"].tolist() == ["O2", "O3", "O4"]
    assert _told(
        report, "1 open orders were promised for a day before 2026-11-16, the first in row 3 (O2, 2026-11-15)"
    )
