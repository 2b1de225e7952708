import pytest

from workbench.authority.identity import Identity, proxy_fault, who_is_there
from workbench.policy import IdentityPolicy, Policy

RULES = IdentityPolicy(source="header")
SECRET = "known to the proxy"  # noqa: S105


PEOPLE = {"members": {name: ["planner"] for name in ("planner", "robin", "Jürgen")}}


def _who(source, **environment):
    policy = {"identity": {"source": source}, "people": PEOPLE}
    return who_is_there(Policy.model_validate(policy), environment)


def test_who_is_signed_in_and_no_member_is_told_to_look_only():
    eve = _who("header", HTTP_X_FORWARDED_USER="eve")
    assert eve == Identity("eve", "Signed in: eve, who is none of people.members. You may look, not decide.")
    alone = Policy.model_validate({"identity": {"source": "variable"}})
    assert "You may look, not decide." in who_is_there(alone, {"JUPYTERHUB_USER": "eve"}).why
    assert who_is_there(alone, {"JUPYTERHUB_USER": "planner"}) == Identity("planner")


def test_on_a_machine_of_one_person_that_person_decides_whatever_the_environment_says():
    assert _who("one_person", JUPYTERHUB_USER="eve", HTTP_X_FORWARDED_USER="eve") == Identity("planner")


def test_the_variable_that_the_policy_names_tells_who_is_there():
    assert _who("variable", JUPYTERHUB_USER=" robin ", HTTP_X_FORWARDED_USER="eve") == Identity("robin")
    for environment in ({}, {"JUPYTERHUB_USER": " "}):
        nobody = _who("variable", **environment)
        assert nobody.person == ""
        assert "JUPYTERHUB_USER is empty; start this where it is set" in nobody.why


def test_the_header_that_the_server_passed_on_tells_who_is_there_in_any_script():
    assert _who("header", HTTP_X_FORWARDED_USER="robin") == Identity("robin")
    assert _who("header", HTTP_X_FORWARDED_USER="Jürgen".encode().decode("latin-1")).person == "Jürgen"
    nobody = _who("header", JUPYTERHUB_USER="eve")
    assert nobody.person == ""
    assert "X-Forwarded-User of the proxy tells who decides; open the page through it" in nobody.why


@pytest.mark.parametrize(
    ("names", "secrets", "status", "sentence"),
    [
        ([], [SECRET], 401, "X-Forwarded-User is missing: open this page through the proxy"),
        ([""], [SECRET], 401, "X-Forwarded-User is empty"),
        ([" "], [SECRET], 401, "X-Forwarded-User is empty"),
        (["eve", "robin"], [SECRET], 400, "came twice: let the proxy overwrite it"),
        (["", "robin"], [SECRET], 400, "came twice"),
        (["robin"], [], 403, "without the secret of the proxy"),
        (["robin"], ["guess"], 403, "let it set X-Workbench-Secret to what WORKBENCH_PROXY_SECRET holds"),
        (["robin"], [""], 403, "without the secret"),
        (["robin"], [SECRET, SECRET], 403, "without the secret"),
    ],
)
def test_what_did_not_come_through_the_proxy_is_refused_with_a_sentence(names, secrets, status, sentence):
    found = proxy_fault(names, secrets, RULES, SECRET)
    assert found[0] == status
    assert sentence in found[1]


def test_what_came_through_the_proxy_is_let_in():
    assert proxy_fault(["robin"], [SECRET], RULES, SECRET) is None
