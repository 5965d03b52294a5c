"""The next version of the small catalog's framework, and another framework with a crosswalk to it."""

from __future__ import annotations

from msgspec.structs import replace

from registry.app import Registry
from registry.standards.load import store_links
from registry.standards.versions import receive
from tests.web.catalog import BASE, SCRIPT, framework
from vocab.frameworks.model import Association, Framework, Item

OTHER = "https://city.example/numbers/"


def second() -> Framework:
    """4.NX.A.1 is reworded, 4.NX.A.2 split in two, 5.NX.A.1 removed, one added, one moved, and a link is new."""
    old = framework()
    by_code = {item.codes[0]: item for item in old.items}
    parts = [
        replace(by_code["4.NX.A.2"], uri=BASE + code, codes=(code,), statement=statement, position=position)
        for position, (code, statement) in enumerate(
            [("4.NX.A.2a", "Compare two fractions."), ("4.NX.A.2b", "Find different denominators.")], 2
        )
    ]
    return replace(
        old,
        version="2027",
        items=(
            by_code["4.NX"],
            replace(by_code["4.NX.A.1"], statement=f"Explain with drawings why two fractions are equal. {SCRIPT}"),
            *parts,
            replace(by_code["4.NX.B.3"], parents=()),
            Item(uri=BASE + "5.NX.C.9", statement="Weave baskets out of colored paper strips.", codes=("5.NX.C.9",)),
        ),
        associations=(
            Association(parts[0].uri, "precedes", parts[1].uri),
            *(Association(BASE + "4.NX.A.2", "replacedBy", part.uri) for part in parts),
        ),
    )


def receive_second(registry: Registry) -> None:
    """The next version waits."""
    with registry.sessions.begin() as session:
        assert receive(session, second(), "next").state == "waiting"


def receive_other(registry: Registry) -> None:
    """A city's framework, with a crosswalk to the state's by codes."""
    items = tuple(
        Item(uri=f"{OTHER}{code}", statement=statement, codes=(code,), position=position)
        for position, (code, statement) in enumerate(
            [
                ("C.1", "Says why two fractions are equal."),
                ("C.2", "Compares fractions."),
                ("C.3", "Something of the city's own."),
            ]
        )
    )
    links = [
        Association("C.1", "exactMatch", "4.NX.A.1"),
        Association("4.NX.A.2", "broadMatch", "C.2"),
        Association("4.NX.B.3", "closeMatch", "C.2"),
    ]
    with registry.sessions.begin() as session:
        receive(session, Framework(uri=OTHER, code="CITY", title="Number standards of the city", items=items), "city")
        store_links(session, links, "crosswalk", ())
