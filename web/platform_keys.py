"""The public keys of platforms, fetched where they publish them and kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from harvesters.fetching import fetcher_for
from harvesters.http import Limits
from registry.errors import Unavailable
from registry.lti.platforms import Platform
from registry.ports import HarvestFailed
from registry.settings import Settings

_LIMITS = Limits(body=256 * 1024, seconds=10.0, read_seconds=5.0, tries=1, redirects=2)
_KEPT = 3_600.0
_NOT_SOONER = 30.0
_LONGEST_WAIT = 3.0
"""How long a launch waits while another one is reading the same keys."""


class PlatformKeys:
    """The keys by platform: read anew after an hour, or after half a minute where they failed or a new one is wanted.

    What a launch can bring about is one short request to an address that the operator has registered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reading: dict[str, threading.Lock] = {}
        self._held: dict[str, tuple[KeySet | Unavailable, float]] = {}

    def of(self, platform: Platform, settings: Settings, fresh: bool = False) -> KeySet:
        """The platform's keys. Raises Unavailable where they cannot be read."""
        if (held := self._still_good(platform, fresh)) is not None:
            return _or_raise(held)
        lock = self._reading.setdefault(platform.jwks_url, threading.Lock())
        if not lock.acquire(timeout=_LONGEST_WAIT):
            raise _unreadable(platform, "It takes long to answer.")
        try:
            if (held := self._still_good(platform, fresh)) is not None:
                return _or_raise(held)
            found = _fetched(platform, settings)
            self._held[platform.jwks_url] = (found, self._clock())
            return _or_raise(found)
        finally:
            lock.release()

    def _still_good(self, platform: Platform, fresh: bool) -> KeySet | Unavailable | None:
        found, moment = self._held.get(platform.jwks_url, (None, 0.0))
        often = fresh or isinstance(found, Unavailable)
        return found if found is not None and self._clock() - moment < (_NOT_SOONER if often else _KEPT) else None


def _or_raise(held: KeySet | Unavailable) -> KeySet:
    if isinstance(held, Unavailable):
        raise Unavailable(held.detail, held.retry_after)
    return held


def _fetched(platform: Platform, settings: Settings) -> KeySet | Unavailable:
    try:
        with fetcher_for(settings, _LIMITS) as fetcher:
            body = fetcher.get(platform.jwks_url, accept="application/json").body
        return KeySet.import_key_set(msgspec.json.decode(body))
    except HarvestFailed as error:
        return _unreadable(platform, error.problem.message)
    except (msgspec.DecodeError, UnicodeDecodeError, JoseError, ValueError, TypeError, KeyError, AttributeError):
        return _unreadable(platform, "What stands there is no set of keys.")


def _unreadable(platform: Platform, why: str) -> Unavailable:
    return Unavailable(f"The keys of {platform.name} cannot be read, so the launch cannot be checked. {why}", 30)
