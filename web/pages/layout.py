"""A page within the frame that all of them share."""

from __future__ import annotations

from typing import Any

from litestar import Response

from registry.accounts.policy import Person
from web.auth import form_token
from web.rendering import html
from web.site import Request


def page(
    request: Request, template: str, person: Person | None, context: dict[str, Any], status: int = 200
) -> Response[bytes]:
    """The rendered page, greeting the person if there is one."""
    shared = {"person": person, "form_token": form_token(request) if person else ""}
    return html(request.site.templates.render(template, shared | context), status)
