"""The packages that an address of somebody's CASE API stands for: one framework, or every framework it lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from harvesters.http import Fetcher
from registry.errors import Rejected

_API = re.compile(
    r"(https?://[^?#]+/ims/case/v1p[01])(?:/(CFDocuments|CFPackages)(?:/([0-9a-fA-F-]{36}))?)?/?(?:\?.*)?"
)
_A_PAGE = 100
_MOST_PAGES = 100


def package_urls(fetcher: Fetcher, url: str) -> list[str]:
    """The addresses of the CFPackages to fetch; the address itself where it is not one of a CASE API.

    A document's address stands for its package, the API's own and its CFDocuments for every document listed. Raises
    HarvestFailed where the list cannot be fetched, Rejected where it is none.
    """
    match = _API.fullmatch(url)
    if match is None or match[2] == "CFPackages":
        return [url]
    if match[3]:
        return [f"{match[1]}/CFPackages/{match[3]}"]
    found = list(dict.fromkeys(_listed(fetcher, match[1])))
    if not found:
        raise Rejected(f"{url} lists no CASE documents.")
    return [f"{match[1]}/CFPackages/{identifier}" for identifier in found]


def _listed(fetcher: Fetcher, api: str) -> Iterator[str]:
    seen: set[str] = set()
    for page in range(_MOST_PAGES):
        address = f"{api}/CFDocuments?limit={_A_PAGE}&offset={page * _A_PAGE}"
        fetched = fetcher.get(address, accept="application/json", tolerate=(404,))
        if fetched.status == 404:  # CASE has no empty list: past its end there is nothing
            return
        identifiers = _identifiers(fetched.body, address)
        if not identifiers - seen:  # a server that knows no offset gives the same page again
            return
        yield from sorted(identifiers - seen)
        seen |= identifiers


def _identifiers(body: bytes, address: str) -> set[str]:
    try:
        documents = msgspec.json.decode(body)["CFDocuments"]
        return {each["identifier"] for each in documents if re.fullmatch(r"[0-9a-fA-F-]{36}", each["identifier"])}
    except (msgspec.DecodeError, LookupError, TypeError) as error:
        raise Rejected(f"{address} does not answer with a list of CFDocuments.") from error
