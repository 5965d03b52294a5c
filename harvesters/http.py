"""The one place that fetches: guarded, capped, patient with busy sites and polite to all."""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from urllib.parse import urlsplit

import httpx
from msgspec import Struct
from protego import Protego
from ssrfguard import Resolver, SSRFGuardError

from harvesters.failures import ANSWER, URL, failed, status_failure, transport_failure, worth_another_try
from harvesters.guard import Deadline, GuardedTransport, make_policy
from harvesters.unpack import Unpacker, too_large
from registry.ports import HarvestFailed

AGENT = "OpenResourceRegistry"

_BUSY = (429, 502, 503, 504)
_ROBOTS_BYTES = 512 * 1024
_PAGE_DELAY = 0.25
_LONGEST_CRAWL_DELAY = 10.0
_HEARTBEAT_SECONDS = 20.0


class Limits(Struct, frozen=True):
    """How much and how long: bytes after decompression, seconds for one answer, for one read, between two tries."""

    body: int = 64 * 1024 * 1024
    seconds: float = 120.0
    read_seconds: float = 30.0
    redirects: int = 5
    tries: int = 4
    longest_wait: float = 300.0


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


class _Busy(Exception):
    """Worth another try, after `wait` seconds where the site said so."""

    def __init__(self, failure: HarvestFailed, wait: float | None = None) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.wait = wait


class Fetcher:
    """Fetches for one thread; keeps connections, robots.txt and the pace of each host for as long as it lives.

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
        self._robots: dict[str, Protego] = {}
        self._next: dict[str, float] = {}
        self._client = httpx.Client(
            transport=transport or GuardedTransport(self._policy, self._deadline, resolver),
            trust_env=False,
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
                if attempt == self.limits.tries:
                    raise busy.failure from None
                # Half to one and a half of 1, 2, 4 … seconds: harvesters stopped together do not return together.
                pause = 2.0 ** (attempt - 1) * (0.5 + secrets.randbelow(1000) / 1000)
                self._wait(min(pause if busy.wait is None else busy.wait, self.limits.longest_wait))
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
            if answer in visited:
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
            visited.append(answer)

    def _once(self, url: str, headers: dict[str, str], tolerate: Collection[int]) -> Fetched | str:
        """The answer of one request, or the address it redirects to."""
        self._deadline.start(self.limits.seconds)
        response: httpx.Response | None = None
        try:
            request = self._client.build_request("GET", url, headers=headers)
            response = self._client.send(request, stream=True, follow_redirects=False)
            return self._read(response, tolerate)
        except (httpx.HTTPError, httpx.InvalidURL, SSRFGuardError, UnicodeError) as error:
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
            address = _address(urlsplit(url).hostname or "")
            if address is not None:
                self._policy.check_address(address)
            self._policy.check_url(url)
        except (SSRFGuardError, ValueError) as error:
            raise transport_failure(error, url) from error

    def _read(self, response: httpx.Response, tolerate: Collection[int]) -> Fetched | str:
        status, url = response.status_code, str(response.url)
        if response.has_redirect_location:
            return str(response.url.join(response.headers["location"]).copy_with(fragment=None))
        if status in _BUSY:
            raise _Busy(status_failure(status, url), _retry_after(response.headers.get("retry-after", "")))
        if status != 304 and not 200 <= status < 300 and status not in tolerate:
            raise status_failure(status, url)
        return Fetched(
            status=status,
            url=url,
            body=b"" if status == 304 else self._body(response),
            content_type=response.headers.get("content-type", ""),
            etag=response.headers.get("etag", ""),
            last_modified=response.headers.get("last-modified", ""),
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
        unpacked = Unpacker(self.limits.body) if "gzip" in coding else None
        pieces: list[bytes] = []
        size = 0
        # The raw stream: httpx would unpack each piece whole, however much it becomes.
        for raw in response.stream:  # type: ignore[union-attr]
            piece = unpacked.feed(raw) if unpacked else raw
            size += len(piece)
            if size > self.limits.body:
                raise too_large(self.limits.body, str(response.url))
            pieces.append(piece)
            if self._deadline.passed:
                raise httpx.ReadTimeout("the time for this answer is up")
        if unpacked and not unpacked.whole:
            raise httpx.RemoteProtocolError("the packed answer ends too early")
        return b"".join(pieces)

    def _be_polite(self, url: str) -> None:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        rules = self._robots.get(host) or self._robots.setdefault(host, self._rules(host))
        if not rules.can_fetch(url, AGENT):
            raise failed(
                "robots-disallowed",
                URL,
                f"The robots.txt of {parts.hostname} does not let us read this page.",
                f"Ask the site to allow {AGENT} there.",
                url,
            )
        delay = rules.crawl_delay(AGENT)
        least = 0.0 if _is_loopback(parts.hostname or "") else _PAGE_DELAY
        wait = self._next.get(host, 0.0) - self._clock()
        if wait > 0:
            self._wait(wait)
        self._next[host] = self._clock() + (least if delay is None else min(float(delay), _LONGEST_CRAWL_DELAY))

    def _rules(self, host: str) -> Protego:
        """The host's robots.txt (RFC 9309: none there allows all, one that cannot be reached allows nothing)."""
        missing = range(400, 500)
        fetched = self.get(f"{host}/robots.txt", accept="text/plain", tolerate=missing)
        text = "" if fetched.status in missing else fetched.body[:_ROBOTS_BYTES].decode("utf-8", "replace")
        return Protego.parse(text)

    def _wait(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, _HEARTBEAT_SECONDS)
            self._sleep(step)
            seconds -= step
            if self.heartbeat:
                self.heartbeat()


def _retry_after(stated: str) -> float | None:
    """Seconds until the moment a Retry-After names (seconds or an HTTP date); None where it names none."""
    stated = stated.strip()
    if stated.isascii() and stated.isdigit():
        return float(stated[:9])
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)
