"""The answer to a teacher's choice, signed: the resources as links for a course (LTI Deep Linking 2.0, section 4.5)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from registry.catalog.card import Card
from registry.lti.keys import ALGORITHM
from registry.lti.launch import CLAIM, DEEP_LINKING
from registry.lti.platforms import Platform
from registry.lti.tokens import Picking

_LIFE = timedelta(minutes=5)
_LONGEST_TEXT = 500


def signed_choice(
    key: RSAKey, platform: Platform, picking: Picking, chosen: Sequence[Card], base_url: str, moment: datetime
) -> str:
    """The LtiDeepLinkingResponse as a JWT; nobody may choose nothing, but an empty answer ends the choosing."""
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": [platform.issuer],
        "iat": int(moment.timestamp()),
        "exp": int((moment + _LIFE).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        f"{CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{CLAIM}version": "1.3.0",
        f"{CLAIM}deployment_id": picking.deployment,
        f"{DEEP_LINKING}content_items": [_item(card, picking.accepts[0], base_url) for card in chosen],
    }
    if picking.data is not None:
        claims[f"{DEEP_LINKING}data"] = picking.data
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)


def _item(card: Card, kind: str, base_url: str) -> dict[str, Any]:
    """A launch of ours where the platform takes one: of a bare link Moodle makes a signed launch of somebody else."""
    item: dict[str, Any] = {"type": kind, "title": card.title[:255]}
    if card.summary:
        item["text"] = card.summary[:_LONGEST_TEXT]
    if kind == "ltiResourceLink":
        return item | {"url": f"{base_url}/lti/launch?resource={card.id}", "custom": {"resource": card.id}}
    return item | {"url": f"{base_url}/resources/{card.id}"}
