import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.views.asked import MOST_CHARACTERS, TAKEN, asked


def test_what_the_page_knows_is_taken_and_the_token_is_left_out():
    assert asked("approvals", "token=t&agent=routing&sku=A%20B").values == {"agent": "routing", "sku": "A B"}
    assert asked("item", "").values == {}
    assert asked("item", "sku=").get("sku") == ""


def test_without_a_query_it_is_the_address_that_the_kernel_was_started_for(monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "sku=LIT-007")
    assert asked("item").get("sku") == "LIT-007"
    monkeypatch.delenv("QUERY_STRING")
    assert asked("item").values == {}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sku=A&sku=B", "twice"),
        ("sku=A&run=rm", "does not have; what it has: sku"),
        (f"sku={'A' * (MOST_CHARACTERS + 1)}", "longer than 100 characters"),
        ("sku=A%00B", "cannot be printed"),
        ("sku=A%0AB", "cannot be printed"),
        ("sku=%E2%80%AEA", "cannot be printed"),  # would turn the text around
        ("sku=%FF%FE", "no list of names and values"),
        ("&".join(["sku=A"] * 50), "no list of names and values"),
        ("__class__=x", "does not have"),
    ],
)
def test_anything_else_is_refused_in_a_sentence_and_none_of_it_is_taken(query, says):
    found = asked("item", query)
    assert says in found.refusal
    assert not found.values
    assert "wb-notice" in found.html()


def test_a_page_that_takes_nothing_says_so():
    assert "what it has: –" in asked("overview", "sku=A").refusal


def test_markup_is_a_value_like_any_other_and_never_part_of_a_refusal():
    assert asked("item", "sku=%3Cscript%3E").get("sku") == "<script>"
    assert "<b>" not in asked("item", "%3Cb%3E=1").html()


@given(page=st.sampled_from(sorted(TAKEN)), query=st.text(max_size=300))
def test_no_address_raises_and_what_is_taken_is_known_short_and_printable(page, query):
    found = asked(page, query)
    assert set(found.values) <= set(TAKEN[page])
    assert all(0 < len(value) <= MOST_CHARACTERS and value.isprintable() for value in found.values.values())
