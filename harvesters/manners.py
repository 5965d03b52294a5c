"""What hosts ask of crawlers: their robots.txt, kept for a day at most, and the pace at which they want to be asked."""

from __future__ import annotations

import re
from collections.abc import Callable

from protego import Protego

ROBOTS_BYTES = 512 * 1024
_ROBOTS_SECONDS = 24 * 3600.0
_PAGE_DELAY = 0.25
_LONGEST_CRAWL_DELAY = 10.0
_MOST_HOSTS = 1_000
_AGENT_LINE = re.compile(r"^[^\S\r\n]*user[- ]?agent[^\S\r\n]*:?[^\S\r\n]*([^\r\n#]*)", re.I | re.M)


class Manners:
    """Robots rules and pace of the last thousand hosts; hosts are known as `https://host:port`."""

    def __init__(self, agent: str, clock: Callable[[], float]) -> None:
        self._agent = agent
        self._clock = clock
        self._rules: dict[str, tuple[float, Protego]] = {}
        self._next: dict[str, float] = {}

    def may_fetch(self, host: str, url: str, read_robots: Callable[[], str]) -> bool:
        """Whether the host's robots.txt lets us read the page; `read_robots` is called where none of today is known."""
        return self._rules_of(host, read_robots).can_fetch(url, self._agent)

    def pause(self, host: str, least: float = _PAGE_DELAY) -> float:
        """Seconds to wait before the next page of this host is asked for; it is taken to be asked for then.

        `least` holds where its robots.txt names no Crawl-delay; nobody makes us wait more than ten seconds.
        """
        moment = self._clock()
        wait = max(0.0, self._next.pop(host, 0.0) - moment)
        known = self._rules.get(host)
        stated = known[1].crawl_delay(self._agent) if known else None
        self._next[host] = moment + wait + (least if stated is None else min(float(stated), _LONGEST_CRAWL_DELAY))
        _forget_oldest(self._next)
        return wait

    def _rules_of(self, host: str, read_robots: Callable[[], str]) -> Protego:
        known = self._rules.get(host)
        if known is not None and self._clock() - known[0] < _ROBOTS_SECONDS:
            return known[1]
        rules = Protego.parse(self._ours(read_robots()))
        self._rules.pop(host, None)
        self._rules[host] = (self._clock(), rules)
        _forget_oldest(self._rules)
        return rules

    def _ours(self, text: str) -> str:
        """The file with all agents that are not us under one name.

        The parser keeps every rule once for every agent above it: ten thousand of each would be a hundred million.
        """
        ours = self._agent.lower()

        def renamed(line: re.Match[str]) -> str:
            stated = line[1].strip().lower()
            name = stated.replace("*", "")
            if stated and not name:
                return "User-agent: *"
            return f"User-agent: {name if name and ours.startswith(name) else '-'}"

        return _AGENT_LINE.sub(renamed, text)


def _forget_oldest(held: dict[str, float] | dict[str, tuple[float, Protego]]) -> None:
    while len(held) > _MOST_HOSTS:
        held.pop(next(iter(held)))
