"""“Check my link”: what a harvest would make of an address, before anybody harvests it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from harvesters.check import CheckReport
from harvesters.kinds import KINDS, OPTIONS_FOR_ALL
from harvesters.source import SourceConfig
from registry.accounts import policy
from registry.accounts.policy import Person
from registry.catalog.levels import mapped
from registry.catalog.publishers import district_named
from registry.errors import Rejected
from registry.standards.lookup import resolve
from web.auth import require_own_form
from web.pages.layout import page
from web.pages.sign_in import Form
from web.site import Request
from web.trying import RECORDS, SECONDS, Stated, options_in, try_out


@get("/districts/{slug:str}/check", sync_to_thread=True, action="district")
def check_page(request: Request, slug: FromPath[str]) -> Response[bytes]:
    """The form."""
    with request.site.registry.reading.begin() as session:
        district = district_named(session, slug)
    return page(request, "district_check.html", request.user, trial_context(Stated({})) | {"district": district})


@post("/districts/{slug:str}/check", sync_to_thread=True, status_code=200, action="district")
def check(request: Request, slug: FromPath[str], data: Form) -> Response[bytes]:
    """What the first records at the address come to; nothing is stored. Status 422 where the form cannot be used."""
    require_own_form(request, data)
    with request.site.registry.reading.begin() as session:
        district = district_named(session, slug)
        words = mapped(session, [district.name]).get(district.name, {})
    context, status = tried(request, request.user, Stated(data), district.name, words)
    return page(request, "district_check.html", request.user, context | {"district": district}, status)


def tried(
    request: Request, person: Person, stated: Stated, provider: str, words: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], int]:
    """The form as it was filled in, with what the check found or what is wrong with the form, and the HTTP status.

    `words` are those the provider has for levels, and what it said they mean. Raises Conflict while another check of
    this person runs.
    """
    try:
        levels = {f"level.{word}": level for word, level in (words or {}).items()}
        config = SourceConfig("check", stated["url"], levels | options_in(stated["options"]), provider)
        with request.site.trials.one(person.id):
            report = try_out(request.site.registry.settings, stated["kind"], config)
    except Rejected as refused:
        return trial_context(stated, refused=refused), 422
    named = {each.standard for sample in report.samples for each in sample.alignments}
    with request.site.registry.reading.begin() as session:
        standards = {standard: several[0] for standard, several in resolve(session, named).items()}
    return trial_context(stated, _told(person, report)) | {"standards": standards}, 200


def _told(person: Person, report: CheckReport) -> CheckReport:
    """The report as this person can use it: only who runs the registry can open it to a private network."""
    failure = report.failure
    if failure is None or failure.code != "address-forbidden" or policy.may(person, "sources"):
        return report
    advice = "It is not public: give an address that everybody can reach."
    return msgspec.structs.replace(report, summary=report.summary.replace(failure.hint, advice))


def trial_context(stated: Stated, report: CheckReport | None = None, refused: Rejected | None = None) -> dict[str, Any]:
    """What the form and its result need."""
    return {
        "stated": stated,
        "report": report,
        "refused": refused,
        "kinds": tuple(KINDS.values()),
        "options_for_all": OPTIONS_FOR_ALL,
        "most_records": RECORDS,
        "most_seconds": round(SECONDS),
    }
