"""Frameworks made up of sentences, and scripted edits of any framework with the changes they make, for tests and figures."""

from __future__ import annotations

import random
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from tests.vocab.sentences import differ, divided, heavily, joined, lightly, sentence, slightly
from vocab.codes import key
from vocab.frameworks.changes import Change, Kind
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.wording import content


class Edit(NamedTuple):
    """A change as a test expects it: everything but how sure it is and why."""

    kind: Kind
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def told(changes: Iterable[Change]) -> Counter[Edit]:
    """The changes as edits, to be compared with the expected ones; links by their two ends."""
    return Counter(
        Edit(each.kind, tuple(sorted(side.uri for side in each.old)), tuple(sorted(side.uri for side in each.new)))
        for each in changes
    )


def edited(framework: Framework, seed: int, count: int = 50) -> tuple[Framework, tuple[Edit, ...]]:
    """A new version with about `count` scripted edits, each of another statement, and the changes they make.

    What no reader of the two versions could tell is not made: two siblings that change places, a split of which one
    part repeats what the other says, or a new wording that is nearer to another statement's old one.
    """
    editor = _Editor(framework, seed)
    names = [name for name, times in _EDITS.items() for _ in range(times)]
    for number in range(count):
        for _ in range(8):
            if _DO[names[(number * 7 + seed) % len(names)]](editor):
                break
    return editor.result()


# How often each edit is made among others.
_EDITS = {
    "add": 4,
    "remove": 3,
    "reword": 4,
    "rewrite": 3,
    "recode": 3,
    "move": 3,
    "reorder": 3,
    "split": 5,
    "split_stated": 2,
    "split_deprecated": 1,
    "merge": 5,
    "merge_stated": 2,
    "merge_deprecated": 1,
    "replace": 4,
    "replace_stated": 2,
    "deprecate": 2,
    "deprecate_alone": 1,
    "reidentify": 3,
    "reidentify_reworded": 2,
    "reidentify_by_alias": 2,
    "link": 2,
    "unlink": 2,
    "amend": 3,
    "retype": 2,
}


class _Editor:
    """A framework in the making, what was touched of it, and the changes that come of it."""

    def __init__(self, framework: Framework, seed: int) -> None:
        self.old = framework
        self.random = random.Random(seed)
        self.items = {item.uri: item for item in framework.items}
        self.links = dict.fromkeys((each.source, each.kind, each.target) for each in framework.associations)
        self.edits: list[Edit] = []
        self.touched: set[str] = set()
        self.ordered: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.uris = [item.uri for item in framework.items]
        self.children: dict[str, list[str]] = defaultdict(list)
        for item in sorted(framework.items, key=lambda item: item.position):
            self.children[_parent(item)].append(item.uri)
        self.codes = {key(code) for item in framework.items for code in item.codes}
        self.order = {parent: list(siblings) for parent, siblings in self.children.items()}

    def some(self, fits: Callable[[Item], bool], leaf: bool = True) -> Item | None:
        """A statement that no edit has touched, and that fits."""
        for _ in range(200):
            uri = self.random.choice(self.uris)
            item = self.items.get(uri)
            if (
                item
                and uri not in self.touched
                and _parent(item) not in self.ordered
                and (not leaf or not self.children.get(uri))
                and fits(item)
            ):
                return item
        return None

    def uri(self) -> str:
        return f"urn:uuid:{uuid.UUID(int=self.random.getrandbits(128), version=4)}"

    def put(self, item: Item, like: str) -> str:
        """Add it beside the one it is like."""
        parent = _parent(self.items[like])
        siblings = self.order[parent]
        siblings.insert(siblings.index(like) + 1, item.uri)
        self.items[item.uri] = item
        self.touched.update((item.uri, like))
        return item.uri

    def drop(self, uri: str) -> None:
        """Take it out, with its links."""
        self.order[_parent(self.items[uri])].remove(uri)
        del self.items[uri]
        self.touched.add(uri)
        for link in [link for link in self.links if uri in (link[0], link[2])]:
            del self.links[link]
            self.tell(Kind.UNLINKED, (link[0],), (link[2],))

    def tell(self, kind: Kind, old: Sequence[str] = (), new: Sequence[str] = ()) -> None:
        self.edits.append(Edit(kind, tuple(sorted(old)), tuple(sorted(new))))

    def say(self, source: str, target: str) -> None:
        """Add a replacedBy link."""
        self.links[source, "replacedBy", target] = None
        self.touched.update((source, target))
        self.tell(Kind.LINKED, (source,), (target,))

    def change(self, item: Item, kind: Kind, **fields: object) -> bool:
        self.items[item.uri] = replace(self.items[item.uri], **fields)
        self.touched.add(item.uri)
        self.tell(kind, (item.uri,), (item.uri,))
        return True

    def code(self, item: Item, number: int = 0) -> tuple[str, ...]:
        """A code that no other statement has; none where the framework prints none."""
        if not item.codes:
            return ()
        stem = re.sub(r"\W?\w+\W*$", "", item.codes[0]) or item.codes[0]
        for tried in range(number or 31, 999):
            if key(found := f"{stem}.{tried}") not in self.codes:
                self.codes.add(key(found))
                return (found,)
        return ()

    def result(self) -> tuple[Framework, tuple[Edit, ...]]:
        items: list[Item] = []
        for item in self.items.values():
            parents = tuple(self.renamed.get(each, each) for each in item.parents)
            position = self.order[_parent(item)].index(item.uri) + 1
            items.append(replace(item, uri=self.renamed.get(item.uri, item.uri), parents=parents, position=position))
        self.random.shuffle(items)
        links = tuple(
            Association(self.renamed.get(source, source), kind, self.renamed.get(target, target))
            for source, kind, target in self.links
        )
        edits = tuple(Edit(each.kind, *_named(each, self.renamed)) for each in self.edits)
        return replace(self.old, items=tuple(items), associations=links), edits


