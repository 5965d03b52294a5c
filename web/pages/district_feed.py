"""A district's problems as an Atom feed, for whoever would rather be told than look."""

from __future__ import annotations

from feedgen.feed import FeedGenerator
from litestar import Response, get
from litestar.params import FromPath

from registry.accounts import policy
from registry.catalog.publishers import District, ProblemGroup, district_named, problem_groups
from registry.db import now
from registry.models import SourceRow
from web.auth import person_of
from web.feed_token import opens_feed
from web.forms import text_of
from web.site import Request


@get("/districts/{slug:str}/problems.atom", sync_to_thread=True)
def problems_feed(request: Request, slug: FromPath[str]) -> Response[bytes]:
    """An entry for each kind of problem at each source, for whoever has the token or may see the district's page."""
    by_token = opens_feed(request.site.registry.settings, slug, text_of(request.query_params, "token"))
    with request.site.registry.reading.begin() as session:
        if not by_token:
            policy.require(person_of(request, session), "district", slug)
        district = district_named(session, slug)
        groups = problem_groups(session, SourceRow.provider_id == district.id)
    headers = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    return Response(_atom(request.site.base_url, district, groups), media_type="application/atom+xml", headers=headers)


def _atom(base_url: str, district: District, groups: tuple[ProblemGroup, ...]) -> bytes:
    address = f"{base_url}/districts/{district.slug}"
    feed = FeedGenerator()
    feed.id(f"{address}/problems.atom")
    feed.title(f"What to mend: {_plain(district.name)}")
    feed.author(name="Open Resource Registry")
    feed.link(href=address, rel="alternate")
    feed.updated(max((group.changed_at for group in groups), default=now()))
    for group in groups:
        entry = feed.add_entry(order="append")
        entry.id(f"{address}/problems/{group.source}/{group.code}")
        entry.title(_plain(f"{group.source}: {group.code} in {_where(group)}"))
        entry.link(href=f"{address}/records?source={group.source}&problem={group.code}", rel="alternate")
        entry.summary(_plain(f"{group.message} {group.hint}"))
        entry.updated(group.changed_at)
    content: bytes = feed.atom_str(pretty=True)
    return content


def _where(group: ProblemGroup) -> str:
    if not group.records:
        return "the list as a whole"
    return "1 record" if group.records == 1 else f"{group.records:,} records"


def _plain(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return "".join(
        each for each in text if each >= " " and each not in "\ufffe\uffff" and not "\ud800" <= each <= "\udfff"
    )
