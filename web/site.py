"""What every handler can reach: the registry, the learners' records, the pages' templates and assets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from litestar.connection import Request as LitestarRequest
from litestar_htmx import HTMXRequest

from registry.app import Registry
from registry.learners.app import Learners
from web.assets import Assets
from web.attempts import Attempts
from web.platform_keys import PlatformKeys
from web.rendering import Templates
from web.throttle import Throttle
from web.trying import Trials
from web.usage import UsageCounts

AnyRequest = LitestarRequest[Any, Any, Any]


@dataclass(frozen=True)
class Site:
    """The collaborators of the handlers, made once by `create_app`."""

    registry: Registry
    learners: Learners
    assets: Assets
    templates: Templates
    usage: UsageCounts
    attempts: Attempts = field(default_factory=Attempts)
    trials: Trials = field(default_factory=Trials)
    asking: Throttle = field(default_factory=Throttle)
    platform_keys: PlatformKeys = field(default_factory=PlatformKeys)

    @property
    def base_url(self) -> str:
        """The public address, without a slash at its end."""
        return self.registry.settings.base_url


class Request(HTMXRequest):
    """A request that knows its site."""

    @property
    def site(self) -> Site:
        """The collaborators of the handlers."""
        site: Site = self.app.state.site
        return site
