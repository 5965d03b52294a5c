"""OAI-PMH 2.0 in: every page of ListRecords, or a plain sentence why not.

Specification: http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from msgspec import Struct, structs

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetcher
from harvesters.oai_answer import BAD_TOKEN, Answer, formats_in, identity_in, read_answer, token_in
from harvesters.oai_records import best_prefix, records_in
from harvesters.source import SourceConfig
from registry.ports import HarvestFailed, Page
from vocab.resource import Problem

_MOST_PAGES = 50_000
_MOST_EMPTY_PAGES = 20
_MOST_REPEATED_PAGES = 3
_LONGEST_TOKEN = 4_000
_BAD_ARGUMENT = "oai-bad-argument"
_ERROR_STATUSES = (400, 404, 422)
"""What some repositories send along with a protocol error, which belongs on HTTP 200."""


class _Wanted(Struct, frozen=True):
    """What one list asks for; `whole` where it will name every record and no deletions."""

    prefix: str
    since: str = ""
    whole: bool = False


class OaiHarvester:
    """Records of an OAI-PMH repository."""

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """Pages of what changed since then, going on from a resumption token where one is kept.

        When the repository no longer knows a token, the list is started again, once.
        """
        problems: tuple[Problem, ...] = ()
        if checkpoint and checkpoint.get("token"):
            wanted = _Wanted(checkpoint.get("prefix", ""), checkpoint.get("since", ""), "whole" in checkpoint)
            if (yield from self._walk(wanted, checkpoint["token"])):
                return
            problems = (_restarted(self._config.url),)
        wanted = self._wanted(since)
        if (yield from self._walk(wanted, "", problems)):
            return
        if not problems and (yield from self._walk(wanted, "", (_restarted(self._config.url),))):
            return
        raise failed(
            "resumption-token-refused",
            ANSWER,
            "The repository does not accept the resumption tokens it gives out.",
            "Ask the repository to keep its tokens valid for at least an hour.",
            self._config.url,
            start_over=True,
        )

    def _wanted(self, since: datetime | None) -> _Wanted:
        """In which format to ask, and from when, as finely as the repository counts."""
        identity = identity_in(self._ask(verb="Identify"))
        start = ""
        if since is not None:
            by_second = identity.granularity.casefold() == "yyyy-mm-ddthh:mm:ssz"
            start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ" if by_second else "%Y-%m-%d")
            if start <= identity.earliest[: len(start)]:
                start = ""
        return _Wanted(self._prefix(), start, whole=not start and identity.deleted == "no")

    def _prefix(self) -> str:
        if stated := self._config.options.get("prefix"):
            return stated
        formats = formats_in(self._ask(verb="ListMetadataFormats"))
        if prefix := best_prefix(formats):
            return prefix
        raise failed(
            "no-usable-format",
            ANSWER,
            "The repository offers no format we can read.",
            "Ask it for oai_dc, which every OAI-PMH repository must offer.",
            ", ".join(prefix for prefix, _ in formats),
        )

    def _walk(self, wanted: _Wanted, token: str, problems: tuple[Problem, ...] = ()) -> Generator[Page, None, bool]:
        """The pages of one list; whether its end was reached (else the repository no longer knew the token)."""
        used: set[int] = set()
        seen: set[int] = set()
        empty = repeated = 0
        for number in range(_MOST_PAGES):
            try:
                answer = self._ask_for_page(wanted, token)
            except HarvestFailed as failure:
                if token or failure.problem.code != _BAD_ARGUMENT or "T" not in wanted.since:
                    raise
                # It said that it counts by the second and then does not take a second.
                wanted = structs.replace(wanted, since=wanted.since.partition("T")[0])
                problems = (*problems, _by_day(self._config.url))
                answer = self._ask_for_page(wanted, token)
            if answer.error == BAD_TOKEN and token:
                return False
            known = len(seen)
            records = () if answer.element is None else tuple(records_in(answer.element, seen))
            used.add(hash(token))
            token = token_in(answer)
            empty = 0 if records else empty + 1
            repeated = repeated + 1 if records and len(seen) == known else 0
            stuck = self._stuck(token, hash(token) in used, empty, repeated)
            yield Page(
                records,
                # A token that leads in a circle is no place to go on from.
                checkpoint=_checkpoint(wanted, token) if token and stuck is None else None,
                problems=(*problems, *answer.problems),
                whole=wanted.whole,
                complete=wanted.whole and not token and (number == 0 or answer.element is not None),
            )
            problems = ()
            if not token:
                return True
            if stuck is not None:
                raise stuck
        raise self._endless("The list has more than 50,000 pages.", "too-many-pages")

    def _stuck(self, token: str, circle: bool, empty: int, repeated: int) -> HarvestFailed | None:
        """Why there is no going on from here; `empty` and `repeated` pages are those in a row up to this one."""
        if circle:
            return self._endless("The repository gave out a resumption token twice.", "resumption-token-repeated")
        if len(token) > _LONGEST_TOKEN:
            return self._endless(
                f"The repository gave out a resumption token of {len(token):,} letters, too long for an address.",
                "resumption-token-too-long",
            )
        if token and repeated >= _MOST_REPEATED_PAGES:
            return self._endless(
                f"{_MOST_REPEATED_PAGES} pages in a row repeat records that the list has had already.", "pages-repeated"
            )
        if empty > _MOST_EMPTY_PAGES:
            return self._endless(f"More than {_MOST_EMPTY_PAGES} pages in a row hold no record.", "empty-pages")
        return None

    def _endless(self, message: str, code: str) -> HarvestFailed:
        hint = "Tell the repository that its list does not end; what came before this was taken."
        return failed(code, ANSWER, message, hint, self._config.url, start_over=True)

    def _ask_for_page(self, wanted: _Wanted, token: str) -> Answer:
        if token:
            return self._ask(verb="ListRecords", resumptionToken=token)
        arguments = {"metadataPrefix": wanted.prefix}
        if wanted.since:
            arguments["from"] = wanted.since
        if stated := self._config.options.get("set"):
            arguments["set"] = stated
        return self._ask(verb="ListRecords", **arguments)

    def _ask(self, *, verb: str, **arguments: str) -> Answer:
        base = self._config.url.partition("#")[0]
        url = f"{base}{'&' if '?' in base else '?'}{urlencode({'verb': verb, **arguments})}"
        fetched = self._fetcher.get(url, accept="text/xml, application/xml", tolerate=_ERROR_STATUSES)
        answer = read_answer(fetched, verb)
        if answer.error == BAD_TOKEN and "resumptionToken" not in arguments:
            raise failed(
                "oai-bad-resumption-token",
                ANSWER,
                "The repository complains about a resumption token, but none was sent.",
                "Tell the repository.",
                url,
            )
        return answer


def _checkpoint(wanted: _Wanted, token: str) -> dict[str, str]:
    place = {"token": token, "prefix": wanted.prefix, "since": wanted.since}
    return {**place, "whole": "yes"} if wanted.whole else place


def _by_day(url: str) -> Problem:
    return list_problem(
        "granularity-wrong",
        ANSWER,
        "The repository says that it counts changes by the second, but refuses to be asked so: it was asked by day.",
        "Let Identify state the granularity YYYY-MM-DD.",
        url,
    )


def _restarted(url: str) -> Problem:
    return list_problem(
        "list-restarted",
        ANSWER,
        "The repository no longer knew its resumption token, so the list was read again from its start.",
        "Ask the repository to keep its tokens valid for at least an hour.",
        url,
    )
