"""A list somebody keeps in the forms in which search results are taken along."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from registry.catalog.collections import CollectionView
from registry.search.exporting import JSONLD, Form, Part


def listed(session: Session, view: CollectionView, form: Form, base_url: str) -> Part:
    """What is in the list and still in the catalog; as a graph with the list itself in front of it."""
    cards = [item.card for item in view.items if item.card]
    rows = form.rows(session, cards, base_url)
    if form is JSONLD:
        rows = {"": _node(view, [card.id for card in cards], base_url)} | rows
    return Part(rows, len(cards), None)


def _node(view: CollectionView, ids: list[str], base_url: str) -> bytes:
    """The list as a schema.org ItemList; what its owner says of a resource is the description of its place."""
    notes = {item.resource: item.note for item in view.items}
    node = {
        "@type": "ItemList",
        "@id": f"{base_url}/collections/{view.id}",
        "name": view.title,
        "description": view.note,
        "author": {"@type": "Person", "name": view.owner},
        "creditText": view.credit,
        "numberOfItems": len(ids),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": {"@id": f"{base_url}/resources/{each}"}}
            | ({"description": notes[each]} if notes[each] else {})
            for place, each in enumerate(ids, start=1)
        ],
    }
    return json.dumps({name: value for name, value in node.items() if value != ""}, ensure_ascii=False).encode()
