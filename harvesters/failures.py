"""Why an address cannot be read, in sentences for the person who registered it."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import httpx
from ssrfguard import BlockedAddressError, SSRFGuardError

from registry.ports import HarvestFailed
from vocab.resource import Problem, Severity

URL, ANSWER = "url", "answer"


def failed(
    code: str, field: str, message: str, hint: str, value: str = "", *, start_over: bool = False
) -> HarvestFailed:
    """The failure with its problem; `field` is url (the request did not get through) or answer (what came back)."""
    return HarvestFailed(Problem(code, field, message, hint, value[:300], Severity.ERROR), start_over)


def list_problem(code: str, field: str, message: str, hint: str, value: str = "", *, error: bool = False) -> Problem:
    """A problem of a list or of a record that an adapter met; with `error` the record cannot be taken."""
    return Problem(code, field, message, hint, value[:300], Severity.ERROR if error else Severity.WARNING)


def transport_failure(error: Exception, url: str) -> HarvestFailed:
    """What an exception of the transport means for whoever registered the address."""
    host = _host(url)
    if isinstance(error, SSRFGuardError):
        return _refused(error, host, url)
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | ValueError):
        return failed(
            "url-unusable",
            URL,
            "This is no address that can be fetched.",
            "Give a full address that starts with https:// or http:// and holds no user name.",
            url,
        )
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return failed(
            "host-unknown",
            URL,
            f"The name {host} is not known on the network.",
            "Check the spelling of the address, and whether the site still exists.",
            url,
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return failed(
            "tls-failed",
            URL,
            f"No secure connection to {host} could be made: {_last_words(causes)}.",
            "Ask the site to renew or complete its certificate.",
            url,
        )
    if _leads_nowhere(error):
        return failed(
            "redirect-unusable",
            URL,
            f"{host} redirects to something that is no address.",
            "Ask the site to mend its redirect.",
            url,
        )
    if isinstance(error, httpx.TimeoutException):
        return failed(
            "timeout",
            URL,
            f"{host} did not answer in time.",
            "Try again later; if it stays so, ask the site to answer in smaller pages.",
            url,
        )
    if isinstance(error, httpx.ConnectError):
        return failed(
            "connection-refused",
            URL,
            f"{host} does not take connections: {_last_words(causes)}.",
            "Check the address and the port, and whether the site is running.",
            url,
        )
    return failed(
        "connection-broken",
        URL,
        f"The connection to {host} broke off before the answer was complete.",
        "Try again later; if it stays so, ask the site to look at its log.",
        url,
    )


def worth_another_try(error: Exception) -> bool:
    """Whether the same request may succeed in a moment: the name is known, and the certificate is not the trouble."""
    if not isinstance(error, httpx.TransportError) or isinstance(error, httpx.UnsupportedProtocol):
        return False
    if _leads_nowhere(error):
        return False
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return False
        if isinstance(cause, socket.gaierror):
            return cause.errno == socket.EAI_AGAIN
    return True


def status_failure(status: int, url: str, wait: float | None = None) -> HarvestFailed:
    """What an HTTP status that brings no answer means; `wait` are the seconds for which it wants to be left alone."""
    host = _host(url)
    asks = "" if not wait or wait < 1 else f" and asks to be left alone {_how_long(wait)}"
    hints = {
        401: "The site asks for a sign-in: ask it for an address that is open to harvesters.",
        403: "The site refuses us: ask it to let OpenResourceRegistry in.",
        404: "Check the address: there is nothing under it.",
        410: "What was under this address is gone for good: ask the site for the new one.",
        429: "The site wants fewer requests: harvest it less often.",
    }
    hint = hints.get(
        status, "Try again later; if it stays so, tell the site." if status >= 500 else "Check the address."
    )
    return failed(f"http-{status}", URL, f"{host} answered with HTTP status {status}{asks}.", hint, url)


def _leads_nowhere(error: Exception) -> bool:
    """Whether httpx could make no address of a Location, which it tells only by its words."""
    return isinstance(error, httpx.RemoteProtocolError) and "location header" in str(error)


def _how_long(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"for {seconds / size:,.0f} {name}"
    return f"for {seconds:.0f} seconds"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:  # an address so odd that its host cannot be told
        return url


def _refused(error: SSRFGuardError, host: str, url: str) -> HarvestFailed:
    if isinstance(error, BlockedAddressError):
        return failed(
            "address-forbidden",
            URL,
            f"{host} leads to an address inside a private network, which harvesters may not reach.",
            "If that is meant, the operator adds the network to OER_ALLOWED_NETWORKS.",
            url,
        )
    return failed(
        "url-unusable",
        URL,
        "This address is not fetched: it is no plain http or https address of a public site.",
        "Give a full address that starts with https:// or http:// and holds no user name.",
        url,
    )


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < 10:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def _last_words(causes: list[BaseException]) -> str:
    """What the system said, without the words of the libraries in between."""
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError) and (said := getattr(cause, "verify_message", "")):
            return str(said).rstrip(".")
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.rstrip(".")
    return str(causes[0]).strip().rstrip(".")[:200] or type(causes[0]).__name__
