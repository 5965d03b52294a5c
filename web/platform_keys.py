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
_MOST = 1_000


class PlatformKeys:
    """The keys by the address they were read from; fetched anew after an hour, or at most every half minute when asked.

    What a launch can bring about is one short request to an address that the operator has registered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, tuple[KeySet, float]] = {}

    def of(self, platform: Platform, settings: Settings, fresh: bool = False) -> KeySet:
        """The platform's keys. Raises Unavailable where they cannot be read."""
        held = self._held.get(platform.jwks_url)
        if held and self._clock() - held[1] < (_NOT_SOONER if fresh else _KEPT):
            return held[0]
        found = _fetched(platform, settings)
        with self._lock:
            if len(self._held) >= _MOST:
                self._held.clear()
            self._held[platform.jwks_url] = (found, self._clock())
        return found


def _fetched(platform: Platform, settings: Settings) -> KeySet:
    try:
        with fetcher_for(settings, _LIMITS) as fetcher:
            body = fetcher.get(platform.jwks_url, accept="application/json").body
        return KeySet.import_key_set(msgspec.json.decode(body))
    except HarvestFailed as error:
        raise _unreadable(platform, error.problem.message) from None
    except (msgspec.DecodeError, UnicodeDecodeError, JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise _unreadable(platform, "What stands there is no set of keys.") from None


def _unreadable(platform: Platform, why: str) -> Unavailable:
    return Unavailable(f"The keys of {platform.name} cannot be read, so the launch cannot be checked. {why}", 30)
