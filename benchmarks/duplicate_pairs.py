"""Pairs for `benchmarks.duplicates`, made from the real data by the rules written here.

A copy is a record as another district would publish it: always at another address, under another identifier. A twin
is a record that looks like one of the catalog and is not the same: it must not be joined with anything.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from tests import servers

Node = dict[str, Any]
"""A schema.org node, as a district publishes it."""

_RESOURCES = "resources"
_FOOTERS = (
    "This page belongs to the open lesson collection of our district. Write to the curriculum office with questions or"
    " corrections. Please keep the license notice when you share it with families or colleagues.",
    "Posted by the learning team. Last checked by a teacher this spring. Print the handout double-sided to save paper."
    " You may adapt this for your own class.",
)
_LEADS = (
    "Recommended by our teachers for the first half of the term; allow one class period.",
    "Adopted by the district committee. Check the devices in your room before you begin.",
)
_TEMPLATE = (
    "Use this worksheet to practice {title}. Students work in pairs, compare their answers and explain them to others."
    " Begin with the worked example on the first page, then go on to the exercises on your own. At the end there is a"
    " short check of what was learned and a page for notes. Answers for the teacher are on the last page."
)


def originals() -> Iterator[tuple[str, Node]]:
    """Every real resource, as (collection, node): Oak, OER Commons, Illustrative Mathematics, OpenStax."""
    root = servers.SHARED / _RESOURCES
    with gzip.open(root / "oak-lessons.jsonld.ndjson.gz") as file:
        for line in file:
            yield "oak", json.loads(line)
    with (root / "oer-commons-open.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter=";"):
            yield "oer-commons", _of_row(row)
    with gzip.open(root / "illustrative-math-activities.ndjson.gz") as file:
        for line in file:
            activity = json.loads(line)
            yield "illustrative", _node(activity["id"], " ".join(activity["text"].split()[:9]), "", activity["text"])
    for path in sorted((root / "openstax-physics").rglob("index.cnxml")):
        document = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        text = " ".join("".join(document.itertext()).split())
        yield "openstax", _node(path.parent.name, document.findtext("{*}title") or "", "", text)


def _of_row(row: dict[str, str]) -> Node:
    node = _node(row["URL"], row["NAME"], row["TEACHER_OVERVIEW"], row["TEACHER_LESSON_PREPARATION"])
    return node | {
        "url": row["URL"],
        "educationalLevel": [level for level in row["GRADE_SUBLEVELS"].split("|") if level],
        "learningResourceType": row["MATERIAL_TYPES"].split("|")[0],
        "keywords": [word for word in row["KEYWORDS"].split("|") if word],
    }


def _node(identifier: str, title: str, description: str, text: str) -> Node:
    return {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": f"urn:x:{identifier}",
        "url": f"https://origin.example/{re.sub('[^A-Za-z0-9_.-]', '-', identifier)}",
        "name": title,
        "description": description,
        "abstract": text,
        "inLanguage": "en",
    }


def moved(node: Node, random_: random.Random) -> Node:
    """At another address, under another identifier, published by another district."""
    number = f"{random_.getrandbits(48):x}"
    named = {"publisher": {"@type": "Organization", "name": "Northwater Schools"}} if random_.random() < 0.7 else {}
    where = {"@id": f"urn:northwater:{number}", "identifier": number, "url": f"https://northwater.example/lib/{number}"}
    return node | where | named


def _title_edited(node: Node, random_: random.Random) -> Node:
    title = node["name"]
    edits = [
        f"Lesson: {title}",
        f"{title} | Northwater Schools",
        f"{title} (lesson plan)",
        f"{title} - free resource for teachers",
        f"Learn about {title[:1].lower()}{title[1:]}",
    ]
    words = title.split()
    if len(words) > 3:
        edits.append(re.sub(r"\b(the|a|an|of|in|to) ", "", title))
        edits.append(" ".join(words[:-1]))
    if ": " in title:
        edits.append(title.partition(": ")[2])
    return node | {"name": random_.choice(edits)}


def _other_case(node: Node, random_: random.Random) -> Node:
    title = node["name"]
    edits = [title.upper(), title.title(), re.sub(r"[^\w\s]", " ", title), title.replace(":", " -").replace("'", "’")]
    return node | {"name": random_.choice(edits), "description": re.sub(r"[;:,.]", "", node["description"])}


def _markup(node: Node, random_: random.Random) -> Node:
    parts = [f"<p style='margin:0'>{html.escape(part)}&nbsp;</p>" for part in str(node["abstract"]).split(". ")]
    return node | {"abstract": "<div>" + ".\n".join(parts) + "</div>", "name": f"<b>{html.escape(node['name'])}</b>"}


def _shortened(node: Node, random_: random.Random) -> Node:
    if len(str(node["description"])) < 60:
        words = str(node["abstract"]).split()
        return node | {"abstract": " ".join(words[: max(12, len(words) * 6 // 10)])}
    words = node["description"].split()
    return node | {"description": " ".join(words[: max(6, len(words) // 2)]) + " …"}


def _footer(node: Node, random_: random.Random) -> Node:
    return node | {"abstract": f"{node['abstract']} {random_.choice(_FOOTERS)}"}


def _lead(node: Node, random_: random.Random) -> Node:
    return node | {"description": f"{random_.choice(_LEADS)} {node['description']}"}


def _typos(node: Node, random_: random.Random) -> Node:
    changed = {field: _mistyped(str(node[field]), random_, 0.03) for field in ("description", "abstract")}
    return node | changed | {"name": _mistyped(node["name"], random_, 0.12)}


def _mistyped(text: str, random_: random.Random, share: float) -> str:
    words = text.split()
    for place in range(len(words)):
        if len(words[place]) > 4 and words[place].isalpha() and random_.random() < share:
            at = random_.randrange(1, len(words[place]) - 2)
            word = words[place]
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def _other_words(node: Node, random_: random.Random) -> Node:
    kept = {name: value for name, value in node.items() if name not in ("keywords", "isPartOf", "dateModified")}
    return kept | {"learningResourceType": "lección", "inLanguage": "Inglés", "audience": "maestros"}


def _combined(node: Node, random_: random.Random) -> Node:
    for edit in random_.sample([_title_edited, _markup, _footer, _lead, _typos, _other_words, _other_case], 3):
        node = edit(node, random_)
    return node


COPIES: dict[str, Callable[[Node, random.Random], Node]] = {
    "address and publisher only": lambda node, _: node,
    "title edited": _title_edited,
    "case and punctuation": _other_case,
    "markup": _markup,
    "description shortened": _shortened,
    "footer appended": _footer,
    "note before": _lead,
    "typos": _typos,
    "metadata translated": _other_words,
    "three of these": _combined,
}
"""What another district does to a copy."""


def _parts(node: Node, random_: random.Random, _: Node) -> tuple[Node, Node]:
    word = random_.choice(["part", "Part", "lesson", "unit", "session"])
    first, second = random_.choice([("1", "2"), ("one", "two"), ("I", "II"), ("3", "4")])
    pattern = random_.choice(["{title} ({word} {number})", "{title}: {word} {number}", "{word} {number}: {title}"])

    def part(number: str) -> Node:
        return node | {"name": pattern.format(title=node["name"], word=word, number=number)}

    return part(first), part(second)


def _same_title(node: Node, random_: random.Random, other: Node) -> tuple[Node, Node]:
    return node, other | {"name": node["name"]}


def _same_template(node: Node, random_: random.Random, other: Node) -> tuple[Node, Node]:
    def filled(one: Node) -> Node:
        return one | {"description": "", "abstract": _TEMPLATE.format(title=one["name"])}

    return filled(node), filled(other)


def _other_grade(node: Node, random_: random.Random, _: Node) -> tuple[Node, Node]:
    low, high = random_.sample(["Grade 1", "Grade 4", "Grade 7", "Grade 10"], 2)
    return node | {"educationalLevel": low}, node | {"educationalLevel": high}


def _other_tier(node: Node, random_: random.Random, _: Node) -> tuple[Node, Node]:
    low, high = random_.choice(
        [("Foundation", "Higher"), ("Core", "Extension"), ("Beginner", "Advanced"), ("Year 5", "Year 6"),
         ("Grade 4", "Grade 5"), ("Student version", "Teacher version")]
    )  # fmt: skip
    return node | {"name": f"{node['name']} ({low})"}, node | {"name": f"{node['name']} ({high})"}


def _opposite(node: Node, random_: random.Random, _: Node) -> tuple[Node, Node]:
    low, high = random_.choice([("with a calculator", "without a calculator"), ("before 1900", "after 1900")])
    return node | {"name": f"{node['name']} {low}"}, node | {"name": f"{node['name']} {high}"}


def _other_numbers(node: Node, random_: random.Random, _: Node) -> tuple[Node, Node]:
    first, second = random_.sample(range(2, 400), 2)
    task = "Solve the {0} exercises about {1} in {2} minutes, then find {0} × {2} and check it with {3}."

    def exercise(low: int) -> Node:
        text = task.format(low, node["name"], low // 2 + 3, low + 7)
        return node | {"abstract": f"{text} {node['abstract']}", "name": f"Exercise: {node['name']}"}

    return exercise(first), exercise(second)


TWINS: dict[str, Callable[[Node, random.Random, Node], tuple[Node, Node]]] = {
    "part 1 and part 2": _parts,
    "same title, other text": _same_title,
    "same template": _same_template,
    "another grade": _other_grade,
    "another tier or version": _other_tier,
    "opposite words": _opposite,
    "other numbers in the exercise": _other_numbers,
}
"""Two that look alike and are not the same: the first stands in the catalog, the second arrives. The third argument is
a resource from another unit that is not in the catalog."""
