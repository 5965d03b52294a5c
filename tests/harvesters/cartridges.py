"""Small cartridges of every version, made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

GUID = "6b9f94ba-d7cc-11e8-824f-0242ac160002"


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def lom(title: str = "", more: str = "", version: int = 3) -> str:
    named = f"<m:general><m:title><m:string>{title}</m:string></m:title></m:general>" if title else ""
    return f'<m:lom xmlns:m="http://ltsc.ieee.org/xsd/imsccv1p{version}/LOM/manifest">{named}{more}</m:lom>'


def standards(label: str = "4.NF.B.3", guid: str = GUID) -> str:
    """Curriculum-standards metadata that names one standard."""
    return (
        '<c:curriculumStandardsMetadataSet xmlns:c="http://www.imsglobal.org/xsd/imscsmd_v1p0">'
        '<c:curriculumStandardsMetadata providerId="AB"><c:setOfGUIDs region="US" version="1">'
        f"<c:labelledGUID><c:label>{label}</c:label><c:GUID>{guid}</c:GUID></c:labelledGUID>"
        "</c:setOfGUIDs></c:curriculumStandardsMetadata></c:curriculumStandardsMetadataSet>"
    )


def manifest(
    items: str, resources: str, version: int = 3, metadata: str = "", schema: str = "IMS Common Cartridge"
) -> str:
    """A manifest of Common Cartridge 1.`version` with the items and resources given as XML."""
    return (
        f'<?xml version="1.0"?><manifest identifier="m" '
        f'xmlns="http://www.imsglobal.org/xsd/imsccv1p{version}/imscp_v1p1">'
        f"<metadata><schema>{schema}</schema><schemaversion>1.{version}.0</schemaversion>"
        f"{metadata or lom('Fractions', version=version)}</metadata>"
        '<organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">'
        f"{items}</item></organization></organizations><resources>{resources}</resources></manifest>"
    )


def item(target: str, title: str, inner: str = "") -> str:
    return f'<item identifier="i-{target}" identifierref="{target}"><title>{title}</title>{inner}</item>'


def folder(title: str, *items: str) -> str:
    return f'<item identifier="f-{title}"><title>{title}</title>{"".join(items)}</item>'


def resource(identifier: str, type: str, href: str = "", inner: str = "", more: str = "") -> str:
    stated = f' href="{href}"' if href else ""
    file = f'<file href="{href}"/>' if href else ""
    return f'<resource identifier="{identifier}" type="{type}"{stated}{more}>{inner}{file}</resource>'


def link(url: str, title: str = "A link", version: int = 3) -> str:
    return (
        f'<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p{version}/imswl_v1p{version}">'
        f'<title>{title}</title><url href="{url}"/></webLink>'
    )


TOPIC = (
    '<topic xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imsdt_v1p3"><title>Talk</title>'
    '<text texttype="text/html">&lt;p&gt;What is a third?&lt;/p&gt;</text></topic>'
)
TOOL = (
    '<cartridge_basiclti_link xmlns="http://www.imsglobal.org/xsd/imslticc_v1p0" '
    'xmlns:b="http://www.imsglobal.org/xsd/imsbasiclti_v1p0"><b:title>Number line</b:title>'
    "<b:description>Drag a fraction.</b:description><b:launch_url>https://tool.example/launch</b:launch_url>"
    "</cartridge_basiclti_link>"
)
TEST = (
    '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="a" title="Unit test">'
    '<section ident="s"><item ident="q"><presentation><material><mattext>What is half of a half?</mattext></material>'
    '<response_lid ident="r"><render_choice><response_label ident="x"><material><mattext>A quarter</mattext></material>'
    "</response_label></render_choice></response_lid></presentation></item></section></assessment></questestinterop>"
)
ASSIGNMENT = (
    '<assignment xmlns="http://www.imsglobal.org/xsd/imscc_extensions/assignment" identifier="a"><title>Cut a pizza</title>'
    '<text texttype="text/html">&lt;p&gt;Into eight.&lt;/p&gt;</text></assignment>'
)


def full(version: int = 3) -> bytes:
    """A cartridge with one part of every kind, and files that are no parts."""
    items = folder(
        "Week 1",
        item("page", "Shares"),
        item("link", "A video about shares"),
        folder("Monday", item("talk", ""), item("test", ""), item("file", "")),
    )
    resources = (
        resource("page", "webcontent", "pages/shares.html", f"<metadata>{standards()}</metadata>")
        + resource("link", f"imswl_xmlv1p{version}", "link.xml")
        + resource("talk", f"imsdt_xmlv1p{version}", "talk.xml")
        + resource("test", f"imsqti_xmlv1p2/imscc_xmlv1p{version}/assessment", "test/test.xml")
        + resource("file", "webcontent", "files/Unit%20plan.pdf")
        + resource("tool", "imsbasiclti_xmlv1p0", "tool.xml")
        + resource("task", "assignment_xmlv1p0", "task.xml")
        + resource("style", "webcontent", "pages/style.css")
        + resource("bank", f"imsqti_xmlv1p2/imscc_xmlv1p{version}/question-bank", "bank.xml")
        + resource("extra", f"associatedcontent/imscc_xmlv1p{version}/learning-application-resource", "extra.xml")
    )
    return packed(
        {
            "imsmanifest.xml": manifest(items, resources, version),
            "pages/shares.html": "<html><head><title>x</title></head><body><p>Cut the pizza.</p></body></html>",
            "link.xml": link("https://video.example/shares", version=version),
            "talk.xml": TOPIC,
            "test/test.xml": TEST,
            "files/Unit plan.pdf": b"%PDF-1.7",
            "tool.xml": TOOL,
            "task.xml": ASSIGNMENT,
            "pages/style.css": "p {}",
            "bank.xml": TEST,
            "extra.xml": "<x/>",
        }
    )
