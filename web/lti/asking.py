"""Asking a platform that registers itself: two requests, to addresses that only an invited one can name.

They go where harvesters may go: to no private address but those the operator allows.
"""

from __future__ import annotations

import httpx
from ssrfguard import SSRFGuardError

from harvesters.failures import transport_failure
from harvesters.fetching import fetcher_for
from harvesters.guard import Deadline, GuardedTransport, make_policy
from harvesters.http import Limits
from registry.errors import FieldError, Rejected
from registry.lti.platforms import is_web
from registry.ports import HarvestFailed
from registry.settings import Settings

_LIMITS = Limits(body=256 * 1024, seconds=15.0, read_seconds=10.0, tries=1, redirects=2)


def ask(settings: Settings, address: str) -> bytes:
    """What stands at the platform's openid_configuration. Raises Rejected."""
    _check(settings, address, "openid_configuration")
    try:
        with fetcher_for(settings, _LIMITS) as fetcher:
            return fetcher.get(address, accept="application/json").body
    except HarvestFailed as error:
        raise _rejected("openid_configuration", error) from None


def send(settings: Settings, address: str, body: bytes, token: str) -> bytes:
    """The platform's answer to our registration. Raises Rejected."""
    _check(settings, address, "registration_endpoint")
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    deadline = Deadline()
    deadline.start(_LIMITS.seconds)
    transport = GuardedTransport(make_policy(settings.allowed_networks), deadline)
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=_LIMITS.read_seconds) as client,
            client.stream("POST", address, content=body, headers=headers) as answer,
        ):
            return _read(answer)
    except (httpx.HTTPError, httpx.InvalidURL, SSRFGuardError, UnicodeError, ValueError) as error:
        raise _rejected("registration_endpoint", transport_failure(error, address)) from None


def _read(answer: httpx.Response) -> bytes:
    """The body, up to what a registration may need. Raises Rejected for a refusal and for more than that."""
    if not answer.is_success:
        told = f"The platform refused the registration with status {answer.status_code}."
        raise Rejected("The platform cannot be registered.", [FieldError("registration_endpoint", told)])
    found = b""
    for piece in answer.iter_raw():
        found += piece
        if len(found) > _LIMITS.body:
            raise Rejected("The platform's answer to our registration is too long.")
    return found


def _check(settings: Settings, address: str, field: str) -> None:
    if not is_web(address, settings.secure):
        wanted = "an https address" if settings.secure else "a web address"
        raise Rejected("The platform cannot be registered.", [FieldError(field, f"Give {wanted}.")])


def _rejected(field: str, error: HarvestFailed) -> Rejected:
    return Rejected("The platform cannot be registered.", [FieldError(field, error.problem.message)])
