"""A carrier asked for its rates over HTTP: retried with growing pauses, then cut off for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from workbench.lake.carrier_services import CarrierService
from workbench.lake.circuit_breaker import Breaker
from workbench.lake.rate_answers import BadAnswer, charges
from workbench.policy import CarriersPolicy

# beside 5xx, what may be well a moment later; any other refusal stays one
PASSING = (408, 425, 429)


class _Refused(Exception):
    """The service does not want this request, now or later."""


class CarrierClient:
    """One carrier's service for the length of a plan.

    `failures` counts what it did wrong, in words that follow its name; `breaker` is carried from plan to
    plan. `clock` tells the UTC instant and `sleep` waits for seconds.
    """

    def __init__(
        self,
        carrier: str,
        service: CarrierService,
        token: str,
        breaker: Breaker,
        policy: CarriersPolicy,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self.service, self.breaker, self.policy = service, breaker, policy
        self.name = service.name or carrier
        self.clock, self.sleep = clock, sleep
        self.failures: Counter[str] = Counter()
        headers = {"Authorization": f"Token {token}"} if token else {}
        self.http = httpx.Client(headers=headers, timeout=policy.timeout_seconds)

    def ask(self, body: dict[str, Any], currency: str) -> dict[str, float]:
        """Charge by the carrier's service code for one request; empty when it has no good answer."""
        attempts = Retrying(
            retry=retry_if_exception_type(BadAnswer),
            stop=stop_after_attempt(self.policy.tries),
            wait=wait_exponential(multiplier=self.policy.first_pause_seconds),
            sleep=self.sleep,
        )
        try:
            return attempts(self._once, body, currency)
        except (RetryError, _Refused):
            return {}

    def close(self) -> None:
        """Let its connections go."""
        self.http.close()

    def _once(self, body: dict[str, Any], currency: str) -> dict[str, float]:
        """One try, unless it is cut off; its outcome is counted."""
        if self.breaker.is_cut_off(self.clock()):
            raise _Refused
        try:
            found = charges(self._answer(body), self.name, body["services"], currency)
        except (BadAnswer, _Refused) as wrong:
            self.failures[str(wrong)] += 1
            rest = timedelta(minutes=self.policy.cut_off_minutes)
            self.breaker.failed(self.clock(), most=self.policy.cut_off_failures, rest=rest)
            raise
        self.breaker.succeeded()
        return found

    def _answer(self, body: dict[str, Any]) -> Any:
        """What it answered, as JSON."""
        try:
            answer = self.http.post(self.service.url, json=body)
        except httpx.TimeoutException as error:
            raise BadAnswer(f"did not answer within {self.policy.timeout_seconds:g} s") from error
        except httpx.HTTPError as error:
            raise BadAnswer("could not be reached") from error
        if answer.status_code in PASSING or answer.is_server_error:
            raise BadAnswer(f"answered {answer.status_code}")
        if not answer.is_success:
            raise _Refused(f"answered {answer.status_code}")
        try:
            return answer.json()
        except ValueError as error:
            raise BadAnswer("answered what is no JSON") from error
