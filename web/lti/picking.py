"""Choosing resources inside a learning platform, and sending the choice back to it.

The token of the launch goes along in every form, for a frame has no cookie of ours; what is ticked stays in the address
from one search to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import URLEncodedBody

from registry.catalog.card import Card
from registry.db import now
from registry.errors import Rejected
from registry.lti import keys, platforms
from registry.lti.deep_link import signed_choice
from registry.lti.platforms import Platform
from registry.lti.tokens import Picking, opened
from registry.search.exporting import described
from registry.search.query import Query, SearchPage, search
from web.addresses import filter_words
from web.forms import FILTERS, pairs_of, texts_of
from web.framing import policy
from web.pages.embed import framed_query
from web.rendering import html
from web.site import Request

MOST = 20
"""How many resources can be handed back at once."""
_HERE = {"Cache-Control": "no-store"}
Form = URLEncodedBody[dict[str, Any]]


@get("/lti/pick", sync_to_thread=True)
def pick(request: Request) -> Response[bytes]:
    """The search, with a box to tick at each result and those that are ticked already."""
    registry, query = request.site.registry, framed_query(request)
    token = request.query_params.get("token", "")
    picking = opened(token, Picking, registry.settings.secret_key, now())
    ticked = texts_of(request.query_params, "pick")
    with registry.reading.begin() as session:
        platform = platforms.platform(session, picking.platform)
        found = search(session, registry, query)
        chosen = [each.card for each in described(session, ticked[: MOST + 1])]
    refused = request.query_params.get("refused", "")
    context = _context(query, found, chosen, platform, picking) | {
        "token": token,
        "refused": _REFUSALS.get(refused, ""),
    }
    return html(request.site.templates.render("lti_pick.html", context), 200, _HERE)


@post("/lti/return", sync_to_thread=True, status_code=200)
def send_back(request: Request, data: Form) -> Response[bytes]:
    """The choice, signed, in a form that goes to the platform; without one, back to choosing."""
    settings = request.site.registry.settings
    token = str(data.get("token", ""))
    picking = opened(token, Picking, settings.secret_key, now())
    ticked = _ticked(data)
    if refused := _wrong(ticked, picking):
        again = [("token", token), ("q", str(data.get("q", ""))[:500]), ("refused", refused)]
        again += [("pick", each) for each in ticked[:MOST]]
        return html(b"", 303, {"Location": f"/lti/pick?{urlencode(again)}", **_HERE})
    platform, chosen, answer = _signed(request, picking, ticked)
    content = {"platform": platform, "picking": picking, "chosen": chosen, "answer": answer}
    where = policy("/lti/return", forms=_origin(picking.return_url))
    headers = {"Content-Security-Policy": where, **_HERE}
    return html(request.site.templates.render("lti_return.html", content), 200, headers)


OPEN = [pick, send_back]

_REFUSALS = {
    "none": "Tick at least one resource first.",
    "many": f"At most {MOST} resources can be added at once.",
    "one": "The course takes one resource here. Tick only one.",
}


def _wrong(ticked: tuple[str, ...], picking: Picking) -> str:
    """The key of what is wrong with a choice; empty where nothing is."""
    if not ticked:
        return "none"
    if len(ticked) > 1 and not picking.several:
        return "one"
    return "many" if len(ticked) > MOST else ""


def _signed(request: Request, picking: Picking, ticked: tuple[str, ...]) -> tuple[Platform, list[Card], str]:
    """Raises Rejected where nothing that was ticked is in the catalog any more."""
    registry = request.site.registry
    with registry.sessions.begin() as session:
        platform = platforms.platform(session, picking.platform)
        chosen = [each.card for each in described(session, ticked)]
        if not chosen:
            raise Rejected("What was chosen is no longer in the catalog. Go back and choose something else.")
        key = keys.signing_key(session, registry.settings.secret_key)
    return platform, chosen, signed_choice(key, platform, picking, chosen, request.site.base_url, now())


def _ticked(form: Mapping[str, Any]) -> tuple[str, ...]:
    stated = form.get("pick", [])
    several: Iterable[Any] = stated if isinstance(stated, list) else [stated]
    return tuple(dict.fromkeys(str(each)[:100] for each in several if each))


def _context(
    query: Query, found: SearchPage, chosen: list[Card], platform: Platform, picking: Picking
) -> dict[str, Any]:
    ids = {card.id for card in chosen}
    return {
        "query": query,
        "page": found,
        "chosen": chosen,
        "ticked": ids,
        "platform": platform,
        "several": picking.several,
        "fixed": [pair for pair in pairs_of(query) if pair[0] != "q"],
        "narrowed": [filter_words(*pair) for pair in pairs_of(query) if pair[0] in FILTERS],
        "offered": [card for card in found.items if card.id not in ids],
    }


def _origin(address: str) -> str:
    return f"{address.partition('://')[0]}://{platforms.host_of(address)}"
