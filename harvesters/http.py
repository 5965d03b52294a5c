"""The one place that fetches: guarded, capped, patient with busy sites and polite to all."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from urllib.parse import urlsplit

import httpx
from msgspec import Struct
from ssrfguard import Resolver, SSRFGuardError

from harvesters.failures import ANSWER, URL, failed, status_failure, transport_failure, worth_another_try
from harvesters.guard import Deadline, GuardedTransport, make_policy
from harvesters.manners import ROBOTS_BYTES, Manners
from harvesters.unpack import Unpacker, too_large
from registry.ports import HarvestFailed

AGENT = "OpenResourceRegistry"

_BUSY = (429, 502, 503, 504)
_HEARTBEAT_SECONDS = 20.0
_NUMERIC = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|\d+)\.?$", re.I)
_PLAIN = re.compile(r"[\x20-\x7e]{1,500}")


class Limits(Struct, frozen=True):
    """How much and how long: bytes after decompression, seconds for one answer, for one read, between two tries.

    `run_seconds` and `run_bytes` hold for all that one fetcher does: a site that never comes to an end is left.
    """

    body: int = 64 * 1024 * 1024
    seconds: float = 120.0
    read_seconds: float = 30.0
    redirects: int = 5
    tries: int = 4
    longest_wait: float = 300.0
    run_seconds: float = 12 * 3600.0
    run_bytes: int = 16 * 1024 * 1024 * 1024


class Fetched(Struct, frozen=True):
    """An answer; `url` is where it came from after redirects. Not modified: status 304 and no body."""

    status: int
    url: str
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""

    @property
    def not_modified(self) -> bool:
        """Whether what is known already still stands."""
        return self.status == 304


class _Redirect(Struct, frozen=True):
    """Where an answer leads, and whether it wanted a cookie to be kept."""

    url: str
    cookie: bool


class _Busy(Exception):
    """Worth another try, after `wait` seconds where the site said so."""

    def __init__(self, failure: HarvestFailed, wait: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.wait = wait


class Fetcher:
    """Fetches for one thread; keeps connections, robots.txt and the pace of each host, and no cookie.

    `transport`, `resolver`, `clock` and `sleep` are for tests. Set `heartbeat` to be called, often, while it waits.
    """

    def __init__(
        self,
        allowed_networks: Sequence[str] = (),
        base_url: str = "",
        limits: Limits | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self._policy = make_policy(allowed_networks)
        self._deadline = Deadline(clock)
        self._clock = clock
        self._sleep = sleep
        self._manners = Manners(AGENT, clock)
        self._began: float | None = None
        self._received = 0
        self._client = httpx.Client(
            transport=transport or GuardedTransport(self._policy, self._deadline, resolver),
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(self.limits.read_seconds),
            headers={"User-Agent": f"{AGENT}/0.1" + (f" (+{base_url})" if base_url else ""), "Accept-Encoding": "gzip"},
        )

    @property
    def heartbeat(self) -> Callable[[], None] | None:
        """What is called while this waits."""
        return self._deadline.heartbeat

    @heartbeat.setter
    def heartbeat(self, call: Callable[[], None] | None) -> None:
        self._deadline.heartbeat = call

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give up all connections."""
        self._client.close()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        etag: str = "",
        last_modified: str = "",
        since: datetime | None = None,
        crawl: bool = False,
        tolerate: Collection[int] = (),
    ) -> Fetched:
        """What stands at an address, its redirects followed and each checked.

        `etag`, `last_modified` or `since` make the request conditional. `crawl` asks robots.txt first and keeps the
        host's pace. A status above 399 fails unless `tolerate` names it. Raises HarvestFailed.
        """
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        elif since:
            headers["If-Modified-Since"] = format_datetime(since.astimezone(UTC), usegmt=True)
        for attempt in range(1, self.limits.tries + 1):
            try:
                return self._follow(url, headers, crawl, tolerate)
            except _Busy as busy:
                # A site that wants to be left alone for longer is: the next run goes on from here.
                if attempt == self.limits.tries or (busy.wait or 0) > self.limits.longest_wait:
                    raise busy.failure from None
                # Half to one and a half of 1, 2, 4 … seconds: harvesters stopped together do not return together.
                pause = 2.0 ** (attempt - 1) * (0.5 + secrets.randbelow(1000) / 1000)
                self._wait(pause if busy.wait is None else busy.wait)
        raise AssertionError("the last try returns or raises")

    def _follow(self, url: str, headers: dict[str, str], crawl: bool, tolerate: Collection[int]) -> Fetched:
        visited = [url]
        while True:
            self._check(visited[-1])
            if crawl:
                self._be_polite(visited[-1])
            answer = self._once(visited[-1], headers, tolerate)
            if isinstance(answer, Fetched):
                return answer
            if answer.url in visited and answer.cookie:
                raise failed(
                    "cookie-wall",
                    URL,
                    "The address redirects in a circle until a cookie is kept, which harvesters do not do.",
                    f"Ask the site to let {AGENT} in without a cookie.",
                    url,
                )
            if answer.url in visited:
                raise failed(
                    "redirect-ring",
                    URL,
                    "The address redirects in a circle.",
                    "Ask the site to mend its redirects.",
                    url,
                )
            if len(visited) > self.limits.redirects:
                raise failed(
                    "too-many-redirects",
                    URL,
                    f"The address redirects more than {self.limits.redirects} times.",
                    "Give the address at which it ends.",
                    url,
                )
            visited.append(answer.url)

    def _once(self, url: str, headers: dict[str, str], tolerate: Collection[int]) -> Fetched | _Redirect:
        """The answer of one request, or where it redirects to."""
        self._deadline.start(min(self.limits.seconds, self._left(url)))
        response: httpx.Response | None = None
        try:
            request = self._client.build_request("GET", url, headers=headers)
            response = self._client.send(request, stream=True, follow_redirects=False)
            return self._read(response, tolerate)
        except (httpx.HTTPError, httpx.InvalidURL, SSRFGuardError, UnicodeError) as error:
            self._left(url)
            failure = transport_failure(error, url)
            if worth_another_try(error) and not self._deadline.passed:
                raise _Busy(failure) from error
            raise failure from error
        finally:
            if response is not None:
                response.close()

    def _check(self, url: str) -> None:
        """Refuse what is no web address, and a private address that stands in the URL itself."""
        try:
            host = urlsplit(url).hostname or ""
            address = _address(host)
            if address is not None:
                self._policy.check_address(address)
            elif _NUMERIC.search(host):
                raise ValueError("a number that some resolvers take for an address")
            self._policy.check_url(url)
            httpx.URL(url)
        except (SSRFGuardError, ValueError, httpx.InvalidURL) as error:
            raise transport_failure(error, url) from error

    def _left(self, url: str) -> float:
        """Seconds that are left of the run. Raises HarvestFailed where none are, or enough has been read."""
        if self._began is None:
            self._began = self._clock()
        left = self._began + self.limits.run_seconds - self._clock()
        if left > 0 and self._received <= self.limits.run_bytes:
            return left
        spent = f"{self.limits.run_seconds / 3600:.3g} hours" if left <= 0 else f"{self.limits.run_bytes:,} bytes"
        raise failed(
            "run-too-long",
            URL,
            f"The source had not come to its end after {spent}.",
            "The next harvest goes on from there; if that never ends, the site's list may have no end.",
            url,
        )

    def _read(self, response: httpx.Response, tolerate: Collection[int]) -> Fetched | _Redirect:
        status, url = response.status_code, str(response.url)
        if response.has_redirect_location:
            target = response.url.join(response.headers["location"]).copy_with(fragment=None)
            return _Redirect(str(target), "set-cookie" in response.headers)
        if status in _BUSY:
            wait = retry_after(response.headers.get("retry-after", ""))
            raise _Busy(status_failure(status, url, wait), wait)
        asked = response.request.headers
        if status == 304 and not ("if-none-match" in asked or "if-modified-since" in asked):
            raise status_failure(status, url)  # nothing is known yet that could still stand
        # 206 is a part of what was asked for, and must not pass for the whole.
        if (status != 304 and not 200 <= status < 300 and status not in tolerate) or status == 206:
            raise status_failure(status, url)
        return Fetched(
            status=status,
            url=url,
            body=b"" if status == 304 else self._body(response),
            content_type=response.headers.get("content-type", ""),
            etag=_sendable(response.headers.get("etag", "")),
            last_modified=_sendable(response.headers.get("last-modified", "")),
        )

    def _body(self, response: httpx.Response) -> bytes:
        """The body, unpacked piece by piece, so that a small answer cannot become a large one unseen."""
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "", "gzip", "x-gzip"):
            raise failed(
                "encoding-unknown",
                ANSWER,
                f"The answer is packed as {coding[:40]}, which was not asked for.",
                "Ask the site to answer plainly or with gzip.",
                str(response.url),
            )
        stated = response.headers.get("content-length", "")
        if stated.isdecimal() and int(stated[:18]) > self.limits.body:
            raise too_large(self.limits.body, str(response.url))
        unpacked = Unpacker(self.limits.body) if "gzip" in coding else None
        pieces: list[bytes] = []
        size = 0
        # The raw stream: httpx would unpack each piece whole, however much it becomes.
        for raw in response.stream:  # type: ignore[union-attr]
            piece = unpacked.feed(raw) if unpacked else raw
            size += len(piece)
            self._received += len(piece)
            if size > self.limits.body:
                raise too_large(self.limits.body, str(response.url))
            pieces.append(piece)
            if self._deadline.passed:
                raise httpx.ReadTimeout("the time for this answer is up")
        if unpacked and not unpacked.whole:
            raise httpx.RemoteProtocolError("the packed answer ends too early")
        return b"".join(pieces)

    def _be_polite(self, url: str) -> None:
        parts = httpx.URL(url)
        host = f"{parts.scheme}://{parts.netloc.decode('ascii')}"
        if not self._manners.may_fetch(host, url, lambda: self._robots(host)):
            raise failed(
                "robots-disallowed",
                URL,
                f"The robots.txt of {parts.host} does not let us read this page.",
                f"Ask the site to allow {AGENT} there.",
                url,
            )
        self._wait(self._manners.pause(host, 0.0) if _is_loopback(parts.host) else self._manners.pause(host))

    def _robots(self, host: str) -> str:
        """The host's robots.txt (RFC 9309: none there allows all, one that cannot be reached allows nothing)."""
        missing = range(400, 500)
        fetched = self.get(f"{host}/robots.txt", accept="text/plain", tolerate=missing)
        return "" if fetched.status in missing else fetched.body[:ROBOTS_BYTES].decode("utf-8", "replace")

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, _HEARTBEAT_SECONDS)
            self._sleep(step)
            seconds -= step
            if self.heartbeat:
                self.heartbeat()


def retry_after(stated: str) -> float | None:
    """Seconds until the moment a Retry-After names (seconds or an HTTP date), at least 0; None where it names none."""
    stated = stated.strip()
    if stated.isascii() and stated.isdigit():
        return float(stated[-9:]) if not stated[:-9].strip("0") else 1e9
    try:
        moment = parsedate_to_datetime(stated)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _sendable(validator: str) -> str:
    """A validator as it may be sent back; one with letters that no header holds would spoil every later request."""
    return validator if _PLAIN.fullmatch(validator) else ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)