def _named(edit: Edit, renamed: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both sides with the new URIs of what was renamed: the new side always, the old one where it is an end of a new link."""
    new = tuple(sorted(edit.new if edit.kind is Kind.UNLINKED else [renamed.get(uri, uri) for uri in edit.new]))
    old = tuple(renamed.get(uri, uri) for uri in edit.old) if edit.kind is Kind.LINKED else edit.old
    return old, new


def _parent(item: Item) -> str:
    return item.parents[0] if item.parents else ""


def _long(item: Item) -> bool:
    return len(set(content(item.statement))) >= 8


def _add(editor: _Editor) -> bool:
    item = editor.some(lambda item: True)
    if not item:
        return False
    made = Item(
        editor.uri(),
        sentence(editor.random, clauses=3),
        editor.code(item),
        parents=item.parents,
        language=item.language,
    )
    editor.tell(Kind.ADDED, new=(editor.put(made, item.uri),))
    return True


def _remove(editor: _Editor) -> bool:
    item = editor.some(lambda item: True)
    if not item:
        return False
    editor.drop(item.uri)
    editor.tell(Kind.REMOVED, (item.uri,))
    return True


def _reword(editor: _Editor) -> bool:
    item = editor.some(_long, leaf=False)
    return bool(item) and editor.change(item, Kind.REWORDED, statement=lightly(item.statement, editor.random))


def _rewrite(editor: _Editor) -> bool:
    item = editor.some(_long, leaf=False)
    return bool(item) and editor.change(item, Kind.REWORDED, statement=heavily(item.statement, editor.random))


def _recode(editor: _Editor) -> bool:
    item = editor.some(lambda item: bool(item.codes), leaf=False)
    return bool(item) and editor.change(item, Kind.RECODED, codes=editor.code(item))


def _move(editor: _Editor) -> bool:
    item = editor.some(lambda item: True, leaf=editor.random.random() < 0.5)
    target = editor.some(lambda other: bool(editor.children.get(other.uri)), leaf=False)
    if not item or not target or target.uri == _parent(item) or _below(editor, target.uri, item.uri):
        return False
    editor.order[_parent(item)].remove(item.uri)
    editor.order[target.uri].append(item.uri)
    editor.touched.add(target.uri)
    return editor.change(item, Kind.MOVED, parents=(target.uri, *(p for p in item.parents[1:] if p != target.uri)))


def _below(editor: _Editor, uri: str, above: str) -> bool:
    while uri in editor.items:
        if uri == above:
            return True
        uri = _parent(editor.items[uri])
    return False


def _reorder(editor: _Editor) -> bool:
    """Take one three places or more away from among siblings that nothing else happens to."""
    item = editor.some(lambda item: len(editor.order[_parent(item)]) > 4, leaf=False)
    if not item or any(uri in editor.touched for uri in editor.order[_parent(item)]):
        return False
    siblings = editor.order[_parent(item)]
    at = siblings.index(item.uri)
    to = editor.random.choice([to for to in range(len(siblings)) if abs(to - at) > 1])
    siblings.insert(to, siblings.pop(at))
    editor.touched.update(siblings)
    editor.ordered.add(_parent(item))
    editor.tell(Kind.REORDERED, (item.uri,), (item.uri,))
    return True


def _parts(editor: _Editor) -> tuple[Item, list[Item]] | None:
    parts: list[str] = []

    def fits(item: Item) -> bool:
        parts[:] = divided(item.statement, editor.random)
        return bool(parts)

    item = editor.some(fits)
    if not item:
        return None
    code = item.codes[0].rstrip(".") if item.codes else ""
    letters = [f"{code}.{letter}" for letter in "abcdefgh"]
    goes_on = bool(code) and not editor.codes.intersection(map(key, letters))
    made = []
    for number, text in enumerate(parts):
        codes = (letters[number],) if goes_on else editor.code(item)
        made.append(replace(item, uri=editor.uri(), statement=slightly(text, editor.random), codes=codes, aliases=()))
    return item, made


def _split(editor: _Editor, stated: bool = False, deprecated: bool = False) -> bool:
    if not (found := _parts(editor)):
        return False
    item, parts = found
    for part in reversed(parts):
        editor.put(part, item.uri)
    if deprecated:
        editor.items[item.uri] = replace(item, deprecated=True)
    else:
        editor.drop(item.uri)
    editor.tell(Kind.SPLIT, (item.uri,), [part.uri for part in parts])
    for part in parts if stated else ():
        editor.say(item.uri, part.uri)
    return True


def _merge(editor: _Editor, stated: bool = False, deprecated: bool = False) -> bool:
    def fits(item: Item) -> bool:
        return len(set(content(item.statement))) >= 4

    one = editor.some(fits)
    if not one:
        return False
    siblings = [
        editor.items[uri]
        for uri in editor.order[_parent(one)]
        if uri != one.uri and uri not in editor.touched and not editor.children.get(uri) and fits(editor.items[uri])
    ]
    siblings = [each for each in siblings if differ(one.statement, each.statement)]
    if not siblings:
        return False
    other = editor.random.choice(siblings)
    together = joined(one.statement, other.statement, editor.random)
    made = replace(one, uri=editor.uri(), statement=together, aliases=(), codes=editor.code(one))
    editor.put(made, one.uri)
    editor.touched.add(other.uri)
    for item in (one, other):
        if deprecated:
            editor.items[item.uri] = replace(item, deprecated=True)
        else:
            editor.drop(item.uri)
    editor.tell(Kind.MERGED, (one.uri, other.uri), (made.uri,))
    for item in (one, other) if stated else ():
        editor.say(item.uri, made.uri)
    return True


def _replace(editor: _Editor, stated: bool = False) -> bool:
    item = editor.some(_long)
    if not item:
        return False
    codes = item.codes if editor.random.random() < 0.5 else editor.code(item)
    if stated and editor.random.random() < 0.5:
        text = sentence(editor.random)
    elif (not codes or codes != item.codes) and editor.random.random() < 0.5:  # with its code it would be the same one
        text = lightly(item.statement, editor.random)
    else:
        text = heavily(item.statement, editor.random)
    made = replace(item, uri=editor.uri(), statement=text, aliases=(), codes=codes)
    editor.put(made, item.uri)
    editor.drop(item.uri)
    editor.tell(Kind.REPLACED, (item.uri,), (made.uri,))
    if stated:
        editor.say(item.uri, made.uri)
    return True


def _deprecate(editor: _Editor, replaced: bool = True) -> bool:
    item = editor.some(lambda item: True)
    if not item:
        return False
    editor.items[item.uri] = replace(item, deprecated=True)
    editor.touched.add(item.uri)
    if not replaced:
        editor.tell(Kind.DEPRECATED, (item.uri,))
        return True
    if editor.random.random() < 0.5 and (other := editor.some(lambda item: True)):
        successor = other.uri
        editor.touched.add(successor)
    else:
        made = replace(item, uri=editor.uri(), statement=heavily(item.statement, editor.random), aliases=())
        successor = editor.put(replace(made, codes=editor.code(item)), item.uri)
    editor.tell(Kind.DEPRECATED, (item.uri,), (successor,))
    editor.say(item.uri, successor)
    return True


def _reidentify(editor: _Editor, reworded: bool = False, by_alias: bool = False) -> bool:
    def fits(item: Item) -> bool:
        return (
            _long(item) and bool(item.codes or by_alias) if reworded or by_alias else len(content(item.statement)) > 2
        )

    item = editor.some(fits, leaf=False)
    if not item:
        return False
    if item.aliases:
        editor.tell(Kind.AMENDED, (item.uri,), (item.uri,))
    editor.items[item.uri] = replace(item, aliases=(item.uri,) if by_alias else ())
    if reworded or by_alias:
        text = lightly(item.statement, editor.random) if reworded else heavily(item.statement, editor.random)
        editor.change(item, Kind.REWORDED, statement=text)
    editor.touched.add(item.uri)
    editor.renamed[item.uri] = editor.uri()
    editor.tell(Kind.REIDENTIFIED, (item.uri,), (item.uri,))
    return True


def _link(editor: _Editor) -> bool:
    one, other = editor.some(lambda item: True, leaf=False), editor.some(lambda item: True, leaf=False)
    if not one or not other or one == other or (one.uri, "precedes", other.uri) in editor.links:
        return False
    editor.links[one.uri, "precedes", other.uri] = None
    editor.touched.update((one.uri, other.uri))
    editor.tell(Kind.LINKED, (one.uri,), (other.uri,))
    return True


def _unlink(editor: _Editor) -> bool:
    links = [each for each in editor.links if not editor.touched.intersection((each[0], each[2]))]
    if not links:
        return False
    link = editor.random.choice(links)
    del editor.links[link]
    editor.touched.update((link[0], link[2]))
    editor.tell(Kind.UNLINKED, (link[0],), (link[2],))
    return True


def _amend(editor: _Editor) -> bool:
    item = editor.some(lambda item: True, leaf=False)
    fields: list[dict[str, object]] = [
        {"notes": "See the appendix."},
        {"grades": ("11",) if item and item.grades != ("11",) else ("12",)},
        {"details": {"listEnumeration": "z"}},
    ]
    return bool(item) and editor.change(item, Kind.AMENDED, **editor.random.choice(fields))


def _retype(editor: _Editor) -> bool:
    item = editor.some(lambda item: " " in item.statement, leaf=False)
    return bool(item) and editor.change(item, Kind.AMENDED, statement=item.statement.replace(" ", "\u00a0", 1))


_DO: dict[str, Callable[[_Editor], bool]] = {
    "add": _add,
    "remove": _remove,
    "reword": _reword,
    "rewrite": _rewrite,
    "recode": _recode,
    "move": _move,
    "reorder": _reorder,
    "split": _split,
    "split_stated": lambda editor: _split(editor, stated=True),
    "split_deprecated": lambda editor: _split(editor, stated=True, deprecated=True),
    "merge": _merge,
    "merge_stated": lambda editor: _merge(editor, stated=True),
    "merge_deprecated": lambda editor: _merge(editor, stated=True, deprecated=True),
    "replace": _replace,
    "replace_stated": lambda editor: _replace(editor, stated=True),
    "deprecate": _deprecate,
    "deprecate_alone": lambda editor: _deprecate(editor, replaced=False),
    "reidentify": _reidentify,
    "reidentify_reworded": lambda editor: _reidentify(editor, reworded=True),
    "reidentify_by_alias": lambda editor: _reidentify(editor, by_alias=True),
    "link": _link,
    "unlink": _unlink,
    "amend": _amend,
    "retype": _retype,
}
