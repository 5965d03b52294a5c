"""One OAI-PMH answer, checked: the right root, the verb asked for, and the protocol's errors in plain words."""

from __future__ import annotations

from lxml import etree
from msgspec import Struct

from harvesters.failures import ANSWER, failed, status_failure
from harvesters.http import Fetched
from harvesters.strict_xml import read_xml
from registry.ports import HarvestFailed
from vocab.resource import Problem

OAI = "{http://www.openarchives.org/OAI/2.0/}"

NO_RECORDS = "noRecordsMatch"
BAD_TOKEN = "badResumptionToken"  # noqa: S105 - an error code

_HINTS = {
    "badArgument": "Check the source's address and its options `prefix` and `set`.",
    "badVerb": "Check the address: it may belong to something other than an OAI-PMH 2.0 repository.",
    "cannotDisseminateFormat": "Set the source's option `prefix` to a format the repository offers, as oai_dc.",
    "idDoesNotExist": "Tell the repository: we asked for no single record.",
    "noMetadataFormats": "Ask the repository for oai_dc, which every OAI-PMH repository must offer.",
    "noSetHierarchy": "The repository has no sets: take the option `set` away.",
}


class Answer(Struct, frozen=True):
    """The element named like the verb, or (None) one of the two errors that are no failure; and what was repaired."""

    element: etree._Element | None
    error: str = ""
    problems: tuple[Problem, ...] = ()


class Identity(Struct, frozen=True):
    """What Identify says that a harvest needs."""

    granularity: str
    earliest: str
    deleted: str


def read_answer(fetched: Fetched, verb: str) -> Answer:
    """The answer to a verb.

    `noRecordsMatch` and `badResumptionToken` come back as `error`; any other error, and anything that is no such
    answer (a maintenance page, a truncated page, another verb's answer), raises HarvestFailed.
    """
    try:
        root, problems = read_xml(fetched.body, fetched.url)
        if root.tag != f"{OAI}OAI-PMH":
            raise _foreign(root, fetched.url)
    except HarvestFailed:
        if fetched.status >= 400:
            raise status_failure(fetched.status, fetched.url) from None
        raise
    element = root.find(f"{OAI}{verb}")
    if element is not None:
        return Answer(element, problems=problems)
    errors = root.findall(f"{OAI}error")
    if not errors:
        raise failed(
            "oai-other-answer",
            ANSWER,
            f"The repository answered something other than {verb}.",
            "Check the address: it should be the repository's base URL, without a verb.",
            f"{fetched.url}: {', '.join(str(etree.QName(child).localname) for child in root.iterchildren('*'))}",
        )
    codes = [error.get("code", "") for error in errors]
    for benign in (BAD_TOKEN, NO_RECORDS):
        if benign in codes:
            return Answer(None, benign, problems)
    raise _refused(codes[0], " ".join((errors[0].text or "").split()), fetched.url)


def identity_in(answer: Answer) -> Identity:
    """Granularity, earliest datestamp and how deletions are told; the protocol's defaults where left out."""
    said = _texts(answer.element)
    return Identity(
        granularity=said.get("granularity", "YYYY-MM-DD"),
        earliest=said.get("earliestDatestamp", ""),
        deleted=said.get("deletedRecord", "persistent"),
    )


def formats_in(answer: Answer) -> list[tuple[str, str]]:
    """(prefix, namespace) of each format offered."""
    if answer.element is None:
        return []
    found = [_texts(each) for each in answer.element.iterchildren(f"{OAI}metadataFormat")]
    return [(said["metadataPrefix"], said.get("metadataNamespace", "")) for said in found if said.get("metadataPrefix")]


def token_in(answer: Answer) -> str:
    """The token that asks for the next page; empty at the end of the list."""
    return "" if answer.element is None else (answer.element.findtext(f"{OAI}resumptionToken") or "").strip()


def _texts(element: etree._Element | None) -> dict[str, str]:
    if element is None:
        return {}
    return {etree.QName(child).localname: (child.text or "").strip() for child in element.iterchildren("*")}


def _foreign(root: etree._Element, url: str) -> HarvestFailed:
    return failed(
        "oai-other-root",
        ANSWER,
        f"The answer is XML, but no OAI-PMH 2.0 answer: its root is {str(root.tag)[:100]}.",
        "Check the address: it should be the base URL of an OAI-PMH 2.0 repository.",
        url,
    )


def _refused(code: str, text: str, url: str) -> HarvestFailed:
    said = f": {text[:200].rstrip('.')}" if text else ""
    hint = _HINTS.get(code, "Tell the repository: this is no error that OAI-PMH 2.0 knows.")
    slug = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in code if letter.isalnum())
    return failed(f"oai-{slug[:60]}", ANSWER, f"The repository refused the request ({code[:60]}){said}.", hint, url)
