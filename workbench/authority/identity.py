"""Who is there: the name that the policy's source of identity tells, or why nobody is known."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.policy import IdentityPolicy, Policy


@dataclass(frozen=True)
class Identity:
    """Who sits at a page, a notebook or the shell; an empty `person` is nobody.

    `why` says why nobody is known, or why a person who is known may look only.
    """

    person: str
    why: str = ""


def who_is_there(policy: Policy, environment: Mapping[str, str]) -> Identity:
    """The person whom a process works for, as its environment tells it.

    >>> who_is_there(Policy(), {}).person
    'planner'
    """
    rules = policy.identity
    if rules.source == "one_person":
        return Identity(policy.business.planner)
    if rules.source == "variable":
        name = environment.get(rules.variable, "").strip()
        lacking = (
            f"the environment variable {rules.variable} is empty; start this where it is set, as JupyterHub "
            "does, or name another in identity.variable"
        )
    else:
        name = _decoded(environment.get(passed_as(rules.header), "")).strip()
        lacking = f"the header {rules.header} of the proxy tells who decides; open the page through it"
    if not name:
        return Identity("", f"Nobody is known here: {lacking}. You may look, not decide.")
    if name not in (policy.people.members or [policy.business.planner]):
        return Identity(name, f"Signed in: {name}, who is none of people.members. You may look, not decide.")
    return Identity(name)


def passed_as(header: str) -> str:
    """The variable in which the server of a page passes a header on to it.

    >>> passed_as("X-Forwarded-User")
    'HTTP_X_FORWARDED_USER'
    """
    return f"HTTP_{header.upper().replace('-', '_')}"


def proxy_fault(
    names: Sequence[str], secrets: Sequence[str], rules: IdentityPolicy, secret: str
) -> tuple[int, str] | None:
    """Why a request is not let in, as an HTTP status and a sentence; None: it is.

    `names` and `secrets` are all values that the request has for the two headers, `secret` is the right one.
    """
    if not any(name.strip() for name in names):
        state = "empty" if names else "missing"
        return 401, f"The header {rules.header} is {state}: open this page through the proxy, signed in."
    if len(names) > 1:
        return 400, f"The header {rules.header} came twice: let the proxy overwrite it, never add to it."
    given = secrets[0] if len(secrets) == 1 else ""
    if not hmac.compare_digest(given.encode(), secret.encode()):
        return 403, (
            f"The header {rules.header} came without the secret of the proxy: open this page through the "
            f"proxy, and let it set {rules.secret_header} to what {rules.secret_variable} holds here."
        )
    return None


def _decoded(name: str) -> str:
    """A name as the proxy wrote it: headers are read as Latin-1, names in them are UTF-8."""
    try:
        return name.encode("latin-1").decode()
    except UnicodeError:
        return name
