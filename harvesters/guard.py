"""Connections that go only where they may: resolved once, checked, pinned, and over by a deadline."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from ssrfguard import Policy, Resolver
from ssrfguard.httpx import SafeBackend

from registry.errors import Rejected


def make_policy(allowed_networks: Sequence[str]) -> Policy:
    """Public addresses on any port, and the networks the operator allows. Raises Rejected naming the setting."""
    try:
        return _policy(tuple(allowed_networks))
    except ValueError as error:
        raise Rejected(f"OER_ALLOWED_NETWORKS cannot be used: {error}") from None


@lru_cache(maxsize=16)
def _policy(allowed_networks: tuple[str, ...]) -> Policy:
    """Kept, for it checks each of its 65,535 ports when it is made (27 ms), and a fetcher is made for every harvest."""
    return Policy(
        allowed_networks=tuple(ipaddress.ip_network(network) for network in allowed_networks),
        allowed_ports=frozenset(range(1, 65536)),
        # A name may have a private address beside a public one: only checked addresses are connected to.
        on_partial_block="drop",
    )


class Deadline:
    """The moment by which one answer must be here; every wait on a socket is cut to it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("inf")
        self.heartbeat: Callable[[], None] | None = None
        """Called between two waits, so that whoever holds a lease can renew it."""

    def start(self, seconds: float) -> None:
        """Begin to count."""
        self._until = self._clock() + seconds

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._until

    def within(self, timeout: float | None) -> float:
        """The timeout, or what is left where that is less. Raises httpcore.ReadTimeout when nothing is."""
        left = self._until - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for this answer is up")
        if self.heartbeat:
            self.heartbeat()
        return left if timeout is None else min(left, timeout)


class GuardedTransport(httpx.HTTPTransport):
    """An httpx transport whose sockets are opened by ssrfguard to addresses it has checked, under a deadline."""

    def __init__(self, policy: Policy, deadline: Deadline, resolver: Resolver | None = None) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=4,
            max_keepalive_connections=4,
            keepalive_expiry=30.0,
            network_backend=_Backend(policy, deadline, resolver),
        )


class _Backend(SafeBackend):  # type: ignore[misc, unused-ignore]
    def __init__(self, policy: Policy, deadline: Deadline, resolver: Resolver | None) -> None:
        super().__init__(policy=policy, resolver=resolver)
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, self._deadline.within(timeout), local_address, socket_options)
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    """A stream whose every wait ends by the deadline: a header that comes one byte at a time is cut off too."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
