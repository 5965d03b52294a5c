"""XML from strangers, read strictly: no DTD, no entities, nothing fetched, never half a document as the whole."""

from __future__ import annotations

import codecs
import re

from lxml import etree

from harvesters.failures import ANSWER, failed, list_problem
from vocab.resource import Problem

# Atomic groups: else a row of comments could be told apart in exponentially many ways.
_BEFORE = rb"(?:\xef\xbb\xbf)?\s*(?>(?><\?.*?\?>|<!--.*?-->)\s*)*+"
_HTML = re.compile(_BEFORE + rb"<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_DOCTYPE = re.compile(_BEFORE + rb"<!DOCTYPE\b", re.S)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[eEfF]));"
)

_ESCAPED = re.compile("[\udc80-\udcff]")


def read_xml(body: bytes, url: str) -> tuple[etree._Element, tuple[Problem, ...]]:
    """The root of a well-formed document, and what had to be repaired for that.

    Bytes that are no UTF-8 and characters that XML forbids are repaired once, with a problem. Raises
    HarvestFailed for HTML, for a document type declaration, and for anything that is not well formed.
    """
    head = body[:8192]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if _HTML.match(head, 0, 4096):
        raise failed(
            "html-answer",
            ANSWER,
            "The source answered with a web page where XML was expected.",
            "Check the address; the site may also be down for maintenance.",
            url,
        )
    if _DOCTYPE.match(head, 0, 4096):
        raise _with_doctype(url)
    try:
        return _parse(body, url), ()
    except etree.XMLSyntaxError as error:
        repaired, problem = _repaired(body, url)
        if problem is None:
            raise _broken(error.msg, body, url) from None
        try:
            return _parse(repaired, url), (problem,)
        except etree.XMLSyntaxError as again:
            raise _broken(f"{again.msg} ({problem.value})", body, url) from None


def _parse(body: bytes, url: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False
    )
    root = etree.fromstring(body, parser)
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(url)
    return root


def _repaired(body: bytes, url: str) -> tuple[bytes, Problem | None]:
    """The document with stray bytes read as Windows-1252 and forbidden characters gone; None where that is no help."""
    declared = _DECLARED.match(body, 0, 1024)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        return body, None
    try:
        text = body.decode("utf-8")
        where = ""
    except UnicodeDecodeError as error:
        text = decode_mixed(body)
        where = f"byte {error.start}"
    clean = _ILLEGAL_REFERENCE.sub("", _ILLEGAL.sub("", text))
    if not where:
        if clean == text:
            return body, None
        found = _ILLEGAL.search(text) or _ILLEGAL_REFERENCE.search(text)
        where = f"byte {len(text[: found.start()].encode())}" if found else ""
    return clean.encode(), list_problem(
        "encoding-repaired",
        ANSWER,
        f"The answer holds bytes that are no UTF-8 text, first at {where}; they were read as Windows-1252 or left out.",
        "Send XML in UTF-8, without control characters.",
        f"{where} of {url}",
    )


def decode_mixed(body: bytes) -> str:
    """The text of bytes that are UTF-8 but for some that were pasted in from Windows-1252."""
    text = body.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)


def _with_doctype(url: str) -> Exception:
    return failed(
        "doctype-refused",
        ANSWER,
        "The answer declares a document type, which is not read for safety.",
        "Ask the site to send the XML without a DOCTYPE and without entities of its own.",
        url,
    )


def _broken(reason: str, body: bytes, url: str) -> Exception:
    tail = body[-60:].decode("utf-8", "replace").strip()
    return failed(
        "xml-broken",
        ANSWER,
        f"The answer is not well-formed XML, or was cut off: {reason[:200]}.",
        "Tell the site; nothing of this page was taken, and the list does not count as finished.",
        f"{url} ends with: {tail}",
    )
